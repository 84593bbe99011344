/**
 * Lines without a trace id beside lines with one: a framework's own log lines, a service whose logger does not know the trace. Such a
 * line belongs to the trace that has a line about the same thing at the same time; else to the trace where its caller's line stands.
 */
import type { ClaimLine, Line } from "../hops/hop.ts";
import { factsOf, keyOf, push } from "../hops/hop-index.ts";
import { matchNearest } from "../hops/nearest.ts";
import { JOINS_TRACE_MS } from "../tolerances.ts";

interface Seat {
  readonly at: number;
  readonly trace: string;
}

/** What became of lines without a trace. */
export interface Untraced {
  /** Lines that belong to a trace after all. */
  readonly adopted: ReadonlyMap<string, readonly Line[]>;
  readonly rest: readonly Line[];
}

/** Finds traces for lines that have none. */
export function adoptUntraced(pool: readonly Line[], traces: ReadonlyMap<string, readonly Line[]>): Untraced {
  const adopted = new Map<string, Line[]>();
  if (pool.length === 0 || traces.size === 0) return { adopted, rest: pool };
  const wanted = group(pool.filter(isHop));
  if (wanted.size === 0) return { adopted, rest: pool };
  const { same, callers } = seats(traces);
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
    const rights = same.get(key) ?? [];
    for (const slot of slotsOf(lines)) seat(slot, rights);
    const left = lines.filter((line) => !taken.has(line) && !line.evidence.echo);
    const first = left[0];
    if (first !== undefined && rights.length === 0) seat(left, callers.get(callerKey(first) ?? "") ?? []);
  }
  return { adopted, rest: pool.filter((line) => !taken.has(line)) };
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

/** The seats that traces offer: by what they tell of themselves, and by whom they ended a stream to. */
function seats(traces: ReadonlyMap<string, readonly Line[]>): {
  same: Map<string, Seat[]>;
  callers: Map<string, Seat[]>;
} {
  const same = new Map<string, Seat[]>();
  const callers = new Map<string, Seat[]>();
  for (const [trace, lines] of traces) {
    for (const [key, about] of group(lines.filter(isHop))) {
      const last = about.reduce((a, b) => (a.at > b.at ? a : b));
      push(same, key, { at: last.at, trace });
      const path = about[0]?.evidence.path ?? null;
      const service = about[0]?.evidence.service ?? null;
      if (service === null) continue;
      const { code, message } = last.evidence;
      push(callers, `${code} ${message} ${[...(path ?? []), service].join("\u0001")}`, { at: last.at, trace });
    }
  }
  for (const list of [...same.values(), ...callers.values()])
    list.sort((a, b) => a.at - b.at || (a.trace < b.trace ? -1 : 1));
  return { same, callers };
}

function callerKey({ evidence }: ClaimLine): string | null {
  const { path, code, message } = evidence;
  return path === null || path.length === 0 ? null : `${code} ${message} ${path.join("\u0001")}`;
}
