import type { Stream } from "./stream.ts";

/** Makes senders wait: one promise for all who wait on a stream, resolved when it is writable again or has ended. */
export class SendGate {
  readonly #stream: Stream;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Resolves when sending may go on, or is over. */
  wait(): Promise<void> {
    if (this.#open()) return Promise.resolve();
    if (this.#room === null) {
      this.#room = Promise.withResolvers();
      this.#stream.awaitWritable();
    }
    return this.#room.promise;
  }

  /** Something changed. */
  wake(): void {
    if (this.#room === null) return;
    if (!this.#open()) {
      this.#stream.awaitWritable();
      return;
    }
    const room = this.#room;
    this.#room = null;
    room.resolve();
  }

  #open(): boolean {
    const stream = this.#stream;
    return stream.sendClosed || stream.writable;
  }
}
