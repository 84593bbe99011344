/** The log of a peer: one JSON object a line on stdout, with the names kitexpeer gives to events and fields. */
import { BusinessError, type CallInfo, isCanceled, isTimeout, StreamException } from "../../../src/runtime/index.ts";
import { logTimestamp, now, timestamp } from "./time.ts";

/** The events of a stream. */
export type StreamEvent =
  | "stream_open"
  | "stream_error"
  | "stream_end"
  | "ctx_done"
  | "cancel_called"
  | "handler_return";

/** What a stream's every line says. */
export interface StreamFacts {
  /** server: the stream this process serves; client: a stream it opened. */
  readonly side: "client" | "server";
  readonly method: string;
  /** Client side: the name of the called service. */
  readonly to?: string;
  readonly chain?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** What one line says besides. */
export interface Detail {
  readonly op?: string;
  readonly error?: unknown;
  /** Stands in for `error` where the text is not that of an error of the runtime. */
  readonly errorText?: string;
  /** The reason of an abort where it says more than the error. */
  readonly cause?: string;
  readonly count?: number;
  readonly text?: string;
}

/** Writes the lines of one process. */
export class Log {
  readonly service: string;
  readonly #quiet: boolean;

  /** A quiet log leaves out what a framework would log. */
  constructor(service: string, quiet: boolean) {
    this.service = service;
    this.#quiet = quiet;
  }

  /** Writes a line; fields without a value are left out. */
  write(fields: Readonly<Record<string, unknown>>, at: bigint = now()): void {
    const { event, ...rest } = fields;
    process.stdout.write(`${JSON.stringify({ ts: timestamp(at), service: this.service, event, ...rest })}\n`);
  }

  /** Writes what Kitex itself would log at this point, in the format of its default logger. */
  framework(place: string, level: "Info" | "Warn" | "Error", sentence: string): void {
    if (this.#quiet) return;
    const at = now();
    this.write({ event: "klog", text: `${logTimestamp(at)} ${place}: [${level}] ${sentence}` }, at);
  }
}

/** Writes the lines of one stream. */
export class StreamLog {
  readonly #log: Log;
  readonly #facts: StreamFacts;
  readonly #seen = new Set<string>();
  /** Where the stream's id is found: it has none before it is on a connection. */
  call: { readonly streamId: number } | null = null;

  constructor(log: Log, facts: StreamFacts) {
    this.#log = log;
    this.#facts = facts;
  }

  /** Writes an event of the stream. */
  event(event: StreamEvent, detail: Detail = {}): void {
    const { side, method, to, chain, traceparent } = this.#facts;
    const [, traceId, spanId] = traceparent?.split("-") ?? [];
    this.#log.write({
      event,
      side,
      method,
      op: detail.op,
      to,
      stream_id: this.call?.streamId || undefined,
      chain,
      trace_id: traceId,
      span_id: spanId,
      ...errorFields(detail),
      ctx_cause: detail.cause,
      count: detail.count,
      text: detail.text,
    });
  }

  /** Writes a failure of an operation, the first of each kind only. */
  failed(op: string, error: unknown, count?: number): void {
    if (this.#seen.has(op)) return;
    this.#seen.add(op);
    this.event("stream_error", { op, error, ...(count === undefined ? {} : { count }) });
  }
}

/** A failure of a stream that never got a connection is one of opening it. */
export function operation(op: "send" | "recv", info: CallInfo): string {
  return info.streamId === 0 ? "open" : op;
}

function errorFields({ error, errorText }: Detail): Record<string, unknown> {
  if (errorText !== undefined) return { error: errorText, is_canceled: false, is_timeout: false };
  if (error === undefined || error === null) return {};
  const text = error instanceof Error ? error.message : String(error);
  const code = BusinessError.is(error) ? error.status : Number(/^\[ttstream error, code=(-?\d+)\]/.exec(text)?.[1]);
  return {
    error: text,
    code: Number.isNaN(code) ? undefined : code,
    // Kitex looks at the outermost code only, and calls a timeout so where it happened only: below it is a cancel.
    is_canceled: code !== 12001 && isCanceled(error),
    is_timeout: code !== 12001 && isTimeout(error) && StreamException.is(error) && !error.travelled,
    is_biz: BusinessError.is(error) || undefined,
  };
}
