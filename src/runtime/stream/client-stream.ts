/**
 * The caller's end of a stream: opens it, half-closes it, cancels it (docs/protocol.md#client-stream).
 *
 * It exists before a connection does, so that a cancel while dialling is the same event as any other. What was received before the end is
 * read before the end; a cancel of one's own drops it.
 */
import { CODES } from "../../ttstream/index.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { raw } from "../thrift/codec.ts";
import { encodeException, type Frame, type FrameContent, INT_KEYS, STRING_KEYS } from "../wire/index.ts";
import { answerOf, resetOf } from "./answers.ts";
import { NO_STRINGS, Stream, type StreamCarrier, type StreamEnd, type StreamListener } from "./stream.ts";

/** What the Header frame of a call says. */
export interface OpenContent {
  readonly strings: ReadonlyMap<string, string>;
  readonly ints: ReadonlyMap<number, string>;
}

/** More is not kept to be sent again. */
const MAX_KEPT_BYTES = 64 * 1024;

/** A stream this process opened. */
export class ClientStream extends Stream {
  #headerSeen = false;
  #openedIn = -1;
  /** What was sent so far, as long as the peer may say that nobody has heard of it. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** True where it left a connection: senders may wait for room on the next one. */
  #detached = false;
  /** True where the half-close has to be sent again. */
  #closing = false;

  constructor(method: string, listener: StreamListener) {
    super(method, listener);
    this.keepsSent = true;
  }

  /** Puts the stream on a connection and opens it there. Throws WireError where a header value is too long. */
  open(carrier: StreamCarrier, streamId: number, content: OpenContent): void {
    this.carrier = carrier;
    this.streamId = streamId;
    const strings = new Map(content.strings);
    strings.set(STRING_KEYS.capabilities, String(carrier.windowBytes));
    this.write("header", strings, undefined, content.ints);
    this.#openedIn = carrier.outbox.epoch;
    if (carrier.peerWindow !== null) this.keepWindow(carrier.peerWindow);
    this.#repeat();
    if (!this.#detached) return;
    this.#detached = false;
    this.listener.writable();
  }

  /** Sends again what an earlier connection was told. */
  #repeat(): void {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    for (const payload of kept) this.send(raw, payload);
    if (this.#closing) this.closeSend();
  }

  protected override sentPayload(bytes: Buffer, end: number, size: number): void {
    this.#keptBytes += size;
    if (this.#keptBytes > MAX_KEPT_BYTES) this.#keepNothing();
    else this.#kept.push(Buffer.from(bytes.subarray(end - size, end)));
  }

  /** The peer has heard of the call, or too much was sent. */
  #keepNothing(): void {
    this.keepsSent = false;
    this.#kept = [];
  }

  /** Leaves its connection, where nobody has heard of it; {@link open} then tells another one all that this one was told. */
  detach(): void {
    this.#detached = true;
    this.#closing = this.outputClosed;
    this.outputClosed = false;
    this.leaveCarrier();
  }

  override onData(bytes: Buffer, start: number, end: number): void {
    if (this.keepsSent) this.#keepNothing();
    super.onData(bytes, start, end);
  }

  /** True once the peer may know of the stream: its Header was handed to the transport. */
  get reachedPeer(): boolean {
    return this.carrier !== null && !this.carrier.outbox.holds(this.#openedIn);
  }

  /** Half-closes: no more messages of ours. */
  closeSend(): void {
    if (this.sendClosed) return;
    this.outputClosed = true;
    this.write("trailer");
  }

  /**
   * Cancels the stream: its unsent frames are dropped, and an Rst with these string keys goes before everybody else's. A stream the peer
   * has not heard of yet goes without a word. Readers get `error`. Returns false where the stream had ended.
   */
  cancel(exception: StreamException, strings: ReadonlyMap<string, string>, error: Error = exception): boolean {
    if (this.end !== null) return false;
    const { carrier } = this;
    this.inbox.clear();
    this.inputEnd = error;
    if (carrier !== null) {
      this.dropUnsent();
      if (this.reachedPeer) writeRst(carrier, this, exception, strings);
    }
    return this.finish({ by: "cancel", error, strings: NO_STRINGS });
  }

  /** Ends a stream that never got a connection. */
  fail(error: Error): void {
    this.finish({ by: "connection", error, strings: NO_STRINGS });
  }

  override onHeader(frame: Frame): void {
    if (this.#headerSeen) {
      const text = `stream[${this.streamId}] already set header`;
      const exception = new StreamException({
        code: CODES.unexpectedHeader,
        side: "client",
        text,
        origin: null,
        kind: "error",
      });
      this.cancel(exception, NO_STRINGS);
      return;
    }
    this.#headerSeen = true;
    this.#keepNothing();
    this.listener.headerArrived(frame.strings);
  }

  override onTrailer(frame: Frame): void {
    const refused = frame.strings.get(STRING_KEYS.refused);
    if (refused !== undefined && this.keepsSent) {
      const error = answerOf(frame, "client");
      if (error !== null && this.listener.refused?.(refused, error) === true) return;
    }
    if (!this.outputClosed) {
      this.dropUnsent();
      this.closeSend();
    }
    this.finish({ by: "trailer", error: answerOf(frame, "client"), strings: frame.strings });
  }

  override onRst(frame: Frame): void {
    this.dropUnsent();
    this.finish({ by: "rst", error: resetOf(frame, "client"), strings: frame.strings });
  }

  override connectionLost(error: Error): void {
    if (this.end === null && this.keepsSent && !this.reachedPeer) {
      if (this.listener.refused?.("lost", error) === true) return;
    }
    this.finish({ by: "connection", error, strings: NO_STRINGS });
  }

  /** What is still to be read of a stream that has ended grows no more. */
  protected override finish(end: StreamEnd): boolean {
    this.inbox.meterBy(null);
    return super.finish(end);
  }
}

/**
 * Writes the Rst for an exception before all other frames. The payload has the bare text: bracket groups do not travel. String keys that
 * do not fit the format are left out: the cancel itself must leave.
 */
export function writeRst(
  carrier: StreamCarrier,
  stream: Stream,
  exception: StreamException,
  strings: ReadonlyMap<string, string>,
): void {
  const { method, streamId } = stream;
  const payload = encodeException(method, streamId, { code: exception.code, message: exception.text });
  const frame: FrameContent = { type: "rst", streamId, method, payload };
  try {
    carrier.outbox.writeUrgent({ ...frame, strings });
  } catch {
    carrier.outbox.writeUrgent(frame);
  }
  carrier.wrote();
}

/** Int keys of a Header frame: the caller's name and the milliseconds left. Kitex ignores both. */
export function headerInts(caller: string, timeoutMs: number | null): ReadonlyMap<number, string> {
  const ints = new Map<number, string>();
  if (caller !== "") ints.set(INT_KEYS.fromService, caller);
  if (timeoutMs !== null) ints.set(INT_KEYS.timeoutMs, String(Math.max(1, Math.ceil(timeoutMs))));
  return ints;
}
