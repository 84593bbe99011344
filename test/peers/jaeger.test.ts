import { beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../cli/program.ts";
import { canHaveJaeger, JAEGER_BUILD_MS, Jaeger, jaegerProgram } from "../support/jaeger.ts";
import { serveTraced, startTraced, stopTraced } from "../support/traced.ts";

const CANCEL = "cancel ChatService/ServerStream";

/** Spans of one cancelled call through four services: a stream's and a cancel's at both ends of each of the three hops. */
const SPANS_A_CALL = 12;
const MANY_CALLS = 3_334;

/** Four processes that export to this Jaeger; ServiceA makes calls and cancels them. Returns once all have exported and ended. */
async function cancelThroughFour(jaeger: Jaeger, args: readonly string[], calls: number): Promise<void> {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.endpoint,
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    // The SDK's queue drops what it has no room for
    OTEL_BSP_MAX_QUEUE_SIZE: "50000",
  };
  const d = await serveTraced("ServiceD", [], env);
  await using serviceD = d.peer;
  const c = await serveTraced("ServiceC", ["--next", d.address], env);
  await using serviceC = c.peer;
  const b = await serveTraced("ServiceB", ["--next", c.address], env);
  await using serviceB = b.peer;
  await using caller = startTraced("ServiceA", ["call", "--to", b.address, "--calls", String(calls), ...args], env);
  await caller.done;
  for (const service of [serviceB, serviceC, serviceD]) await stopTraced(service, calls);
}

describe.skipIf(!canHaveJaeger())("Jaeger", () => {
  let program = "";
  beforeAll(async () => {
    program = await jaegerProgram();
  }, JAEGER_BUILD_MS);

  it("has every cancel span of a chain of four processes, found by its origin, with parents and links", async () => {
    await using jaeger = await Jaeger.start(program);
    await cancelThroughFour(jaeger, ["--intent", "user-stop"], 1);

    const found = await jaeger.tracesWith("ServiceD", "streamscope.cancel.origin", "ServiceA");
    expect(found).toHaveLength(1);
    const spans = await jaeger.spansOfTrace(found[0] ?? "", SPANS_A_CALL);
    expect(spans).toHaveLength(SPANS_A_CALL);
    const cancels = spans.filter((span) => span.name === CANCEL);
    const hops = cancels.sort((one, other) => order(one.attributes) - order(other.attributes));
    const places = hops.map(({ service, attributes }) => [
      service,
      attributes["streamscope.cancel.side"],
      attributes["streamscope.cancel.role"],
      attributes["streamscope.cancel.path"],
    ]);
    expect(places).toEqual([
      ["ServiceA", "client", "origin", ["ServiceA"]],
      ["ServiceB", "server", "relay", ["ServiceA"]],
      ["ServiceB", "client", "relay", ["ServiceA", "ServiceB"]],
      ["ServiceC", "server", "relay", ["ServiceA", "ServiceB"]],
      ["ServiceC", "client", "relay", ["ServiceA", "ServiceB", "ServiceC"]],
      ["ServiceD", "server", "leaf", ["ServiceA", "ServiceB", "ServiceC"]],
    ]);
    const [origin] = hops;
    for (const [i, hop] of hops.entries()) {
      const stream = spans.find((span) => span.spanId === hop.parentSpanId);
      expect([stream?.service, stream?.name]).toEqual([hop.service, "ChatService/ServerStream"]);
      expect(hop.links.map((link) => link.spanId)).toEqual(i === 0 ? [] : [hops[i - 1]?.spanId]);
      for (const link of hop.links) {
        expect(link.attributes).toEqual({ "streamscope.cancel.id": origin?.attributes["streamscope.cancel.id"] });
      }
      expect(hop.status).toBe(0);
      expect(hop.attributes).toMatchObject({
        "streamscope.cancel.id": origin?.attributes["streamscope.cancel.id"],
        "streamscope.cancel.origin": "ServiceA",
        "streamscope.cancel.kind": "cancel",
        "streamscope.cancel.intent": "user-stop",
        "streamscope.cancel.intentional": true,
        "streamscope.cancel.code": 12008,
      });
    }
    expect(origin?.attributes["code.file.path"]).toMatch(/test\/interop\/traced\/main\.ts$/);
  });

  it("gives back every one of 40,000 spans, and each of their cancels is found in them", async () => {
    await using jaeger = await Jaeger.start(program);
    await cancelThroughFour(jaeger, [], MANY_CALLS);
    const sent = MANY_CALLS * SPANS_A_CALL;
    expect(await jaeger.countSpans("ServiceD", sent)).toBe(sent);
    const { code, stdout, stderr } = await runProgram(["scan", "--json", "--jaeger", jaeger.query, "--since", "10m"]);
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout) as Report;
    expect(report.input.records).toBe(sent);
    expect(report.input.diagnostics).toEqual([]);
    expect(report.cascades).toHaveLength(MANY_CALLS);
    const outcomes = report.cascades.map(({ origin, reached }) =>
      [origin.service, origin.confidence, ...reached.map(({ service }) => service)].join(" "),
    );
    expect(new Set(outcomes)).toEqual(new Set(["ServiceA proven ServiceB ServiceC ServiceD"]));
    // Jaeger needs a minute for them on a quiet machine
  }, 600_000);
});

interface Report {
  readonly input: { readonly records: number; readonly diagnostics: readonly unknown[] };
  readonly cascades: readonly {
    readonly origin: { readonly service: string; readonly confidence: string };
    readonly reached: readonly { readonly service: string }[];
  }[];
}

/** The distance from the origin: the client side of a service sends what its server side received, with its own name added. */
function order(attributes: Readonly<Record<string, unknown>>): number {
  const path = attributes["streamscope.cancel.path"] as readonly string[];
  return path.length * 2 + (attributes["streamscope.cancel.side"] === "server" ? 1 : 0);
}
