/**
 * The cascade store: evidence in, diagnosis out; incremental and bounded.
 *
 * Evidence is open until the watermark has passed it by far enough; then its part of the stream is judged for good and only the cascades
 * are kept. What is open is kept as cascades too once somebody asks, and asking again costs what has changed since. While nothing is late or
 * dropped the order of arrival does not matter, and neither does when somebody asks.
 */
import type { Diagnosis, Evidence } from "../../model/index.ts";
import { CallGraph } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { NameFacts } from "../names/name-facts.ts";
import { learnCallers, tellsCallers } from "../names/naming.ts";
import { WATERMARK_MS } from "../tolerances.ts";
import { Fold } from "./fold.ts";
import { Identities } from "./ids.ts";
import { OpenView, type Surroundings } from "./open-view.ts";
import { merge } from "./order.ts";
import { type Cut, cut, cutForRoom } from "./seal.ts";
import { judgeForGood } from "./sealed-part.ts";
import { Shelf } from "./shelf.ts";
import { bytesOfEvidence } from "./size.ts";
import { tallyOf, total } from "./tally.ts";

/** Limits of a store. */
export interface CascadeStoreOptions {
  /** How far behind the newest evidence other evidence may come and still count; milliseconds of event time, default 120,000. */
  readonly watermarkMs?: number;
  /** Most pieces of evidence that are open at a time; default 500,000. */
  readonly capacity?: number;
  /** The memory that open evidence may take, estimated; bytes, default 512 MiB: more than 500,000 spans of usual length. */
  readonly openBytes?: number;
  /** Most cascades that are kept; the oldest go first, their evidence counts as dropped; default 100,000. */
  readonly maxCascades?: number;
  /** The memory that cascades may take which are judged for good, estimated; bytes, default 1 GiB: some 100,000 chains of ten lines. */
  readonly cascadeBytes?: number;
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

const MIB = 2 ** 20;

const DEFAULTS: Required<CascadeStoreOptions> = {
  watermarkMs: WATERMARK_MS,
  capacity: 500_000,
  openBytes: 512 * MIB,
  maxCascades: 100_000,
  cascadeBytes: 1_024 * MIB,
};

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
  readonly #around: Surroundings = { settled: new CallGraph(), names: new NameFacts(), identities: new Identities() };
  /** What is judged for good: cascades of traces one by one, like ones without a trace folded. */
  readonly #sealed = new Shelf();
  readonly #folded = new Fold();
  #open: Line[] = [];
  #openBytes = 0;
  /** True if evidence has come from which names of callers can be learned. */
  #callersTold = false;
  /** Null until somebody asks. */
  #view: OpenView | null = null;
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
    const line = this.#lineOf(evidence);
    const { at } = line;
    if (at <= this.#sealedTo) {
      this.#counts.late += 1;
      return;
    }
    this.#around.names.learn(evidence);
    if (tellsCallers(evidence)) this.#callersTold = true;
    this.#open.push(line);
    this.#openBytes += bytesOfEvidence(evidence);
    this.#view?.add(line);
    if (at > this.#newest) this.#newest = at;
    if (at < this.#oldest) this.#oldest = at;
    this.#untilLook -= 1;
    if (this.#untilLook <= 0 || this.#isFull()) this.#look();
  }

  finish(): void {
    if (this.#open.length === 0) return;
    this.#revision += 1;
    this.#seal({ judged: this.#open, kept: [], at: this.#sealedTo });
    this.#view = null;
  }

  diagnose(): Diagnosis {
    if (this.#diagnosis?.revision === this.#revision) return this.#diagnosis.value;
    const view = this.#upToDate();
    const fold = new Fold(this.#folded);
    for (const cascade of view.untraced()) fold.add(cascade);
    const folded = fold.cascades();
    const value: Diagnosis = {
      cascades: merge(merge(this.#sealed.cascades(), view.traced.cascades()), folded),
      ...total([...this.#sealed.tallies(), ...view.traced.tallies(), tallyOf(folded)]),
      counts: { ...this.#counts },
    };
    this.#diagnosis = { revision: this.#revision, value };
    return value;
  }

  #upToDate(): OpenView {
    this.#view ??= new OpenView(this.#around, this.#open);
    this.#view.update(this.#open);
    return this.#view;
  }

  /** Evidence without a time stands after the one before it in its source, else where it arrived. */
  #lineOf(evidence: Evidence): Line {
    const { at, place } = evidence;
    const source = "source" in place ? place.source : "";
    const last = this.#lastOf.get(source);
    if (at !== null) {
      this.#lastAt = Number(at - AXIS) / 1e6;
      if (last !== undefined || this.#lastOf.size < MAX_SOURCES) this.#lastOf.set(source, this.#lastAt);
      return { evidence, given: evidence, at: this.#lastAt };
    }
    if (last === undefined) {
      this.#lastAt += 0.001;
      return { evidence, given: evidence, at: this.#lastAt, placed: "nowhere" };
    }
    this.#lastOf.set(source, last + 0.001);
    return { evidence, given: evidence, at: last + 0.001, placed: "after" };
  }

  #look(): void {
    const horizon = this.#newest - this.#limits.watermarkMs;
    // While everything that is open may still get company, putting it in order is for nothing
    if (horizon >= this.#oldest || this.#isFull()) this.#sealWhatIsComplete(horizon);
    this.#untilLook = Math.max(LOOK_EVERY, this.#open.length >> 2);
  }

  #isFull(): boolean {
    return this.#open.length > this.#limits.capacity || this.#openBytes > this.#limits.openBytes;
  }

  #sealWhatIsComplete(horizon: number): void {
    this.#open.sort((a, b) => a.at - b.at);
    for (
      let part = cut(this.#open, this.#sealedTo, horizon);
      part !== null;
      part = cut(this.#open, this.#sealedTo, horizon)
    ) {
      this.#seal(part);
    }
    if (this.#isFull()) this.#seal(cutForRoom(this.#open));
    this.#oldest = this.#open[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  #seal({ judged, kept, at }: Cut): void {
    if (this.#view !== null) this.#upToDate();
    else if (this.#callersTold) learnCallers(this.#open, this.#around.names);
    const { identities } = this.#around;
    for (const cascade of judgeForGood(judged, this.#around, this.#view)) {
      identities.settle(cascade.id);
      if (cascade.traceId === undefined) {
        identities.release(cascade.id);
        this.#folded.add(cascade);
      } else this.#sealed.add(cascade);
    }
    this.#open = kept;
    for (const { given } of judged) this.#openBytes -= bytesOfEvidence(given);
    this.#sealedTo = Math.max(this.#sealedTo, at);
    this.#makeRoom();
  }

  /** Forgets the oldest cascades until the others are within the limits. */
  #makeRoom(): void {
    const { maxCascades, cascadeBytes } = this.#limits;
    while (
      this.#sealed.size + this.#folded.size > maxCascades ||
      this.#sealed.bytes + this.#folded.bytes > cascadeBytes
    ) {
      const gone = this.#sealed.bytes < this.#folded.bytes ? this.#folded.shift() : this.#sealed.shift();
      if (gone === undefined) return;
      if (gone.traceId !== undefined) this.#around.identities.release(gone.id);
      this.#counts.dropped += gone.evidenceCount;
    }
  }
}

/** What a line says of who is where is no evidence of a cancel. */
function isContext({ type, sighting }: Evidence): boolean {
  return sighting !== undefined && (type === "call" || type === "process");
}
