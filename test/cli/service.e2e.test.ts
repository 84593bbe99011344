import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cancelledTrace, encodeRequest, traceRequest } from "../support/otlp-messages.ts";
import { type Answer, FakeStore, type Question } from "../support/stores/fake.ts";
import { bin, root } from "./program.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

interface Line {
  readonly type: string;
  readonly id?: string;
  readonly revision?: number;
  readonly origin?: { readonly service: string };
}

/** A webhook that answers so; it says when it has got the line that is waited for. */
async function webhook(answer: () => Answer): Promise<{ readonly hook: FakeStore; readonly got: Promise<Question> }> {
  const { promise: got, resolve } = Promise.withResolvers<Question>();
  const hook = await FakeStore.open((question) => {
    const given = answer();
    if (typeof given === "string") resolve(question);
    return given;
  });
  return { hook, got };
}

/** A scan as a service; disposing kills it. */
async function service(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(
    process.execPath,
    [bin, "scan", "--listen", "127.0.0.1:0,0", "--format", "jsonl", "--settle", "20ms", ...args],
    { cwd: root, env: { ...process.env, ...env } },
  );
  let stdout = "";
  let stderr = "";
  const settled = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (stdout.includes("\n")) settled.resolve();
  });
  const address = await new Promise<string>((listening) => {
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      const [, found] = /listening for OTLP at (\S+)/.exec(stderr) ?? [];
      if (found !== undefined) listening(found);
    });
  });
  return {
    address,
    settled: settled.promise,
    async said(sentence: RegExp): Promise<void> {
      while (!sentence.test(stderr)) await once(child.stderr, "data");
    },
    async send(): Promise<void> {
      const body = new Uint8Array(encodeRequest("traces", traceRequest(...cancelledTrace(TRACE))));
      const headers = { "content-type": "application/x-protobuf" };
      const { status } = await fetch(`${address}/v1/traces`, { method: "POST", body, headers });
      expect(status).toBe(200);
    },
    async end(): Promise<{ readonly code: number | null; readonly lines: readonly Line[]; readonly stderr: string }> {
      child.kill("SIGTERM");
      const [code] = (await once(child, "close")) as [number | null];
      const lines = stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
      return { code, lines, stderr };
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

describe("scan --listen --format jsonl as a service", () => {
  it("prints and posts a cascade as it settles, counts it, and at SIGTERM the summary", async () => {
    const { hook, got } = await webhook(() => "thanks");
    await using _ = hook;
    using running = await service(["--post", new URL("/cancels?team=1", hook.url).href], {
      STREAMSCOPE_POST_TOKEN: "t0k",
    });
    await running.send();
    await running.settled;
    const { url, headers, body } = await got;
    expect([url.pathname, url.search, headers["content-type"], headers.authorization]).toEqual([
      ...["/cancels", "?team=1", "application/json", "Bearer t0k"],
    ]);
    expect(JSON.parse(body)).toMatchObject({
      type: "cascade",
      revision: 1,
      traceId: TRACE,
      origin: { service: "gateway" },
    });
    const metrics = await (await fetch(`${running.address}/metrics`)).text();
    expect(metrics).toMatch(/streamscope_cascades_total\{origin="gateway",kind="\w+"\} 1\n/);
    expect(metrics).toMatch(/streamscope_post_dropped_total 0\n/);
    const { code, lines } = await running.end();
    expect(code).toBe(0);
    expect(lines.map(({ type }) => type)).toEqual(["cascade", "summary"]);
    expect(hook.asked.map((each) => JSON.parse(each.body) as Line)).toEqual(lines);
  });

  it("posts again what was not taken, in order", async () => {
    let refusals = 2;
    const { hook, got } = await webhook(() => {
      refusals -= 1;
      return refusals >= 0 ? { status: 503, text: "later" } : "thanks";
    });
    await using _ = hook;
    using running = await service(["--post", hook.url.href]);
    await running.send();
    expect(JSON.parse((await got).body)).toMatchObject({ type: "cascade", revision: 1 });
    const { lines } = await running.end();
    expect(hook.asked.slice(2).map(({ body }) => (JSON.parse(body) as Line).type)).toEqual(
      lines.map(({ type }) => type),
    );
  });

  it("says while it goes on that a line was refused, and that nothing is kept any more", async () => {
    await using hook = await FakeStore.open(() => ({ status: 410, text: "gone" }));
    const folder = mkdtempSync(join(tmpdir(), "service-"));
    const file = join(folder, "cancels.db");
    using running = await service(["--post", hook.url.href, "--history", file]);
    renameSync(file, `${file}.1`);
    await running.send();
    await running.said(/--post: 1 line did not arrive \(it refuses with 410\)/);
    await running.said(/--history .*: it was moved or removed while it was written; nothing more is kept/);
    const { code, stderr } = await running.end();
    expect(code).toBe(0);
    expect(stderr.match(/it was moved or removed while it was written/g)).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  it("says while it goes on that what came was not passed on", async () => {
    await using hook = await FakeStore.open(() => ({ status: 410, text: "gone" }));
    using running = await service(["--forward", hook.url.href]);
    await running.send();
    await running.said(/--forward: 1 request not passed on \(it refuses with 410\)/);
    const { code, stderr } = await running.end();
    expect([code, stderr.match(/--forward/g)?.length]).toEqual([0, 1]);
  });

  it("waits for no answer that does not end", async () => {
    const asked = Promise.withResolvers<void>();
    await using hook = await FakeStore.open((question) => {
      if ((JSON.parse(question.body) as Line).type === "summary") asked.resolve();
      return (response) => {
        const fill = (): void => void response.write("x".repeat(64 * 1024));
        response.on("drain", fill);
        fill();
      };
    });
    using running = await service(["--post", hook.url.href]);
    await running.send();
    await running.settled;
    const { lines, stderr } = await running.end();
    await asked.promise;
    expect(hook.asked.map(({ body }) => (JSON.parse(body) as Line).type)).toEqual(lines.map(({ type }) => type));
    expect(stderr).not.toContain("did not arrive");
  });

  it("settles at SIGTERM what has not settled, and says what did not arrive", async () => {
    await using hook = await FakeStore.open(() => ({ status: 410, text: "gone" }));
    using running = await service(["--settle", "1h", "--post", hook.url.href]);
    await running.send();
    const { code, lines, stderr } = await running.end();
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ type: "cascade", origin: { service: "gateway" } }, { type: "summary" }]);
    expect(stderr).toContain("--post: 2 lines did not arrive (it refuses with 410)");
  });
});
