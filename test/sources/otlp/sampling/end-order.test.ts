import { describe, expect, it } from "vitest";
import { prefilter } from "../../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../../src/model/index.ts";
import { TailSampler } from "../../../../src/sources/otlp/sampling/tail-sampler.ts";
import { encodeRequest, type TestSpan, traceRequest } from "../../../support/otlp-messages.ts";

/** gateway -> agent, where agent's part is over at 3.1 s and gateway's response at `endMs`; nobody says a word. */
function silentTrace(traceId: string, endMs: number, startMs = 20): TestSpan[] {
  const attributes = { "http.request.method": "GET", "http.response.status_code": "200" };
  const span = (service: string, id: string, parent: string, kind: number, from: number, to: number): TestSpan => ({
    service,
    traceId,
    spanId: id.padStart(16, "0"),
    ...(parent === "" ? {} : { parentSpanId: parent.padStart(16, "0") }),
    kind,
    name: "GET",
    startMs: from,
    endMs: to,
    attributes,
  });
  return [
    span("gateway", "a1", "", 2, 0, endMs),
    span("gateway", "a2", "a1", 3, startMs, 3_110),
    span("agent", "b1", "a2", 2, startMs + 10, 3_112),
  ];
}

const FORGOTTEN = "0af7651916cd43dd8448eb211c80319c";
const HEALTHY = "1bf7651916cd43dd8448eb211c80319c";

describe.each(["protobuf", "json"])("a trace without a word of a cancel, as %s", (encoding) => {
  const send = (sampler: TailSampler, span: TestSpan): void => {
    const request = traceRequest(span);
    if (encoding === "json") sampler.takeJson(JSON.stringify(request));
    else {
      const bytes = encodeRequest("traces", request);
      sampler.takeProtobuf("traces", [bytes], bytes.length);
    }
  };
  const handedOn = (spans: readonly TestSpan[]): SourceRecord[] => {
    const records: SourceRecord[] = [];
    const onRecords = (found: readonly SourceRecord[]): void => {
      records.push(...found);
    };
    const sampler = new TailSampler({ prefilter, zone: () => 0, source: "otlp", maxHeldSpans: 1_024, onRecords });
    for (const span of spans) send(sampler, span);
    return records;
  };

  it("matters where a response ended before the request that was sent for it, whichever comes first", () => {
    const spans = silentTrace(FORGOTTEN, 770);
    for (const order of [spans, spans.toReversed()]) {
      const records = handedOn([...silentTrace(HEALTHY, 3_120), ...order]);
      expect(records.map(({ traceId }) => traceId)).toEqual([FORGOTTEN, FORGOTTEN, FORGOTTEN]);
      const response = records.find(({ span }) => span?.kind === "server" && span.parentSpanId === null);
      expect(response?.fields.get("http.request.method")).toBe("GET");
    }
  });

  it("does not where the request began at the end of the response, or the two ends are one moment", () => {
    expect(handedOn(silentTrace(FORGOTTEN, 770, 700))).toEqual([]);
    expect(handedOn(silentTrace(FORGOTTEN, 3_109.9))).toEqual([]);
    expect(handedOn(silentTrace(FORGOTTEN, 3_109.6))).toHaveLength(3);
  });

  it("does not where the two are of different services", () => {
    const [response, request] = silentTrace(FORGOTTEN, 770) as [TestSpan, TestSpan];
    expect(handedOn([{ ...response, service: "edge" }, request])).toEqual([]);
  });
});
