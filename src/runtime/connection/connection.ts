/**
 * One connection: a table of streams, bytes in, bytes out (docs/protocol.md#irregular-input, docs/protocol.md#flow-control).
 *
 * Sans-io: `receive` and `lost` are what can happen to it, the outbox and the port's methods are what it does. A transport pumps bytes
 * between it and a socket; a test pumps them by hand.
 *
 * Frames of unknown streams are dropped silently. A frame beyond a limit ends its stream. Bytes that are no frames end the connection and
 * all its streams.
 */
import type { Side } from "../../model/index.ts";
import { CODES } from "../../ttstream/index.ts";
import { sentenceOf } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import type { ClientStream, OpenContent } from "../stream/client-stream.ts";
import { Outbox } from "../stream/outbox.ts";
import { ServerStream } from "../stream/server-stream.ts";
import { readCount, SILENT_LISTENER, type Stream, type StreamCarrier, type StreamListener } from "../stream/stream.ts";
import {
  encodeException,
  type Frame,
  FrameReader,
  type FrameSink,
  methodOfFrame,
  STRING_KEYS,
  type WireError,
  type WireLimits,
} from "../wire/index.ts";

/** What a connection asks of its transport. */
export interface ConnectionPort {
  /** Frames wait in the outbox: take them before the turn of the event loop ends. */
  flush(): void;
  /** Read nothing more until `resume`. */
  pause(): void;
  resume(): void;
  /** Write what waits, then close. With an error: close at once. */
  close(error: Error | null): void;
}

/** Who takes the streams that clients open. Null on a client. */
export interface StreamAcceptor {
  /** A Header frame opened a stream; the listener is told everything that follows. */
  accept(stream: ServerStream, header: Frame): StreamListener;
}

/** Limits of one connection. */
export interface ConnectionLimits extends WireLimits {
  /** Received and unread bytes of one stream beyond which it is ended. Default 8 MiB. */
  readonly streamBufferBytes: number;
  /** The receive window given to peers of this runtime, per stream. Default 1 MiB. */
  readonly windowBytes: number;
  /** Waiting output beyond which senders wait. Default 128 KiB. */
  readonly writeBufferBytes: number;
}

/** What a connection is made of. */
export interface ConnectionParts {
  readonly side: Side;
  readonly port: ConnectionPort;
  readonly limits: ConnectionLimits;
  /** Null on a client. */
  readonly acceptor: StreamAcceptor | null;
}

/** So many times `writeBufferBytes` may wait, besides one message, before a peer that asks for more is taken for one that does not read. */
const UNREAD_BUFFERS = 32;

/** The streams of one connection and its state. */
export class Connection implements StreamCarrier, FrameSink {
  readonly side: Side;
  readonly outbox: Outbox;
  readonly limits: ConnectionLimits;
  readonly windowBytes: number;
  peerWindow: number | null = null;
  /** Why it is gone; null while it is alive. */
  closed: Error | null = null;
  /** The bytes or the bug that broke it; null unless {@link fail} ended it. */
  failure: StreamException | null = null;
  /** Told when a stream was put into the table. */
  onStreamAdded: (() => void) | null = null;
  /** Told when a stream has left the table. */
  onStreamGone: (() => void) | null = null;
  readonly #port: ConnectionPort;
  readonly #acceptor: StreamAcceptor | null;
  readonly #reader: FrameReader;
  readonly #streams = new Map<number, Stream>();
  #last: Stream | null = null;
  #pausedFor: Stream | null = null;
  #blocked = false;
  #announced = false;
  #waiting = new Set<Stream>();

  constructor({ side, port, limits, acceptor }: ConnectionParts) {
    this.side = side;
    this.limits = limits;
    this.windowBytes = limits.windowBytes;
    this.outbox = new Outbox(limits);
    this.#port = port;
    this.#acceptor = acceptor;
    this.#reader = new FrameReader(limits, this);
  }

  /** Live streams. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /** The live streams, in the order they were opened. */
  streams(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  get writable(): boolean {
    return !this.#blocked && this.outbox.bytes < this.limits.writeBufferBytes;
  }

  /** Opens a stream. The id must be new on this connection. Throws WireError where the header does not fit the format. */
  open(stream: ClientStream, streamId: number, content: OpenContent): void {
    stream.open(this, streamId, content);
    this.#add(stream);
  }

  /** Tells a stream's listener once sending may go on; only where its own window is not the reason to wait. */
  awaitWritable(stream: Stream): void {
    this.#waiting.add(stream);
  }

  /** The transport cannot take more for now. */
  block(): void {
    this.#blocked = true;
  }

  /** True where a sender waits for {@link flushed}. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The transport took everything: senders that wait may go on. */
  flushed(): void {
    this.#blocked = false;
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const stream of waiting) stream.listener.writable();
  }

