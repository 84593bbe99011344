/**
 * The code table of Kitex TTHeader Streaming (docs/protocol.md#code-table).
 *
 * Codes 12001 to 12015 are Kitex's own. 13 is what a reset without payload becomes; every other number comes from a proxy or another
 * implementation and has no row here.
 */
import type { Kind } from "../model/index.ts";

/** Kitex's stream error codes by name. */
export const CODES = {
  applicationException: 12001,
  unexpectedHeader: 12002,
  illegalBizError: 12003,
  illegalFrame: 12004,
  illegalOperation: 12005,
  transport: 12006,
  cancel: 12007,
  cancelWithCause: 12008,
  downstreamCancel: 12009,
  upstreamCancel: 12010,
  internalCancel: 12011,
  handlerReturn: 12012,
  connectionClosed: 12013,
  receiveTimeout: 12014,
  streamTimeout: 12015,
  resetWithoutPayload: 13,
} as const;

/** What is known about one code. */
export interface CodeFacts {
  readonly code: number;
  /** A word or two for people. */
  readonly name: string;
  /** Kitex's standard sentence; a cause replaces it, and timeouts continue it. */
  readonly sentence: string;
  /** The class Go's errors.Is finds it under at the service where it was raised; after travelling every one is `canceled`. */
  readonly parent: "protocol" | "canceled" | "timeout" | null;
  /** The kind of a cascade that starts with it. */
  readonly kind: Kind;
}

const table: readonly CodeFacts[] = [
  row(CODES.applicationException, "application exception", "application exception", null, "error"),
  row(CODES.unexpectedHeader, "unexpected header", "unexpected header", "protocol", "disconnect"),
  row(CODES.illegalBizError, "illegal biz error", "illegal bizErr", "protocol", "error"),
  row(CODES.illegalFrame, "illegal frame", "illegal frame", "protocol", "disconnect"),
  row(CODES.illegalOperation, "illegal operation", "illegal operation", "protocol", "error"),
  row(CODES.transport, "transport", "transport is closing", "protocol", "disconnect"),
  row(
    CODES.cancel,
    "cancel",
    "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively",
    "canceled",
    "cancel",
  ),
  row(CODES.cancelWithCause, "cancel with cause", "user code canceled with cancelCause(error)", "canceled", "cancel"),
  row(CODES.downstreamCancel, "downstream cancel", "canceled by downstream", "canceled", "shutdown"),
  row(CODES.upstreamCancel, "upstream cancel", "canceled by upstream", "canceled", "cancel"),
  row(CODES.internalCancel, "internal cancel", "internal canceled", "canceled", "cancel"),
  row(CODES.handlerReturn, "handler return", "canceled by business handler returning", "canceled", "handler-return"),
  row(CODES.connectionClosed, "connection closed", "canceled by connection closed", "canceled", "disconnect"),
  row(CODES.receiveTimeout, "receive timeout", "stream Recv timeout", "timeout", "deadline"),
  row(CODES.streamTimeout, "stream timeout", "stream timeout", "timeout", "deadline"),
  row(CODES.resetWithoutPayload, "reset without payload", "rst", null, "reset"),
];

const byCode: ReadonlyMap<number, CodeFacts> = new Map(table.map((facts) => [facts.code, facts]));

function row(code: number, name: string, sentence: string, parent: CodeFacts["parent"], kind: Kind): CodeFacts {
  return { code, name, sentence, parent, kind };
}

/** The facts about a code, or null for a code of a proxy or another implementation. */
export function factsOfCode(code: number): CodeFacts | null {
  return byCode.get(code) ?? null;
}

/** The whole table, in order of the codes. */
export function allCodes(): readonly CodeFacts[] {
  return table;
}

/** The first name of a path whose cancel came from a caller that does not speak ttstream (docs/protocol.md#paths). */
export const NON_TTSTREAM = "non-ttstream path";
