import { execFile } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { otlpSink } from "../support/otlp-spans.ts";
import { register, serveTraced, startTraced, stopTraced, tracedProgram } from "../support/traced.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return { ...inherited, ...more };
}

/** Exports nothing. */
const QUIET = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };

/** Starts an SDK of its own. */
const ownSdk = pathToFileURL(join(root, "test/interop/traced/own-sdk.ts")).href;

describe("node --import streamscope/register", () => {
  it("exports streams and cancels as OTEL_* say, at the program's end and on SIGTERM", async () => {
    await using sink = await otlpSink();
    const env = { ...sink.env, OTEL_BSP_SCHEDULE_DELAY: "600000" };
    const { peer, address } = await serveTraced("ServiceB", [], env);
    await using service = peer;
    await using caller = startTraced("ServiceA", ["call", "--to", address, "--intent", "user-stop"], env);
    await caller.done;
    expect(caller.process.exitCode).toBe(0);
    expect(sink.spans.map((span) => span.service)).toEqual(["ServiceA", "ServiceA"]);
    await stopTraced(service);
    expect(service.process.signalCode).toBe("SIGTERM");
    expect(sink.spans).toHaveLength(4);
    const cancels = sink.spans.filter((span) => span.name === "cancel ChatService/ServerStream");
    for (const { attributes } of cancels) {
      expect(attributes).toMatchObject({
        "streamscope.cancel.origin": "ServiceA",
        "streamscope.cancel.intent": "user-stop",
        "streamscope.cancel.path": ["ServiceA"],
      });
    }
    expect(cancels.map((span) => span.service)).toEqual(["ServiceA", "ServiceB"]);
    expect(cancels[1]?.links).toMatchObject([{ spanId: cancels[0]?.spanId }]);
  });

  it("makes calls without an error in the SDK's log while that still looks for its host", async () => {
    await using sink = await otlpSink();
    const { peer, address } = await serveTraced("ServiceB", [], sink.env);
    await using service = peer;
    const env = environment({ ...sink.env, OTEL_LOG_LEVEL: "warn" });
    const args = ["--import", register, tracedProgram, "call", "--name", "ServiceA", "--to", address];
    const { stderr } = await run(process.execPath, args, { env });
    expect(stderr).toBe("");
    await stopTraced(service);
  });

  it.each([
    ["--import", ["--import", "streamscope/register"], {}],
    ["--require", ["--require", "streamscope/register"], {}],
    ["NODE_OPTIONS=--import", [], { NODE_OPTIONS: "--import streamscope/register" }],
    ["NODE_OPTIONS=--require", [], { NODE_OPTIONS: "--require streamscope/register" }],
  ])("traces from the program's first stream on, started with %s", async (_, args, more) => {
    await using sink = await otlpSink();
    const { peer, address } = await serveTraced("ServiceB", [], sink.env);
    await using service = peer;
    const env = environment({ ...sink.env, OTEL_SERVICE_NAME: "ServiceA", ...more });
    const program = [...args, tracedProgram, "call", "--name", "ServiceA", "--to", address];
    const { stderr } = await run(process.execPath, program, { env, cwd: root });
    expect(stderr).toBe("");
    const ended = sink.spans.filter((span) => span.service !== "ServiceB");
    expect(ended.map((span) => [span.service, span.kind])).toEqual([
      ["ServiceA", 1],
      ["ServiceA", 3],
    ]);
    await stopTraced(service);
  });

  it("adds itself to an SDK that is started already, and starts none", async () => {
    await using sink = await otlpSink();
    const { peer, address } = await serveTraced("ServiceB", [], sink.env);
    await using service = peer;
    const env = environment({ ...sink.env, OTEL_SERVICE_NAME: "register", OTEL_LOG_LEVEL: "warn" });
    const preload = ["--import", ownSdk, "--import", register];
    const program = [...preload, tracedProgram, "call", "--name", "ServiceA", "--to", address];
    const { stderr } = await run(process.execPath, program, { env });
    expect(stderr).toBe("");
    const ended = sink.spans.filter((span) => span.service !== "ServiceB");
    expect(ended.map((span) => [span.service, span.kind])).toEqual([
      ["own-sdk", 1],
      ["own-sdk", 3],
    ]);
    await stopTraced(service);
  });

  it("says in one sentence that the program has an instrumentation of its own", async () => {
    const script = `import("streamscope/tracer").then(({ StreamscopeInstrumentation }) => new StreamscopeInstrumentation());`;
    const env = environment(QUIET);
    const { stderr } = await run(process.execPath, ["--import", register, "-e", script], { env, cwd: root });
    expect(stderr.match(/STREAMSCOPE_TWICE/g)).toHaveLength(1);
    expect(stderr).toContain("leave out streamscope/register, or the StreamscopeInstrumentation of the program.");
  });

  it("keeps cancels of traces that OTEL_TRACES_SAMPLER drops", async () => {
    await using sink = await otlpSink();
    const env = { ...sink.env, OTEL_TRACES_SAMPLER: "always_off" };
    const { peer, address } = await serveTraced("ServiceB", [], env);
    await using service = peer;
    await using caller = startTraced("ServiceA", ["call", "--to", address], env);
    await caller.done;
    await stopTraced(service);
    expect(sink.spans.map((span) => [span.service, span.name])).toEqual([
      ["ServiceA", "cancel ChatService/ServerStream"],
      ["ServiceB", "cancel ChatService/ServerStream"],
    ]);
    expect(new Set(sink.spans.map((span) => span.traceId)).size).toBe(1);
  });

  it("leaves the end of the program to an application that listens to SIGTERM itself", async () => {
    const script = `process.on("SIGTERM", () => setTimeout(() => { console.log("bye"); process.exit(7); }, 50));
      process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`;
    const env = environment(QUIET);
    const ended = run(process.execPath, ["--import", register, "-e", script], { env });
    await expect(ended).rejects.toMatchObject({ code: 7, stdout: "bye\n" });
  });

  it("does not keep a program from ending whose collector never answers", async () => {
    const deaf = createServer(() => {}).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const { port } = deaf.address() as AddressInfo;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_TIMEOUT: "600000" };
    await using caller = startTraced("ServiceA", ["call", "--to", "127.0.0.1:9"], env);
    await caller.done;
    expect([caller.process.exitCode, caller.lines.at(-1)?.event]).toEqual([0, "end"]);
    deaf.close();
  });

  it("says in one sentence that sdk-node is not installed, and the program runs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamscope-bare-"));
    try {
      const installed = join(folder, "node_modules/streamscope");
      mkdirSync(installed, { recursive: true });
      for (const each of ["dist", "package.json"]) cpSync(join(root, each), join(installed, each), { recursive: true });
      const args = ["--import", "streamscope/register", "-e", "console.log('runs')"];
      const { stdout, stderr } = await run(process.execPath, args, { env: environment({}), cwd: folder });
      expect(stdout).toBe("runs\n");
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(stderr).toContain("@opentelemetry/sdk-node, which are not both installed");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