  /** Bytes came in. */
  receive(chunk: Buffer): void {
    if (this.closed !== null) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** The transport is gone: a clean end, or an error of the socket. */
  lost(cause: Error | null): void {
    if (this.closed !== null) return;
    const text = this.side === "client" ? "EOF peer close" : sentenceOf(CODES.connectionClosed);
    const code = this.side === "client" ? CODES.illegalFrame : CODES.connectionClosed;
    this.#end(this.#loss(code, text, cause));
  }

  /** Bytes made no sense, or a listener failed: the connection and its streams end. */
  fail(cause: Error): void {
    if (this.closed !== null) return;
    const inner = this.#loss(CODES.illegalFrame, cause.message, cause);
    this.failure = inner;
    const error = this.side === "client" ? inner : this.#loss(CODES.connectionClosed, inner.message, inner);
    this.#end(error);
    this.#port.close(inner);
  }

  /** Closes from this side: live streams end with 12006 and the text given. */
  close(text: string): void {
    if (this.closed !== null) return;
    this.#end(this.#loss(CODES.transport, text, null));
    this.#port.close(null);
  }

  #loss(code: number, text: string, cause: Error | null): StreamException {
    return new StreamException({
      code,
      side: null,
      raisedAt: this.side,
      text,
      origin: null,
      kind: "disconnect",
      ...(cause === null ? {} : { cause }),
    });
  }

  #end(error: StreamException): void {
    this.closed = error;
    this.#reader.stop();
    this.#pausedFor = null;
    const streams = this.streams();
    this.#streams.clear();
    this.#last = null;
    for (const stream of streams) stream.connectionLost(error);
    this.flushed();
  }

  wrote(): void {
    this.#port.flush();
  }

  received(stream: Stream): void {
    const { bytes } = stream.inbox;
    const { streamBufferBytes } = this.limits;
    if (bytes * 2 < streamBufferBytes) return;
    // A peer that keeps windows may fill the one it was given.
    const limit = stream.windowed ? Math.max(streamBufferBytes, 2 * this.windowBytes) : streamBufferBytes;
    if (bytes > limit) {
      // A single message may be larger than the limit; it is the waiting ones before it that count.
      if (stream.inbox.length > 1) stream.listener.overflowed(limit);
      return;
    }
    if (this.#streams.size === 1 && this.#pausedFor === null && !stream.windowed) {
      this.#pausedFor = stream;
      this.#port.pause();
    }
  }

  consumed(stream: Stream): void {
    if (this.#pausedFor === stream && stream.inbox.bytes * 4 < this.limits.streamBufferBytes) this.#resume();
  }

  forget(stream: Stream): void {
    if (this.#streams.get(stream.streamId) !== stream) return;
    this.#streams.delete(stream.streamId);
    this.#waiting.delete(stream);
    if (this.#last === stream) this.#last = null;
    if (this.#pausedFor !== null) this.#resume();
    this.onStreamGone?.();
  }

  #add(stream: Stream): void {
    this.#streams.set(stream.streamId, stream);
    this.onStreamAdded?.();
    // A second stream must not suffer from the first one's reader.
    if (this.#pausedFor !== null) this.#resume();
  }

  #resume(): void {
    this.#pausedFor = null;
    this.#port.resume();
  }

  #find(streamId: number): Stream | null {
    const last = this.#last;
    if (last !== null && last.streamId === streamId) return last;
    const stream = this.#streams.get(streamId) ?? null;
    if (stream !== null) this.#last = stream;
    return stream;
  }

  onData(streamId: number, bytes: Buffer, start: number, end: number): void {
    this.#find(streamId)?.onData(bytes, start, end);
  }

  onFrame(frame: Frame): void {
    if (frame.type === "meta" && this.side === "client" && this.peerWindow === null) this.#learnWindow(frame);
    const stream = this.#find(frame.streamId);
    if (stream === null) {
      if (frame.type === "header" && this.#acceptor !== null) this.#accept(frame, this.#acceptor);
      return;
    }
    if (frame.type === "meta") {
      stream.onMeta(frame);
    } else if (frame.type === "header") stream.onHeader(frame);
    else if (frame.type === "trailer") stream.onTrailer(frame);
    else stream.onRst(frame);
  }

  /** A frame beyond a limit was skipped. Its stream ends; a call that would have begun with it is told why it does not. */
  onOversized(streamId: number, { message }: WireError): void {
    const stream = this.#find(streamId);
    if (stream !== null) stream.listener.breached(message);
    else if (this.#acceptor !== null && !this.#isUnheard()) {
      const text = `canceled by downstream: ${message}`;
      const payload = encodeException("", streamId, { code: CODES.downstreamCancel, message: text });
      this.outbox.writeUrgent({ type: "rst", streamId, method: "", payload });
      this.wrote();
    }
  }

  /** The server has said that it is of this runtime. It says so once, for every live stream. Until then no sender waited for a window. */
  #learnWindow(frame: Frame): void {
    const window = readCount(frame.strings.get(STRING_KEYS.capabilities));
    if (window === null) return;
    this.peerWindow = window;
    for (const stream of this.#streams.values()) stream.keepWindow(window);
  }

  /**
   * Ends a connection whose peer asks for more and does not read the answers: handlers wait for room, but refusals and ends do not. Beyond
   * the largest message and what senders may leave waiting there is nothing that a peer who reads would cause.
   */
  #isUnheard(): boolean {
    const { bytes } = this.outbox;
    const { maxFrameBytes, writeBufferBytes } = this.limits;
    if (bytes <= maxFrameBytes + UNREAD_BUFFERS * writeBufferBytes) return false;
    this.fail(new Error(`the peer does not read: ${bytes} bytes wait for it`));
    return true;
  }

  #accept(frame: Frame, acceptor: StreamAcceptor): void {
    if (this.#isUnheard()) return;
    const stream = new ServerStream(this, frame, methodOfFrame(frame), SILENT_LISTENER);
    this.#add(stream);
    if (stream.windowed && !this.#announced) {
      this.#announced = true;
      stream.announceWindow();
    }
    stream.listener = acceptor.accept(stream, frame);
  }
}
