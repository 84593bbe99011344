/**
 * The cascade store: evidence in, diagnosis out; incremental and bounded.
 *
 * Evidence is open until the watermark has passed it by far enough; then its part of the stream is judged for good and only the cascades
 * are kept. Open evidence is judged again whenever somebody asks. While nothing is late or dropped the order of arrival does not matter.
 */
import { type Cascade, countOrigins, type Diagnosis, type Evidence } from "../../model/index.ts";
import { CallGraph } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { push } from "../hops/hop-index.ts";
import { placeLines } from "../hops/placing.ts";
import { isSighted, joinTrees, solveIncidents } from "../incident/index.ts";
import type { Tree } from "../judge/cascade.ts";
import { warningsOf } from "../judge/warnings.ts";
import { adoptUntraced } from "../link/into-traces.ts";
import { NameFacts } from "../names/name-facts.ts";
import { type Naming, nameServices } from "../names/naming.ts";
import { withAliases } from "../names/with-aliases.ts";
import { solve } from "../solve.ts";
import { WATERMARK_MS } from "../tolerances.ts";
import { Fold } from "./fold.ts";
import { Identities } from "./ids.ts";
import { type Cut, cut, cutForRoom } from "./seal.ts";

/** Limits of a store. */
export interface CascadeStoreOptions {
  /** How far behind the newest evidence other evidence may come and still count; milliseconds of event time, default 120,000. */
  readonly watermarkMs?: number;
  /** Most pieces of evidence that are open at a time; default 500,000. */
  readonly capacity?: number;
  /** Most cascades that are kept; the oldest go first, their evidence counts as dropped; default 100,000. */
  readonly maxCascades?: number;
}

/** A live collection of evidence and the cascades it makes. */
export interface CascadeStore {
  /** Rises with every change. */
  readonly revision: number;
  /** Takes one piece of evidence in. Never throws. */
  add(evidence: Evidence): void;
  /** Says that no more evidence comes: everything is judged for good. More may be added all the same. */
  finish(): void;
  /** The state at this moment. Asking again without a change in between costs nothing. */
  diagnose(): Diagnosis;
}

const DEFAULTS: Required<CascadeStoreOptions> = { watermarkMs: WATERMARK_MS, capacity: 500_000, maxCascades: 100_000 };

/** Where the axis of time begins (2020-09-13): fixed, so that rounding does not depend on what arrives first. Its step is 30 ns. */
const AXIS = 1_600_000_000_000_000_000n;

/** Sources whose last instant is kept. */
const MAX_SOURCES = 10_000;

/** How many pieces of evidence may pass between two looks for a part that is complete. */
const LOOK_EVERY = 5_000;

/**
 * Makes an empty store.
 *
 * @throws TypeError where an option is no positive number
 */
export function createCascadeStore(options: CascadeStoreOptions = {}): CascadeStore {
  const limits = { ...DEFAULTS, ...options };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new TypeError(`createCascadeStore: ${name} must be a positive number, not ${value}`);
  }
  return new Store(limits);
}

class Store implements CascadeStore {
  readonly #limits: Required<CascadeStoreOptions>;
  readonly #settled = new CallGraph();
  readonly #names = new NameFacts();
  readonly #identities = new Identities();
  readonly #judgements = new Map<string, { key: string; trees: readonly Tree[] }>();
  #open: Line[] = [];
  #sealed: Cascade[] = [];
  #folded = new Fold();
  #lastAt = 0;
  /** The last instant of each source, for its lines without one. */
  readonly #lastOf = new Map<string, number>();
  #newest = Number.NEGATIVE_INFINITY;
  /** Nothing open is older. */
  #oldest = Number.POSITIVE_INFINITY;
  #sealedTo = Number.NEGATIVE_INFINITY;
  #untilLook = LOOK_EVERY;
  #revision = 0;
  #counts = { evidence: 0, late: 0, dropped: 0 };
  #diagnosis: { revision: number; value: Diagnosis } | null = null;

  constructor(limits: Required<CascadeStoreOptions>) {
    this.#limits = limits;
  }

  get revision(): number {
    return this.#revision;
  }

