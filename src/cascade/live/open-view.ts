/**
 * The cascades of evidence that is still open, kept up while it arrives: what is looked at again is what got lines, or asked the call graph
 * for something that it answers otherwise now. The outcome is that of judging everything anew.
 */
import type { Cascade } from "../../model/index.ts";
import type { CallGraph } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { type IncidentTree, joinTrees, solveIncidents } from "../incident/index.ts";
import type { Tree } from "../judge/cascade.ts";
import { adoptUntraced, type Seat, Seats } from "../link/into-traces.ts";
import type { NameFacts } from "../names/name-facts.ts";
import type { Naming } from "../names/naming.ts";
import { withAliases } from "../names/with-aliases.ts";
import { solve } from "../solve.ts";
import type { Identities } from "./ids.ts";
import { Judge, type Judgement, sameLines } from "./judgements.ts";
import { OpenLines, type OpenTrace } from "./open-lines.ts";
import { byFirstAt } from "./order.ts";
import { parts } from "./seal.ts";
import { Shelf } from "./shelf.ts";

/** Lines that are judged together: those of a trace with the ones it adopted, or a part of those without a trace. */
interface Unit<Judged extends Tree = Tree> {
  readonly lines: readonly Line[];
  readonly judgement: Judgement<Judged>;
}

/** What the view knows beside its lines. */
export interface Surroundings {
  /** What the evidence says that is not open any more. */
  readonly settled: CallGraph;
  readonly names: NameFacts;
  readonly identities: Identities;
}

/** A trace as it was judged. */
export interface Known {
  /** Its own lines, and all that were judged. */
  readonly own: readonly Line[];
  readonly all: readonly Line[];
  readonly seats: readonly Seat[];
  readonly judgement: Judgement;
  /** What is shown of a tree; undefined if it is shown as a part of another. */
  readonly shown: (tree: Tree) => Cascade | undefined;
}

/** The open evidence as cascades. */
export class OpenView {
  readonly #around: Surroundings;
  readonly #lines: OpenLines;
  readonly #traces = new Map<OpenTrace, Unit>();
  #parts: readonly Unit[] = [];
  #incidents: Unit<IncidentTree> = { lines: [], judgement: { trees: [], asked: [], answers: "" } };
  #judge: Judge;
  #callsRevision = -1;
  /** What is shown of each tree: of traces in their order, and of the rest. */
  readonly #shown = new Map<Tree, Cascade>();
  readonly #traced = new Shelf();
  readonly #untraced = new Set<Cascade>();
  /** Trees that are new since the last update, and trees that are no more. */
  #born: Tree[] = [];
  #gone: Tree[] = [];
  /** What traces offer to lines without one; null while there is no such line. */
  #seats: Seats | null = null;
  /** The traces that had adopted lines at the last update. */
  #adopting: ReadonlySet<string> = new Set();
  /** True if incidents were joined to trees at the last update. */
  #joined = false;

  constructor(around: Surroundings, lines: readonly Line[]) {
    this.#around = around;
    this.#lines = new OpenLines(around.settled, around.names);
    this.#judge = new Judge(this.#lines.calls);
    for (const line of lines) this.#lines.add(line);
  }

  /** The cascades of traces. */
  get traced(): Shelf {
    return this.#traced;
  }

