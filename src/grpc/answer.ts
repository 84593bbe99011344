/**
 * What a handler threw, as the status of its call: Kitex's words (`pkg/remote/trans/nphttp2/server_handler.go`, convertStatus), so that
 * callers of Kitex and logs read one language.
 */
import { Metadata } from "@grpc/grpc-js";
import { readable, toError } from "../runtime/bridge/index.ts";
import { BusinessError, StreamException } from "../runtime/index.ts";
import {
  errorCode,
  GrpcStatusError,
  isServiceError,
  returnedDetails,
  STATUS,
  type StatusLike,
  statusOf,
} from "./status.ts";

/** A status with what travels beside it. */
export interface Answer {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The status of what was thrown. What cannot be read is told as far as it can be. */
export function answerOf(thrown: unknown): Answer {
  try {
    return statusIn(readable(thrown)) ?? failure(thrown);
  } catch {
    return failure(thrown);
  }
}

function failure(thrown: unknown): Answer {
  return { code: STATUS.internal, details: `${toError(thrown).message} [biz error]` };
}

/** The status that an error is or has come with; null for any other error. */
function statusIn(thrown: unknown): Answer | null {
  const business = BusinessError.in(thrown);
  if (business !== null) return businessAnswer(business);
  const ended = StreamException.in(thrown);
  if (ended !== null) return marked(statusOf(ended));
  if (!isServiceError(thrown)) return null;
  const status = { code: errorCode(thrown.code), details: thrown.details };
  if (GrpcStatusError.is(thrown)) return thrown.returned ? marked(status) : status;
  const below = errorOf(thrown);
  return BusinessError.is(below) ? businessAnswer(below) : marked(status);
}

function marked(status: { readonly code: number; readonly details: string }): Answer {
  const details = returnedDetails(status);
  return { code: status.code, details: details === status.details ? `${details} [biz error]` : details };
}

/** Kitex's trailers of a business status. */
function businessAnswer(error: BusinessError): Answer {
  const metadata = new Metadata();
  metadata.set("biz-status", String(error.status));
  const extra = error.extra === null ? null : fittingJson(error.extra);
  if (extra !== null) metadata.set("biz-extra", extra);
  return { code: STATUS.internal, details: error.text, metadata };
}

/** As much of the extra values as trailers have room for beside a text. */
const MAX_EXTRA_BYTES = 8 * 1024;

/** Values as JSON that a header may hold; those that would not fit go, the longest first. */
function fittingJson(extra: Readonly<Record<string, string>>): string {
  const kept = Object.entries(extra).sort(([, a], [, b]) => a.length - b.length);
  let json = asciiJson(extra);
  while (json.length > MAX_EXTRA_BYTES) {
    kept.pop();
    json = asciiJson(Object.fromEntries(kept));
  }
  return json;
}

function asciiJson(value: unknown): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[^ -~]/g, escaped);
}

/** What a client is told: a business status by Kitex's trailers, else the status as it is. */
export function errorOf(status: StatusLike & { readonly metadata?: unknown }): Error {
  const trailers = status.metadata instanceof Metadata ? status.metadata : new Metadata();
  const [number] = trailers.get("biz-status");
  if (
    typeof number !== "string" ||
    !/^-?\d{1,10}$/.test(number) ||
    (Number(number) | 0) !== Number(number) ||
    Number(number) === 0
  )
    return new GrpcStatusError(status, true);
  return new BusinessError(Number(number), status.details, extraOf(trailers.get("biz-extra")[0]));
}

function extraOf(text: unknown): Readonly<Record<string, string>> | null {
  try {
    const extra: unknown = JSON.parse(String(text));
    if (typeof extra !== "object" || extra === null) return null;
    return Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, String(value)]));
  } catch {
    return null;
  }
}