  add(evidence: Evidence): void {
    this.#revision += 1;
    if (!isContext(evidence)) this.#counts.evidence += 1;
    const { at, ...placed } = this.#timeOf(evidence);
    if (at <= this.#sealedTo) {
      this.#counts.late += 1;
      return;
    }
    this.#names.learn(evidence);
    this.#open.push({ evidence, given: evidence, at, ...placed });
    if (at > this.#newest) this.#newest = at;
    if (at < this.#oldest) this.#oldest = at;
    this.#untilLook -= 1;
    if (this.#untilLook <= 0) this.#look();
  }

  finish(): void {
    if (this.#open.length === 0) return;
    this.#revision += 1;
    this.#judgements.clear();
    this.#seal({ judged: this.#open, kept: [], at: this.#sealedTo });
  }

  diagnose(): Diagnosis {
    if (this.#diagnosis?.revision === this.#revision) return this.#diagnosis.value;
    const calls = new CallGraph(this.#settled);
    const naming = nameServices(this.#open, this.#names);
    for (const line of naming.lines) calls.learn(line.evidence);
    calls.strangers = naming.strangers;
    const fold = new Fold();
    for (const cascade of this.#folded.cascades()) fold.add(cascade);
    const open = this.#judge(naming, calls, true);
    for (const cascade of open) fold.add(cascade);
    const cascades = [...this.#sealed, ...fold.cascades()].sort(byFirstAt);
    const value: Diagnosis = {
      cascades,
      origins: countOrigins(cascades),
      warnings: warningsOf(cascades),
      counts: { ...this.#counts },
    };
    this.#diagnosis = { revision: this.#revision, value };
    return value;
  }

  /** Evidence without a time stands after the one before it in its source, else where it arrived. */
  #timeOf({ at, place }: Evidence): Pick<Line, "at" | "placed"> {
    const source = "source" in place ? place.source : "";
    if (at !== null) {
      this.#lastAt = Number(at - AXIS) / 1e6;
      if (this.#lastOf.size < MAX_SOURCES || this.#lastOf.has(source)) this.#lastOf.set(source, this.#lastAt);
      return { at: this.#lastAt };
    }
    const last = this.#lastOf.get(source);
    if (last === undefined) {
      this.#lastAt += 0.001;
      return { at: this.#lastAt, placed: "nowhere" };
    }
    this.#lastOf.set(source, last + 0.001);
    return { at: last + 0.001, placed: "after" };
  }

  #look(): void {
    const horizon = this.#newest - this.#limits.watermarkMs;
    // While everything that is open may still get company, putting it in order is for nothing
    if (horizon >= this.#oldest || this.#open.length > this.#limits.capacity) this.#sealWhatIsComplete(horizon);
    this.#untilLook = Math.max(LOOK_EVERY, this.#open.length >> 2);
  }

  #sealWhatIsComplete(horizon: number): void {
    this.#open.sort((a, b) => a.at - b.at);
    if (this.#open.length > this.#limits.capacity) this.#seal(cutForRoom(this.#open));
    for (
      let part = cut(this.#open, this.#sealedTo, horizon);
      part !== null;
      part = cut(this.#open, this.#sealedTo, horizon)
    ) {
      this.#seal(part);
    }
    this.#oldest = this.#open[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  #seal({ judged, kept, at }: Cut): void {
    const naming = nameServices(judged, this.#names);
    for (const [mention, writer] of naming.joined) this.#names.learnSame(mention, writer);
    for (const line of naming.lines) this.#settled.learn(line.evidence);
    this.#settled.strangers = naming.strangers;
    for (const cascade of this.#judge(naming, this.#settled, false)) {
      this.#identities.settle(cascade.id);
      if (cascade.traceId === undefined) this.#folded.add(cascade);
      else this.#sealed.push(cascade);
    }
    this.#open = kept;
    this.#sealedTo = Math.max(this.#sealedTo, at);
    if (this.#sealed.length > this.#limits.maxCascades) {
      const gone = this.#sealed.splice(0, this.#sealed.length - this.#limits.maxCascades);
      for (const cascade of gone) this.#counts.dropped += cascade.evidenceCount;
    }
  }

  /** Judges lines, each trace for itself and the rest together. */
  #judge({ lines: named, aliasesOf }: Naming, calls: CallGraph, remember: boolean): Cascade[] {
    const lines = placeLines(named);
    const traces = new Map<string, Line[]>();
    const pool: Line[] = [];
    const worded: Line[] = [];
    for (const line of lines) {
      if (isSighted(line)) {
        worded.push(line);
        continue;
      }
      const { traceId } = line.evidence;
      if (traceId === null) pool.push(line);
      else push(traces, traceId, line);
    }
    // What one trace shows of who answers where names the silent ones of another
    for (const own of traces.values()) calls.learnSpans(own);
    const { adopted, rest } = adoptUntraced(pool, traces);
    const trees: Tree[] = [];
    for (const [traceId, own] of traces) {
      const more = adopted.get(traceId) ?? [];
      const key = `${own.length} ${more.length} ${calls.revision}`;
      const known = remember ? this.#judgements.get(traceId) : undefined;
      if (known?.key === key) trees.push(...known.trees);
      else {
        const solved = solve(more.length === 0 ? own : [...own, ...more], calls, traceId);
        if (remember) this.#judgements.set(traceId, { key, trees: solved });
        else this.#judgements.delete(traceId);
        trees.push(...solved);
      }
    }
    trees.push(...solve(rest, calls, null));
    const all = joinTrees(trees, solveIncidents(worded, calls));
    all.sort((a, b) => byFirstAt(a.cascade, b.cascade));
    const used = new Set<string>();
    return all.map((tree) => ({
      ...withAliases(tree.cascade, aliasesOf),
      ...this.#identities.identify(tree, used),
    }));
  }
}

/** What a line says of who is where is no evidence of a cancel. */
function isContext({ type, sighting }: Evidence): boolean {
  return sighting !== undefined && (type === "call" || type === "process");
}

function byFirstAt(a: Pick<Cascade, "firstAt" | "origin">, b: Pick<Cascade, "firstAt" | "origin">): number {
  if (a.firstAt !== b.firstAt) {
    if (a.firstAt === undefined) return 1;
    if (b.firstAt === undefined) return -1;
    return a.firstAt < b.firstAt ? -1 : 1;
  }
  const x = `${a.origin.service} ${a.origin.kind}`;
  const y = `${b.origin.service} ${b.origin.kind}`;
  return x < y ? -1 : x > y ? 1 : 0;
}
