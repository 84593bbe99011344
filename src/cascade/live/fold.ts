/**
 * Folding: cascades that no id tells apart and that look the same are shown as one with a count.
 */
import { type Cascade, type Instant, storyOf } from "../../model/index.ts";

const MAX_EXEMPLARS = 5;

/** Folds like cascades; those with a trace id, and single ones, stay as they are. The order is that of their first instants. */
export class Fold {
  readonly #byShape = new Map<
    string,
    { cascade: Cascade; count: number; exemplars: string[]; evidence: number; lastAt: Instant | undefined }
  >();

  /** Takes a cascade in. */
  add(cascade: Cascade): void {
    const shape = shapeOf(cascade);
    const same = this.#byShape.get(shape);
    if (same === undefined) {
      this.#byShape.set(shape, {
        cascade,
        count: cascade.count,
        exemplars: [cascade.id],
        evidence: cascade.evidenceCount,
        lastAt: cascade.lastAt,
      });
      return;
    }
    same.count += cascade.count;
    same.evidence += cascade.evidenceCount;
    same.exemplars.push(cascade.id);
    if (same.exemplars.length > MAX_EXEMPLARS) same.exemplars.length = MAX_EXEMPLARS;
    if (isBefore(cascade.firstAt, same.cascade.firstAt)) same.cascade = cascade;
    if (isBefore(same.lastAt, cascade.lastAt)) same.lastAt = cascade.lastAt;
  }

  /** How many cascades remain apart. */
  get size(): number {
    return this.#byShape.size;
  }

  /** The folded cascades. */
  cascades(): Cascade[] {
    return [...this.#byShape.values()].map(({ cascade, count, exemplars, evidence, lastAt }) =>
      count === 1
        ? cascade
        : {
            ...cascade,
            count,
            exemplars: [...exemplars],
            evidenceCount: evidence,
            ...(lastAt === undefined ? {} : { lastAt }),
          },
    );
  }
}

function isBefore(a: Instant | undefined, b: Instant | undefined): boolean {
  return a !== undefined && (b === undefined || a < b);
}

function shapeOf(cascade: Cascade): string {
  return cascade.traceId === undefined ? storyOf(cascade) : `id ${cascade.id}`;
}
