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
import type { StreamException } from "../errors/stream-exception.ts";
import type { ClientStream, OpenContent } from "../stream/client-stream.ts";
import { Outbox } from "../stream/outbox.ts";
import { ServerStream } from "../stream/server-stream.ts";
import { SILENT_LISTENER, type Stream, type StreamCarrier } from "../stream/stream.ts";
import {
  encodeException,
  type Frame,
  FrameReader,
  type FrameSink,
  methodOfFrame,
  tooLarge,
  type WireError,
} from "../wire/index.ts";
import { Budget } from "./budget.ts";
import type { ConnectionLimits } from "./limits.ts";
import { Losses } from "./loss.ts";
import { Peer } from "./peer.ts";
import type { ConnectionParts, ConnectionPort, StreamAcceptor } from "./port.ts";
import { Unread } from "./unread.ts";

/** So many times `writeBufferBytes` of refusals and ends may wait before a peer that asks for more is taken for one that does not read. */
const UNHEARD_BUFFERS = 32;

/** So many senders go on at once when there is room again. */
const WOKEN_AT_A_TIME = 32;

/** A longer name of a method is nobody's, and refusing it would repeat it. */
const MAX_METHOD_BYTES = 1024;

/** The streams of one connection and its state. */
export class Connection implements StreamCarrier, FrameSink {
  readonly side: Side;
  readonly outbox: Outbox;
  readonly limits: ConnectionLimits;
  /** The window that streams begin with. */
  readonly windowBytes: number;
  /** Why it is gone; null while it is alive. */
  closed: Error | null = null;
  /** The bytes or the bug that broke it; null unless {@link fail} ended it. */
  failure: StreamException | null = null;
  /** Told when a stream was put into the table. */
  onStreamAdded: (() => void) | null = null;
  /** Calls that the peer opened, and calls of its own that it reset, so far. */
  opened = 0;
  reset = 0;
  /** So many streams the peer allows, as far as it has said so. */
  maxStreams: number = Number.POSITIVE_INFINITY;
  /** Told when the peer says that it takes no new calls. */
  onDraining: (() => void) | null = null;
  /** Told when a stream has left the table. */
  onStreamGone: (() => void) | null = null;
  readonly #port: ConnectionPort;
  readonly #acceptor: StreamAcceptor | null;
  readonly #reader: FrameReader;
  readonly #streams = new Map<number, Stream>();
  readonly #unread: Unread;
  #last: Stream | null = null;
  readonly #losses: Losses;
  /** What peers of this runtime tell each other. */
  readonly peer: Peer;
  #blocked = false;
  readonly #waiting = new Set<Stream>();

