import { beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../cli/program.ts";
import { canHaveJaeger, JAEGER_BUILD_MS, Jaeger, jaegerProgram } from "../support/jaeger.ts";
import { cancelledTrace, encodeRequest, traceRequest } from "../support/otlp-messages.ts";
import { scanLive } from "../support/scan-live.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const QUIET = "4bf92f3577b34da6a3ce929d0e0e4736";
/** The time that the spans of the tests lie in. */
const WINDOW = ["--since", "2026-09-21T14:00:00Z", "--until", "2026-09-21T15:00:00Z"];

interface Report {
  readonly cascades: readonly { readonly traceId: string; readonly origin: { readonly service: string } }[];
  readonly input: { readonly records: number };
}

/** Sends spans to a scan that passes them on, and ends it. */
async function sendThrough(forward: string, body: Buffer): Promise<Report> {
  using live = await scanLive<Report>(forward);
  const headers = { "content-type": "application/x-protobuf" };
  const { status } = await fetch(`${live.address}/v1/traces`, { method: "POST", body: new Uint8Array(body), headers });
  expect(status).toBe(200);
  return await live.end();
}

describe.skipIf(!canHaveJaeger())("a real Jaeger", () => {
  let program = "";
  beforeAll(async () => {
    program = await jaegerProgram();
  }, JAEGER_BUILD_MS);

  it("gets what was received, and gives the same cascade back, by service and by tag", async () => {
    await using jaeger = await Jaeger.start(program);
    const spans = cancelledTrace(TRACE).map((span) => ({
      ...span,
      attributes: {
        ...span.attributes,
        ...(span.service === "model" ? { "streamscope.cancel.origin": "gateway" } : {}),
      },
    }));
    const quiet = { service: "shop", traceId: QUIET, spanId: "00000000000000d1" };
    const live = await sendThrough(jaeger.endpoint, encodeRequest("traces", traceRequest(...spans, quiet)));
    expect(live.cascades.map(({ traceId, origin }) => [traceId, origin.service])).toEqual([[TRACE, "gateway"]]);
    await jaeger.spansOfTrace(TRACE, spans.length);
    await jaeger.spansOfTrace(QUIET, 1);

    const ask = async (...args: readonly string[]): Promise<Report> => {
      const { code, stdout, stderr } = await runProgram([
        "scan",
        "--json",
        "--jaeger",
        jaeger.query,
        ...WINDOW,
        ...args,
      ]);
      expect(stderr).toBe("");
      expect(code).toBe(0);
      return JSON.parse(stdout) as Report;
    };
    const all = await ask();
    expect(all.cascades).toEqual(live.cascades);
    expect(all.input.records).toBe(spans.length + 1);
    const tagged = await ask("--jaeger-tag", "streamscope.cancel.origin=gateway");
    expect(tagged.cascades).toEqual(live.cascades);
    expect(tagged.input.records).toBe(spans.length);
    expect((await ask("--jaeger-service", "shop")).cascades).toEqual([]);
  });
});
