/** A line of text that somebody types, with its cursor. */
import type { Press } from "../input.ts";

/** The line; `at` counts signs before the cursor. */
export interface LineEdit {
  readonly text: string;
  readonly at: number;
}

/** A line with the cursor at its end. */
export function lineOf(text: string): LineEdit {
  return { text, at: text.length };
}

/** Signs of a paste that are taken: nobody types a line as long. */
const MOST_PASTED = 4_000;

/** Puts a pasted text in, as one edit; line ends and other controls become spaces. */
export function pasteInto(line: LineEdit, text: string): LineEdit {
  return insert(line, text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, MOST_PASTED));
}

/** What one press makes of the line; null where the press is no edit. */
export function editLine(line: LineEdit, press: Press): LineEdit | null {
  const { text, at } = line;
  switch (press.name) {
    case "left":
      return { text, at: at - lengthBefore(text, at) };
    case "right":
      return { text, at: at + (at < text.length ? String.fromCodePoint(text.codePointAt(at) as number).length : 0) };
    case "home":
    case "ctrl-a":
      return { text, at: 0 };
    case "end":
    case "ctrl-e":
      return { text, at: text.length };
    case "backspace":
      return cutOut(line, at - lengthBefore(text, at));
    case "ctrl-w":
      return cutOut(line, text.slice(0, at).replace(/\S+\s*$/, "").length);
    case "ctrl-u":
      return cutOut(line, 0);
    case "ctrl-x":
      return { text: "", at: 0 };
    default:
      return press.text === "" ? null : insert(line, press.text);
  }
}

function insert({ text, at }: LineEdit, more: string): LineEdit {
  return { text: text.slice(0, at) + more + text.slice(at), at: at + more.length };
}

function cutOut({ text, at }: LineEdit, from: number): LineEdit {
  return { text: text.slice(0, from) + text.slice(at), at: from };
}

function lengthBefore(text: string, at: number): number {
  return ([...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "").length;
}
