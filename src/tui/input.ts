import type { Key } from "ink";

/** A key press as the screens understand it: a name from the table of keys, and the text it would type. */
export interface Press {
  readonly name: string;
  /** Empty where the key types nothing. */
  readonly text: string;
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

/**
 * Splits what Ink hands over into single presses. Keys typed quickly, and pasted text, arrive together in one call.
 */
export function readPresses(input: string, key: Key): readonly Press[] {
  for (const [flag, name] of FLAGS) if (key[flag] === true) return [{ name, text: "" }];
  if (key.ctrl) return [{ name: `ctrl-${input}`, text: "" }];
  if (key.meta) return [];
  return [...input].flatMap((sign): Press[] => {
    if (sign === "\r" || sign === "\n") return [{ name: "enter", text: "" }];
    if (sign === "\t") return [{ name: "tab", text: " " }];
    if (sign === "\u007f" || sign === "\b") return [{ name: "backspace", text: "" }];
    if (sign === "\u001b") return [{ name: "esc", text: "" }];
    if (sign < " ") return [];
    return [{ name: sign === " " ? "space" : sign, text: sign }];
  });
}
