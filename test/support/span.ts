import type { SourceRecord, SpanFacts } from "../../src/model/index.ts";
import { at } from "./evidence.ts";
import { record } from "./record.ts";

/** What a test says of a span. */
export interface SpanText {
  readonly kind?: SpanFacts["kind"];
  readonly status?: SpanFacts["status"];
  readonly message?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly service?: string | null;
  readonly endMs?: number;
}

/** The record of a span, by default a client's that ended well after a second. */
export function spanRecord(said: SpanText): SourceRecord {
  const { kind = "client", status = 0, message = "", attributes = {}, service = "agent", endMs = 1_000 } = said;
  const ids = { traceId: "7f3a0c5e9d1b2a4870615243f4e5d6c7", spanId: "9c1e5a7b3d2f4860" };
  return {
    ...record(message, { service, at: at(endMs), ...ids, place: ids }),
    texts: message === "" ? [] : [message],
    fields: new Map(Object.entries(attributes)),
    span: { kind, name: "GET", startAt: at(0), endAt: at(endMs), parentSpanId: null, status },
  };
}
