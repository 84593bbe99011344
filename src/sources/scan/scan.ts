/**
 * Finds the events that matter in a window of bytes.
 *
 * The window is searched for patterns; only around a hit are lines looked at: back to where the event begins (a stack trace may name the
 * error in its last line), forward to where the next one begins. Everything else is passed over, and its line feeds are counted.
 *
 * The trap: an event may go on behind the window. Then nothing of it is taken; the caller reads on and asks again from its first byte.
 */
import { begins, isCut, type LineFacts, parseLineHead } from "./line-kind.ts";
import type { ScanWindow } from "./window.ts";

/** How far before a hit the beginning of its event is looked for, and how long an event may be. */
export const MAX_LOOK_BACK_BYTES: number = 32 * 1024;
const MAX_LOOK_BACK_LINES = 200;
/** A longer line is never joined to the one before, so that nobody has to wait for its end. */
export const MAX_EVENT_BYTES: number = 2 * 1024 * 1024;
const MAX_EVENT_LINES = 1000;
const HEAD_BYTES = 256;
/** Docker cuts lines at 16 KiB; only such a long line has to be read to its end to know whether it goes on. */
const DOCKER_PIECE_BYTES = 16_000;

/** An event's bytes, without the last line's end. */
export interface EventBytes {
  readonly from: number;
  readonly to: number;
  /** Where in it the hit is. */
  readonly hit: number;
}

/** Where a source is, between windows. Offsets count from the window's first byte. */
export interface ScanState {
  /** Nothing before this has to be searched again. */
  searched: number;
  /** The end of the last event: the next one cannot begin before. */
  floor: number;
  /** Line feeds are counted up to here. */
  counted: number;
  /** The number of the line that `counted` stands in. */
  line: number;
  /** What is known of the line behind the last event, where its end was found by it. */
  behind?: { readonly from: number; readonly facts: LineFacts } | undefined;
}

interface Line {
  readonly from: number;
  /** Behind the line feed. */
  readonly next: number;
}

const LF = 10;

/** A line of JSON, without a wrapper around it: what most lines near a hit are. */
const OBJECT: LineFacts = { kind: "json", partial: false, wrapped: false };
/** One whose end is not on its line: it was wrapped at a width, or cut. */
const OPEN_OBJECT: LineFacts = { kind: "start", partial: false, wrapped: false };
const [ESC, QUOTE, BRACE, SMALL_L, SMALL_O] = [0x1b, 0x22, 0x7b, 0x6c, 0x6f];
const CLOSE_BRACE = 0x7d;
/** What may stand behind an object on its line: CR, LF, blanks, and what parts it from the next one of a list. */
const BEHIND_OBJECT: ReadonlySet<number> = new Set([9, 10, 13, 0x20, 0x2c, 0x3b, 0x5d]);

/** True where a line begins as an object does, and neither as one of Docker's (`{"log":`) nor with a colour. */
export function beginsObject(bytes: Buffer, from: number): boolean {
  if (bytes[from] !== BRACE || bytes[from + 1] !== QUOTE) return false;
  const one = bytes[from + 2];
  const two = bytes[from + 3];
  return one !== ESC && two !== ESC && (one !== SMALL_L || two !== SMALL_O);
}

function endsObject(bytes: Buffer, from: number, next: number): boolean {
  let last = next - 1;
  while (last > from && BEHIND_OBJECT.has(bytes[last] as number)) last -= 1;
  return bytes[last] === CLOSE_BRACE;
}

function factsOf(window: ScanWindow, { from, next }: Line): LineFacts {
  const { bytes } = window;
  if (next - from > 4 && beginsObject(bytes, from)) return endsObject(bytes, from, next) ? OBJECT : OPEN_OBJECT;
  const whole = next - from > DOCKER_PIECE_BYTES && bytes[from] === BRACE;
  const facts = parseLineHead(
    bytes.toString("latin1", from, whole ? next : Math.min(next, from + HEAD_BYTES)).replace(/\n$/, ""),
  );
  return facts.opensObject === true && !endsObject(bytes, from, next) ? { ...facts, kind: "start" } : facts;
}

