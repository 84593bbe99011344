/**
 * Reports of the mouse (SGR, mode 1006), taken out of what the terminal sends before Ink reads it: Ink throws them away.
 */
import type { Press } from "./input.ts";

/** The sequences that switch the reports on, and off. */
export const MOUSE_ON = "\u001b[?1000h\u001b[?1006h";
export const MOUSE_OFF = "\u001b[?1006l\u001b[?1000l";

const REPORT = /\u001b\[<(\d+);(\d+);(\d+)([Mm])/g;
const BEGUN = /\u001b\[<[\d;]*$/;

/** A piece of input without its reports. */
export interface WithoutMouse {
  readonly presses: readonly Press[];
  readonly rest: string;
  /** A report that has only begun: it goes before the next piece. */
  readonly begun: string;
}

/** Takes the reports out: the wheel is a key up or down, a click a press of the first button; others mean nothing here. */
export function takeMouse(text: string): WithoutMouse {
  const begun = BEGUN.exec(text)?.[0] ?? "";
  const whole = text.slice(0, text.length - begun.length);
  const presses = [...whole.matchAll(REPORT)].flatMap(([, code, column, row, end]): Press[] => {
    const name = NAMES[code as string];
    if (name === undefined || end === "m") return [];
    return [{ name, text: "", at: { column: Number(column) - 1, row: Number(row) - 1 } }];
  });
  return { presses, rest: whole.replace(REPORT, ""), begun };
}

const NAMES: Readonly<Record<string, string>> = { 0: "click", 64: "wheel-up", 65: "wheel-down" };

/** Reads the mouse from a terminal's keys until the returned function is called. */
export function readMouse(keys: NodeJS.ReadStream, onPress: (press: Press) => void): () => void {
  const { read } = keys;
  let begun = "";
  keys.read = (size?: number): string | null => {
    const chunk: Buffer | string | null = read.call(keys, size);
    if (chunk === null) return null;
    const found = takeMouse(begun + chunk.toString());
    begun = found.begun;
    for (const press of found.presses) onPress(press);
    return found.rest;
  };
  return () => {
    keys.read = read;
  };
}
