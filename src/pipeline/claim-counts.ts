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

/** Counts claims by where they stand. */
export class ClaimCounts {
  readonly #counts = new Map<string, ClaimCount>();

  /** Takes a piece of evidence; only claims count. */
  take(way: Way, { type, place, at }: Evidence): void {
    if (type !== "claim") return;
    const key = way === "files" ? keyOf("source" in place ? place.source : null) : way;
    const { claims, lastAt } = this.#counts.get(key) ?? NONE;
    const newest = at !== null && (lastAt === null || at > lastAt) ? at : lastAt;
    this.#counts.set(key, { claims: claims + 1, lastAt: newest });
  }

  /** Those that came by a way that is counted as a whole. */
  by(way: Exclude<Way, "files">): ClaimCount {
    return this.#counts.get(way) ?? NONE;
  }

  /** Those in the lines of an input; of several, spans do not say in which they stood, and where there are any nobody knows the count. */
  in(source: string, isOnly: boolean): ClaimCount | null {
    const lines = this.#counts.get(keyOf(source)) ?? NONE;
    const spans = this.#counts.get(keyOf(null)) ?? NONE;
    if (spans.claims === 0) return lines;
    return isOnly ? spans : lines.claims > 0 ? lines : null;
  }
}

function keyOf(source: string | null): string {
  return source === null ? "spans" : `file ${source}`;
}
