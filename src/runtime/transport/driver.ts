/**
 * Pumps bytes between a pipe and a connection.
 *
 * Output leaves in one write per turn: whatever was encoded when the current turn's work is done. While a write is under way nothing more
 * is handed over, so that an Rst still overtakes what waits.
 */

import type { Side } from "../../model/index.ts";
import { outsideCalls } from "../async-context.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Budget } from "../connection/budget.ts";
import { Connection } from "../connection/connection.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { Pace } from "../connection/pace.ts";
import type { ConnectionPort, StreamAcceptor } from "../connection/port.ts";
import { Silence } from "../connection/silence.ts";
import type { Pipe } from "./pipe.ts";

/** How long a closing connection may take to write what waits: its peer may not read. */
const CLOSE_WAIT_MS = 1500;

/** How long a peer of this runtime may be silent before it is asked whether it is there. */
const PING_MS = 20_000;

/** How often a paused connection lets one chunk in. */
const SIP_MS = 1000;

/** What a driver is made of. */
export interface DriverParts {
  readonly side: Side;
  readonly pipe: Pipe;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  /** Of all connections of the server or client. */
  readonly budget?: Budget;
  /** A peer of this runtime that is silent for so long is asked whether it is there. Default 20 s; Infinity: never. */
  readonly pingMs?: number;
  /** A connection without streams is closed after this. Default: never. */
  readonly idleMs?: number;
  /** Who takes the streams that clients open; null on a client. */
  readonly acceptor: StreamAcceptor | null;
}

/** Runs one connection over one pipe. */
export class Driver implements ConnectionPort {
  readonly pipe: Pipe;
  readonly connection: Connection;
  /** Told once when the pipe is gone. */
  onGone: ((error: Error | null) => void) | null = null;
  /** Streams that ended because the pipe did. */
  streamsLost = 0;
  #scheduled = false;
  #writing: readonly Buffer[] | null = null;
  #ending = false;
  #gone = false;
  #paused = false;
  #sips: Timer | null = null;
  #closing: Timer | null = null;
  readonly #clock: Clock;
  readonly #silence: Silence;
  readonly #everyMs: number;
  #interval: Timer | null = null;
  #heard = false;
  /** Of a server: clients open and reset calls. */
  readonly #pace: Pace | null;
  readonly #goOn: () => void;
  readonly #write: () => void;
  readonly #wrote: () => void;
  readonly #turn: () => void;
  #turning = false;

  constructor(parts: DriverParts) {
    const { side, pipe, limits, clock, budget, acceptor, pingMs = PING_MS, idleMs = Number.POSITIVE_INFINITY } = parts;
    this.#everyMs = Math.min(pingMs, idleMs);
    this.#silence = new Silence(Math.ceil(idleMs / this.#everyMs));

    this.#clock = clock;
    this.pipe = pipe;
    this.connection = new Connection({
      side,
      port: this,
      limits,
      acceptor,
      ...(budget === undefined ? {} : { budget }),
    });
    this.#pace = side === "server" ? new Pace(clock.now()) : null;
    this.#goOn = () => {
      if (!this.#paused && !this.#gone) this.pipe.resume();
    };
    this.#write = () => this.#writeNow();
    this.#wrote = () => this.#afterWrite();
    const nextTick = () => process.nextTick(this.#turn);
    this.#turn = () => {
      if (!this.#gone) {
        this.connection.flushed();
        if (this.connection.hasWaiting && this.connection.writable) {
          // Once all that those who were woken had to say has been said.
          queueMicrotask(nextTick);
          return;
        }
      }
      this.#turning = false;
    };
  }

  /** Begins to read. Bytes that were read to find out the protocol come first. */
  start(first: Buffer | null = null): void {
    this.pipe.start({
      data: (chunk) => this.#receive(chunk),
      gone: (error) => this.#pipeGone(error),
    });
    if (first !== null) this.#receive(first);
    this.#watch();
  }

