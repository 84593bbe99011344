import type { SourceRecord } from "../../src/model/index.ts";

/** A record of one text, with everything unsaid that a test does not say. */
export function record(text: string, fields: Partial<SourceRecord> = {}): SourceRecord {
  return {
    at: null,
    service: "chat",
    serviceFrom: "field",
    texts: [text],
    fields: new Map(),
    traceId: null,
    spanId: null,
    place: { source: "test.log", line: 1 },
    ...fields,
  };
}