  constructor({ side, port, limits, budget = new Budget(limits.totalBufferBytes), acceptor }: ConnectionParts) {
    this.side = side;
    this.limits = limits;
    this.#unread = new Unread({
      side,
      limits,
      budget,
      streams: this.#streams,
      pause: () => port.pause(),
      resume: () => port.resume(),
      dropUnfinished: () => this.#reader.dropUnfinished(),
    });
    this.windowBytes = this.#unread.firstWindow;
    this.outbox = new Outbox(limits);
    this.#port = port;
    this.#acceptor = acceptor;
    this.#reader = new FrameReader(limits, this);
    this.#losses = new Losses(side);
    this.peer = new Peer({
      side,
      outbox: this.outbox,
      writeBufferBytes: limits.writeBufferBytes,
      wrote: () => port.flush(),
      windowKnown: (bytes) => {
        for (const stream of this.#streams.values()) stream.keepWindow(bytes);
      },
      drains: () => this.onDraining?.(),
    });
  }

  /** Live streams. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /** True where a live stream has this id. */
  has(streamId: number): boolean {
    return this.#streams.has(streamId);
  }

  /** The live streams, in the order they were opened. */
  streams(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** The peer's receive window of each stream; null before it has said so, and for Kitex. */
  get peerWindow(): number | null {
    return this.peer.window;
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

  /**
   * The transport took everything: senders that wait may go on, some at a time. Each of them brings a message before it sees that there is
   * no room, so thousands at once would be thousands of messages. Those that still wait have their turn when this is called again.
   */
  flushed(): void {
    this.#blocked = false;
    if (this.#waiting.size === 0) return;
    let woken = 0;
    for (const stream of this.#waiting) {
      if (woken === WOKEN_AT_A_TIME) return;
      woken += 1;
      this.#waiting.delete(stream);
      stream.listener.writable();
    }
  }

  /** Bytes came in. */
  receive(chunk: Buffer): void {
    if (this.closed !== null) return;
    this.#losses.hear(chunk);
    try {
      this.#unread.settle();
      this.#reader.push(chunk);
      this.#unread.unfinished(this.#reader.pendingBytes);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** Bytes that were received and not read, and of headers of calls whose handlers run. */
  get held(): number {
    return this.#unread.held;
  }

  add(bytes: number): void {
    this.#unread.add(bytes);
  }

  grow(): number {
    return this.#unread.grow();
  }

  /** The peer says nothing any more, though it was asked. */
  silent(): void {
    this.fail(new Error("the peer is silent: it does not answer"));
  }

  /** The transport is gone: a clean end, or an error of the socket. */
  lost(cause: Error | null): void {
    if (this.closed !== null) return;
    this.#end(this.#losses.lost(cause));
  }

  /** Bytes made no sense, or a listener failed: the connection and its streams end. */
  fail(cause: Error): void {
    if (this.closed !== null) return;
    const [failure, end] = this.#losses.broken(cause);
    this.failure = failure;
    this.#end(end);
    this.#port.close(failure);
  }

  /** Closes from this side: live streams end with 12006 and the text given. */
  close(text: string): void {
    if (this.closed !== null) return;
    this.#end(this.#losses.exception(CODES.transport, text, null));
    this.#port.close(null);
  }

  #end(error: StreamException): void {
    this.closed = error;
    this.#reader.stop();
    const streams = this.streams();
    this.#streams.clear();
    this.#last = null;
    for (const stream of streams) stream.connectionLost(error);
    this.#unread.end();
    this.#waiting.clear();
  }

  wrote(): void {
    this.#port.flush();
  }

  received(stream: Stream): void {
    this.#unread.received(stream);
  }

  consumed(stream: Stream): void {
    this.#unread.consumed(stream);
  }

  forget(stream: Stream): void {
    if (this.#streams.get(stream.streamId) !== stream) return;
    this.#streams.delete(stream.streamId);
    this.#waiting.delete(stream);
    if (this.#last === stream) this.#last = null;
    this.#unread.left(stream);
    this.onStreamGone?.();
  }

  #add(stream: Stream): void {
    this.#streams.set(stream.streamId, stream);
    stream.inbox.meterBy(this);
    this.onStreamAdded?.();
    this.#unread.resume();
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
    if (frame.type === "meta") this.peer.hear(frame);
    const stream = this.#find(frame.streamId);
    if (stream === null) {
      if (frame.type === "header" && this.#acceptor !== null) this.#accept(frame, this.#acceptor);
      return;
    }
    if (frame.type === "meta") {
      stream.onMeta(frame);
    } else if (frame.type === "header") stream.onHeader(frame);
    else if (frame.type === "trailer") stream.onTrailer(frame);
    else {
      this.reset += 1;
      stream.onRst(frame);
    }
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

  /**
   * Ends a connection whose peer asks for more and does not read the answers: handlers wait for room, but refusals and ends do not. A peer
   * that reads never lets so many of them wait.
   */
  #isUnheard(): boolean {
    const controlBytes = this.outbox.controlBytes + this.outbox.urgentBytes;
    if (controlBytes <= UNHEARD_BUFFERS * this.limits.writeBufferBytes) return false;
    this.fail(new Error(`the peer does not read: ${controlBytes} bytes of answers wait for it`));
    return true;
  }

  #accept(frame: Frame, acceptor: StreamAcceptor): void {
    if (this.#isUnheard()) return;
    const method = methodOfFrame(frame);
    const methodBytes = Buffer.byteLength(method);
    if (methodBytes > MAX_METHOD_BYTES) {
      this.onOversized(frame.streamId, tooLarge("name of the method", methodBytes, MAX_METHOD_BYTES, 0));
      return;
    }
    this.opened += 1;
    const stream = new ServerStream(this, frame, method, SILENT_LISTENER);
    this.#add(stream);
    this.peer.greet(stream);
    stream.listener = acceptor.accept(stream, frame);
  }
}
