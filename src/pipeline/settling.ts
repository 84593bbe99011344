/**
 * When a cascade that is still being read may be told: once nothing about it has changed for a while. A later change is told again.
 */
import type { Cascade } from "../model/index.ts";

/** A cascade to be told, and for which time. */
export interface Settled {
  readonly cascade: Cascade;
  /** Counts from 1. */
  readonly revision: number;
  /** How many cancels have come to it since it was told before: like ones without an id of their own are counted together. */
  readonly added: number;
}

/** A cascade that was told and is none of its own any more. */
export interface Withdrawn {
  readonly id: string;
  readonly revision: number;
  /** The cascade that it is part of now; null where there is none. */
  readonly into: string | null;
}

interface Entry {
  cascade: Cascade;
  text: string;
  changedMs: number;
  told: string | null;
  revision: number;
  counted: number;
}

/** Watches the cascades of a reading. */
export class Settling {
  readonly #settleMs: number;
  readonly #textOf: (cascade: Cascade) => string;
  readonly #entries = new Map<string, Entry>();
  #dropped = 0;

  /** `textOf`: what is told of a cascade; as long as it stays the same nothing has changed. */
  constructor(settleMs: number, textOf: (cascade: Cascade) => string) {
    this.#settleMs = settleMs;
    this.#textOf = textOf;
  }

  /** Those that are to be told now. `last`: nothing more is waited for. */
  take(cascades: readonly Cascade[], nowMs: number, last = false): Settled[] {
    const settled: Settled[] = [];
    for (const cascade of cascades) {
      const entry = this.#entryOf(cascade, nowMs);
      if (entry.told === entry.text || (!last && nowMs - entry.changedMs < this.#settleMs)) continue;
      entry.told = entry.text;
      entry.revision += 1;
      const added = Math.max(0, cascade.count - entry.counted);
      entry.counted += added;
      settled.push({ cascade, revision: entry.revision, added });
    }
    return settled;
  }

  #entryOf(cascade: Cascade, nowMs: number): Entry {
    const known = this.#entries.get(cascade.id);
    if (known?.cascade === cascade) return known;
    const text = this.#textOf(cascade);
    if (known === undefined) {
      const entry = { cascade, text, changedMs: nowMs, told: null, revision: 0, counted: 0 };
      this.#entries.set(cascade.id, entry);
      return entry;
    }
    if (known.text !== text) known.changedMs = nowMs;
    known.cascade = cascade;
    known.text = text;
    return known;
  }

  /**
   * Forgets those that are not there any more; returns what was told of them. Call it after {@link take} with the same cascades. `dropped`: how
   * many were dropped for want of room so far; where that has grown nothing is taken back, since those were right when they were told.
   */
  withdraw(cascades: readonly Cascade[], dropped: number): Withdrawn[] {
    const isRight = dropped !== this.#dropped;
    this.#dropped = dropped;
    if (this.#entries.size === cascades.length) return [];
    const there = new Set(cascades.map(({ id }) => id));
    const gone = [...this.#entries].filter(([id]) => !there.has(id));
    if (gone.length === 0) return [];
    for (const [id] of gone) this.#entries.delete(id);
    if (isRight) return [];
    const into = new Map<string, string>();
    for (const { id, aliases, exemplars = [] } of cascades)
      for (const other of [...aliases, ...exemplars]) if (other !== id) into.set(other, id);
    return gone
      .filter(([, { told }]) => told !== null)
      .map(([id, { revision }]) => ({ id, revision: revision + 1, into: into.get(id) ?? null }));
  }
}
