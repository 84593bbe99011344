/** Lines that differ only in their figures, counted together; bounded. */
import type { SourceRecord } from "../model/index.ts";
import type { LikeLines } from "../present/index.ts";

/** Further kinds are not told apart any more. */
const MOST_KINDS = 500;
const TEXT_LENGTH = 500;
const KIND_LENGTH = 120;

/** Counts of like lines. */
export class LikeLineCounts {
  readonly #kinds = new Map<string, { readonly text: string; readonly place: SourceRecord["place"]; count: number }>();

  /** Counts one line, by its longest text. */
  add({ texts, place }: SourceRecord): void {
    const text = (texts[0] ?? "").slice(0, TEXT_LENGTH);
    const kind = text.replace(/[0-9a-f]*\d[0-9a-f]*/gi, "0").slice(0, KIND_LENGTH);
    const known = this.#kinds.get(kind);
    if (known !== undefined) known.count += 1;
    else if (this.#kinds.size < MOST_KINDS) this.#kinds.set(kind, { text, place, count: 1 });
  }

  /** The most frequent first; at most so many. */
  most(limit: number): LikeLines[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count).slice(0, limit);
  }
}
