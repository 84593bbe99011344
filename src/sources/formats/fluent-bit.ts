/**
 * Fluent Bit's standard output: `[0] TAG: [[1795416220.783910000, {}], {"log"=>"the line", "kubernetes"=>{…}}]` -> the record as JSON, with
 * its time.
 */
import type { Unwrapped } from "./unwrapped.ts";

const HEAD = /^\[\d+\] (\S+): \[\[?(\d+\.\d+)(?:, \{(.*?)\}\])?, (?=\{)/;
/** Texts, which stay as they are, and the signs between a name and its value. */
const TOKEN = /"(?:[^"\\]|\\.)*"|=>|\bnil\b/g;

/** Reads one line; null where it is none of Fluent Bit's. */
export function unwrapFluentBit(line: string): Unwrapped | null {
  const head = HEAD.exec(line);
  if (head === null) return null;
  const record = line
    .slice(head[0].length)
    .replace(/\]\s*$/, "")
    .replace(TOKEN, (token) => (token === "=>" ? ":" : token === "nil" ? "null" : token));
  return { text: record, time: head[2] ?? null, fields: [["tag", head[1] ?? ""]], partial: false };
}
