/**
 * What a terminal says of its background: an answer to OSC 11, or the environment's COLORFGBG. Bytes in, a word out.
 */

/** The question for the background's colour, and one that every terminal answers at once: its answer means that none to the first comes. */
export const BACKGROUND_QUERY = "\u001b]11;?\u001b\\\u001b[c";

const ANSWER = /\u001b\]11;rgb:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(?:\u0007|\u001b\\)/i;
const LAST_ANSWER = /\u001b\[\?[0-9;]*c/;

/** What has been typed and answered so far. */
export interface Answers {
  readonly background: "dark" | "light" | null;
  /** True once nothing more is to be waited for. */
  readonly complete: boolean;
  /** What is no answer: keys that a person typed meanwhile. */
  readonly rest: string;
}

/** Takes the answers of a terminal out of what came from it. */
export function readAnswers(text: string): Answers {
  const match = ANSWER.exec(text);
  const complete = LAST_ANSWER.test(text);
  const rest = text.replace(ANSWER, "").replace(LAST_ANSWER, "");
  if (match === null) return { background: null, complete, rest };
  const [red = 0, green = 0, blue = 0] = match.slice(1).map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
  return { background: isLight(red, green, blue) ? "light" : "dark", complete, rest };
}

/** Reads COLORFGBG (`15;0`, `0;default;15`): the last number is the background in the 16 colours; null where it says nothing. */
export function readColorFgBg(value: string | undefined): "dark" | "light" | null {
  const last = value?.split(";").at(-1) ?? "";
  if (!/^\d{1,2}$/.test(last)) return null;
  return last === "7" || Number(last) >= 9 ? "light" : "dark";
}

/** By perceived brightness (ITU-R BT.709). */
function isLight(red: number, green: number, blue: number): boolean {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
}
