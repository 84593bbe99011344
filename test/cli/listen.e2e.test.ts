import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { cancelledTrace, encodeRequest, traceRequest } from "../support/otlp-messages.ts";
import { bin, root, runProgram } from "./program.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
let child: ChildProcess | null = null;

interface Listening {
  readonly http: string;
  readonly grpc: string;
  /** The exit code, and everything the program printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts the program and waits until it says where it listens. */
async function listen(...args: readonly string[]): Promise<Listening> {
  const own = spawn(process.execPath, [bin, "scan", "--listen", "127.0.0.1:0,0", ...args], { cwd: root });
  child = own;
  let stdout = "";
  let stderr = "";
  own.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  const ended = once(own, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const said = await new Promise<RegExpExecArray>((done, fail) => {
    own.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      const found = /listening for OTLP at (\S+) and grpc (\S+?)[;\n]/.exec(stderr);
      if (found !== null) done(found);
    });
    own.on("close", () => fail(new Error(`it ended: ${stderr}`)));
  });
  return { http: said[1] as string, grpc: said[2] as string, ended };
}

async function send(url: string): Promise<void> {
  const body = new Uint8Array(encodeRequest("traces", traceRequest(...cancelledTrace(TRACE))));
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    body,
    headers: { "content-type": "application/x-protobuf" },
  });
  expect(response.status).toBe(200);
}

afterEach(() => child?.kill("SIGKILL"));

describe("scan --listen", () => {
  it("reports who started the cancel in what services sent, when it is interrupted", async () => {
    const { http, ended } = await listen("--json");
    await send(http);
    child?.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { cascades: { origin: { service: string }; traceId: string }[] };
    expect(report.cascades).toHaveLength(1);
    expect(report.cascades[0]).toMatchObject({ traceId: TRACE, origin: { service: "gateway" } });
  });

  it.each([
    [["--json"], '"malformed": 1'],
    [[], "receiver: 1 request refused with 400: not valid OTLP: "],
    [["--format", "markdown"], "Receiver: 1 request refused with 400: not valid OTLP: "],
  ])("tells what it refused, in the report %j", async (args, sentence) => {
    const { http, ended } = await listen(...args);
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${http}/v1/traces`, { method: "POST", body: "{", headers });
    expect(response.status).toBe(400);
    child?.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain(sentence);
  });

  it("ends by itself after --for", async () => {
    const { ended } = await listen("--for", "50ms");
    expect(await ended).toMatchObject({ code: 0 });
  });

  it("names the way out where the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const { code, stderr } = await runProgram(["scan", "--listen", `127.0.0.1:${port},0`]);
    server.close();
    expect(code).toBe(3);
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(stderr).toContain("--listen :14318,14317");
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("takes a folder behind --listen for an input", async () => {
    const { code, stderr } = await runProgram(["scan", "--listen", "no/such/folder", "--for", "1ms"]);
    // The standard ports may be taken on this machine; what matters is that the word was not read as an address
    expect(stderr).not.toContain("--listen no/such");
    expect([0, 3]).toContain(code);
  });

  it.each([
    [["--forward", "http://127.0.0.1:1"], "--forward needs --listen"],
    [["--listen", "--forward", "collector"], "write the address of an OTLP/HTTP receiver"],
    [["--listen", "--for", "soon"], "write a duration such as 30s"],
    [["--listen", ":99999"], "a port is at most 65535"],
  ])("says what is wrong with %j", async (args, sentence) => {
    const { code, stderr } = await runProgram(["scan", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
