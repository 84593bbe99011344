/**
 * What an abort reason says on the wire (docs/protocol.md#who-is-the-origin).
 *
 * A default abort is 12007 with its standard text, a reason of one's own is 12008 with that text, a TimeoutError is 12015, and an error
 * that means the peer went away is 12013. Never a stack, never more than 1 KiB.
 */
import type { Kind } from "../../model/index.ts";
import { CODES, factsOfCode } from "../../ttstream/index.ts";

/** A reason as the fields of an exception. */
export interface OwnReason {
  readonly code: number;
  readonly text: string;
  readonly kind: Kind;
  readonly intent?: string;
  readonly cause?: unknown;
}

/** A reason with an intent, for `cancel`. */
export interface CancelIntent {
  /** A short word for tools, for example `user-stop`. */
  readonly intent: string;
  /** A sentence for people; the intent itself where it is left out. */
  readonly text?: string;
}

const MAX_TEXT_BYTES = 1024;

/** Texts of AbortErrors nobody chose: Node's, the DOM's, and fetch's. */
const DEFAULT_ABORTS: ReadonlySet<string> = new Set([
  "This operation was aborted",
  "The operation was aborted",
  "The operation was aborted.",
  "signal is aborted without reason",
  "The user aborted a request.",
]);

const LOST_PEER: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

/** The standard sentence of a code. */
export function sentenceOf(code: number): string {
  return factsOfCode(code)?.sentence ?? "";
}

/** The standard cancel. */
export const PLAIN_CANCEL: OwnReason = { code: CODES.cancel, text: sentenceOf(CODES.cancel), kind: "cancel" };

/** The text of Kitex's stream timeout where no timeout is known: what a foreign TimeoutError becomes. */
const UNKNOWN_TIMEOUT = "stream timeout, no explicit timeout set in stream ctx";

/** Reads an abort reason. With `expose` false an own text stays at home and 12007 goes out. */
export function readReason(reason: unknown, expose: boolean): OwnReason {
  if (reason === undefined || isDefaultAbort(reason)) return PLAIN_CANCEL;
  const name = nameOf(reason);
  if (name === "TimeoutError") {
    return { code: CODES.streamTimeout, text: UNKNOWN_TIMEOUT, kind: "deadline", cause: reason };
  }
  if (isLostPeer(reason)) {
    return {
      code: CODES.connectionClosed,
      text: sentenceOf(CODES.connectionClosed),
      kind: "disconnect",
      cause: reason,
    };
  }
  const intent = intentOf(reason);
  const more = { cause: reason, ...(intent === null ? {} : { intent }) };
  if (!expose) return { ...PLAIN_CANCEL, ...more };
  return { code: CODES.cancelWithCause, text: cutReason(reasonText(reason)), kind: "cancel", ...more };
}

/** The words of a reason: an Error's message, a string, an intent's text, else only its type. */
export function reasonText(reason: unknown): string {
  if (typeof reason === "string") return reason;
  if (reason instanceof Error || nameOf(reason) !== null) {
    const { message } = reason as { message?: unknown };
    if (typeof message === "string") return message;
  }
  const intent = intentOf(reason);
  if (intent !== null) {
    const { text } = reason as CancelIntent;
    return typeof text === "string" ? text : intent;
  }
  return `reason: ${reason === null ? "null" : typeof reason}`;
}

/** Cuts a text at 1 KiB of UTF-8, between two characters. */
export function cutReason(text: string): string {
  if (text.length * 3 <= MAX_TEXT_BYTES) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return text;
  let end = MAX_TEXT_BYTES;
  while (((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

/** True for the reason of an abort that named none. */
export function isDefaultAbort(reason: unknown): boolean {
  return nameOf(reason) === "AbortError" && DEFAULT_ABORTS.has((reason as Error).message);
}

function isLostPeer(reason: unknown): boolean {
  return reason instanceof Error && "code" in reason && typeof reason.code === "string" && LOST_PEER.has(reason.code);
}

function nameOf(reason: unknown): string | null {
  if (typeof reason !== "object" || reason === null || !("name" in reason)) return null;
  return typeof reason.name === "string" ? reason.name : null;
}

function intentOf(reason: unknown): string | null {
  if (typeof reason !== "object" || reason === null || !("intent" in reason)) return null;
  return typeof reason.intent === "string" ? reason.intent : null;
}
