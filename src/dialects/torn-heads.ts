/**
 * Errors of ttstream whose beginning was taken out with the middle of their line, as programs do that show long lines in little room. What is
 * left of the groups tells the side and the path; whose error it was, or what stood around it, nobody can see.
 */
import { allCodes, CODES, MARKER, PATH_GROUP, parse, SIDE_GROUPS } from "../ttstream/index.ts";
import { findKitexErrors, type KitexError } from "./grammars.ts";

/** The end of a side's group, with the code before it, or of what a path begins with; then the path, if any, and the message. */
const REMAINS = /(?:code=(-?\d{1,10})\] )?\[?([a-z]{0,6})-side stream\] ([^\n]+)|path: ([^\n]+\] [^\n]+)/;

/** What was shortened is short; and where every word is the beginning of a path, each looks for its end. */
const LOOKED_AT = 4_096;

/** False for a text that holds no such remains, as a first look tells; most texts hold none. */
export function maybeTornHead(text: string): boolean {
  return text.includes("-side stream] ") || text.includes("path: ");
}

/**
 * The error whose head was torn off in a text without a whole one; its offset is that of the remains. Null where none is: nothing stands before
 * the remains on their line, which then are the rest of a line that was wrapped, or the message is not known to be an error's.
 */
export function tornErrorIn(given: string): KitexError | null {
  const text = given.slice(0, LOOKED_AT);
  const match = REMAINS.exec(text);
  if (match === null) return null;
  const [, digits, letters, behindSide, behindPath = ""] = match;
  const before = text.slice(text.lastIndexOf("\n", match.index) + 1, match.index);
  if (before.trim() === "") return null;
  const side = letters === undefined ? "" : sideGroupOf(letters);
  if (side === null) return null;
  const rest = side + (behindSide ?? PATH_GROUP + behindPath);
  const code = digits ?? codeOf(parse(`${MARKER}0] ${rest}`)?.message ?? "");
  const [error] = code === null ? [] : findKitexErrors(`${MARKER}${code}] ${rest}`);
  return error === undefined ? null : { ...error, at: match.index };
}

/** The group that ends with these letters; empty where both do. Null where none does: these are another program's words. */
function sideGroupOf(letters: string): string | null {
  if (letters === "") return "";
  const side = (["client", "server"] as const).find((each) => each.endsWith(letters));
  return side === undefined ? null : `${SIDE_GROUPS[side]} `;
}

/** The code that has this message's sentence: no other has it. Null where none does. */
function codeOf(message: string): number | null {
  const found = allCodes().find(
    ({ code, sentence }) => code !== CODES.resetWithoutPayload && message.startsWith(sentence),
  );
  return found?.code ?? null;
}
