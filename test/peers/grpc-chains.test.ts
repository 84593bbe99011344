/**
 * Chains of Kitex and this runtime over gRPC, and over gRPC and TTHeader Streaming by turns, that somebody cancels: what each service
 * hears, and what the diagnosis makes of the services' logs.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { structured } from "../interop/structured.ts";
import { request } from "../support/chat.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";
import { clientOf, ServiceLog, type Speaks, startOurs, thriftOverGrpc } from "../support/grpc-kitex.ts";
import { kitexPeer, Peer, type PeerLine, serveKitex } from "../support/kitex.ts";

const program = kitexPeer();

async function cascadesOf(log: ServiceLog, peers: readonly PeerLine[]): Promise<readonly Cascade[]> {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-grpc-"));
  try {
    const file = join(folder, "services.log");
    const lines = [...log.lines, ...structured(peers)].sort((a, b) => (a.time < b.time ? -1 : 1));
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return diagnose(await evidenceOf([file])).cascades;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isDone = (line: PeerLine) => line.event === "ctx_done" && line.side === "server";

/** Who did it, and who was stopped by whom. */
function story(cascades: readonly Cascade[]): unknown {
  return cascades
    .filter(({ origin }) => origin.kind !== "error")
    .map(({ origin, reached, falseOrigins }) => ({
      origin: `${origin.service} ${origin.kind} ${origin.confidence}`,
      reached: reached.map(({ service, via }) => `${via} -> ${service}`).sort(),
      falseOrigins: falseOrigins.map(({ service }) => service),
    }));
}

const byA = {
  origin: "ServiceA cancel proven",
  reached: ["ServiceA -> ServiceB", "ServiceB -> ServiceC"],
  falseOrigins: [],
};

describe.skipIf(program === null)("a chain of Kitex and this runtime", () => {
  let thrift: Disposable;
  beforeAll(() => {
    thrift = thriftOverGrpc();
  });
  afterAll(() => thrift[Symbol.dispose]());

  it.each<{ upper: Speaks; lower: Speaks; heard: RegExp }>([
    { upper: "grpc", lower: "grpc", heard: /^rpc error: code = 1 .* CANCEL \[triggered by ServiceB\]$/ },
    { upper: "ttheader", lower: "grpc", heard: /^rpc error: code = 1 .* CANCEL \[triggered by ServiceB\]$/ },
    {
      upper: "grpc",
      lower: "ttheader",
      heard: /^\[ttstream error, code=12011\] .*non-ttstream path -> ServiceB\] .*\[triggered by ServiceA\]$/,
    },
  ])("Kitex -$upper-> ours -$lower-> Kitex is ended by its first service", async ({ upper, lower, heard }) => {
    const log = new ServiceLog();
    const leaf = await serveKitex(program as string, "ServiceC");
    await using c = leaf.peer;
    const next = { name: "ServiceC", speaks: lower, address: leaf.address };
    await using b = await startOurs({ name: "ServiceB", serves: upper, log, next });
    const flags = ["--name", "ServiceA", "--to", b.address, "--to-name", "ServiceB", "--transport", upper];
    const endless = ["--count", "0", "--interval-us", "20000", "--cancel-after", "5", "--linger", "300ms"];
    await using a = new Peer(program as string, ["call", ...flags, ...endless]);
    const { error } = await c.line(isDone);
    await a.done;
    expect(error).toMatch(heard);
    expect(story(await cascadesOf(log, [...a.lines, ...c.lines]))).toEqual([byA]);
  });

  it.each<Speaks>(["grpc", "ttheader"])("Kitex -grpc-> ours -%s-> Kitex is ended by the one between", async (lower) => {
    const log = new ServiceLog();
    const leaf = await serveKitex(program as string, "ServiceC");
    await using c = leaf.peer;
    const next = { name: "ServiceC", speaks: lower, address: leaf.address };
    await using b = await startOurs({ name: "ServiceB", serves: "grpc", log, next, cancelAfter: 3 });
    const flags = ["--name", "ServiceA", "--to", b.address, "--to-name", "ServiceB", "--transport", "grpc"];
    await using a = new Peer(program as string, ["call", ...flags, "--count", "0", "--interval-us", "20000"]);
    await c.line(isDone);
    await a.done;
    const told = a.lines.find(({ event }) => event === "stream_error")?.error;
    expect(told).toMatch(/^rpc error: code = 1 desc = .*code=12007\] \[client-side stream\] .* \[biz error\]$/);
    expect(story(await cascadesOf(log, [...a.lines, ...c.lines]))).toEqual([
      {
        origin: expect.stringMatching(/^ServiceB cancel (?:proven|strong)$/),
        reached: ["ServiceB -> ServiceC"],
        falseOrigins: [],
      },
    ]);
  });

  it.each(["none", "cancel"])(
    "ours -grpc-> Kitex (derive=%s) -grpc-> ours is ended by its first service",
    async (derive) => {
      const log = new ServiceLog();
      await using c = await startOurs({ name: "ServiceC", serves: "grpc", log });
      const flags = ["--next", c.address, "--next-name", "ServiceC", "--next-transport", "grpc"];
      const relay = await serveKitex(program as string, "ServiceB", flags);
      await using b = relay.peer;
      await using client = clientOf("grpc", relay.address, "ServiceA");
      const call = client.serverStream(request(derive === "none" ? "hi" : `ServiceB:derive=${derive}`));
      await call.next();
      await call.next();
      call.cancel();
      log.callFailed("ServiceA", "ServiceB", await call.next().catch((error: unknown) => error));
      await b.line(isDone);
      const heard = () => log.lines.find(({ service }) => service === "ServiceC")?.err;
      await expect.poll(heard, { timeout: 15_000 }).toMatch(/CANCEL \[triggered by ServiceB\]$/);
      const [cascade, ...others] = await cascadesOf(log, b.lines);
      expect([cascade?.origin.service, others]).toEqual(["ServiceA", []]);
      // With nothing but the log of the last service nobody can be sure of more than its neighbour.
      const leafOnly = new ServiceLog();
      leafOnly.lines.push(...log.lines.filter(({ service }) => service === "ServiceC"));
      for (const { origin } of await cascadesOf(leafOnly, [])) expect(["weak", "guess"]).toContain(origin.confidence);
    },
  );
});
