/**
 * What a Trailer or an Rst says, as an error (docs/protocol.md#exception-payload, docs/protocol.md#business-status).
 */
import type { Kind, Side } from "../../model/index.ts";
import { KINDS } from "../../model/index.ts";
import { CODES, findTtstreamErrors, type TtstreamError } from "../../ttstream/index.ts";
import { BusinessError } from "../errors/business-error.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { cutText, decodeException, type Frame, fitPath, STRING_KEYS, splitPath } from "../wire/index.ts";

/** How much of an Rst's text is shown and relayed: it goes to every call below, into errors, spans and logs. */
const MAX_RESET_BYTES = 1024;

/** How much is kept of an id or an intent: ten thousand of them may be remembered. */
const MAX_WORD_BYTES = 200;

/** How much of an answer's text is shown. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** How much of an answer's text is searched for the error it wraps: some hundred hops deep. */
const MAX_NESTED_CHARS = 16 * 1024;

/** The error a Trailer carries; null for a good end. A payload counts before a business status. */
export function answerOf(frame: Frame, side: Side): Error | null {
  if (frame.payload.length > 0) {
    try {
      const { message } = decodeException(frame.payload);
      return applicationException(frame, side, cutText(message, MAX_ANSWER_BYTES));
    } catch (error) {
      return failure(CODES.illegalFrame, side, (error as Error).message, error);
    }
  }
  const status = readInt32(frame.strings.get(STRING_KEYS.bizStatus));
  if (status === null || status === 0) return null;
  const raw = frame.strings.get(STRING_KEYS.bizExtra);
  const extra = raw === undefined ? null : readExtra(raw);
  if (extra === undefined) return failure(CODES.illegalBizError, side, `malformed header info, extra: ${raw}`);
  return new BusinessError(status, frame.strings.get(STRING_KEYS.bizMessage) ?? "", extra);
}

/** An answer of type error. A relay's repeats the error its own stream ended with: in words, and among our own peers as keys. */
function applicationException(frame: Frame, side: Side, text: string): StreamException {
  const nested = innermostError(text);
  const { strings } = frame;
  return new StreamException({
    code: CODES.applicationException,
    side,
    text,
    origin: fitPath([strings.get(STRING_KEYS.cancelOrigin) ?? nested?.path?.[0] ?? ""])[0] || null,
    kind: "error",
    cancelId: readWord(strings.get(STRING_KEYS.cancelId)),
    cancelledAt: readInstant(strings.get(STRING_KEYS.cancelledAt)),
    nested,
  });
}

/** The error that an answer's text wraps; null if there is none in its first {@link MAX_NESTED_CHARS} characters. */
function innermostError(text: string): TtstreamError | null {
  let found = findTtstreamErrors(text.slice(0, MAX_NESTED_CHARS))[0];
  if (found === undefined) return null;
  while (found.inner !== null) found = found.inner;
  return { ...found.fields, message: found.message };
}

/** The exception an Rst carries; one without a usable payload is code 13, `rst`. */
export function resetOf(frame: Frame, side: Side): StreamException {
  let code: number = CODES.resetWithoutPayload;
  let text = "rst";
  if (frame.payload.length > 0) {
    try {
      const payload = decodeException(frame.payload);
      code = payload.code;
      text = cutText(payload.message, MAX_RESET_BYTES);
    } catch {
      // Kitex does the same: a payload it cannot read leaves the defaults.
    }
  }
  const { strings } = frame;
  const path = fitPath(splitPath(strings.get(STRING_KEYS.cancelPath)));
  const kind = strings.get(STRING_KEYS.cancelKind);
  return new StreamException({
    code,
    side,
    path,
    text,
    origin: path[0] ?? null,
    ...(isKind(kind) ? { kind } : {}),
    cancelId: readWord(strings.get(STRING_KEYS.cancelId)),
    cancelledAt: readInstant(strings.get(STRING_KEYS.cancelledAt)),
    intent: readWord(strings.get(STRING_KEYS.cancelIntent)),
    travelled: true,
  });
}

function failure(code: number, side: Side, text: string, cause?: unknown): StreamException {
  return new StreamException({ code, side, text, origin: null, kind: "error", cause });
}

function isKind(text: string | undefined): text is Kind {
  return text !== undefined && (KINDS as readonly string[]).includes(text);
}

function readInt32(text: string | undefined): number | null {
  if (text === undefined || !/^[+-]?[0-9]{1,10}$/.test(text)) return null;
  const value = Number(text);
  return (value | 0) === value ? value : null;
}

function readWord(text: string | undefined): string | null {
  return text === undefined ? null : cutText(text, MAX_WORD_BYTES);
}

function readInstant(text: string | undefined): bigint | null {
  return text !== undefined && /^[0-9]{1,19}$/.test(text) ? BigInt(text) : null;
}

/** A JSON object of strings; undefined where it is something else. */
function readExtra(raw: string): Readonly<Record<string, string>> | null | undefined {
  if (raw === "") return null;
  try {
    const value: unknown = JSON.parse(raw);
    if (value === null) return null;
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    if (!Object.values(value).every((each) => typeof each === "string")) return undefined;
    return value as Readonly<Record<string, string>>;
  } catch {
    return undefined;
  }
}
