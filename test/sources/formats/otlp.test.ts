import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { readEvent } from "../../../src/sources/formats/event.ts";
import { isJaeger, readJaeger } from "../../../src/sources/formats/jaeger.ts";
import { isOtlp, readOtlp } from "../../../src/sources/formats/otlp.ts";
import { createShapeContext } from "../../../src/sources/formats/record-maker.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const context = createShapeContext(prefilter, { zone: () => 0, nearMs: 0 });

function read(request: object): { readonly records: readonly SourceRecord[]; readonly seen: number } {
  return readOtlp(request as Record<string, unknown>, context, (body) => readEvent(body, context), "otlp.jsonl", 7);
}

const TRACE = "24fb84d8c041e10d2114830297c27834";
const SPAN = "c8db807a764f2c6c";
const resource = { attributes: [{ key: "service.name", value: { stringValue: "ServiceA" } }] };

function requestOf(span: object): object {
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "kitex" }, spans: [span] }] }] };
}

const span = {
  traceId: TRACE,
  spanId: SPAN,
  parentSpanId: "c02cfdf7b2d0f9ca",
  name: "chat.ChatService/ServerStream",
  kind: 3,
  startTimeUnixNano: "1795416363535693098",
  endTimeUnixNano: "1795416363722399910",
  attributes: [
    { key: "rpc.service", value: { stringValue: "ServiceB" } },
    { key: "sizes", value: { arrayValue: { values: [{ intValue: "1" }, { intValue: 2 }] } } },
    { key: "rpc", value: { kvlistValue: { values: [{ key: "method", value: { stringValue: "Chat" } }] } } },
  ],
  events: [
    {
      name: "exception",
      timeUnixNano: "1795416363722412129",
      attributes: [
        { key: "exception.message", value: { stringValue: ERROR } },
        { key: "exception.stacktrace", value: { stringValue: `${ERROR}\n\tat x` } },
      ],
    },
  ],
  status: { code: 2, message: ERROR },
};

describe("a span of an OTLP request", () => {
  it("gives its facts, the fields that dialects read, and its error once", () => {
    const [record] = read(requestOf(span)).records;
    expect(record).toMatchObject({
      at: 1_795_416_363_722_399_910n,
      service: "ServiceA",
      serviceFrom: "resource",
      texts: [ERROR],
      traceId: TRACE,
      spanId: SPAN,
      span: {
        kind: "client",
        name: span.name,
        startAt: 1_795_416_363_535_693_098n,
        parentSpanId: "c02cfdf7b2d0f9ca",
        status: 2,
      },
      place: { traceId: TRACE, spanId: SPAN },
    });
    expect(Object.fromEntries(record?.fields ?? [])).toEqual({ "rpc.service": "ServiceB", "rpc.method": "Chat" });
  });

  it("has no text in what a client calls itself", () => {
    const attributes = [
      { key: "user_agent.original", value: { stringValue: "python-httpx/0.28.1" } },
      { key: "event.original", value: { stringValue: "something failed" } },
    ];
    const { records } = read(requestOf({ ...span, status: { code: 2 }, events: [], attributes }));
    expect(records.map(({ texts }) => texts)).toEqual([["something failed"]]);
  });

  it("is a record also without an error", () => {
    const { records, seen } = read(requestOf({ ...span, events: [], status: {} }));
    expect(seen).toBe(1);
    expect(records[0]).toMatchObject({ texts: [], span: { status: 0 } });
  });

  it("may write enums as names, ids in base64, names with underscores and times as numbers", () => {
    const [record] = read({
      resource_spans: [
        {
          resource,
          scope_spans: [
            {
              spans: [
                {
                  trace_id: Buffer.from(TRACE, "hex").toString("base64"),
                  span_id: Buffer.from(SPAN, "hex").toString("base64"),
                  parent_span_id: "",
                  kind: "SPAN_KIND_SERVER",
                  end_time_unix_nano: 1_795_416_363_722_400_000,
                  status: { code: "STATUS_CODE_ERROR", message: ERROR },
                },
              ],
            },
          ],
        },
      ],
    }).records;
    expect(record).toMatchObject({
      traceId: TRACE,
      spanId: SPAN,
      span: { kind: "server", status: 2, parentSpanId: null },
    });
    expect(record?.at).not.toBeNull();
  });
});

describe("a log of an OTLP request", () => {
  const logs = (record: object): object => ({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] });

  it("gives body, attributes, severity and ids", () => {
    const { records } = read(
      logs({
        timeUnixNano: "1795416363722399910",
        severityText: "ERROR",
        traceId: TRACE,
        body: { stringValue: "recv failed" },
        attributes: [{ key: "exception.message", value: { stringValue: ERROR } }],
      }),
    );
    expect(records[0]).toMatchObject({
      at: 1_795_416_363_722_399_910n,
      service: "ServiceA",
      texts: [ERROR, "recv failed"],
      traceId: TRACE,
      place: { source: "otlp.jsonl", line: 7 },
    });
    expect(records[0]?.fields.get("level")).toBe("ERROR");
  });

  it("whose body is a line of a log file is read as such", () => {
    const body = { stringValue: `2026/11/23 06:57:00.783910 chat.go:118: [Error] ${ERROR}` };
    expect(read(logs({ body })).records[0]).toMatchObject({ texts: [ERROR], at: 1_795_417_020_783_910_000n });
  });

  it("without anything the prefilter looks for is a record, too: others know more words", () => {
    expect(read(logs({ body: { stringValue: "all is well" } }))).toMatchObject({
      records: [{ texts: ["all is well"] }],
      seen: 1,
      noLists: [],
    });
  });
});

