import type { Key } from "ink";

/** A key press as the screens understand it: a name from the table of keys, and the text it would type. */
export interface Press {
  readonly name: string;
  /** Empty where the key types nothing. */
  readonly text: string;
  /** Where the mouse stood, in cells from 0; absent for keys. */
  readonly at?: { readonly column: number; readonly row: number };
}

/** Names of Ink's flags, in our words. */
const FLAGS: readonly (readonly [keyof Key, string])[] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "backspace"],
];

const ESC: Press = { name: "esc", text: "" };

/**
 * Splits what Ink hands over into single presses. Keys typed quickly arrive together in one call; escape and a key typed at once look like
 * that key with Alt, which nobody needs here.
 */
export function readPresses(input: string, key: Key): readonly Press[] {
  for (const [flag, name] of FLAGS) {
    if (key[flag] !== true) continue;
    return key.meta && name !== "esc" ? [ESC, { name, text: "" }] : [{ name, text: "" }];
  }
  if (key.ctrl) return [...(key.meta ? [ESC] : []), { name: `ctrl-${input}`, text: "" }];
  return [...(key.meta ? [ESC] : []), ...[...input].flatMap(readSign)];
}

function readSign(sign: string): readonly Press[] {
  if (sign === "\r" || sign === "\n") return [{ name: "enter", text: "" }];
  if (sign === "\t") return [{ name: "tab", text: "" }];
  if (sign === "\u007f" || sign === "\b") return [{ name: "backspace", text: "" }];
  if (sign === "\u001b") return [ESC];
  if (sign < "\u001b") return [{ name: `ctrl-${String.fromCharCode(sign.charCodeAt(0) + 96)}`, text: "" }];
  if (sign < " ") return [];
  return [{ name: sign === " " ? "space" : sign, text: sign }];
}
