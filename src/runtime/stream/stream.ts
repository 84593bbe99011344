/**
 * What both ends of a stream have in common: receiving, sending, windows.
 *
 * Events come in as `on…` methods, called by the connection; commands go out as frames in the connection's outbox and as calls to the
 * listener. Nothing here waits, and nothing here knows a socket.
 *
 * Windows (docs/protocol.md#flow-control): between peers of this runtime each direction of a stream has a byte window that the receiver
 * refills with Meta frames. Towards others the receiver's limit ends the stream, see the connection.
 */
import type { Codec } from "../thrift/codec.ts";
import { type Frame, STRING_KEYS } from "../wire/index.ts";
import { dataHead } from "./data-head.ts";
import { Inbox, MESSAGE_OVERHEAD, type Payload } from "./inbox.ts";
import type { Outbox } from "./outbox.ts";

/** What a stream needs of its connection. */
export interface StreamCarrier {
  readonly outbox: Outbox;
  /** Live streams. */
  readonly streamCount: number;
  /** Bytes that were received and not read. */
  readonly held: number;
  /** True while senders need not wait. */
  readonly writable: boolean;
  /** The peer's receive window, once it has said that it is of this runtime; null before, and for Kitex. */
  readonly peerWindow: number | null;
  readonly windowBytes: number;
  /** Calls the listener's `writable` once the transport has taken what waits. */
  awaitWritable(stream: Stream): void;
  /** Frames were written: flush them before the turn ends. */
  wrote(): void;
  /** Bytes were received and not read yet, or read: see whether the stream is too full. */
  received(stream: Stream): void;
  consumed(stream: Stream): void;
  /** Counts memory that is held for a stream, or not any more. */
  add(bytes: number): void;
  /** By how much the window of a stream may grow that is read. */
  grow(): number;
  /** The stream has ended: forget it. */
  forget(stream: Stream): void;
}

/** Who is told what happens to a stream. */
export interface StreamListener {
  /** The peer's Header frame came, with these string keys. */
  headerArrived(strings: ReadonlyMap<string, string>): void;
  /** A message or the end can be read. */
  readable(): void;
  /** The stream has ended; told once, before `readable`. */
  ended(end: StreamEnd): void;
  /** Messages wait that nobody reads, up to the limit of bytes given. */
  overflowed(limit: number): void;
  /** The peer sent a frame beyond a limit, which was skipped: in words. */
  breached(text: string): void;
  /** Sending may go on. */
  writable(): void;
  /** No handler of the peer has heard of the call, and why. True where it begins again elsewhere; else it ends with the error. */
  refused?(why: string, error: Error): boolean;
}

/** Listens to a stream that nobody waits for. */
export const SILENT_LISTENER: StreamListener = {
  headerArrived() {},
  readable() {},
  ended() {},
  overflowed() {},
  breached() {},
  writable() {},
};

/** How a stream ended: exactly one for each stream. */
export interface StreamEnd {
  /** What ended it: a Trailer (for a server: the handler's own), an Rst of the peer, a cancel of this side, the connection's loss. */
  readonly by: "trailer" | "rst" | "cancel" | "connection";
  /** Null where it ended well. */
  readonly error: Error | null;
  /** The string keys of the Trailer or Rst. */
  readonly strings: ReadonlyMap<string, string>;
}

export const NO_STRINGS: ReadonlyMap<string, string> = new Map();

/** One end of a stream. */
export abstract class Stream {
  readonly method: string;
  streamId = 0;
  carrier: StreamCarrier | null = null;
  listener: StreamListener;
  /** Messages sent and received so far. */
  sent = 0;
  received = 0;
  /** Set once. */
  end: StreamEnd | null = null;
  /** What a reader gets after the last message: an error, or null for a good end. Undefined while more may come. */
  inputEnd: Error | null | undefined = undefined;
  readonly inbox: Inbox = new Inbox();
  /** True where both peers keep windows on this stream. */
  windowed = false;
  /** By how much its own window has grown. */
  grown = 0;
  /** True while messages may wait that are ranges of the chunk in work. */
  loose = false;
  /** True once nobody will read messages any more: they are dropped as they come. */
  discarding = false;
  /** The epoch of the outbox in which this stream last wrote: as long as the outbox holds it, frames may still wait. */
  #lastEpoch = -1;
  /** The epoch of the oldest frame that may still wait. */
  #firstEpoch = -1;
  protected outputClosed = false;
  /** True while what is sent may have to be sent again. */
  protected keepsSent = false;
  #head: Buffer | null = null;
  #credit = Number.POSITIVE_INFINITY;
  #bytesSent = 0;
  #unreported = 0;
  #refilled = false;

  constructor(method: string, listener: StreamListener) {
    this.method = method;
    this.listener = listener;
  }

  /** True while a sender need not wait. */
  get writable(): boolean {
    return this.#credit > 0 && this.carrier?.writable === true;
  }

  /** Asks for `writable` of the listener: at once a refill, or when the transport has room. */
  awaitWritable(): void {
    if (this.carrier !== null && !this.carrier.writable) this.carrier.awaitWritable(this);
  }

  /** True once nothing more can be sent: closed, ended, or answered. */
  get sendClosed(): boolean {
    return this.outputClosed || this.end !== null;
  }

