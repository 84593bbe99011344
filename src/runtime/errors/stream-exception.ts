/**
 * The one error a stream ends with when it does not end well.
 *
 * `message` is byte for byte the sentence Kitex prints (docs/protocol.md#ttstream-text); everything in it is also a field, so nobody
 * has to parse it. The path holds the services above the one that shows the error, origin first; a service's own name is never in its
 * own texts.
 */
import type { Kind, Side } from "../../model/index.ts";
import { CODES, factsOfCode, format, type TtstreamError } from "../../ttstream/index.ts";
import { findCause } from "./cause-chain.ts";

/** Where user code called abort: the file and line an origin's cancel came from. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
}

/** What a {@link StreamException} is made of. */
export interface StreamExceptionFields {
  /** A code of the ttstream table, or a proxy's own. */
  readonly code: number;
  /** The side group of the text; null for texts that have none (12004 and 12006 of connections, 12013 where it is raised). */
  readonly side: Side | null;
  /** The services the cancel went through before it got here, origin first. */
  readonly path?: readonly string[];
  /** The sentence behind the groups. */
  readonly text: string;
  /** The service that started it, as far as known here. */
  readonly origin: string | null;
  readonly kind?: Kind;
  /** Which end of a stream raised it; the same as `side` unless the text has no side group. */
  readonly raisedAt?: Side;
  readonly cause?: unknown;
  /** Travels in Rst frames, and in the Trailer of a relay's answer, between peers of this runtime: the same at every hop. */
  readonly cancelId?: string | null;
  /** When the origin cancelled: nanoseconds since the Unix epoch. */
  readonly cancelledAt?: bigint | null;
  /** What the canceller meant, for example `user-stop`. */
  readonly intent?: string | null;
  /** True where another service sent it, or a caller's end was passed on. */
  readonly travelled?: boolean;
  /** An own abort reason that was overtaken by the cancel of the caller. */
  readonly relayReason?: string | null;
  /** The failure of another downstream stream that made this service cancel. */
  readonly trigger?: Error | null;
  readonly callSite?: CallSite | null;
  /** Who started it, in words, where that is nobody who speaks ttstream: `the HTTP client of gateway`. Stays in this process. */
  readonly external?: string | null;
  /** The innermost error in the text of an answer (12001): what a relay below returned instead of an answer of its own. */
  readonly nested?: TtstreamError | null;
}

const BRAND = Symbol.for("streamscope.StreamException");

/** How a stream ended that did not end well. */
export class StreamException extends Error {
  override readonly name = "StreamException";
  readonly code: number;
  readonly side: Side | null;
  readonly path: readonly string[];
  readonly text: string;
  readonly origin: string | null;
  readonly kind: Kind;
  readonly raisedAt: Side;
  readonly cancelId: string | null;
  readonly cancelledAt: bigint | null;
  readonly intent: string | null;
  readonly travelled: boolean;
  readonly relayReason: string | null;
  readonly trigger: Error | null;
  readonly callSite: CallSite | null;
  readonly external: string | null;
  readonly nested: TtstreamError | null;

  constructor(fields: StreamExceptionFields) {
    const path = fields.path ?? [];
    const group = path.length === 0 ? null : path;
    const message = format({ code: fields.code, side: fields.side, path: group, message: fields.text });
    const depth = Error.stackTraceLimit;
    limitStack(0);
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    limitStack(depth);
    this.code = fields.code;
    this.side = fields.side;
    this.path = path;
    this.text = fields.text;
    this.origin = fields.origin;
    this.kind = fields.kind ?? kindOfCode(fields.code);
    this.raisedAt = fields.raisedAt ?? fields.side ?? "client";
    this.cancelId = fields.cancelId ?? null;
    this.cancelledAt = fields.cancelledAt ?? null;
    this.intent = fields.intent ?? null;
    this.travelled = fields.travelled ?? false;
    this.relayReason = fields.relayReason ?? null;
    this.trigger = fields.trigger ?? null;
    this.callSite = fields.callSite ?? null;
    this.external = fields.external ?? null;
    this.nested = fields.nested ?? null;
  }

  /**
   * The fields as JSON can write them, for logs and answers: `cancelledAt` is a decimal text (it does not fit a double), `trigger` and
   * `cause` are their messages. No stack.
   */
  toJSON(): Record<string, unknown> {
    const { message, cancelledAt, trigger, cause } = this;
    return {
      message,
      ...Object.fromEntries(Object.entries(this)),
      cancelledAt: cancelledAt === null ? null : String(cancelledAt),
      trigger: trigger?.message ?? null,
      cause: cause instanceof Error ? cause.message : null,
    };
  }

  /** True for a StreamException of any copy of this package. */
  static is(value: unknown): value is StreamException {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** The StreamException that an error is or wraps (by `cause`); null if there is none. */
  static in(error: unknown): StreamException | null {
    return findCause(error, StreamException.is);
  }
}

// Of the class, not of each one: ten thousand calls may end with one signal.
Object.defineProperty(StreamException.prototype, BRAND, { value: true });

/**
 * A stack would show how the runtime got here, which helps nobody ({@link CallSite} is what does), and is half the cost of ending ten
 * thousand calls with one signal.
 */
function limitStack(depth: number): void {
  try {
    Error.stackTraceLimit = depth;
  } catch {
    // Frozen: then there are stacks.
  }
}

/** The kind of a code; a proxy's own code is a reset. */
export function kindOfCode(code: number): Kind {
  return factsOfCode(code)?.kind ?? "reset";
}

/**
 * True if a stream was cancelled, by this service or by another: codes 12007 to 12013, resets of proxies, and every timeout that
 * travelled here, also inside the answer (12001) of a relay that returned the end of its own stream. A timeout of one's own is not
 * "canceled", it is {@link isTimeout} only, as in Kitex.
 */
export function isCanceled(error: unknown): boolean {
  if (!StreamException.is(error)) return false;
  const facts = factsOfCode(endOf(error));
  if (facts === null || facts.parent === "canceled" || facts.code === CODES.resetWithoutPayload) return true;
  return facts.parent === "timeout" && (error.travelled || error.nested !== null);
}

/**
 * True if a timer ended the stream (12014, 12015), here or at any service above or below: also inside the answer (12001) of a relay that
 * returned the end of its own stream. Kitex says so at the origin only.
 */
export function isTimeout(error: unknown): boolean {
  return StreamException.is(error) && factsOfCode(endOf(error))?.parent === "timeout";
}

/** The code that says how it began: that of the innermost error an answer repeats. */
function endOf(error: StreamException): number {
  return error.nested?.code ?? error.code;
}
