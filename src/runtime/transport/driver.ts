/**
 * Pumps bytes between a link and a connection.
 *
 * Output leaves in one write per turn: whatever was encoded when the current turn's work is done. While a write is under way nothing more
 * is handed over, so that an Rst still overtakes what waits.
 */

import type { Side } from "../../model/index.ts";
import {
  Connection,
  type ConnectionLimits,
  type ConnectionPort,
  type StreamAcceptor,
} from "../connection/connection.ts";
import type { Link } from "./link.ts";

/** Runs one connection over one link. */
export class Driver implements ConnectionPort {
  readonly link: Link;
  readonly connection: Connection;
  /** Told once when the link is gone. */
  onGone: ((error: Error | null) => void) | null = null;
  /** Streams that ended because the link did. */
  streamsLost = 0;
  #scheduled = false;
  #writing: readonly Buffer[] | null = null;
  #ending = false;
  #gone = false;
  readonly #write: () => void;
  readonly #wrote: () => void;

  constructor(side: Side, link: Link, limits: ConnectionLimits, acceptor: StreamAcceptor | null = null) {
    this.link = link;
    this.connection = new Connection(side, this, limits, acceptor);
    this.#write = () => this.#writeNow();
    this.#wrote = () => this.#afterWrite();
  }

  /** Begins to read. Bytes that were read to find out the protocol come first. */
  start(first: Buffer | null = null): void {
    this.link.start({
      data: (chunk) => this.connection.receive(chunk),
      gone: (error) => this.#linkGone(error),
    });
    if (first !== null) this.connection.receive(first);
  }

  flush(): void {
    if (this.#scheduled || this.#writing !== null || this.#gone) return;
    this.#scheduled = true;
    process.nextTick(this.#write);
  }

  pause(): void {
    this.link.pause();
  }

  resume(): void {
    if (!this.#gone) this.link.resume();
  }

  close(error: Error | null): void {
    if (this.#gone || this.#ending) return;
    this.#ending = true;
    if (error !== null) {
      this.link.destroy();
      return;
    }
    if (this.#writing === null) this.#writeNow();
    if (this.#writing === null) this.link.end();
  }

  #writeNow(): void {
    this.#scheduled = false;
    if (this.#gone || this.#writing !== null) return;
    const parts = this.connection.outbox.take();
    if (parts.length === 0) return;
    this.#writing = parts;
    this.link.write(parts, this.#wrote);
  }

  #afterWrite(): void {
    const parts = this.#writing;
    this.#writing = null;
    if (this.#gone) return;
    if (parts !== null) for (const part of parts) this.connection.outbox.recycle(part);
    this.connection.flushed();
    if (this.connection.outbox.bytes > 0) this.flush();
    else if (this.#ending) this.link.end();
  }

  #linkGone(error: Error | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.streamsLost += this.connection.streamCount;
    this.connection.lost(error);
    this.onGone?.(error);
  }
}
