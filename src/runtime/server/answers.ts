/**
 * What a handler threw, as the answer to its call (docs/protocol.md#exception-payload, docs/protocol.md#business-status).
 */
import { answerStrings, businessStrings } from "../cancel/wire-keys.ts";
import { ApplicationException } from "../errors/application-exception.ts";
import { BusinessError } from "../errors/business-error.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { readable } from "../errors/thrown-value.ts";
import type { Answer } from "../stream/server-stream.ts";
import { EXCEPTION_TYPES } from "../wire/index.ts";
import type { ServerCall } from "./call.ts";

/** The answer to what was thrown; a plain one where even that cannot be told. */
export function answerTo(call: ServerCall, thrown: unknown, error: Error, inHandler: boolean): Answer {
  try {
    const value = readable(thrown);
    if (inHandler && isPanic(value)) call.panicked(error);
    return answerFor(call, value, error, inHandler);
  } catch {
    const message = "biz error: the handler failed with an error that cannot be read";
    return { error: new Error(message), exception: { code: EXCEPTION_TYPES.internalError, message } };
  }
}

/** What a thrown error is on the wire (docs/protocol.md#exception-payload, docs/protocol.md#business-status). */
function answerFor(call: ServerCall, thrown: unknown, error: Error, inHandler: boolean): Answer {
  const business = BusinessError.in(thrown);
  if (business !== null) {
    const strings = new Map(call.trailers);
    for (const [key, value] of businessStrings(business)) strings.set(key, value);
    return { error, strings };
  }
  const text = error.message;
  const relayed = StreamException.in(thrown);
  const repeated = relayed !== null && text.includes(relayed.message);
  const strings = repeated ? new Map([...answerStrings(relayed), ...call.trailers]) : call.trailers;
  if (!inHandler) {
    if (thrown instanceof ApplicationException)
      return { error, strings, exception: { code: thrown.type, message: text } };
    if (StreamException.is(thrown)) return { error, strings, exception: { code: thrown.code, message: text } };
    return { error, strings, exception: { code: EXCEPTION_TYPES.internalError, message: text } };
  }
  const where = `method=${call.service}.${call.method}`;
  const message = isPanic(thrown)
    ? `panic: [happened in biz handler, ${where}, please check the panic at the server side] ${text}`
    : `biz error: ${text}`;
  return { error, strings, exception: { code: EXCEPTION_TYPES.internalError, message } };
}

const PROGRAMMING_ERRORS: ReadonlySet<string> = new Set([
  "TypeError",
  "ReferenceError",
  "RangeError",
  "SyntaxError",
  "EvalError",
  "URIError",
]);

/** JavaScript's panics: values that are no errors, and the language's own errors (not those that report another, as fetch does). */
function isPanic(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return true;
  return PROGRAMMING_ERRORS.has(thrown.name) && thrown.cause === undefined;
}
