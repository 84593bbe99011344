/**
 * Folding: cascades that no id tells apart and that look the same are shown as one with a count.
 */
import { type Cascade, type Instant, storyOf } from "../../model/index.ts";
import { byFirstAt } from "./order.ts";
import { bytesOfCascade } from "./size.ts";

const MAX_EXEMPLARS = 5;

interface Entry {
  readonly cascade: Cascade;
  readonly count: number;
  readonly exemplars: readonly string[];
  readonly evidence: number;
  readonly lastAt: Instant | undefined;
}

/** Folds like cascades; single ones stay as they are. */
export class Fold {
  readonly #base: Fold | null;
  readonly #byShape = new Map<string, Entry>();
  #bytes = 0;
  #all: readonly Cascade[] | null = null;

  /** @param base what is folded already; it is read, never written, and must not change any more */
  constructor(base: Fold | null = null) {
    this.#base = base;
  }

  /** An estimate of the memory that the cascades take which were added here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many cascades remain apart of those that were added here. */
  get size(): number {
    return this.#byShape.size;
  }

  /** Takes a cascade in. */
  add(cascade: Cascade): void {
    this.#all = null;
    const shape = storyOf(cascade);
    const own = this.#byShape.get(shape);
    const same = own ?? (this.#base === null ? undefined : this.#base.#byShape.get(shape));
    const entry = same === undefined ? entryOf(cascade) : folded(same, cascade);
    this.#byShape.set(shape, entry);
    this.#bytes += bytesOfCascade(entry.cascade) - (own === undefined ? 0 : bytesOfCascade(own.cascade));
  }

  /** Takes out what was added first, with all that was folded into it. */
  shift(): Cascade | undefined {
    const [first] = this.#byShape;
    if (first === undefined) return undefined;
    const [shape, entry] = first;
    this.#all = null;
    this.#byShape.delete(shape);
    this.#bytes -= bytesOfCascade(entry.cascade);
    return cascadeOf(entry);
  }

  /** The folded cascades, those of the base included, in order. */
  cascades(): readonly Cascade[] {
    if (this.#all !== null) return this.#all;
    const entries = [...this.#byShape.values()];
    if (this.#base !== null)
      for (const [shape, entry] of this.#base.#byShape) if (!this.#byShape.has(shape)) entries.push(entry);
    this.#all = entries.map(cascadeOf).sort(byFirstAt);
    return this.#all;
  }
}

function entryOf(cascade: Cascade): Entry {
  const { id, count, evidenceCount, lastAt } = cascade;
  return { cascade, count, exemplars: [id], evidence: evidenceCount, lastAt };
}

function folded(same: Entry, cascade: Cascade): Entry {
  return {
    cascade: isBefore(cascade.firstAt, same.cascade.firstAt) ? cascade : same.cascade,
    count: same.count + cascade.count,
    exemplars: same.exemplars.length < MAX_EXEMPLARS ? [...same.exemplars, cascade.id] : same.exemplars,
    evidence: same.evidence + cascade.evidenceCount,
    lastAt: isBefore(same.lastAt, cascade.lastAt) ? cascade.lastAt : same.lastAt,
  };
}

function cascadeOf({ cascade, count, exemplars, evidence, lastAt }: Entry): Cascade {
  if (count === 1) return cascade;
  return { ...cascade, count, exemplars, evidenceCount: evidence, ...(lastAt === undefined ? {} : { lastAt }) };
}

function isBefore(a: Instant | undefined, b: Instant | undefined): boolean {
  return a !== undefined && (b === undefined || a < b);
}
