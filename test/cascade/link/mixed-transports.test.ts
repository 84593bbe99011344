/** Chains in which gRPC hops and ttstream hops alternate: gRPC carries deadlines on, and names one hop only. */
import { describe, expect, it } from "vitest";
import { readEvidence } from "../../../src/dialects/index.ts";
import type { Cascade, Evidence } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { at } from "../../support/evidence.ts";
import { record } from "../../support/record.ts";

const TRACE = "22621bfb2b29d7603d81b37f0f4c24d3";
const OVER = "context deadline exceeded";
const GRPC_OVER = `rpc error: code = 4 desc = ${OVER}`;
const RESET = "rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL";
const CANCEL =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

/** A line of a structured log: when, who, what was being done, the error; `to`: the service it called. */
function line(ms: number, service: string, msg: string, err: string, to?: string): readonly Evidence[] {
  const fields = new Map([["method", "ServerStream"], ...(to === undefined ? [] : [["peer", to] as const])]);
  return readEvidence(record(err, { at: at(ms), service, texts: [msg, err], fields }));
}

function inTrace(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.map((each) => ({ ...each, traceId: TRACE, spanId: `${each.service}`.padEnd(16, "0") }));
}

/** A timer of C fires: D below is stopped, and B gets the error as an answer over gRPC. */
function timerOfC(text: string): readonly Evidence[] {
  const atD = text.replace("client-side stream]", "server-side stream] [canceled path: C]");
  return inTrace([
    ...line(0, "C", "stream recv failed", text, "D"),
    ...line(0.1, "D", "stream context done", atD),
    ...line(0.3, "B", "stream recv failed", `rpc error: code = 13 desc = ${text} [biz error]`, "C"),
  ]);
}

/** Who started it and how sure that is, who was reached, who only looked like it. */
function told({ origin, reached, falseOrigins }: Cascade): unknown {
  return {
    origin: `${origin.service} ${origin.kind} ${origin.confidence}`,
    reached: [...new Set(reached.map(({ service }) => service))].sort(),
    falseOrigins: falseOrigins.map(({ service }) => service),
  };
}

describe("over gRPC", () => {
  const ends = [
    ...line(0, "B", "stream recv failed", GRPC_OVER, "C"),
    ...line(0.3, "C", "stream context done", OVER),
    ...line(
      0.6,
      "C",
      "stream recv failed",
      `[ttstream error, code=12011] [client-side stream] ${RESET} [triggered by B]`,
      "D",
    ),
    ...line(
      0.5,
      "D",
      "stream context done",
      `[ttstream error, code=12011] [server-side stream] [canceled path: non-ttstream path -> C] ${RESET} [triggered by B]`,
    ),
  ];

  it.each([
    ["in a trace", inTrace(ends)],
    ["without ids", ends],
  ])("a handler whose deadline is over and whose caller reset the stream was stopped once, %s", (_, evidence) => {
    const { cascades } = diagnose(evidence);
    expect(cascades.map(told)).toEqual([
      { origin: expect.stringMatching(/^B deadline/), reached: ["C", "D"], falseOrigins: [] },
    ]);
  });

  it("a deadline that had come with the call is never surely the callee's", () => {
    const text = "[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 584.77418ms";
    const evidence = timerOfC(text);
    const [cascade, ...others] = diagnose(evidence).cascades;
    expect(others).toEqual([]);
    expect(cascade?.origin).toMatchObject({ kind: "deadline", confidence: "weak" });
    const rules = cascade?.origin.reasons.map(({ rule }) => rule);
    expect(rules).toContain("deadline-may-be-inherited");
  });

  it("a service that passes on what its caller sent is the caller of the next one, whatever that heard", () => {
    const evidence = [
      ...line(0, "A", "stream recv failed", GRPC_OVER, "B"),
      ...line(0.2, "B", "stream context done", OVER),
      ...line(0.3, "B", "stream recv failed", `${RESET} [triggered by A]`, "C"),
      ...line(0.5, "C", "stream context done", OVER),
    ];
    expect(diagnose(evidence).cascades.map(told)).toEqual([
      { origin: "A deadline proven", reached: ["B", "C"], falseOrigins: [] },
    ]);
  });

  it("a receive timeout is the service's own, whoever is told of it", () => {
    const text =
      "[ttstream error, code=12014] [client-side stream] stream Recv timeout, timeout config={Timeout:150ms DisableCancelRemote:false}";
    const evidence = timerOfC(text);
    expect(diagnose(evidence).cascades.map(told)).toEqual([
      { origin: "C deadline proven", reached: ["D"], falseOrigins: [] },
    ]);
  });

  it("a deadline that the handler only noticed is that of the only service that calls it", () => {
    const text = "[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 584.77418ms";
    const evidence = inTrace([
      ...line(0, "C", "stream context done", OVER),
      ...line(0.1, "C", "stream recv failed", text, "D"),
      ...line(0.3, "B", "stream recv failed", `rpc error: code = 13 desc = ${text} [biz error]`, "C"),
    ]);
    expect(diagnose(evidence).cascades.map(told)).toEqual([
      { origin: "B deadline weak", reached: ["C", "D"], falseOrigins: ["C"] },
    ]);
  });

  it("a handler that returned while its own stream was open started that cancel, whoever called it", () => {
    const returned = "rpc error: code = 1 desc = transport: canceled by business handler returning";
    const evidence = inTrace([
      ...line(5, "C", "stream recv failed", `[ttstream error, code=12011] [client-side stream] ${returned}`, "D"),
      ...line(
        9,
        "D",
        "stream context done",
        `[ttstream error, code=12011] [server-side stream] [canceled path: non-ttstream path -> C] ${returned}`,
      ),
    ]);
    expect(diagnose(evidence).cascades.map(told)).toEqual([
      { origin: "C handler-return proven", reached: ["D"], falseOrigins: [] },
    ]);
  });

  it("an end that Kitex tells of twice says nothing of the stream that ends half a second later", () => {
    const ended = (ms: number, err: string): readonly Evidence[] =>
      readEvidence(
        record(`KITEX: stream closed by ctx canceled, err: ${err}, rstCode: 8 [send RSTStream Frame]`, {
          at: at(ms),
          service: "B",
        }),
      );
    const fromA = `[ttstream error, code=12007] [server-side stream] [canceled path: A] ${CANCEL}`;
    const packet = `rpc error: code = 13 desc = Unexpected error from context packet: ${fromA}`;
    const fromItself = `[ttstream error, code=12007] [client-side stream] ${CANCEL}`;
    const evidence = [
      ...line(0, "A", "stream recv failed", fromItself, "B"),
      ...line(0.1, "B", "stream context done", fromA),
      ...ended(0.2, packet),
      ...ended(0.3, packet),
      ...line(0.4, "B", "stream recv failed", packet, "C"),
      ...line(0.6, "C", "stream context done", `${RESET} [triggered by B]`),
      ...line(440, "A", "stream recv failed", fromItself, "B"),
      ...line(440.1, "B", "stream context done", fromA),
      ...line(440.2, "B", "stream recv failed", "rpc error: code = 1 desc = context canceled", "C"),
      ...line(440.4, "C", "stream context done", `${RESET} [triggered by B]`),
    ];
    const { cascades } = diagnose(evidence);
    expect(cascades.map(({ origin, count }) => [origin.service, origin.kind, count])).toEqual([
      ["A", "cancel", 1],
      ["A", "cancel", 1],
    ]);
    expect(cascades.map(({ falseOrigins }) => falseOrigins.map(({ service }) => service))).toEqual([[], ["B"]]);
  });
});
