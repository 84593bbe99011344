/**
 * The lines of open evidence, kept under the names that are shown and where they stand in time, with the call graph that has learned from
 * them. What arrives costs what it changes; other names change everything.
 */
import { CallGraph } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { isFine, placeLines } from "../hops/placing.ts";
import { isSighted } from "../incident/index.ts";
import { type Seat, seatsOf } from "../link/into-traces.ts";
import type { NameFacts } from "../names/name-facts.ts";
import { learnCallers, type Naming, nameServices } from "../names/naming.ts";

/** Lines in the order of their arrival. */
class Arrivals {
  own: Line[] = [];
  /** The same with the names that are shown; the last ones are missing until the next update. */
  named: Line[] = [];

  /** Takes lines out; true if there were any. */
  remove(gone: ReadonlySet<Line>): boolean {
    const { own, named } = this;
    if (!own.some((line) => gone.has(line))) return false;
    const stays = (_: Line, place: number): boolean => !gone.has(own[place] as Line);
    this.own = own.filter(stays);
    this.named = named.filter(stays);
    return true;
  }
}

/** The lines of one trace. */
export class OpenTrace extends Arrivals {
  readonly id: string;
  /** Named, and placed in time. */
  lines: readonly Line[] = [];
  #seats: readonly Seat[] | null = null;

  constructor(id: string) {
    super();
    this.id = id;
  }

  /** Takes over how the lines stand now. */
  settle(lines: readonly Line[]): void {
    this.lines = lines;
    this.#seats = null;
  }

  /** What the trace offers to lines without one. */
  get seats(): readonly Seat[] {
    this.#seats ??= seatsOf(this.id, this.lines);
    return this.#seats;
  }
}

/** All lines that are open. */
export class OpenLines {
  readonly traces: Map<string, OpenTrace> = new Map();
  readonly #settled: CallGraph;
  readonly #names: NameFacts;
  readonly #pool = new Arrivals();
  readonly #worded = new Arrivals();
  readonly #changed = new Set<OpenTrace>();
  /** True if lines outside traces have come or gone. */
  #looseChanged = false;
  #naming: Naming | null = null;
  #namesRevision = -1;
  #coarse = 0;
  /** Lines that do not say their time finely, where they stand between their neighbours. */
  #moved: ReadonlyMap<Line, Line> = new Map();
  calls: CallGraph;
  /** Lines without a trace, in order of time. */
  pool: readonly Line[] = [];
  /** Lines in the free words of any program, in order of time. */
  worded: readonly Line[] = [];

  /** @param settled what is known of evidence that is not open any more; it is read, never written */
  constructor(settled: CallGraph, names: NameFacts) {
    this.#settled = settled;
    this.#names = names;
    this.calls = new CallGraph(settled);
  }

  /** The names that are shown, as of the last update. */
  get naming(): Naming {
    if (this.#naming === null) throw new RangeError("OpenLines.naming: nothing was updated yet");
    return this.#naming;
  }

  /** Takes in a line; it counts with the next update. */
  add(line: Line): void {
    if (!isFine(line)) this.#coarse += 1;
    const { traceId } = line.evidence;
    if (isSighted(line) || traceId === null) {
      (isSighted(line) ? this.#worded : this.#pool).own.push(line);
      this.#looseChanged = true;
      return;
    }
    let trace = this.traces.get(traceId);
    if (trace === undefined) {
      trace = new OpenTrace(traceId);
      this.traces.set(traceId, trace);
    }
    trace.own.push(line);
    this.#changed.add(trace);
  }

  /** Takes out lines that are not open any more; returns the traces that have lost some. */
  remove(gone: ReadonlySet<Line>): OpenTrace[] {
    for (const line of gone) if (!isFine(line)) this.#coarse -= 1;
    const fewer = [...this.traces.values()].filter((trace) => trace.remove(gone));
    for (const trace of fewer) {
      if (trace.own.length > 0) {
        this.#changed.add(trace);
        continue;
      }
      this.traces.delete(trace.id);
      this.#changed.delete(trace);
    }
    const loose = [this.#pool, this.#worded].map((lines) => lines.remove(gone));
    if (loose.includes(true)) this.#looseChanged = true;
    return fewer;
  }

  /**
   * Brings names, places and calls up to date; `open` are all the lines.
   *
   * @returns whether all names are new, and the traces whose lines are others now
   */
  update(open: readonly Line[]): { readonly renamed: boolean; readonly changed: ReadonlySet<OpenTrace> } {
    const renamed = this.#rename(open);
    for (const arrivals of [this.#pool, this.#worded, ...this.#changed]) this.#learn(arrivals);
    for (const trace of this.#changed) this.calls.learnSpans(trace.named);
    const changed = new Set(this.#changed);
    this.#changed.clear();
    if (this.#place()) for (const trace of this.traces.values()) changed.add(trace);
    for (const trace of changed) trace.settle(this.#placed(trace.named));
    this.pool = this.#placed(this.#pool.named).toSorted(byTime);
    this.worded = this.#placed(this.#worded.named).toSorted(byTime);
    this.#looseChanged = false;
    return { renamed, changed };
  }

  #rename(open: readonly Line[]): boolean {
    const names = this.#names;
    const idle = this.#changed.size === 0 && !this.#looseChanged;
    for (const { own } of this.#changed) learnCallers(own, names);
    if (this.#looseChanged) for (const { own } of [this.#pool, this.#worded]) learnCallers(own, names);
    const before = this.#naming;
    if (before === null || names.revision !== this.#namesRevision || (before.ofLines && !idle))
      this.#naming = nameServices(open, names);
    this.#namesRevision = names.revision;
    if (this.naming.key === before?.key) return false;
    this.calls = new CallGraph(this.#settled);
    this.calls.strangers = this.naming.strangers;
    for (const trace of this.traces.values()) this.#changed.add(trace);
    for (const arrivals of [this.#pool, this.#worded, ...this.#changed]) arrivals.named = [];
    return true;
  }

  #learn({ own, named }: Arrivals): void {
    for (let place = named.length; place < own.length; place += 1) {
      const line = this.naming.rename(own[place] as Line);
      named.push(line);
      this.calls.learn(line.evidence);
    }
  }

  /** Places lines between their neighbours; true if some stand elsewhere now. */
  #place(): boolean {
    if (this.#coarse === 0 && this.#moved.size === 0) return false;
    const all = [this.#pool, this.#worded, ...this.traces.values()].flatMap(({ named }) => named);
    const placed = placeLines(all);
    const moved = new Map<Line, Line>();
    let changed = false;
    for (const [index, line] of all.entries()) {
      const now = placed[index] as Line;
      const before = this.#moved.get(line);
      const same = before === undefined ? now === line : now.at === before.at && now.placed === before.placed;
      if (!same) changed = true;
      if (now !== line) moved.set(line, same && before !== undefined ? before : now);
    }
    this.#moved = moved;
    return changed;
  }

  #placed(lines: readonly Line[]): readonly Line[] {
    return this.#moved.size === 0 ? lines.slice() : lines.map((line) => this.#moved.get(line) ?? line);
  }
}

function byTime(a: Line, b: Line): number {
  return a.at - b.at;
}
