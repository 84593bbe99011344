/**
 * Lines without a trace id beside lines with one: a framework's own log lines, a service whose logger does not know the trace. Such a
 * line belongs to the trace that has a line about the same thing at the same time; else to the trace where its caller's line stands.
 */
import type { ClaimLine, Line } from "../hops/hop.ts";
import { factsOf, keyOf, push } from "../hops/hop-index.ts";
import { matchNearest } from "../hops/nearest.ts";
import { JOINS_TRACE_MS } from "../tolerances.ts";

/** A place at which a trace takes in a line without a trace: what it tells of itself, and whom it ended a stream to. */
export interface Seat {
  readonly at: number;
  readonly trace: string;
  /** What a line must be about to take it: see {@link seatsOf}. */
  readonly about: string;
}

/** What became of lines without a trace. */
export interface Untraced {
  /** Lines that belong to a trace after all. */
  readonly adopted: ReadonlyMap<string, readonly Line[]>;
  readonly rest: readonly Line[];
}

/** The seats that the lines of one trace offer. */
export function seatsOf(trace: string, lines: readonly Line[]): Seat[] {
  const seats: Seat[] = [];
  for (const [key, told] of group(lines.filter(isHop))) {
    const last = told.reduce((a, b) => (a.at > b.at ? a : b));
    seats.push({ at: last.at, trace, about: sameThing(key) });
    const { path = null, service = null } = told[0]?.evidence ?? {};
    if (service === null) continue;
    const { code, message } = last.evidence;
    seats.push({ at: last.at, trace, about: calledBy(code, message, [...(path ?? []), service]) });
  }
  return seats;
}

/** Finds traces for lines that have none; `offered` are the seats of all traces. */
export function adoptUntraced(pool: readonly Line[], offered: () => Iterable<readonly Seat[]>): Untraced {
  const adopted = new Map<string, Line[]>();
  const wanted = group(pool.filter(isHop));
  if (wanted.size === 0) return { adopted, rest: pool };
  const seats = seatsAbout(wanted, offered());
  const taken = new Set<Line>();
  const seat = (lines: readonly Line[], rights: readonly Seat[]): void => {
    const sorted = [...lines].sort((a, b) => a.at - b.at);
    const matched = matchNearest(sorted, rights, JOINS_TRACE_MS);
    sorted.forEach((line, index) => {
      const right = rights[matched[index] as number];
      if (right === undefined) return;
      taken.add(line);
      push(adopted, right.trace, line);
    });
  };
  for (const [key, lines] of wanted) {
    const rights = seats.get(sameThing(key)) ?? [];
    for (const slot of slotsOf(lines)) seat(slot, rights);
    const left = lines.filter((line) => !taken.has(line) && !line.evidence.echo);
    const caller = callerOf(left[0]);
    if (caller !== null && rights.length === 0) seat(left, seats.get(caller) ?? []);
  }
  return { adopted, rest: taken.size === 0 ? pool : pool.filter((line) => !taken.has(line)) };
}

function isHop(line: Line): line is ClaimLine {
  const { evidence } = line;
  return evidence.type === "claim" && evidence.observation !== "lost" && evidence.observation !== "returned";
}

function group(lines: readonly ClaimLine[]): Map<string, ClaimLine[]> {
  const groups = new Map<string, ClaimLine[]>();
  for (const line of lines) push(groups, keyOf(factsOf(line)), line);
  return groups;
}

/** One line of a kind for each trace; lines of different kinds share one. */
function slotsOf(lines: readonly ClaimLine[]): ClaimLine[][] {
  const slots = new Map<string, ClaimLine[]>();
  for (const line of lines) {
    const slot = `${line.evidence.echo} ${line.evidence.side} ${line.evidence.operation}`;
    push(slots, slot, line);
  }
  return [...slots.values()];
}

/** The seats that somebody wants, in order of time. */
function seatsAbout(
  wanted: ReadonlyMap<string, readonly ClaimLine[]>,
  offered: Iterable<readonly Seat[]>,
): ReadonlyMap<string, Seat[]> {
  const found = new Map<string, Seat[]>();
  for (const [key, [first]] of wanted) {
    found.set(sameThing(key), []);
    const caller = callerOf(first);
    if (caller !== null) found.set(caller, []);
  }
  for (const seats of offered) for (const seat of seats) found.get(seat.about)?.push(seat);
  for (const list of found.values()) list.sort((a, b) => a.at - b.at || (a.trace < b.trace ? -1 : 1));
  return found;
}

function sameThing(key: string): string {
  return `same ${key}`;
}

function calledBy(code: number | null, message: string, services: readonly string[]): string {
  return `below ${code} ${message} ${services.join("\u0001")}`;
}

function callerOf(line: ClaimLine | undefined): string | null {
  if (line === undefined) return null;
  const { path, code, message } = line.evidence;
  return path === null || path.length === 0 ? null : calledBy(code, message, path);
}
