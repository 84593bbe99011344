/**
 * The messages of a stream that were received and not read yet.
 *
 * A payload is a range of the chunk it came in. A reader that keeps up gets it uncopied; where a reader has fallen behind, small payloads
 * are copied, so that a waiting message of 100 bytes does not keep a chunk of 64 KiB alive.
 *
 * Pure.
 */

/** What a message costs besides its payload: a flood of empty messages is a flood too. */
export const MESSAGE_OVERHEAD = 32;

/** Waiting messages up to this count are taken to be on their way to a reader that keeps up. */
const KEEPING_UP = 1024;

/** A payload: `source[start..end)`. Views cost more than the rest of the way of a small message, so nobody makes one before it is needed. */
export interface Payload {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A queue of payloads that knows how many bytes it holds. */
export class Inbox {
  /** Payload bytes and overhead of all waiting messages. */
  bytes = 0;
  #items: (Payload | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(source: Buffer, start: number, end: number): void {
    const size = end - start;
    this.bytes += size + MESSAGE_OVERHEAD;
    const behind = this.#items.length - this.#head >= KEEPING_UP && size * 8 < source.buffer.byteLength;
    this.#items.push(
      behind ? { source: Buffer.from(source.subarray(start, end)), start: 0, end: size } : { source, start, end },
    );
  }

  shift(): Payload | undefined {
    const items = this.#items;
    if (this.#head === items.length) return undefined;
    const payload = items[this.#head] as Payload;
    items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === items.length) {
      if (this.#head > 4096) this.#items = [];
      else items.length = 0;
      this.#head = 0;
    } else if (this.#head >= 4096) {
      this.#items = items.slice(this.#head);
      this.#head = 0;
    }
    this.bytes -= payload.end - payload.start + MESSAGE_OVERHEAD;
    return payload;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.bytes = 0;
  }
}
