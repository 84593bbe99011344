/**
 * One trace through Kitex and this runtime with a cancel in it: whoever reads its spans live, or asks a Jaeger for them later, or has nothing
 * but the logs, learns the same.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../cli/program.ts";
import { type ChainTracing, ProcessChain, spanFile } from "../interop/chain.ts";
import { playOn, servicesFor } from "../interop/play.ts";
import { scenario } from "../interop/scenarios.ts";
import { structured } from "../interop/structured.ts";
import { canHaveJaeger, JAEGER_BUILD_MS, Jaeger, jaegerProgram } from "../support/jaeger.ts";
import { kitexPeer } from "../support/kitex.ts";
import { type OtlpRequest, spansOf } from "../support/otlp-spans.ts";
import { scanLive } from "../support/scan-live.ts";

const SERVICES = ["ServiceA", "ServiceB", "ServiceC", "ServiceD"];
const BETWEEN_LOOKS_MS = 50;

interface Report {
  readonly cascades: readonly {
    readonly traceId?: string;
    readonly origin: { readonly service: string; readonly kind: string; readonly confidence: string };
    readonly falseOrigins: readonly { readonly service: string }[];
    readonly reached: readonly { readonly service: string; readonly via: string | null }[];
  }[];
}

/** What a Kitex peer has written, once its spans of the call are there: of a stream it served, and of one it made. */
async function spansOfKitex(tracing: ChainTracing, service: string): Promise<readonly string[]> {
  const wanted = { ServiceA: [3], ServiceD: [2] }[service] ?? [2, 3];
  for (;;) {
    const lines = readFileSync(spanFile(tracing, service), "utf8").split("\n").slice(0, -1);
    const kinds = lines.flatMap((line) => spansOf(JSON.parse(line) as OtlpRequest)).map(({ kind }) => kind);
    if (wanted.every((kind) => kinds.includes(kind))) return lines;
    await pause(BETWEEN_LOOKS_MS);
  }
}

async function post(address: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const { status } = await fetch(`${address}/v1/traces`, { method: "POST", body, headers });
  expect(status).toBe(200);
}

/** Who did it, who was stopped by whom. */
function story({ cascades }: Report): unknown[] {
  return cascades.map(({ origin, reached, falseOrigins }) => ({
    origin: `${origin.service} ${origin.kind} ${origin.confidence}`,
    reached: [...new Set(reached.map(({ service, via }) => `${via} -> ${service}`))].sort(),
    falseOrigins: falseOrigins.map(({ service }) => service),
  }));
}

describe.skipIf(!canHaveJaeger() || kitexPeer() === null)("one trace with a cancel in it", () => {
  let program = "";
  beforeAll(async () => {
    program = await jaegerProgram();
  }, JAEGER_BUILD_MS);

  it.each(["KOKO", "OKOK"])("through %s is diagnosed alike from OTLP, from Jaeger and from logs", async (makes) => {
    const folder = mkdtempSync(join(tmpdir(), "streamscope-mixed-"));
    await using jaeger = await Jaeger.start(program);
    using live = await scanLive<Report>(jaeger.endpoint);
    try {
      const tracing: ChainTracing = {
        folder,
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: live.address,
          OTEL_METRICS_EXPORTER: "none",
          OTEL_LOGS_EXPORTER: "none",
          OTEL_BSP_SCHEDULE_DELAY: "50",
        },
      };
      await using chain = await ProcessChain.start(servicesFor({ shape: "line" }, makes), tracing);
      const lines = await playOn(chain, scenario("a_cancel_plain"), makes);
      for (const [index, service] of SERVICES.entries()) {
        if (makes[index] !== "K") continue;
        for (const request of await spansOfKitex(tracing, service)) await post(live.address, request);
      }
      const cancels = makes === "KOKO" ? ["ServiceB", "ServiceB", "ServiceD"] : ["ServiceA", "ServiceC", "ServiceC"];
      const [traceId = ""] = await jaeger.tracesWith(cancels[0] ?? "", "streamscope.cancel.origin", "ServiceA");
      const seen = await jaeger.spansThat(
        traceId,
        (spans) =>
          cancels.length === spans.filter(({ name }) => name.startsWith("cancel ")).length &&
          SERVICES.every((service) => spans.some((span) => span.service === service)),
      );
      expect(
        seen
          .filter(({ name }) => name.startsWith("cancel "))
          .map(({ service }) => service)
          .sort(),
      ).toEqual(cancels);

      const log = join(folder, "log.jsonl");
      writeFileSync(
        log,
        structured(lines)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(""),
      );
      const fromOtlp = await live.end();
      const fromJaeger = await scan("--jaeger", jaeger.query);
      const fromLogs = await scan(log);
      const path = ["ServiceA -> ServiceB", "ServiceB -> ServiceC", "ServiceC -> ServiceD"];
      const told = [{ origin: "ServiceA cancel proven", reached: path, falseOrigins: [] }];
      expect([fromOtlp, fromJaeger, fromLogs].map(story)).toEqual([told, told, told]);
      expect([fromOtlp, fromJaeger].map(({ cascades }) => cascades[0]?.traceId)).toEqual([traceId, traceId]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

async function scan(...args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await runProgram(["scan", "--json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Report;
}
