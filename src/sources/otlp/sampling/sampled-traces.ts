/**
 * Traces in which something was cancelled lately: every span of them matters. Two traces whose hashes meet would only be looked at more
 * closely than needed.
 */
import { hashWords } from "./id-hash.ts";

const MAX_TRACES = 262_144;

/** A set of trace ids that forgets what nothing was heard of for a while. */
export class SampledTraces {
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
      if (until > nowMs && this.#until.size <= MAX_TRACES) return;
      this.#until.delete(key);
    }
  }

  /** Notes a trace; true where it was not known. */
  add(trace: Uint32Array): boolean {
    const key = hashWords(trace, 4, 0);
    // Whole seconds: the other spans of the trace mostly come at once and change nothing
    const until = Math.ceil((this.#now + this.#keepMs) / 1000) * 1000;
    const known = this.#until.get(key);
    if (known === until) return false;
    this.#until.delete(key);
    this.#until.set(key, until);
    return known === undefined;
  }

  /** True where the trace matters. */
  has(trace: Uint32Array): boolean {
    return this.#until.size > 0 && this.#until.has(hashWords(trace, 4, 0));
  }
}
