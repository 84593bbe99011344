/**
 * Escapes left in a text: an error that was quoted once more (Go's `%q`, JSON inside JSON) before it was logged.
 */

import { undoEntities } from "./entities.ts";

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(["'/\\nrtbf]))/g;
const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function undoLayer(text: string): string {
  return text.replace(ESCAPE, (_, unicode?: string, byte?: string, letter?: string) => {
    const hex = unicode ?? byte;
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return LETTERS[letter ?? ""] ?? letter ?? "";
  });
}

/** False for a text in which {@link undoEscapes} undoes nothing, as a first look tells. */
export function maybeEscaped(text: string): boolean {
  return text.includes("\\") || text.includes("&");
}

/**
 * Undoes up to three layers of backslash escapes, and HTML's entities. A text without an escaped quote or `\uXXXX` is left alone: a lone
 * backslash is text.
 */
export function undoEscapes(text: string): string {
  if (!text.includes("\\")) return undoEntities(text);
  let rest = text;
  for (let layer = 0; layer < 3 && /\\(?:u[0-9a-fA-F]{4}|"|\\)/.test(rest); layer += 1) rest = undoLayer(rest);
  return undoEntities(rest);
}
