/**
 * The messages of a stream that were received and not read yet.
 *
 * A payload is a range of the chunk it came in. A reader that keeps up gets it uncopied; what still waits when the next chunk comes is
 * copied where it is small beside its chunk, so that a waiting message of one byte does not keep 64 KiB alive.
 *
 * Pure.
 */

/** What a message costs besides its payload, as both ends of a window count it: a flood of empty messages is a flood too. */
export const MESSAGE_OVERHEAD = 32;

/** What the memory of a waiting message costs besides its payload. */
const ITEM_BYTES = 96;

/** Copies are gathered in buffers of at most so many bytes. */
const MAX_STORE_BYTES = 64 * 1024;

/** A payload: `source[start..end)`. Views cost more than the rest of the way of a small message, so nobody makes one before it is needed. */
export interface Payload {
  source: Buffer;
  start: number;
  end: number;
}

/** Counts the memory that waits. */
export interface Meter {
  add(bytes: number): void;
}

/** A queue of payloads that knows how many bytes it holds. */
export class Inbox {
  /** Payload bytes and overhead of all waiting messages, as windows count them. */
  bytes = 0;
  #meter: Meter | null = null;
  #items: (Payload | undefined)[] = [];
  #head = 0;
  /** The first item that may still be a range of the chunk it came in. */
  #fresh = 0;
  #store: Buffer | null = null;
  #stored = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** What the waiting messages cost. */
  get held(): number {
    return this.bytes + this.length * (ITEM_BYTES - MESSAGE_OVERHEAD);
  }

  /** Whom the memory is counted for from now on. */
  meterBy(meter: Meter | null): void {
    const { held } = this;
    if (held > 0) this.#meter?.add(-held);
    this.#meter = meter;
    if (held > 0) meter?.add(held);
  }

  push(source: Buffer, start: number, end: number): void {
    const size = end - start;
    this.bytes += size + MESSAGE_OVERHEAD;
    this.#items.push({ source, start, end });
    this.#meter?.add(size + ITEM_BYTES);
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
      this.#restart(0);
    } else if (this.#head >= 4096) {
      this.#items = items.slice(this.#head);
      this.#restart(this.#fresh - this.#head);
    }
    const size = payload.end - payload.start;
    this.bytes -= size + MESSAGE_OVERHEAD;
    this.#meter?.add(-size - ITEM_BYTES);
    return payload;
  }

  #restart(fresh: number): void {
    this.#head = 0;
    this.#fresh = Math.max(0, fresh);
  }

  /** The chunk is done: what waits of it is copied where it would keep much more alive than itself. */
  settle(): void {
    const items = this.#items;
    let from = Math.max(this.#fresh, this.#head);
    while (from < items.length) {
      const { source } = items[from] as Payload;
      let to = from;
      let bytes = 0;
      for (let item = items[to]; item?.source === source; item = items[to]) {
        bytes += item.end - item.start;
        to += 1;
      }
      if (bytes * 2 < source.buffer.byteLength) this.#copy(from, to, bytes);
      from = to;
    }
    this.#fresh = items.length;
  }

  #copy(from: number, to: number, bytes: number): void {
    if (this.#store === null || this.#stored + bytes > this.#store.length) {
      const last = this.#store?.length ?? 0;
      this.#store = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(2 * last, MAX_STORE_BYTES)));
      this.#stored = 0;
    }
    for (let i = from; i < to; i += 1) {
      const item = this.#items[i] as Payload;
      const end = this.#stored + item.end - item.start;
      item.source.copy(this.#store, this.#stored, item.start, item.end);
      item.source = this.#store;
      item.start = this.#stored;
      item.end = end;
      this.#stored = end;
    }
  }

  clear(): void {
    this.#meter?.add(-this.held);
    this.#items = [];
    this.#restart(0);
    this.#store = null;
    this.bytes = 0;
  }
}
