/** How many claims about cancels each input made. */
import type { Evidence, Instant } from "../model/index.ts";

/** By which way records come in: out of files, by the receiver, or out of the store of that name. */
export type Way = "files" | "received" | `store ${string}`;

/** What was claimed in one input. */
export interface ClaimCount {
  readonly claims: number;
  /** When the newest of them was written; null where none says when. */
  readonly lastAt: Instant | null;
}

const NONE: ClaimCount = { claims: 0, lastAt: null };

type Count = { -readonly [Name in keyof ClaimCount]: ClaimCount[Name] };

/** Counts claims by where they stand. */
export class ClaimCounts {
  readonly #ways = new Map<Way, Count>();
  /** Of those that came out of files: by their input; null for spans, which do not say it. */
  readonly #inputs = new Map<string | null, Count>();

  /** Takes a piece of evidence; only claims count. */
  take(way: Way, { type, place, at }: Evidence): void {
    if (type !== "claim") return;
    const count =
      way === "files" ? countOf(this.#inputs, "source" in place ? place.source : null) : countOf(this.#ways, way);
    count.claims += 1;
    if (at !== null && (count.lastAt === null || at > count.lastAt)) count.lastAt = at;
  }

  /** Those that came by a way that is counted as a whole. */
  by(way: Exclude<Way, "files">): ClaimCount {
    return this.#ways.get(way) ?? NONE;
  }

  /** Those in the lines of an input; of several, spans do not say in which they stood, and where there are any nobody knows the count. */
  in(source: string, isOnly: boolean): ClaimCount | null {
    const lines = this.#inputs.get(source) ?? NONE;
    const spans = this.#inputs.get(null) ?? NONE;
    if (spans.claims === 0) return lines;
    return isOnly ? spans : lines.claims > 0 ? lines : null;
  }
}

function countOf<Key>(counts: Map<Key, Count>, key: Key): Count {
  let count = counts.get(key);
  if (count === undefined) {
    count = { ...NONE };
    counts.set(key, count);
  }
  return count;
}
