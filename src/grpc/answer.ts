/**
 * What a handler threw, as the status of its call: Kitex's words (`pkg/remote/trans/nphttp2/server_handler.go`, convertStatus), so that
 * callers of Kitex and logs read one language.
 */
import { Metadata } from "@grpc/grpc-js";
import { BusinessError, StreamException } from "../runtime/index.ts";
import { GrpcStatusError, returnedDetails, STATUS, type StatusLike, statusOf } from "./status.ts";

/** A status with what travels beside it. */
export interface Answer {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The status of what was thrown. */
export function answerOf(thrown: unknown): Answer {
  const business = BusinessError.in(thrown);
  if (business !== null) return businessAnswer(business);
  const ended = StreamException.in(thrown);
  if (ended !== null) return marked(statusOf(ended));
  if (GrpcStatusError.is(thrown)) return thrown.returned ? marked(thrown) : thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: STATUS.internal, details: `${message} [biz error]` };
}

function marked(status: { readonly code: number; readonly details: string }): Answer {
  const details = returnedDetails(status);
  return { code: status.code, details: details === status.details ? `${details} [biz error]` : details };
}

/** Kitex's trailers of a business status. */
function businessAnswer({ status, text, extra }: BusinessError): Answer {
  const metadata = new Metadata();
  metadata.set("biz-status", String(status));
  if (extra !== null) metadata.set("biz-extra", asciiJson(extra));
  return { code: STATUS.internal, details: text, metadata };
}

/** JSON that a header may hold. */
function asciiJson(value: unknown): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[^ -~]/g, escaped);
}

/** What a client is told: a business status by Kitex's trailers, else the status as it is. */
export function errorOf(status: StatusLike, trailers: Metadata): Error {
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
