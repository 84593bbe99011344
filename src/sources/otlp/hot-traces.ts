/** Traces in which something was cancelled lately: every span of them matters. */

const MOST = 262_144;

/** A set of trace ids that forgets what nothing was heard of for a while. */
export class HotTraces {
  readonly #until = new Map<number, number>();
  readonly #keepMs: number;
  #now = 0;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Lets go of what is over. */
  advance(nowMs: number): void {
    this.#now = nowMs;
    for (const [key, until] of this.#until) {
      if (until > nowMs && this.#until.size <= MOST) return;
      this.#until.delete(key);
    }
  }

  /** Notes a trace; true where it was not known. */
  add(trace: Uint32Array): boolean {
    const key = keyOf(trace);
    const fresh = !this.#until.delete(key);
    this.#until.set(key, this.#now + this.#keepMs);
    return fresh;
  }

  /** True where the trace matters. */
  has(trace: Uint32Array): boolean {
    return this.#until.size > 0 && this.#until.has(keyOf(trace));
  }
}

/** 53 bits of an id: two traces that share them would only be looked at more closely than needed. */
function keyOf(trace: Uint32Array): number {
  const high = (trace[0] as number) ^ (trace[2] as number);
  const low = (trace[1] as number) ^ (trace[3] as number);
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}
