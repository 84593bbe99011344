import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefilter, readEvidence } from "../../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../../src/model/index.ts";
import { MalformedRequest, TailSampler } from "../../../../src/sources/otlp/sampling/tail-sampler.ts";
import {
  cancelledTrace,
  decodeRequest,
  encodeRequest,
  logRequest,
  type OtlpJson,
  type TestSpan,
  traceRequest,
} from "../../../support/otlp-messages.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

function sampler(
  records: SourceRecord[],
  more: Partial<ConstructorParameters<typeof TailSampler>[0]> = {},
): TailSampler {
  return new TailSampler({
    prefilter,
    zone: () => 0,
    source: "otlp",
    maxHeldSpans: 16_384,
    onRecords: (found) => records.push(...found),
    ...more,
  });
}

function fromProtobuf(signal: "traces" | "logs", bytes: Buffer): SourceRecord[] {
  const records: SourceRecord[] = [];
  sampler(records).takeProtobuf(signal, [bytes], bytes.length);
  return records;
}

function fromJson(json: OtlpJson): SourceRecord[] {
  const records: SourceRecord[] = [];
  sampler(records).takeJson(JSON.stringify(json));
  return records;
}

const hit = fc.constantFrom("context canceled", "biz error: code=1", "CANCEL", "ünïcode cancel \u{1f600}");
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), hit);
const value: fc.Arbitrary<OtlpJson> = fc.letrec<{ any: OtlpJson }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map((each) => ({ intValue: String(each) })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((each) => ({ doubleValue: Object.is(each, -0) ? 0 : each })),
    fc.uint8Array({ maxLength: 5 }).map((each) => ({ bytesValue: Buffer.from(each).toString("base64") })),
    fc.array(tie("any"), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie("any") }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
})).any;
const attributes = fc.array(fc.record({ key: fc.oneof(text, fc.constant("rpc.service")), value }), { maxLength: 4 });
const id = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((each) => Buffer.from(each).toString("hex"));
const nanos = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }).map(String);
const span = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: id(8),
  name: text,
  kind: fc.integer({ min: 0, max: 5 }),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: fc.oneof(text, fc.constant("exception")), attributes }), {
    maxLength: 2,
  }),
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: text }),
});
const log = fc.record({
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityText: text,
  body: value,
  attributes,
  traceId: id(16),
  spanId: id(8),
});
const around = { resource: fc.record({ attributes }), scope: fc.record({ name: text }) };
const traces = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: around.resource,
      scopeSpans: fc.array(fc.record({ scope: around.scope, spans: fc.array(span, { maxLength: 4 }) }), {
        maxLength: 2,
      }),
    }),
    { maxLength: 2 },
  ),
});
const logs = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource: around.resource,
      scopeLogs: fc.array(fc.record({ scope: around.scope, logRecords: fc.array(log, { maxLength: 4 }) }), {
        maxLength: 2,
      }),
    }),
    { maxLength: 2 },
  ),
});

/** Records without what both ways may differ in: the line of a JSON input. What matters only to one way is left out. */
function comparable(records: readonly SourceRecord[]): unknown[] {
  return records
    .filter(({ texts, span: facts }) => facts?.status === 2 || texts.some(isHit))
    .map((record) => ({ ...record, place: "spanId" in record.place ? record.place : null }));
}

function isHit(each: string): boolean {
  return [...prefilter.needles, ...prefilter.smells].some((word) => each.includes(word));
}

