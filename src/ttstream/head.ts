/**
 * The head of a ttstream error text: marker, code, side group, path group, in this fixed order (docs/protocol.md#ttstream-text).
 *
 * The trap is the path: names are not escaped and may hold brackets, so the group ends at the first `]` that is followed by the end of
 * the text or by a space, unless an arrow follows that space. A head whose path never ends was cut off by a logger.
 */
import type { Side } from "../model/index.ts";
import { ARROW, MARKER, PATH_GROUP, SIDE_GROUPS } from "./format.ts";

/** The groups of one error and where its message begins. */
export interface Head {
  readonly code: number;
  readonly side: Side | null;
  readonly path: readonly string[] | null;
  /** Offset of the message's first character. */
  readonly messageAt: number;
  /** True where the text ends inside the groups. */
  readonly truncated: boolean;
}

const MAX_CODE_DIGITS = 11;

/**
 * Reads the head that begins at `at`, looking no further than `end`.
 * Null where there is none: no marker, or a code that is cut off or is no 32-bit integer.
 */
export function readHead(text: string, at: number, end: number = text.length): Head | null {
  if (!text.startsWith(MARKER, at)) return null;
  const codeAt = at + MARKER.length;
  let cursor = codeAt;
  if (text[cursor] === "-") cursor += 1;
  const digitsAt = cursor;
  while (cursor < end && cursor - codeAt < MAX_CODE_DIGITS && isDigit(text.charCodeAt(cursor))) cursor += 1;
  if (cursor === digitsAt || cursor >= end || text[cursor] !== "]") return null;
  const code = Number(text.slice(codeAt, cursor));
  if ((code | 0) !== code) return null;
  cursor = afterGroup(text, cursor + 1, end);

  let side: Side | null = null;
  for (const candidate of ["client", "server"] as const) {
    const group = SIDE_GROUPS[candidate];
    const groupEnd = cursor + group.length;
    if (groupEnd <= end && text.startsWith(group, cursor) && (groupEnd === end || text[groupEnd] === " ")) {
      side = candidate;
      cursor = afterGroup(text, groupEnd, end);
      break;
    }
  }
  if (text.startsWith(PATH_GROUP, cursor) && cursor + PATH_GROUP.length <= end) {
    const namesAt = cursor + PATH_GROUP.length;
    const close = endOfPath(text, namesAt, end);
    const names = text.slice(namesAt, close ?? end).split(ARROW);
    if (close === null) return { code, side, path: names, messageAt: end, truncated: true };
    return { code, side, path: names, messageAt: afterGroup(text, close + 1, end), truncated: false };
  }
  if (isCutGroup(text.slice(cursor, Math.min(end, cursor + PATH_GROUP.length + SIDE_GROUPS.client.length)), side)) {
    return { code, side, path: null, messageAt: end, truncated: true };
  }
  return { code, side, path: null, messageAt: cursor, truncated: false };
}

/** The bracket that ends a path group whose names begin at `from`; null where it is cut off. */
function endOfPath(text: string, from: number, end: number): number | null {
  for (let close = text.indexOf("]", from); close !== -1 && close < end; close = text.indexOf("]", close + 1)) {
    const next = close + 1;
    if (next === end) return close;
    if (text[next] === " " && !(text.startsWith("-> ", next + 1) && next + 4 <= end)) return close;
  }
  return null;
}

/** A group ends with a space, which loggers may strip at the end of a line. */
function afterGroup(text: string, at: number, end: number): number {
  return at < end && text[at] === " " ? at + 1 : at;
}

/** True for the beginning of a group that could still come and is not whole. */
function isCutGroup(rest: string, side: Side | null): boolean {
  if (rest === "") return false;
  const possible = side === null ? [...Object.values(SIDE_GROUPS), PATH_GROUP] : [PATH_GROUP];
  return possible.some((group) => rest.length < group.length && group.startsWith(rest));
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