describe("anything that calls itself OTLP", () => {
  it("never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        read({
          resourceSpans: [
            a,
            {
              resource: b,
              scopeSpans: [
                { spans: [a, { ...span, attributes: [b, { key: "k", value: a }], events: [b], status: a }] },
              ],
            },
          ],
        });
        read({ resourceLogs: [{ resource: a, scopeLogs: [b, { logRecords: [a, { body: { kvlistValue: b } }] }] }] });
        isOtlp({ resourceSpans: a });
        isJaeger({ data: a });
        readJaeger(
          { data: [{ spans: [a, { tags: [b], logs: [{ fields: a }], references: b }], processes: { p1: b } }] },
          context,
          "x",
        );
      }),
    );
  });
});

describe("the fields of a span", () => {
  const fields = ["exception.type", "telemetry.sdk.language", "server.address"];
  const naming = createShapeContext({ ...prefilter, fields }, { zone: () => 0, nearMs: 0 });
  const pair = (key: string, value: string): object => ({ key, value: { stringValue: value } });
  const wanted = [
    ["telemetry.sdk.language", "nodejs"],
    ["server.address", "model"],
    ["exception.type", "AbortError"],
  ];

  it("are those that dialects read of its resource, of itself and of its events", () => {
    const about = { attributes: [pair("telemetry.sdk.language", "nodejs"), pair("os.type", "linux")] };
    const event = { name: "exception", attributes: [pair("exception.type", "AbortError"), pair("thread", "1")] };
    const own = { ...span, attributes: [pair("server.address", "model"), pair("k", "v")], events: [event] };
    const request = { resourceSpans: [{ resource: about, scopeSpans: [{ spans: [own] }] }] };
    const { records } = readOtlp(request, naming, (body) => readEvent(body, naming), "otlp.jsonl", 1);
    expect([...(records[0]?.fields ?? [])]).toEqual(wanted);
  });

  it("are the same where Jaeger exports it", () => {
    const tag = (key: string, value: string): object => ({ key, type: "string", value });
    const own = {
      traceID: TRACE,
      spanID: SPAN,
      startTime: 1,
      duration: 1,
      tags: [tag("server.address", "model"), tag("k", "v")],
      logs: [{ timestamp: 1, fields: [tag("exception.type", "AbortError"), tag("thread", "1")] }],
      processID: "p1",
    };
    const processes = { p1: { serviceName: "a", tags: [tag("telemetry.sdk.language", "nodejs")] } };
    const [record] = readJaeger({ data: [{ traceID: TRACE, spans: [own], processes }] }, naming, "trace.json");
    expect([...(record?.fields ?? [])]).toEqual(wanted);
  });
});

describe("a trace exported by Jaeger", () => {
  it("gives the same facts as the span it was", () => {
    const tags = [
      { key: "span.kind", type: "string", value: "client" },
      { key: "otel.status_code", type: "string", value: "ERROR" },
      { key: "otel.status_description", type: "string", value: ERROR },
    ];
    const trace = {
      traceID: TRACE,
      spans: [
        {
          traceID: TRACE,
          spanID: SPAN.replace(/^0+/, ""),
          operationName: span.name,
          references: [{ refType: "CHILD_OF", traceID: TRACE, spanID: "c02cfdf7b2d0f9ca" }],
          startTime: 1_795_416_363_535_693,
          duration: 186_706,
          tags,
          logs: [],
          processID: "p1",
        },
      ],
      processes: { p1: { serviceName: "ServiceA", tags: [] } },
    };
    expect(isJaeger({ data: [trace] })).toBe(true);
    expect(readJaeger({ data: [trace] }, context, "trace.json")[0]).toMatchObject({
      at: 1_795_416_363_722_399_000n,
      service: "ServiceA",
      texts: [ERROR],
      span: { kind: "client", status: 2, parentSpanId: "c02cfdf7b2d0f9ca" },
    });
  });
});

describe("a log in which the prefilter finds nothing", () => {
  const line = "2026/11/27 06:58:01 [info] 7#7: *2 epoll_wait() reported that client prematurely closed connection";
  const request = {
    resourceLogs: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "nginx" } }] },
        scopeLogs: [{ logRecords: [{ timeUnixNano: "1795762681000000000", body: { stringValue: line } }] }],
      },
    ],
  };

  it("is a record: any program may have written it", () => {
    const { records } = readOtlp(request, context, (body) => readEvent(body, context), "otlp.jsonl", 1);
    expect(records).toMatchObject([{ service: "nginx", texts: [expect.stringContaining("prematurely closed")] }]);
  });
});
