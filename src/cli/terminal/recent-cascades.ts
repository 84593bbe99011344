/** Which cascades are new or changed, while a picture is looked at: bounded by what comes in a few seconds. */
import type { Cascade } from "../../model/index.ts";

/** So long a row that is new, or has changed, is marked. */
const FRESH_MS = 3_000;
/** Evidence that came so lately may have more behind it, and the verdict may change. */
const YOUNG_MS = 1_000;

/** So many that are gone are remembered besides. */
const SPARE = 1_000;

/** The ids of cascades that changed lately; the same sets as long as nothing does. */
export interface Recent {
  readonly fresh: ReadonlySet<string>;
  readonly young: ReadonlySet<string>;
}

/** Nothing changed. */
export const NOTHING_RECENT: Recent = { fresh: new Set(), young: new Set() };

/** Compares each picture with the one before. */
export class RecentCascades {
  /** A cascade is an object that never changes, and most of a picture are those of the one before. */
  readonly #seen = new WeakSet<Cascade>();
  /** How many lines each had. */
  #known = new Map<string, number>();
  readonly #changedAt = new Map<string, number>();
  #recent: Recent = NOTHING_RECENT;

  /** Takes the cascades of a picture; `silently` where all of them are what was there to begin with. */
  take(cascades: readonly Cascade[], now: number, silently: boolean): void {
    for (const cascade of cascades) {
      if (this.#seen.has(cascade)) continue;
      this.#seen.add(cascade);
      const { id, evidenceCount } = cascade;
      const before = this.#known.get(id);
      this.#known.set(id, evidenceCount);
      if (silently || before === evidenceCount) continue;
      this.#changedAt.delete(id);
      this.#changedAt.set(id, now);
    }
    if (this.#known.size > 2 * cascades.length + SPARE)
      this.#known = new Map(cascades.map(({ id, evidenceCount }) => [id, evidenceCount]));
  }

  /** What has changed lately, seen from now. */
  at(now: number): Recent {
    // In order of time: the oldest are the first
    for (const [id, changedAt] of this.#changedAt) {
      if (now - changedAt < FRESH_MS) break;
      this.#changedAt.delete(id);
    }
    const young = [...this.#changedAt].filter(([, changedAt]) => now - changedAt < YOUNG_MS).map(([id]) => id);
    const { fresh } = this.#recent;
    const isSame =
      young.length === this.#recent.young.size &&
      fresh.size === this.#changedAt.size &&
      young.every((id) => this.#recent.young.has(id)) &&
      [...this.#changedAt.keys()].every((id) => fresh.has(id));
    if (!isSame) this.#recent = { fresh: new Set(this.#changedAt.keys()), young: new Set(young) };
    return this.#recent;
  }
}
