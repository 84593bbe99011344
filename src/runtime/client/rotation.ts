/**
 * Which of a client's connections the next call takes: the one with the fewest calls under way, in turn where they are even; addresses that
 * lately refused come last.
 *
 * Pure.
 */
import type { Driver } from "../transport/driver.ts";

/** How long an address that refused is tried last. */
export const SHUN_MS = 1000;

/** A place for one connection to one address. */
export class Slot {
  readonly address: string;
  driver: Driver | null = null;
  dialling: Promise<Driver> | null = null;
  refusedAt: number = Number.NEGATIVE_INFINITY;
  idleSince = 0;

  constructor(address: string) {
    this.address = address;
  }

  /** Its connection where that still works; null while there is none. */
  get live(): Driver | null {
    return this.driver !== null && this.driver.connection.closed === null ? this.driver : null;
  }

  /** Calls under way. */
  get load(): number {
    return this.live?.connection.streamCount ?? 0;
  }

  /** True while its peer takes no further call. */
  get full(): boolean {
    const { live } = this;
    return live !== null && live.connection.streamCount >= live.connection.maxStreams;
  }
}

/** The slots of a client. */
export class Rotation {
  slots: readonly Slot[] = [];
  readonly #perAddress: number;
  #next = 0;

  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  /** Makes slots for these addresses, the known ones kept; returns those that are left over, null where nothing changed. */
  assign(addresses: readonly string[]): readonly Slot[] | null {
    const old = this.slots;
    const known = [...new Set(old.map(({ address }) => address))];
    const wanted = [...new Set(addresses)];
    if (wanted.length === known.length && wanted.every((each, i) => each === known[i])) return null;
    this.slots = wanted.flatMap((address) => {
      const same = old.filter((slot) => slot.address === address);
      return Array.from({ length: this.#perAddress }, (_, i) => same[i] ?? new Slot(address));
    });
    return old.filter((slot) => !this.slots.includes(slot));
  }

  /** The slot for the next call. It may be full where all are; null without addresses. */
  pick(now: number): Slot | null {
    const { slots } = this;
    const count = slots.length;
    if (count === 1) return slots[0] as Slot;
    let best: Slot | null = null;
    let bestRank = Number.POSITIVE_INFINITY;
    const first = this.#next;
    for (let i = 0; i < count; i += 1) {
      const at = (first + i) % count;
      const slot = slots[at] as Slot;
      const rank = slot.load + (slot.full ? FULL : 0) + (now - slot.refusedAt < SHUN_MS ? SHUNNED : 0);
      if (rank >= bestRank) continue;
      best = slot;
      bestRank = rank;
      this.#next = (at + 1) % count;
    }
    return best;
  }

  /** The other slots, in the order to try them in. */
  others(than: Slot, now: number): readonly Slot[] {
    const shunned = (slot: Slot) => Number(now - slot.refusedAt < SHUN_MS);
    return this.slots.filter((slot) => slot !== than && !slot.full).sort((a, b) => shunned(a) - shunned(b));
  }
}

/** Beyond every number of calls. */
const FULL = 2 ** 40;
const SHUNNED = 2 ** 41;
