/**
 * What peers of this runtime say to each other about their connection, in Meta frames (docs/protocol.md#own-keys): that they are, that one
 * closes, whether the other is still there. Peers of other kinds say and hear none of it.
 *
 * Pure.
 */
import type { Side } from "../../model/index.ts";
import type { Outbox } from "../stream/outbox.ts";
import type { ServerStream } from "../stream/server-stream.ts";
import { readCount } from "../stream/stream.ts";
import { type Frame, STRING_KEYS } from "../wire/index.ts";

/** What it is made of. */
export interface PeerParts {
  readonly side: Side;
  readonly outbox: Outbox;
  /** So much may wait before a ping is not answered. */
  readonly writeBufferBytes: number;
  /** Something was written. */
  wrote(): void;
  /** The server has said what window each stream has. */
  windowKnown(bytes: number): void;
  /** The server takes no new calls. */
  drains(): void;
}

/** The peer of one connection. */
export class Peer {
  /** What the server lets each stream send; null before it has said so, and for Kitex. */
  window: number | null = null;
  /** True once the server takes no new calls. */
  draining = false;
  readonly #parts: PeerParts;
  #announced = false;

  constructor(parts: PeerParts) {
    this.#parts = parts;
  }

  /** True where the peer has said that it is of this runtime. */
  get isOwn(): boolean {
    return this.#announced || this.window !== null;
  }

  /** A client opened a stream: the first of its kind is told the window. */
  greet(stream: ServerStream): void {
    if (!stream.windowed || this.#announced) return;
    this.#announced = true;
    stream.announceWindow();
  }

  /** Says something to a peer of this runtime. */
  say(key: "draining" | "ping" | "pong"): void {
    if (!this.isOwn) return;
    const { outbox } = this.#parts;
    outbox.write({ type: "meta", streamId: 0, method: "", strings: new Map([[STRING_KEYS[key], "1"]]) });
    this.#parts.wrote();
  }

  /** A Meta frame came, for whatever stream. */
  hear({ strings }: Frame): void {
    const { side, outbox, writeBufferBytes } = this.#parts;
    // A peer that reads nothing gets no further answers.
    if (strings.has(STRING_KEYS.ping) && outbox.controlBytes < writeBufferBytes) this.say("pong");
    if (side === "server") return;
    if (strings.has(STRING_KEYS.draining) && !this.draining) {
      this.draining = true;
      this.#parts.drains();
    }
    const window = readCount(strings.get(STRING_KEYS.capabilities));
    if (this.window !== null || window === null) return;
    this.window = window;
    this.#parts.windowKnown(window);
  }
}
