/**
 * Chunks that come when they like, gathered until somebody reads: nobody waits for a quiet pipe while others have something.
 */
import { type ByteStream, NOTHING_MORE, NOTHING_NOW } from "../scan/bytes.ts";

/** More than that is not taken from the writer before some of it is read. */
const MAX_GATHERED = 4 * 1024 * 1024;

/** How chunks are gathered. */
export interface Gathering {
  /** Silence after which the last event counts as complete. */
  readonly idleMs: number;
  readonly now: () => number;
  /** Called whenever there is something new, the end included. */
  readonly onArrival: () => void;
  /** Nothing more is taken once it is aborted: what is gathered is read to its end. */
  readonly signal: AbortSignal;
}

/** A stream whose reading never waits. */
export class Arrivals implements ByteStream {
  readonly #how: Gathering;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #arrivedAt: number;
  #ended = false;
  #failure: unknown = null;
  #taken: () => void = () => undefined;

  /** Begins to gather. */
  constructor(chunks: AsyncIterable<Uint8Array | string>, how: Gathering) {
    this.#how = how;
    this.#arrivedAt = how.now();
    how.signal.addEventListener("abort", () => this.#end());
    void this.#gather(chunks);
  }

  async #gather(chunks: AsyncIterable<Uint8Array | string>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        if (this.#ended) break;
        // A chunk may be overwritten by the next one
        this.#chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk));
        this.#bytes += chunk.length;
        this.#arrivedAt = this.#how.now();
        this.#how.onArrival();
        while (this.#bytes > MAX_GATHERED && !this.#ended)
          await new Promise<void>((taken) => {
            this.#taken = taken;
          });
      }
    } catch (error) {
      if (!this.#ended) this.#failure = error;
    }
    this.#ended = true;
    this.#how.onArrival();
  }

  /** True where a read says more than that nothing is there. */
  get hasNews(): boolean {
    return this.#bytes > 0 || this.#ended || this.isSilent;
  }

  /** True where nothing came for a while. */
  get isSilent(): boolean {
    return this.#how.now() - this.#arrivedAt >= this.#how.idleMs;
  }

  #end(): void {
    this.#ended = true;
    this.#taken();
  }

  async read(target: Buffer): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const [first] = this.#chunks;
      if (first === undefined) break;
      const count = Math.min(first.length, target.length - filled);
      first.copy(target, filled, 0, count);
      filled += count;
      if (count === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(count);
    }
    this.#bytes -= filled;
    if (filled > 0) {
      this.#taken();
      return filled;
    }
    if (this.#failure !== null) throw this.#failure;
    if (this.#ended) return 0;
    return this.isSilent ? NOTHING_MORE : NOTHING_NOW;
  }

  async close(): Promise<void> {
    this.#end();
  }
}
