/**
 * The messages of a stream as promises: one for each `next`, already resolved where a message waits.
 *
 * Payloads are decoded when they are read, so nobody pays for messages that are never read. What was received before the end is read
 * before the end.
 */
import { toError } from "../errors/thrown-value.ts";
import type { Codec } from "../thrift/codec.ts";
import type { Payload } from "./inbox.ts";
import type { Stream } from "./stream.ts";

interface Waiter<Message> {
  readonly resolve: (result: IteratorResult<Message, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads one stream. */
export class MessageReader<Message> {
  readonly #stream: Stream;
  readonly #codec: Codec<Message>;
  /** Told when a payload does not decode; the error also goes to the reader. */
  readonly #undecodable: (error: Error) => void;
  #waiters: Waiter<Message>[] = [];
  #ready: PromiseWithResolvers<void> | null = null;
  #stopped = false;

  constructor(stream: Stream, codec: Codec<Message>, undecodable: (error: Error) => void) {
    this.#stream = stream;
    this.#codec = codec;
    this.#undecodable = undecodable;
  }

  /** True while somebody waits for a message. */
  get waiting(): boolean {
    return this.#waiters.length > 0;
  }

  /** The next message, the end, or the error the stream ended with (again and again). */
  next(): Promise<IteratorResult<Message, undefined>> {
    const stream = this.#stream;
    if (this.#waiters.length === 0) {
      const payload = stream.take();
      if (payload !== undefined) {
        try {
          return Promise.resolve({ value: this.#decode(payload), done: false });
        } catch (thrown) {
          const error = toError(thrown);
          this.#undecodable(error);
          return Promise.reject(error);
        }
      }
      const { inputEnd } = stream;
      if (this.#stopped || inputEnd === null) return Promise.resolve({ value: undefined, done: true });
      if (inputEnd !== undefined) return Promise.reject(inputEnd);
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Resolves when {@link next} has something to give; a message stays where it is, and counted, until it is asked for. */
  ready(): Promise<void> {
    const { inbox, inputEnd } = this.#stream;
    if (inbox.length > 0 || inputEnd !== undefined) return Promise.resolve();
    this.#ready ??= Promise.withResolvers();
    return this.#ready.promise;
  }

  /** The stream has something: gives it to whoever waits. */
  wake(): void {
    if (this.#ready !== null) {
      this.#ready.resolve();
      this.#ready = null;
    }
    while (this.#waiters.length > 0) {
      const stream = this.#stream;
      const payload = stream.take();
      if (payload !== undefined) {
        const waiter = this.#waiters.shift() as Waiter<Message>;
        try {
          waiter.resolve({ value: this.#decode(payload), done: false });
        } catch (thrown) {
          const error = toError(thrown);
          waiter.reject(error);
          this.#undecodable(error);
        }
        continue;
      }
      const { inputEnd } = stream;
      if (inputEnd === undefined) return;
      const waiter = this.#waiters.shift() as Waiter<Message>;
      if (inputEnd === null) waiter.resolve({ value: undefined, done: true });
      else waiter.reject(inputEnd);
    }
  }

  #decode({ source, start, end }: Payload): Message {
    const codec = this.#codec;
    return codec.decodeAt === undefined
      ? codec.decode(source.subarray(start, end))
      : codec.decodeAt(source, start, end);
  }

  /** Fails whoever waits, without ending the stream: a receive timeout that keeps the stream. */
  rejectWaiting(error: Error): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }

  /** The reader has left: whatever comes is not for it any more. */
  stop(): void {
    this.#stopped = true;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve({ value: undefined, done: true });
  }
}
