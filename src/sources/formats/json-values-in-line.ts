/**
 * Several JSON values in one line, as streams deliver them that put nothing between their records, or a NUL, or the record separator of RFC 7464.
 */
import { behindString } from "./json-text.ts";

const QUOTE = 0x22;
/** What may stand between two values. */
const BETWEEN = /[\s\u0000\u001e,]*/y;

function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

/** Behind the value that begins at `from`; -1 where it does not end. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = behindString(text, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/**
 * The objects and lists that stand one behind the other in a text, and the rest of it, which may be cut or no JSON; null where there is not one
 * value with another, or with `goesOn`, behind it.
 */
export function splitValues(text: string, goesOn: (rest: string) => boolean): readonly string[] | null {
  const values: string[] = [];
  let from = nextOf(text, 0);
  while (from < text.length && isOpening(text.charCodeAt(from))) {
    const end = endOfValue(text, from);
    if (end < 0) break;
    values.push(text.slice(from, end));
    from = nextOf(text, end);
  }
  if (values.length === 0) return null;
  const rest = text.slice(from);
  if (rest === "") return values.length > 1 ? values : null;
  return isOpening(rest.charCodeAt(0)) || goesOn(rest) ? [...values, rest] : null;
}

function nextOf(text: string, from: number): number {
  BETWEEN.lastIndex = from;
  BETWEEN.test(text);
  return BETWEEN.lastIndex;
}
