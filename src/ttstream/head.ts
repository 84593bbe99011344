/**
 * The head of a ttstream error text: marker, code, side group, path group, in this fixed order (docs/protocol.md#ttstream-text).
 *
 * The trap is the path: names are not escaped and may hold brackets, so the group ends at the first `]` that is followed by the end of
 * the text or by a space, unless an arrow follows that space. A head whose path never ends was cut off by a logger. Programs that cut lines
 * mark the place (`...`, `…`, a pager's `>`): such a mark is no part of the text.
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
  /** The side whose group the text ends in, if what is there of it fits no other group. */
  readonly cutSide?: Side;
}

const CODE = /(-?\d{1,10})\] ?/y;

/** Arrows as word processors, wikis and chats make them of the two signs. */
const DRAWN = "[\\u2013\\u2014]>|[\\u2192\\u27f6\\u279c\\u2794\\uf0e0]";
const DRAWN_ARROW = new RegExp(` (?:${DRAWN}) `, "g");

/** What ends a path: a bracket at the end of the text or before a space that begins no arrow. */
const PATH_END = new RegExp(`\\](?:$| (?!(?:->|${DRAWN}) ))`, "g");

/**
 * Reads the head that begins at `at`, looking no further than `end`. `torn`: whether white space in the words of a group is none of them, as in
 * a line that was wrapped.
 * Null if there is none: no marker, or a code that is cut off or is no 32-bit integer.
 */
export function readHead(text: string, at: number, end: number = text.length, torn = true): Head | null {
  const whole = withoutMark(text.slice(at, end));
  if (!whole.startsWith(MARKER)) return null;
  CODE.lastIndex = MARKER.length;
  const code = Number(CODE.exec(whole)?.[1] ?? Number.NaN);
  if ((code | 0) !== code) return null;

  const sideAt = CODE.lastIndex;
  const tornSide = torn && whole[sideAt] === "[" ? tornSideAt(whole, sideAt) : null;
  const side = tornSide?.side ?? SIDES.find((each) => isGroup(whole, SIDE_GROUPS[each], sideAt)) ?? null;
  // A group ends with a space, which loggers may strip at the end of a line.
  const pathAt =
    tornSide?.end ?? (side === null ? sideAt : Math.min(whole.length, sideAt + SIDE_GROUPS[side].length + 1));
  const group = !torn || whole.startsWith(PATH_GROUP, pathAt) ? PATH_GROUP : SPACELESS_PATH;
  if (whole.startsWith(group, pathAt) && (group === PATH_GROUP || whole.includes("]", pathAt))) {
    const namesAt = pathAt + group.length;
    PATH_END.lastIndex = namesAt;
    const close = PATH_END.exec(whole);
    const names = whole.slice(namesAt, close?.index);
    const path = (torn ? names.replace(DRAWN_ARROW, ARROW) : names).split(ARROW);
    const messageAt = close === null ? end : at + PATH_END.lastIndex;
    return { code, side, path, messageAt, truncated: close === null };
  }
  const rest = whole.slice(pathAt);
  if (torn && without(rest.slice(0, TORN_LENGTH)).startsWith(without(PATH_GROUP))) {
    PATH_END.lastIndex = pathAt;
    const messageAt = PATH_END.test(whole) ? at + PATH_END.lastIndex : end;
    return { code, side, path: null, messageAt, truncated: true };
  }
  const truncated = isCutGroup(rest, side);
  const cutSide =
    side === null && truncated ? SIDES.find((each) => rest.startsWith(`[${each.slice(0, 2)}`)) : undefined;
  const head = { code, side, path: null, messageAt: truncated ? end : at + pathAt, truncated };
  return cutSide === undefined ? head : { ...head, cutSide };
}

/** What stands where a line was cut, and quotes and brackets that were closed around it. */
const CUT_MARK = /(?:\.{2,4}|\u2026|(?<!-)>)["'`)}\]]{0,8}$/;

/** The same in words: `[... omitted end of long line]`, `...(truncated)`, `[+120 chars]`. */
const CUT_WORDS =
  /\s?(?:\.{2,4}|\u2026)?\s?[[({<](?:\.{2,4}|\u2026|\+?\d+ (?:more\b|char|byte|sign)|truncated\b|omitted\b|cut\b)[^\])}>\n]{0,48}[\])}>]["'`)}\]]{0,8}$/i;
const MARK_ENDS = /[\])}>"'`]$/;

function withoutMark(text: string): string {
  const mark = (MARK_ENDS.test(text) ? CUT_WORDS.exec(text.slice(-80)) : null) ?? CUT_MARK.exec(text.slice(-12));
  return mark === null ? text : text.slice(0, -mark[0].length);
}

const SIDES: readonly Side[] = ["client", "server"];

/** What a line that ended behind the colon leaves of a path, once it is joined with the next one. */
const SPACELESS_PATH: string = PATH_GROUP.trimEnd();
/** A group whose words were parted, with what parted them, is no longer than this. */
const TORN_LENGTH = 64;

function without(text: string): string {
  return text.replace(/\s+/g, "");
}

/** The side whose group stands there with white space in its words, where a line was wrapped, and where what follows begins; null where none does. */
function tornSideAt(text: string, at: number): { readonly side: Side; readonly end: number } | null {
  const close = text.indexOf("]", at);
  if (close < 0 || close - at > TORN_LENGTH) return null;
  const group = text.slice(at, close + 1);
  const side = SIDES.find((each) => group !== SIDE_GROUPS[each] && without(group) === without(SIDE_GROUPS[each]));
  if (side === undefined) return null;
  return { side, end: close + (text[close + 1] === " " ? 2 : 1) };
}

function isGroup(text: string, group: string, at: number): boolean {
  const next = text[at + group.length];
  return text.startsWith(group, at) && (next === undefined || next === " ");
}

/** True for the beginning of a group that could still come and is not whole. */
function isCutGroup(rest: string, side: Side | null): boolean {
  const possible = side === null ? [...Object.values(SIDE_GROUPS), PATH_GROUP] : [PATH_GROUP];
  return rest !== "" && possible.some((group) => group.startsWith(rest));
}
