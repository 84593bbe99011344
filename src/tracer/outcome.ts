/**
 * What an end means for a span's status.
 *
 * The kind of the origin decides, alike at every hop: a cancel somebody meant is no error (semantic conventions, "recording errors": an
 * operation that was cancelled on purpose has not failed), whoever else it reaches.
 */
import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";
import { CONVENTION, type Kind } from "../model/index.ts";
import { BusinessError, type CancelEvent, StreamException } from "../runtime/index.ts";

/** How a span ended. */
export interface Outcome {
  /** The value of `rpc.status_code`; null after a good end and for errors without a code. */
  readonly code: string | null;
  /** The value of `error.type`; null where the status is not ERROR. */
  readonly errorType: string | null;
  /** The description of the status. */
  readonly text: string;
}

/** A good end. */
const ENDED_WELL: Outcome = { code: null, errorType: null, text: "" };

/** True where somebody meant the cancel: not for timeouts, lost connections, resets and shutdowns. */
export function isIntentional(kind: Kind): boolean {
  return kind === "cancel" || kind === "handler-return";
}

/** The outcome of a cancelled stream, and of the cancel's own span. */
export function outcomeOfCancel(event: CancelEvent): Outcome {
  const code = String(event.code);
  if (isIntentional(event.kind)) return { code, errorType: null, text: "" };
  return { code, errorType: code, text: event.exception.message };
}

/** The outcome of a stream nobody cancelled. */
export function outcomeOfError(error: Error | null): Outcome {
  if (error === null) return ENDED_WELL;
  const business = BusinessError.in(error);
  const number = business?.status ?? (StreamException.is(error) || isGrpcStatus(error) ? error.code : null);
  const code = number === null ? null : String(number);
  return { code, errorType: code ?? error.name, text: error.message };
}

/** True for the status of a gRPC call, as the runtime tells of it. */
function isGrpcStatus(error: Error): error is Error & { readonly code: number } {
  return error.name === "GrpcStatusError" && "code" in error && typeof error.code === "number";
}

/** The attributes of an outcome. */
export function outcomeAttributes({ code, errorType }: Outcome): Attributes {
  return {
    ...(code === null ? {} : { [CONVENTION.rpcStatus]: code }),
    ...(errorType === null ? {} : { [CONVENTION.errorType]: errorType }),
  };
}

/** Sets a span's status: ERROR with the text as description, or nothing. */
export function setStatus(span: Span, { errorType, text }: Outcome): void {
  if (errorType !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: text });
}