describe("the lazy decoder", () => {
  it("makes of spans what a full decoder and the reader of OTLP's JSON make of them", () => {
    fc.assert(
      fc.property(traces, (request) => {
        const bytes = encodeRequest("traces", request);
        expect(comparable(fromProtobuf("traces", bytes))).toEqual(comparable(fromJson(decodeRequest("traces", bytes))));
      }),
      { numRuns: 200 },
    );
  });

  it("makes of logs what a full decoder and the reader of OTLP's JSON make of them", () => {
    fc.assert(
      fc.property(logs, (request) => {
        const bytes = encodeRequest("logs", request);
        expect(comparable(fromProtobuf("logs", bytes))).toEqual(comparable(fromJson(decodeRequest("logs", bytes))));
      }),
      { numRuns: 200 },
    );
  });

  it("takes damaged bytes in or refuses them, and never fails otherwise", () => {
    const whole = encodeRequest("traces", traceRequest(...cancelledTrace(TRACE)));
    const wholeLogs = encodeRequest("logs", logRequest("chat", "rpc error: code = Canceled"));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const records: SourceRecord[] = [];
    const shared = sampler(records);
    const feed = (signal: "traces" | "logs", bytes: Uint8Array): void => {
      try {
        shared.takeProtobuf(signal, [bytes], bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedRequest);
      }
      records.length = 0;
    };
    fc.assert(
      fc.property(fc.constantFrom("traces", "logs"), damage, fc.nat(), (signal, changes, cut) => {
        const bytes = Buffer.from(signal === "traces" ? whole : wholeLogs);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        feed(signal as "traces" | "logs", cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes);
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        feed("traces", bytes);
        feed("logs", bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes damaged JSON in or refuses it", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        const around = `{"resourceSpans":[{"scopeSpans":[{"spans":[${body}]}]}]}`;
        for (const each of [body, around]) {
          try {
            sampler([]).takeJson(each);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedRequest);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("hands on nothing of a request whose end is damaged", () => {
    const bytes = encodeRequest("traces", traceRequest(...cancelledTrace(TRACE)));
    const records: SourceRecord[] = [];
    expect(() => sampler(records).takeProtobuf("traces", [bytes], bytes.length - 1)).toThrow(MalformedRequest);
    expect(records).toEqual([]);
  });

  it("takes the time at which a log was observed where it has none of its own", () => {
    const only = (times: Record<string, string>): unknown => {
      const record = { ...times, body: { stringValue: "context canceled" }, attributes: [] };
      const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
      return [fromProtobuf("logs", encodeRequest("logs", request)), fromJson(request)].map(([log]) => log?.at);
    };
    expect(only({ observedTimeUnixNano: "77" })).toEqual([77n, 77n]);
    expect(only({ timeUnixNano: "5", observedTimeUnixNano: "77" })).toEqual([5n, 5n]);
    expect(only({})).toEqual([null, null]);
  });

  it("takes no id that is longer or shorter than it may be", () => {
    const of = (traceId: string, spanId: string): unknown => {
      const failed = { traceId, spanId, name: "x", status: { code: 2, message: "context canceled" } };
      const request = { resourceSpans: [{ scopeSpans: [{ spans: [failed] }] }] };
      const [record] = fromProtobuf("traces", encodeRequest("traces", request));
      return [record?.traceId, record?.spanId];
    };
    expect(of(TRACE, "00000000000000a1")).toEqual([TRACE, "00000000000000a1"]);
    expect(of(`${TRACE}0a0b0c0d`, "00000000000000a1b2")).toEqual([null, null]);
    expect(of(TRACE.slice(2), "000000000000a1")).toEqual([null, null]);
  });

  it("refuses what is broken in the envelope, and names it", () => {
    const refused = (bytes: Buffer): (() => void) => {
      return () => sampler([]).takeProtobuf("traces", [bytes], bytes.length);
    };
    expect(refused(Buffer.alloc(100))).toThrow("a field has no number");
    expect(refused(Buffer.from([0x08, 1]))).toThrow("field 1 is of another type");
    expect(refused(Buffer.from([0x0a, 2, 0x10, 1]))).toThrow("field 2 is of another type");
    const json = (text: string): (() => void) => {
      return () => sampler([]).takeJson(text);
    };
    expect(json('{"resourceSpans":"x"}')).toThrow("resourceSpans is no list");
    expect(json('{"resourceSpans":[{"scopeSpans":{}}]}')).toThrow("scopeSpans is no list");
    expect(json('{"resource_logs":[{"scope_logs":[{"log_records":7}]}]}')).toThrow("log_records is no list");
    expect(json('{"resourceSpans":[{"scopeSpans":[{"spans":null}]}]}')).not.toThrow();
  });

  it("is not impressed by values nested without end", () => {
    let nested: OtlpJson = { stringValue: "context canceled" };
    for (let depth = 0; depth < 40; depth += 1) nested = { arrayValue: { values: [nested] } };
    const deep = encodeRequest("logs", {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: nested, attributes: [] }] }] }],
    });
    expect(fromProtobuf("logs", deep)).toMatchObject([{ texts: [] }]);
  });
});

describe("spans of a trace that turns out cancelled", () => {
  const spans = cancelledTrace(TRACE);
  const noise = Array.from({ length: 50 }, (_, index) => ({
    service: "shop",
    traceId: index.toString(16).padStart(32, "f"),
    spanId: index.toString(16).padStart(16, "e"),
  }));
  const send = (to: TailSampler, ...each: readonly TestSpan[]): void => {
    const bytes = encodeRequest("traces", traceRequest(...each));
    to.takeProtobuf("traces", [bytes], bytes.length);
  };

  it("are handed on whether they came before or after, and nothing of other traces is", () => {
    for (const order of [spans, [...spans].reverse()]) {
      const records: SourceRecord[] = [];
      const own = sampler(records);
      for (const each of order) {
        send(own, each);
        send(own, ...noise.splice(0, 5));
      }
      expect(records.map(({ spanId }) => spanId).sort()).toEqual(spans.map(({ spanId }) => spanId));
    }
  });

  it("say from the ring what they say in full: who calls whom, and when", () => {
    const quiet = {
      service: "gateway",
      traceId: TRACE,
      spanId: "00000000000000a9",
      parentSpanId: "00000000000000a1",
      kind: 3,
      name: "Generate",
      startMs: 3,
      endMs: 5,
      attributes: { "rpc.service": "chat", "rpc.method": "Generate", "net.peer.port": "8888" },
    };
    const cancelled = spans[1] as (typeof spans)[number];
    const found = (first: typeof quiet | typeof cancelled, then: typeof quiet | typeof cancelled): unknown => {
      const records: SourceRecord[] = [];
      const own = sampler(records);
      send(own, first);
      send(own, then);
      const record = records.find(({ spanId }) => spanId === quiet.spanId) as SourceRecord;
      return { evidence: readEvidence(record), span: record.span, at: record.at };
    };
    expect(found(quiet, cancelled)).toEqual(found(cancelled, quiet));
  });

  it("count once when they are sent again", () => {
    const records: SourceRecord[] = [];
    const own = sampler(records);
    for (let i = 0; i < 3; i += 1) send(own, ...spans);
    expect(records).toHaveLength(spans.length);
    expect(own.counts).toEqual({ spans: 15, logs: 0, kept: 5, duplicates: 10 });
  });

  it("are remembered for a time and up to a number, and what is forgotten is counted", () => {
    let nowMs = 0;
    const records: SourceRecord[] = [];
    const own = sampler(records, { now: () => nowMs, decisionWaitMs: 10_000, maxHeldSpans: 16_384 });
    send(own, spans[0] as (typeof spans)[number]);
    nowMs = 12_000;
    send(own, spans[1] as (typeof spans)[number]);
    expect(records.map(({ spanId }) => spanId)).toEqual(["00000000000000a2"]);
    expect(own.waiting).toEqual({ held: 0, expired: 1, evicted: 0 });
    const many = Array.from({ length: 20_000 }, (_, index) => ({
      service: "shop",
      traceId: (index + 1).toString(16).padStart(32, "d"),
      spanId: (index + 1).toString(16).padStart(16, "c"),
      name: `call ${index}`,
    }));
    for (let at = 0; at < many.length; at += 1_000) send(own, ...many.slice(at, at + 1_000));
    expect(own.waiting).toEqual({ held: 16_384, expired: 1, evicted: 20_000 - 16_384 });
    const [lost, kept] = [many[100], many[19_000]];
    records.length = 0;
    for (const each of [lost, kept])
      send(own, { ...(each as TestSpan), spanId: "00000000000000aa", error: "canceled" });
    expect(records.map(({ spanId }) => spanId).sort()).toEqual(["00000000000000aa", "00000000000000aa", kept?.spanId]);
  });
});
