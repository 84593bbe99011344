/**
 * The callee's end of a stream (docs/protocol.md#server-stream).
 *
 * Exactly one Header before the first Data or the Trailer, exactly one Trailer; and after an Rst was read nothing at all, queued frames
 * included: a Kitex client that gets a Header for a stream it just cancelled may break the whole connection
 * (docs/protocol.md#early-cancels).
 */
import { CODES } from "../../ttstream/index.ts";
import { sentenceOf } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import type { Codec } from "../thrift/codec.ts";
import { EXCEPTION_TYPES, type ExceptionPayload, encodeException, type Frame, STRING_KEYS } from "../wire/index.ts";
import { answerOf, resetOf } from "./answers.ts";
import { writeRst } from "./client-stream.ts";
import { NO_STRINGS, readCount, Stream, type StreamCarrier, type StreamListener } from "./stream.ts";

/** What a key of a header costs besides its characters. */
const KEY_BYTES = 160;

/** How a handler ended, as its Trailer tells it. */
export interface Answer {
  readonly strings?: ReadonlyMap<string, string>;
  readonly exception?: ExceptionPayload;
  /** The error behind it, for observers. */
  readonly error: Error | null;
}

/** A stream a client opened. */
export class ServerStream extends Stream {
  #headerSent = false;
  #held = 0;

  constructor(carrier: StreamCarrier, header: Frame, method: string, listener: StreamListener) {
    super(method, listener);
    this.carrier = carrier;
    this.streamId = header.streamId;
    const window = readCount(header.strings.get(STRING_KEYS.capabilities));
    if (window !== null) this.keepWindow(window);
  }

  /** Tells a peer of this runtime how much it may send. */
  announceWindow(): void {
    const carrier = this.carrier as StreamCarrier;
    this.write("meta", new Map([[STRING_KEYS.capabilities, String(carrier.windowBytes)]]));
  }

  /** Counts the memory of the caller's header until {@link release}: its handler may outlive the stream. */
  hold(strings: ReadonlyMap<string, string>): void {
    let bytes = 0;
    for (const [key, value] of strings) bytes += KEY_BYTES + 2 * (key.length + value.length);
    this.#held = bytes;
    this.carrier?.add(bytes);
  }

  /** Nobody keeps anything of the stream any more. */
  release(): void {
    this.inbox.meterBy(null);
    this.carrier?.add(-this.#held);
    this.#held = 0;
  }

  get headerSent(): boolean {
    return this.#headerSent;
  }

  /** Sends the Header; later calls do nothing. */
  sendHeader(strings: ReadonlyMap<string, string>): void {
    if (this.#headerSent || this.sendClosed) return;
    this.write("header", strings);
    this.#headerSent = true;
  }

  override send<Message>(codec: Codec<Message>, message: Message): void {
    if (!this.#headerSent) this.sendHeader(NO_STRINGS);
    super.send(codec, message);
  }

  /** Ends the stream with the handler's answer. Returns false where it had ended before, and sends nothing then. */
  answer(answer: Answer): boolean {
    if (this.end !== null) return false;
    this.sendHeader(NO_STRINGS);
    const { exception } = answer;
    const payload = exception && encodeException(this.method, this.streamId, exception);
    try {
      this.write("trailer", answer.strings, payload);
    } catch (error) {
      const message = `biz error: trailer could not be encoded: ${(error as Error).message}`;
      const text = { code: EXCEPTION_TYPES.internalError, message };
      this.write("trailer", undefined, encodeException(this.method, this.streamId, text));
    }
    this.inbox.clear();
    // The client's last word is not this end: whoever reads on must not take it for one.
    if (this.inputEnd === undefined) this.inputEnd = handlerReturnedHere();
    return this.finish({ by: "trailer", error: answer.error, strings: answer.strings ?? NO_STRINGS });
  }

  /** Ends the stream before any handler has heard of it. A peer of this runtime is told that this is so, and why. */
  refuse(answer: Answer, why: string): void {
    if (!this.windowed) {
      this.answer(answer);
      return;
    }
    this.#headerSent = true;
    this.answer({ ...answer, strings: new Map([[STRING_KEYS.refused, why]]) });
  }

  /** Ends the stream with an Rst: a shutdown, a limit, the handler's own cancel. Kitex servers never do, Kitex clients understand it. */
  reset(exception: StreamException, strings: ReadonlyMap<string, string>): boolean {
    if (this.end !== null) return false;
    const carrier = this.carrier as StreamCarrier;
    this.dropUnsent();
    this.inbox.clear();
    this.inputEnd = exception;
    writeRst(carrier, this, exception, strings);
    return this.finish({ by: "cancel", error: exception, strings: NO_STRINGS });
  }

  /** A second Header with the id of a live stream: the stream cannot be trusted any more. */
  override onHeader(_frame: Frame): void {
    const message = `stream[${this.streamId}] already set header`;
    const error = new StreamException({ code: 12002, side: "server", text: message, origin: null, kind: "error" });
    this.dropUnsent();
    this.answer({ exception: { code: EXCEPTION_TYPES.internalError, message }, error });
  }

  /** The client's half-close. */
  override onTrailer(frame: Frame): void {
    if (this.inputEnd !== undefined) return;
    this.inputEnd = answerOf(frame, "server");
    this.listener.readable();
  }

  override onRst(frame: Frame): void {
    this.dropUnsent();
    const exception = resetOf(frame, "server");
    if (this.inputEnd === null) this.inputEnd = exception;
    this.finish({ by: "rst", error: exception, strings: frame.strings });
  }

  override connectionLost(error: Error): void {
    if (this.inputEnd === null) this.inputEnd = error;
    this.finish({ by: "connection", error, strings: NO_STRINGS });
  }
}

/** What a server's own reading ends with when its handler has returned before the client's half-close. */
function handlerReturnedHere(): StreamException {
  const code = CODES.handlerReturn;
  return new StreamException({ code, side: "server", text: sentenceOf(code), origin: null });
}