  /** Looks after the connection once in an interval. */
  #watch(): void {
    if (this.#everyMs === Number.POSITIVE_INFINITY || this.#gone) return;
    const { connection } = this;
    const { opened } = connection;
    this.#heard = false;
    this.#interval = this.#clock.timer(this.#everyMs, () => {
      const empty = connection.streamCount === 0 && connection.opened === opened;
      const todo = this.#silence.after({ heard: this.#heard, empty, answers: connection.peer.isOwn });
      if (todo === "ping") connection.peer.say("ping");
      else if (todo === "gone") connection.silent();
      else if (todo === "idle") connection.close("transport is closing");
      this.#watch();
    });
  }

  flush(): void {
    if (this.#scheduled || this.#writing !== null || this.#gone) return;
    this.#scheduled = true;
    process.nextTick(this.#write);
  }

  /**
   * Stops reading, but not for good: an Rst of the full stream itself lies behind its data. So every second without a reader one chunk is
   * let in; a reader that never comes back is found out at the stream's limit instead of never.
   */
  pause(): void {
    this.#paused = true;
    this.pipe.pause();
    this.#sips ??= this.#clock.timer(SIP_MS, () => {
      this.#sips = null;
      if (this.#paused && !this.#gone) this.pipe.resume();
    });
  }

  resume(): void {
    this.#paused = false;
    this.#sips?.cancel();
    this.#sips = null;
    if (!this.#gone) this.pipe.resume();
  }

  #receive(chunk: Buffer): void {
    const { connection } = this;
    this.#heard = true;
    const { opened, reset } = connection;
    connection.receive(chunk);
    if (this.#paused) this.pause();
    else if (this.#pace !== null && (connection.opened !== opened || connection.reset !== reset)) {
      const content = { opened: connection.opened - opened, reset: connection.reset - reset };
      this.#rest(this.#pace.after(content, this.#clock.now()));
    }
  }

  /** Reads nothing for a while; null: goes on. */
  #rest(ms: number | null): void {
    if (ms === null || this.#gone) return;
    this.pipe.pause();
    if (ms > 0) this.#clock.timer(ms, this.#goOn);
    else outsideCalls(() => setImmediate(this.#goOn));
  }

  close(error: Error | null): void {
    if (this.#gone || this.#ending) return;
    this.#ending = true;
    if (error !== null) {
      this.pipe.destroy();
      return;
    }
    if (this.#writing === null) this.#writeNow();
    if (this.#writing === null) this.pipe.end();
    this.#closing = this.#clock.timer(CLOSE_WAIT_MS, () => this.pipe.destroy());
  }

  #writeNow(): void {
    this.#scheduled = false;
    if (this.#gone || this.#writing !== null) return;
    const parts = this.connection.outbox.take();
    if (parts.length === 0) return;
    this.#writing = parts;
    this.pipe.write(parts, this.#wrote);
  }

  #afterWrite(): void {
    const parts = this.#writing;
    this.#writing = null;
    if (this.#gone) return;
    if (parts !== null) for (const part of parts) this.connection.outbox.recycle(part);
    // A socket takes a write at once while the peer keeps up, and says so in the same turn: senders that wait go on in the next one, or a
    // handler that never stops sending would keep the loop from reading what would stop it.
    if (this.connection.hasWaiting) this.#wakeNextTurn();
    else this.connection.flushed();
    if (this.connection.outbox.bytes > 0) this.flush();
    else if (this.#ending) this.pipe.end();
  }

  /** Wakes senders in the next turn, so many at a time, until there is no room. */
  #wakeNextTurn(): void {
    if (this.#turning) return;
    this.#turning = true;
    outsideCalls(() => setImmediate(this.#turn));
  }

  #pipeGone(error: Error | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#sips?.cancel();
    this.#closing?.cancel();
    this.#interval?.cancel();
    this.streamsLost += this.connection.streamCount;
    this.connection.lost(error);
    this.onGone?.(error);
  }
}
