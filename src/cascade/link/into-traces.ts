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

/** The seats of all traces, by what they are about and in order of time, so that a trace that changes costs no more than its own. */
export class Seats {
  readonly #about = new Map<string, Seat[]>();
  readonly #of = new Map<string, readonly Seat[]>();

  /** Takes the seats of a trace in, in place of those it had. */
  put(trace: string, seats: readonly Seat[]): void {
    for (const seat of this.#of.get(trace) ?? []) {
      const list = this.#about.get(seat.about) as Seat[];
      list.splice(placeOf(list, seat), 1);
    }
    this.#of.set(trace, seats);
    for (const seat of seats) {
      const list = this.#about.get(seat.about);
      if (list === undefined) this.#about.set(seat.about, [seat]);
      else list.splice(placeOf(list, seat), 0, seat);
    }
  }

  /** Takes the seats of traces out. */
  remove(traces: ReadonlySet<string>): void {
    for (const trace of traces) this.#of.delete(trace);
    for (const [thing, seats] of this.#about) {
      const left = seats.filter(({ trace }) => !traces.has(trace));
      if (left.length === 0) this.#about.delete(thing);
      else this.#about.set(thing, left);
    }
  }

  /** True where no trace offers any. */
  get empty(): boolean {
    return this.#about.size === 0;
  }

  /** Those about one thing, in order of time. */
  about(thing: string): readonly Seat[] {
    return this.#about.get(thing) ?? [];
  }
}

/** Where a seat stands, or should; of equal ones the first. */
function placeOf(seats: readonly Seat[], seat: Seat): number {
  let low = 0;
  let high = seats.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = seats[middle] as Seat;
    if (here.at < seat.at || (here.at === seat.at && here.trace < seat.trace)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Finds traces for lines that have none; `seats` are those of all traces. */
export function adoptUntraced(pool: readonly Line[], seats: Seats): Untraced {
  const adopted = new Map<string, Line[]>();
  if (seats.empty) return { adopted, rest: pool };
  const wanted = group(pool.filter(isHop));
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
    const rights = seats.about(sameThing(key));
    for (const slot of slotsOf(lines)) seat(slot, rights);
    const left = lines.filter((line) => !taken.has(line) && !line.evidence.echo);
    const caller = callerOf(left[0]);
    if (caller !== null && rights.length === 0) seat(left, seats.about(caller));
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
