/** What every piece of evidence of a record has in common. */
import type { RequestExtent, ServiceName, SourceRecord, SpanFacts, Testimony } from "../model/index.ts";
import type { RecordFacts } from "./record-facts.ts";

/** The facts of a record that names no peer, method or operation. */
export const NO_FACTS: RecordFacts = { peer: null, peerHint: null, method: null, operation: null };

const NO_NAMES: readonly ServiceName[] = [];

/** The testimony of a record about one of its texts; a service is never its own peer. */
export function testimonyOf(record: SourceRecord, dialect: string, text: string, facts: RecordFacts): Testimony {
  const testimony = {
    dialect,
    service: record.service,
    serviceFrom: record.serviceFrom,
    otherNames: record.otherNames ?? NO_NAMES,
    peer: facts.peer === record.service ? null : facts.peer,
    peerHint: facts.peerHint === record.service ? null : facts.peerHint,
    address: null,
    serves: false,
    side: null,
    operation: facts.operation,
    method: facts.method,
    at: record.at,
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.span?.parentSpanId ?? null,
    request: record.span === undefined ? null : extentOf(record.span),
    cancelId: null,
    echo: false,
    text,
    place: record.place,
  };
  // Most have none, and a literal without a spread in it costs a tenth
  return record.stepMs === undefined ? testimony : { ...testimony, stepMs: record.stepMs };
}

const ROLES: Readonly<Record<SpanFacts["kind"], RequestExtent["role"]>> = {
  server: "served",
  consumer: "served",
  client: "sent",
  producer: "sent",
  internal: "step",
  unspecified: "step",
};

/** What the request of a span was to its service, and when it began. */
export function extentOf({ kind, startAt }: SpanFacts): RequestExtent {
  return { role: ROLES[kind], startAt };
}
