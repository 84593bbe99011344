import { describe, expect, it } from "vitest";
import { prefilter } from "../../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../../src/model/index.ts";
import { TailSampler } from "../../../../src/sources/otlp/sampling/tail-sampler.ts";
import { encodeRequest, type TestSpan, traceRequest } from "../../../support/otlp-messages.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
type Attributes = Readonly<Record<string, string>>;

/** gateway calls model, and both end without a word; each with these attributes. */
function quietTrace(gateway: Attributes, call: Attributes, model: Attributes): TestSpan[] {
  const span = (service: string, id: string, parent: string, kind: number, attributes: Attributes): TestSpan => ({
    service,
    traceId: TRACE,
    spanId: id.padStart(16, "0"),
    ...(parent === "" ? {} : { parentSpanId: parent.padStart(16, "0") }),
    kind,
    name: "GET",
    startMs: 10,
    endMs: 900,
    attributes,
  });
  return [
    span("gateway", "a1", "", 2, gateway),
    span("gateway", "a2", "a1", 3, call),
    span("model", "b1", "a2", 2, model),
  ];
}

const OK: Attributes = { "http.request.method": "GET", "http.response.status_code": "200" };
const NONE: Attributes = { "http.request.method": "GET" };
const rpc = (code: string): Attributes => ({ "rpc.system": "grpc", "rpc.grpc.status_code": code });

describe.each(["protobuf", "json"])("a span that ended without a word and without an error, as %s", (encoding) => {
  const handedOn = (spans: readonly TestSpan[]): SourceRecord[] => {
    const records: SourceRecord[] = [];
    const onRecords = (found: readonly SourceRecord[]): void => {
      records.push(...found);
    };
    const sampler = new TailSampler({ prefilter, zone: () => 0, source: "otlp", maxHeldSpans: 1_024, onRecords });
    for (const span of spans) {
      const request = traceRequest(span);
      if (encoding === "json") sampler.takeJson(JSON.stringify(request));
      else {
        const bytes = encodeRequest("traces", request);
        sampler.takeProtobuf("traces", [bytes], bytes.length);
      }
    }
    return records;
  };
  const inBothOrders = (spans: readonly TestSpan[]): number[] =>
    [spans, spans.toReversed()].map((order) => handedOn(order).length);

  it("makes its trace matter where it has the status of a cancel", () => {
    expect(inBothOrders(quietTrace(OK, rpc("0"), rpc("1")))).toEqual([3, 3]);
    expect(inBothOrders(quietTrace(OK, rpc("0"), rpc("0")))).toEqual([0, 0]);
    // An ordinary answer
    expect(inBothOrders(quietTrace(OK, rpc("5"), rpc("5")))).toEqual([0, 0]);
  });

  it("is handed on with the status of its call", () => {
    const call = handedOn(quietTrace(OK, rpc("0"), rpc("1"))).find(({ span }) => span?.kind === "client");
    expect(call?.fields.get("rpc.grpc.status_code")).toBe("0");
  });

  it("is handed on with the name of its error", () => {
    const broken = handedOn(quietTrace(OK, OK, { ...NONE, "error.type": "_OTHER" }));
    expect(broken.map(({ fields }) => fields.get("error.type"))).toContain("_OTHER");
  });

  it("makes its trace matter where it has no status, and others of its trace have one", () => {
    expect(inBothOrders(quietTrace(OK, NONE, NONE))).toEqual([3, 3]);
    expect(inBothOrders(quietTrace(NONE, OK, NONE))).toEqual([3, 3]);
    expect(inBothOrders(quietTrace(OK, OK, OK))).toEqual([0, 0]);
    // A tracer that records none
    expect(inBothOrders(quietTrace(NONE, NONE, NONE))).toEqual([0, 0]);
    // No request over HTTP
    expect(inBothOrders(quietTrace(OK, {}, {}))).toEqual([0, 0]);
  });
});
