import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { callKitex, kitexPeer, serveKitex } from "../support/kitex.ts";
import { type OtlpRequest, type OtlpSpan, otlpSink, spansOf } from "../support/otlp-spans.ts";
import { serveTraced, startTraced, stopPeer, stopTraced } from "../support/traced.ts";

const program = kitexPeer() ?? "";
const CANCEL = "cancel ChatService/ServerStream";
const folder = mkdtempSync(join(tmpdir(), "streamscope-tracing-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** The spans a Kitex peer wrote with --otel. */
function spansIn(file: string): readonly OtlpSpan[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").flatMap((line) => spansOf(JSON.parse(line) as OtlpRequest));
}

/** Service and kind of a span and of those above it, the root first. */
function ancestry(spans: readonly OtlpSpan[], span: OtlpSpan | undefined): readonly string[] {
  const names: string[] = [];
  for (let each = span; each !== undefined; ) {
    names.unshift(`${each.service} ${["", "internal", "server", "client"][each.kind]}`);
    const { parentSpanId } = each;
    each = spans.find((other) => other.spanId === parentSpanId);
  }
  return names;
}

describe.skipIf(program === "")("one trace goes through Kitex and this runtime", () => {
  it("Kitex -> ours -> Kitex -> ours: every span hangs under the one of the service above", async () => {
    const files = ["a", "c"].map((name) => join(folder, `${name}.jsonl`));
    const [fileA = "", fileC = ""] = files;
    await using sink = await otlpSink();
    const d = await serveTraced("ServiceD", [], sink.env);
    await using serviceD = d.peer;
    const c = await serveKitex(program, "ServiceC", ["--next", d.address, "--next-name", "ServiceD", "--otel", fileC]);
    await using serviceC = c.peer;
    const b = await serveTraced("ServiceB", ["--next", c.address], sink.env);
    await using serviceB = b.peer;
    const method = ["--method", "ServerStream", "--cancel-after", "3"];
    await callKitex(program, b.address, ["--name", "ServiceA", "--to-name", "ServiceB", ...method, "--otel", fileA]);
    for (const peer of [serviceB, serviceD]) await stopTraced(peer);
    await stopPeer(serviceC);

    const spans = [...sink.spans, ...files.flatMap(spansIn)];
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    const leaf = spans.find((span) => span.service === "ServiceD" && span.kind === 2);
    const [root, ...streams] = ancestry(spans, leaf);
    expect(root).toMatch(/^ServiceA/);
    expect(streams.slice(-6)).toEqual([
      "ServiceA client",
      "ServiceB server",
      "ServiceB client",
      "ServiceC server",
      "ServiceC client",
      "ServiceD server",
    ]);
    expect(leaf?.attributes["client.service.name"]).toBe("ServiceC");

    const cancels = spans.filter((span) => span.name === CANCEL);
    expect(cancels.map((span) => span.service).sort()).toEqual(["ServiceB", "ServiceB", "ServiceD"]);
    for (const cancel of cancels) expect(cancel.attributes["streamscope.cancel.origin"]).toBe("ServiceA");
    const last = cancels.find((span) => span.service === "ServiceD");
    expect(last?.attributes["streamscope.cancel.path"]).toEqual(["ServiceA", "ServiceB", "ServiceC"]);
    // Kitex passes on neither the traceparent of a cancel nor its instant.
    expect(last?.links).toEqual([]);
    expect(last?.attributes).not.toHaveProperty(["streamscope.cancel.elapsed_ms"]);
  });

  it("ours -> Kitex -> ours: Kitex's spans are children of ours, and ours of Kitex's", async () => {
    const file = join(folder, "b.jsonl");
    await using sink = await otlpSink();
    const c = await serveTraced("ServiceC", [], sink.env);
    await using serviceC = c.peer;
    const b = await serveKitex(program, "ServiceB", ["--next", c.address, "--next-name", "ServiceC", "--otel", file]);
    await using serviceB = b.peer;
    await using caller = startTraced("ServiceA", ["call", "--to", b.address], sink.env);
    await caller.done;
    await stopTraced(serviceC);
    await stopPeer(serviceB);

    const spans = [...sink.spans, ...spansIn(file)];
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    const leaf = spans.find((span) => span.service === "ServiceC" && span.kind === 2);
    expect(ancestry(spans, leaf)).toEqual(["ServiceA client", "ServiceB server", "ServiceB client", "ServiceC server"]);
    const kitex = spans.find((span) => span.service === "ServiceB" && span.kind === 2);
    expect(kitex?.attributes["peer.service"]).toBe("ServiceA");
    const received = spans.find((span) => span.name === CANCEL && span.service === "ServiceC");
    expect(received?.attributes).toMatchObject({
      "streamscope.cancel.origin": "ServiceA",
      "streamscope.cancel.path": ["ServiceA", "ServiceB"],
    });
  });
});
