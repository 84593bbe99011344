/**
 * The string keys of an Rst, and the event that tells observers of a cancel.
 */
import type { Side } from "../../model/index.ts";
import type { BusinessError } from "../errors/business-error.ts";
import { kindOfCode, type StreamException } from "../errors/stream-exception.ts";
import type { CallInfo, CancelEvent } from "../seams/call-info.ts";
import { cutText, joinPath, STRING_KEYS } from "../wire/index.ts";

/** A name longer than this is no name worth a key of its own. */
const MAX_NAME_BYTES = 1024;

/** The string keys an Rst for this exception carries. Kitex reads the path only. */
export function rstStrings(exception: StreamException, path: readonly string[]): Map<string, string> {
  const strings = new Map<string, string>();
  if (path.length > 0) strings.set(STRING_KEYS.cancelPath, joinPath(path));
  if (exception.cancelId !== null) strings.set(STRING_KEYS.cancelId, exception.cancelId);
  if (exception.cancelledAt !== null) strings.set(STRING_KEYS.cancelledAt, String(exception.cancelledAt));
  if (exception.kind !== kindOfCode(exception.code)) strings.set(STRING_KEYS.cancelKind, exception.kind);
  if (exception.intent !== null) strings.set(STRING_KEYS.cancelIntent, exception.intent.slice(0, 200));
  return strings;
}

/**
 * The string keys that tell the caller what an answer's text repeats: who started it, and its id. Empty for an error that began here as
 * an error of this service's own.
 */
export function answerStrings(exception: StreamException): ReadonlyMap<string, string> {
  const strings = new Map<string, string>();
  const { origin, cancelId, cancelledAt } = exception;
  if (origin !== null && Buffer.byteLength(origin) <= MAX_NAME_BYTES) strings.set(STRING_KEYS.cancelOrigin, origin);
  if (cancelId !== null) strings.set(STRING_KEYS.cancelId, cancelId);
  if (cancelledAt !== null) strings.set(STRING_KEYS.cancelledAt, String(cancelledAt));
  return strings;
}

/** How much of a business status travels: its number always does, its words as far as there is room beside other keys. */
const MAX_BUSINESS_BYTES = 32 * 1024;

/** The string keys of a business status. Extra values that would not fit go, the longest first; the text is cut then. */
export function businessStrings({ status, text, extra }: BusinessError): ReadonlyMap<string, string> {
  const strings = new Map<string, string>([
    [STRING_KEYS.bizStatus, String(status)],
    [STRING_KEYS.bizMessage, cutText(text, MAX_BUSINESS_BYTES / 2)],
  ]);
  if (extra === null) return strings;
  const kept = Object.entries(extra).sort(([, a], [, b]) => a.length - b.length);
  let json = JSON.stringify(extra);
  while (Buffer.byteLength(json) > MAX_BUSINESS_BYTES / 2) {
    kept.pop();
    json = JSON.stringify(Object.fromEntries(kept));
  }
  return strings.set(STRING_KEYS.bizExtra, json);
}

/** What is known of a cancel besides the call and the exception. */
export interface CancelContext {
  readonly side: Side;
  readonly direction: CancelEvent["direction"];
  readonly role: CancelEvent["role"];
  readonly path: readonly string[];
  readonly upstream: StreamException | null;
  readonly at: bigint;
}

/** Makes the event of a cancel. */
export function cancelEvent(call: CallInfo, exception: StreamException, context: CancelContext): CancelEvent {
  return {
    call,
    ...context,
    exception,
    cancelId: exception.cancelId ?? "",
    code: exception.code,
    kind: exception.kind,
    origin: exception.origin,
    reason: exception.text,
    intent: exception.intent,
    external: exception.external,
    callSite: exception.callSite,
    originAt: exception.cancelledAt ?? context.at,
  };
}