function lineFrom(window: ScanWindow, from: number, limit: number): Line {
  const end = window.lineFeed(from, limit);
  return { from, next: end < 0 ? limit : end + 1 };
}

function lineBefore(window: ScanWindow, next: number): Line {
  return { from: window.lineFeedBefore(next - 1) + 1, next };
}

/** Where the event of a line begins: the line itself, or the `start` above it that it goes on with. */
function eventStart(window: ScanWindow, hit: Line, own: LineFacts, floor: number): Line {
  const { wrapped } = own;
  if (!wrapped && begins(own) && own.second !== true) return hit;
  const lowest = Math.max(floor, hit.from - MAX_LOOK_BACK_BYTES, 0);
  let first = hit;
  let firstFacts = own;
  for (let lines = 0; lines < MAX_LOOK_BACK_LINES && first.from > lowest; lines += 1) {
    const above = lineBefore(window, first.from);
    if (above.from < lowest) break;
    const facts = factsOf(window, above);
    const cut = isCut(facts, firstFacts);
    const goesOn = ((wrapped || firstFacts.second === true) && cut) || !begins(firstFacts);
    if (!goesOn) return first;
    if ((facts.kind === "json" || facts.kind === "close") && !cut) return hit;
    first = above;
    firstFacts = facts;
  }
  return begins(firstFacts) ? first : hit;
}

/** Where the event ends; null where that lies behind the window. */
function eventEnd(
  window: ScanWindow,
  first: Line,
  hit: Line,
  own: LineFacts,
  limit: number,
  final: boolean,
  state: ScanState,
): number | null {
  let last = own;
  const { kind } = first === hit ? own : factsOf(window, first);
  const joins = kind === "start" || kind === "open";
  let end = hit.next;
  for (let lines = 0; lines < MAX_EVENT_LINES && end - first.from < MAX_EVENT_BYTES; lines += 1) {
    if (kind === "json" && !last.partial) return end;
    if (end >= limit) return final ? end : null;
    const line = lineFrom(window, end, limit);
    if (line.next - line.from > MAX_EVENT_BYTES) return end;
    const facts = factsOf(window, line);
    if (!isCut(last, facts) && (begins(facts) || kind === "json" || (facts.kind === "loose" && !joins))) {
      state.behind = { from: end, facts };
      return end;
    }
    last = facts;
    end = line.next;
    if (kind === "open" && facts.kind === "close") return end;
  }
  return end;
}

/** The number of the line in which a byte stands; it counts from 1. */
export function lineNumber(window: ScanWindow, state: ScanState, at: number): number {
  if (at < state.counted) return state.line - window.countLines(at, state.counted);
  state.line += window.countLines(state.counted, at);
  state.counted = at;
  return state.line;
}

/**
 * The next event in the window's first `limit` bytes (whole lines, except at the end of the source), or null; then `state.searched` is
 * `limit`, or the first byte of an event that goes on behind the window.
 */
export function nextEvent(window: ScanWindow, state: ScanState, limit: number, final: boolean): EventBytes | null {
  const at = window.find(state.searched, limit);
  if (at < 0) {
    state.searched = limit;
    lineNumber(window, state, limit);
    return null;
  }
  const hit = lineFrom(window, Math.max(window.lineStart(at), state.floor), limit);
  const { behind } = state;
  const own = behind?.from === hit.from ? behind.facts : factsOf(window, hit);
  const first = eventStart(window, hit, own, state.floor);
  const end = eventEnd(window, first, hit, own, limit, final, state);
  if (end === null) {
    state.searched = first.from;
    return null;
  }
  state.searched = end;
  state.floor = end;
  const { bytes } = window;
  let to = end;
  while (to > first.from && (bytes[to - 1] === LF || bytes[to - 1] === 13)) to -= 1;
  return { from: first.from, to, hit: at };
}