  /** The cascades without a trace, in order. */
  untraced(): Cascade[] {
    return [...this.#untraced].sort(byFirstAt);
  }

  /** Takes in a line; it counts with the next update. */
  add(line: Line): void {
    this.#lines.add(line);
  }

  /** What is known of a trace if all its lines and no others are `lines`, under the names of `naming`; null if that is not so. */
  known(traceId: string, lines: readonly Line[], { key }: Naming): Known | null {
    const trace = this.#lines.traces.get(traceId);
    const unit = trace === undefined ? undefined : this.#traces.get(trace);
    if (trace === undefined || unit === undefined) return null;
    if (trace.own.length !== lines.length || this.#lines.naming.key !== key) return null;
    const shown = new Map(unit.judgement.trees.map((tree) => [tree, this.#shown.get(tree)]));
    const { judgement, lines: all } = unit;
    return { own: trace.lines, all, seats: trace.seats, judgement, shown: (tree) => shown.get(tree) };
  }

  /** Takes out lines that are not open any more. The ids of what is shown of them are free again. */
  remove(gone: ReadonlySet<Line>): void {
    const fewer = this.#lines.remove(gone);
    this.#seats?.remove(new Set(fewer.map(({ id }) => id)));
    for (const trace of fewer) {
      this.#gone.push(...(this.#traces.get(trace)?.judgement.trees ?? []));
      this.#traces.delete(trace);
    }
    for (const { judgement } of this.#parts) this.#gone.push(...judgement.trees);
    this.#parts = [];
    this.#hide(this.#gone);
    this.#gone = [];
  }

  /** Brings the cascades up to date; `open` are all the lines. */
  update(open: readonly Line[]): void {
    const { renamed, changed } = this.#lines.update(open);
    const { calls, pool, traces } = this.#lines;
    if (renamed) this.#beginAnew();
    const asksAnew = calls.revision !== this.#callsRevision;
    this.#callsRevision = calls.revision;
    this.#offerSeats(changed);
    const { adopted, rest } = adoptUntraced(pool, this.#seats ?? new Seats());
    const adopting = [...this.#adopting, ...adopted.keys()]
      .map((id) => traces.get(id))
      .filter((one) => one !== undefined);
    this.#adopting = new Set(adopted.keys());
    for (const trace of asksAnew ? traces.values() : new Set([...changed, ...adopting]))
      this.#judgeTrace(trace, adopted.get(trace.id));
    this.#judgeParts(rest);
    this.#judgeIncidents();
    this.#show();
  }

  /** Seats cost time and memory: they are kept while there is a line that may want one. */
  #offerSeats(changed: ReadonlySet<OpenTrace>): void {
    const { pool, traces } = this.#lines;
    if (pool.length === 0) {
      this.#seats = null;
      return;
    }
    const fresh = this.#seats === null;
    this.#seats ??= new Seats();
    for (const { id, seats } of fresh ? traces.values() : changed) this.#seats.put(id, seats);
  }

  /** Under other names everything is judged anew. */
  #beginAnew(): void {
    this.#judge = new Judge(this.#lines.calls);
    this.#callsRevision = -1;
    for (const { judgement } of [...this.#traces.values(), ...this.#parts])
      for (const tree of judgement.trees) this.#gone.push(tree);
    this.#traces.clear();
    this.#parts = [];
    this.#incidents = { lines: [], judgement: { trees: [], asked: [], answers: "" } };
  }

  #judgeTrace(trace: OpenTrace, adopted: readonly Line[] = []): void {
    const lines = adopted.length === 0 ? trace.lines : [...trace.lines, ...adopted];
    const known = this.#traces.get(trace);
    if (known !== undefined && this.#holds(known, lines)) return;
    for (const tree of known?.judgement.trees ?? []) this.#gone.push(tree);
    const judgement = this.#judge.judge((calls) => solve(lines, calls, trace.id));
    for (const tree of judgement.trees) this.#born.push(tree);
    this.#traces.set(trace, { lines, judgement });
  }

  #judgeParts(lines: readonly Line[]): void {
    const before = new Map(this.#parts.map((unit) => [unit.lines[0], unit]));
    this.#parts = parts(lines).map((part): Unit => {
      const known = before.get(part[0]);
      if (known !== undefined && this.#holds(known, part)) {
        before.delete(part[0]);
        return known;
      }
      const judgement = this.#judge.judge((calls) => solve(part, calls, null));
      for (const tree of judgement.trees) this.#born.push(tree);
      return { lines: part, judgement };
    });
    for (const { judgement } of before.values()) for (const tree of judgement.trees) this.#gone.push(tree);
  }

  /** Lines in free words are judged together. */
  #judgeIncidents(): void {
    const lines = this.#lines.worded;
    if (this.#holds(this.#incidents, lines)) return;
    this.#incidents = { lines, judgement: this.#judge.judge((calls) => solveIncidents(lines, calls)) };
  }

  #holds({ lines, judgement }: Unit, now: readonly Line[]): boolean {
    return sameLines(lines, now) && this.#judge.holds(judgement);
  }

  /** Shows the trees that are new, and no longer those that are gone. Where there are incidents, they join other trees. */
  #show(): void {
    const { trees: incidents } = this.#incidents.judgement;
    if (incidents.length > 0 || this.#joined) {
      const own = [...this.#traces.values(), ...this.#parts].flatMap(({ judgement }) => judgement.trees);
      const final = new Set(joinTrees(own.sort(byCascade), incidents));
      this.#gone = [...this.#shown.keys()].filter((tree) => !final.has(tree));
      this.#born = [...final].filter((tree) => !this.#shown.has(tree));
    }
    this.#joined = incidents.length > 0;
    this.#hide(this.#gone);
    const { aliasesOf } = this.#lines.naming;
    // In order of time, so that ids do not depend on the order of arrival
    for (const tree of this.#born.sort(byCascade)) {
      const cascade = { ...withAliases(tree.cascade, aliasesOf), ...this.#around.identities.identify(tree) };
      this.#shown.set(tree, cascade);
      if (cascade.traceId === undefined) this.#untraced.add(cascade);
      else this.#traced.add(cascade);
    }
    this.#born = [];
    this.#gone = [];
  }

  #hide(trees: readonly Tree[]): void {
    for (const tree of trees) {
      const cascade = this.#shown.get(tree);
      if (cascade === undefined) continue;
      this.#shown.delete(tree);
      this.#around.identities.release(cascade.id);
      if (cascade.traceId === undefined) this.#untraced.delete(cascade);
      else this.#traced.delete(cascade);
    }
  }
}

function byCascade(a: Tree, b: Tree): number {
  return byFirstAt(a.cascade, b.cascade);
}
