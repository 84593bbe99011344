/**
 * What one connection received and nobody has read: who may leave how much unread, and who must end (docs/protocol.md#flow-control).
 *
 * A server never stops reading for a reader's sake: behind a full stream's messages lie its own Rst and everybody's new calls. A client
 * does while the full stream is its only one, since nothing of anybody else's can come then.
 *
 * Pure.
 */
import type { Side } from "../../model/index.ts";
import type { Stream } from "../stream/stream.ts";
import type { Budget, BudgetMember } from "./budget.ts";
import type { ConnectionLimits } from "./limits.ts";

/** A window that a stream begins with; one that is read gets the whole. */
const FIRST_WINDOW_BYTES = 64 * 1024;

/** What it is made of. */
export interface UnreadParts {
  readonly side: Side;
  readonly limits: ConnectionLimits;
  /** Of all connections of the server or client. */
  readonly budget: Budget;
  /** The live streams. */
  readonly streams: ReadonlyMap<number, Stream>;
  /** Stop and go of the socket. */
  pause(): void;
  resume(): void;
  /** Lets go of a frame that is not whole yet; nothing where there is none. */
  dropUnfinished(): void;
}

/** The unread input of a connection. */
export class Unread implements BudgetMember {
  /** Bytes of messages, headers and of an unfinished frame. */
  held = 0;
  /** What a stream may send before its reader has read anything. */
  readonly firstWindow: number;
  readonly #parts: UnreadParts;
  /** Bytes by which windows have grown. */
  #granted = 0;
  #unfinished = 0;
  /** Streams with messages that may be ranges of the chunk in work. */
  #loose: Stream[] = [];
  #pausedFor: Stream | null = null;

  constructor(parts: UnreadParts) {
    this.#parts = parts;
    this.firstWindow = Math.min(FIRST_WINDOW_BYTES, parts.limits.windowBytes);
    parts.budget.join(this);
  }

  /** Counts bytes that are held, or not any more. */
  add(bytes: number): void {
    this.held += bytes;
    this.#parts.budget.add(bytes);
  }

  /** So many bytes are there of a frame that is not whole. */
  unfinished(bytes: number): void {
    if (bytes === this.#unfinished) return;
    const change = bytes - this.#unfinished;
    this.#unfinished = bytes;
    this.add(change);
  }

  /** Another chunk comes: readers that keep up have read what they were given of the last one. */
  settle(): void {
    if (this.#loose.length === 0) return;
    for (const stream of this.#loose) {
      stream.loose = false;
      if (stream.inbox.length > 0) stream.inbox.settle();
    }
    this.#loose = [];
  }

  /** A message came. */
  received(stream: Stream): void {
    if (!stream.loose) {
      stream.loose = true;
      this.#loose.push(stream);
    }
    const { bytes } = stream.inbox;
    const { streamBufferBytes, connectionBufferBytes } = this.#parts.limits;
    const limit = bytes * 2 < streamBufferBytes ? Number.POSITIVE_INFINITY : this.#limitOf(stream);
    // A single message may be larger than the limit; it is the waiting ones before it that count.
    if (bytes > limit && stream.inbox.length > 1) stream.listener.overflowed(limit);
    else if (this.held - this.#unfinished > connectionBufferBytes + this.#granted) this.#endFull();
    if (bytes * 2 < streamBufferBytes || bytes > limit) return;
    if (this.#parts.side === "client" && this.#isAlone && this.#pausedFor === null && !stream.windowed) {
      this.#pausedFor = stream;
      this.#parts.pause();
    }
  }

  /** A peer that keeps windows may fill the one it was given; a server's only stream may have what the connection has. */
  #limitOf(stream: Stream): number {
    const { streamBufferBytes, windowBytes, connectionBufferBytes } = this.#parts.limits;
    if (stream.windowed) return Math.max(streamBufferBytes, 2 * windowBytes);
    return this.#parts.side === "server" && this.#isAlone ? connectionBufferBytes : streamBufferBytes;
  }

  get #isAlone(): boolean {
    return this.#parts.streams.size === 1;
  }

  /** A message was read. */
  consumed(stream: Stream): void {
    if (this.#pausedFor === stream && stream.inbox.bytes * 4 < this.#parts.limits.streamBufferBytes) this.resume();
  }

  /** Reads on, where it had stopped: a second stream must not suffer from the first one's reader. */
  resume(): void {
    if (this.#pausedFor === null) return;
    this.#pausedFor = null;
    this.#parts.resume();
  }

  /** By how much the window of a stream may grow that is read: all windows together are not larger than what there is room for. */
  grow(): number {
    const { windowBytes, totalBufferBytes } = this.#parts.limits;
    const growth = windowBytes - this.firstWindow;
    if (this.#granted + growth > totalBufferBytes / 2) return 0;
    this.#granted += growth;
    return growth;
  }

  /** The connection has forgotten a stream. */
  left(stream: Stream): void {
    this.#granted -= stream.grown;
    this.resume();
  }

  /** Lets go of half of what is held: of the frame that is not whole where that is most of it, else of the streams that hold most. */
  relieve(): void {
    if (this.#unfinished * 2 > this.held) this.#parts.dropUnfinished();
    else this.#end(this.#fullest(), this.held / 2);
  }

  /**
   * There is more than all streams together may hold. A stream's only message may be larger than every limit, so those with several end
   * first; but where each of many streams has its one message, they end too.
   */
  #endFull(): void {
    const { connectionBufferBytes, maxFrameBytes } = this.#parts.limits;
    const half = this.held / 2;
    const full = this.#fullest();
    const several = full.filter(({ inbox }) => inbox.length > 1);
    this.#end(several, half);
    if (this.held - this.#unfinished <= connectionBufferBytes + this.#granted + maxFrameBytes) return;
    this.#end(full, half);
  }

  /** The streams with messages, those that hold most first. */
  #fullest(): readonly Stream[] {
    return [...this.#parts.streams.values()]
      .filter(({ inbox }) => inbox.length > 0)
      .sort((a, b) => b.inbox.held - a.inbox.held);
  }

  #end(streams: readonly Stream[], heldBytes: number): void {
    for (const stream of streams) {
      if (this.held <= heldBytes) return;
      if (stream.end === null) stream.listener.overflowed(stream.inbox.bytes);
    }
  }

  /** The connection is gone. */
  end(): void {
    this.#pausedFor = null;
    this.unfinished(0);
    this.#loose = [];
    this.#parts.budget.leave(this);
  }
}