  /** Appends a Data frame. Throws what the codec throws, and WireError beyond the frame limit, with nothing sent. The caller has checked `sendClosed`. */
  send<Message>(codec: Codec<Message>, message: Message): void {
    const carrier = this.carrier as StreamCarrier;
    const { outbox } = carrier;
    this.#head ??= dataHead(this.method, this.streamId);
    const segment = outbox.beginData(this.#head);
    const { epoch } = outbox;
    let cost = MESSAGE_OVERHEAD;
    try {
      if (codec.write === undefined) segment.writer.raw(codec.encode(message));
      else codec.write(message, segment.writer);
      cost += outbox.endData(segment, this.#head.length);
    } catch (error) {
      outbox.rewind(segment);
      throw error;
    }
    if (this.keepsSent) this.sentPayload(segment.writer.bytes, segment.writer.at, cost - MESSAGE_OVERHEAD);
    this.#credit -= cost;
    this.#bytesSent += cost;
    this.sent += 1;
    this.#wroteIn(epoch);
    carrier.wrote();
  }

  /** Takes the next message; undefined where none waits (see `inputEnd` then). */
  take(): Payload | undefined {
    const payload = this.inbox.shift();
    if (payload === undefined) return undefined;
    this.#consumed(payload.end - payload.start);
    return payload;
  }

  /** A message was read: the peer may send more. A window that is read grows to its whole size first. */
  #consumed(size: number): void {
    if (this.windowed) {
      this.#unreported += size + MESSAGE_OVERHEAD;
      const carrier = this.carrier as StreamCarrier;
      if (this.#unreported * 2 >= carrier.windowBytes + this.grown && this.inputEnd === undefined) {
        if (this.grown === 0) this.grown = carrier.grow();
        const refill = this.#refilled ? this.#unreported : this.#unreported + this.grown;
        this.#refilled = this.grown > 0;
        this.write("meta", new Map([[STRING_KEYS.windowRefill, String(refill)]]));
        this.#unreported = 0;
      }
    }
    this.carrier?.consumed(this);
  }

  /** Nobody reads any more: what waits and what still comes is dropped, and the peer may go on. */
  discard(): void {
    this.discarding = true;
    while (this.take() !== undefined);
  }

  /** The peer keeps windows of so many bytes; what was sent so far counts. */
  keepWindow(bytes: number): void {
    this.windowed = true;
    this.#credit = bytes - this.#bytesSent;
  }

  protected write(
    type: "header" | "trailer" | "meta",
    strings?: ReadonlyMap<string, string>,
    payload?: Buffer,
    ints?: ReadonlyMap<number, string>,
  ): void {
    const carrier = this.carrier as StreamCarrier;
    carrier.outbox.write({
      type,
      streamId: this.streamId,
      method: this.method,
      ...(strings === undefined ? {} : { strings }),
      ...(ints === undefined ? {} : { ints }),
      ...(payload === undefined ? {} : { payload }),
    });
    this.#wroteIn(carrier.outbox.epoch);
    carrier.wrote();
  }

  /** Notes where a frame waits. */
  #wroteIn(epoch: number): void {
    if (epoch === this.#lastEpoch) return;
    if (this.carrier?.outbox.holds(this.#lastEpoch) !== true) this.#firstEpoch = epoch;
    if (epoch > this.#lastEpoch) this.#lastEpoch = epoch;
  }

  /** A message of so many bytes was written, which ends at `end`. Only while {@link keepsSent}. */
  protected sentPayload(_bytes: Buffer, _end: number, _size: number): void {}

  /** Leaves its connection, to be opened on another one as if nothing had been sent. */
  protected leaveCarrier(): void {
    this.dropUnsent();
    this.carrier?.forget(this);
    this.carrier = null;
    this.#head = null;
    this.#credit = Number.POSITIVE_INFINITY;
    this.#bytesSent = 0;
    this.#lastEpoch = -1;
    this.sent = 0;
    this.windowed = false;
  }

  /** Cuts this stream's waiting frames out of the outbox. */
  protected dropUnsent(): void {
    const outbox = this.carrier?.outbox;
    if (outbox?.holds(this.#lastEpoch) === true) {
      outbox.dropStream(this.streamId, this.#firstEpoch, this.#lastEpoch);
    }
  }

  /** The one way a stream ends. Returns false where it had ended before. */
  protected finish(end: StreamEnd): boolean {
    if (this.end !== null) return false;
    this.end = end;
    this.outputClosed = true;
    if (this.inputEnd === undefined) this.inputEnd = end.error;
    this.carrier?.forget(this);
    this.listener.ended(end);
    this.listener.readable();
    this.listener.writable();
    return true;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.inputEnd !== undefined) return;
    this.received += 1;
    if (this.discarding) {
      this.#consumed(end - start);
      return;
    }
    this.inbox.push(bytes, start, end);
    this.carrier?.received(this);
    this.listener.readable();
  }

  /** Windows travel in Meta frames; other Meta frames are ignored, as Kitex does without a handler. */
  onMeta(frame: Frame): void {
    const refill = readCount(frame.strings.get(STRING_KEYS.windowRefill));
    if (refill === null || !this.windowed) return;
    const wasEmpty = this.#credit <= 0;
    this.#credit += refill;
    if (wasEmpty && this.#credit > 0) this.listener.writable();
  }

  abstract onHeader(frame: Frame): void;
  abstract onTrailer(frame: Frame): void;
  abstract onRst(frame: Frame): void;
  abstract connectionLost(error: Error): void;
}

/** A positive decimal number below 2^31; null for anything else. */
export function readCount(text: string | undefined): number | null {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return null;
  const count = Number(text);
  return count > 0 && count < 2 ** 31 ? count : null;
}
