import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestScope } from "../../src/http/index.ts";
import type { Diagnosis } from "../../src/model/index.ts";
import { startChain } from "../support/chain.ts";
import { request } from "../support/chat.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";
import { writeSpans } from "../support/spans-file.ts";
import { contexts, Traced, until } from "../tracer/traced.ts";
import { GET, sent, serve } from "./server.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "streamscope-edge-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A gateway before a chain of three services, whose client leaves; its spans. */
async function clientLeaves(traced: Traced): Promise<void> {
  await using chain = await startChain();
  await using edge = await serve((_, response) => {
    requestScope(response, { service: "ServiceA", route: "/chat" }).run(async () => {
      for await (const { message } of chain.client.serverStream(request("x"))) response.write(message);
    });
  });
  const socket = await sent(edge.port, GET);
  await once(socket, "data");
  socket.destroy();
  await until(() => traced.named("ChatService/ServerStream").length === 6 && traced.named("GET /chat").length === 1);
}

async function diagnosisOf(traced: Traced): Promise<Diagnosis> {
  const file = join(folder, "spans.jsonl");
  writeSpans(file, traced.exporter.getFinishedSpans(), "ServiceA");
  return diagnose(await evidenceOf([file]));
}

describe("spans of a request whose client leaves", () => {
  it("are a SERVER span of the request and a cancel under it, outside being the origin", async () => {
    using _ = contexts();
    await using traced = new Traced();
    await clientLeaves(traced);
    const server = traced.one(({ name }) => name === "GET /chat");
    expect(server).toMatchObject({ kind: "SERVER", parent: undefined });
    expect(server.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.route": "/chat",
      "url.path": "/chat",
      "url.scheme": "http",
      "http.response.status_code": 200,
    });
    const cancel = traced.one(({ name }) => name === "cancel GET /chat");
    expect(cancel.parent?.spanId).toBe(server.context.spanId);
    expect(cancel.attributes).toMatchObject({
      "streamscope.cancel.role": "origin",
      "streamscope.cancel.side": "server",
      "streamscope.cancel.kind": "disconnect",
      "streamscope.cancel.external": "the HTTP client of ServiceA",
      "streamscope.cancel.reason": "the HTTP client left",
      "streamscope.cancel.origin": "ServiceA",
      "streamscope.cancel.intent": "user-left",
    });
    const below = traced.named("cancel ChatService/ServerStream");
    const first = below.find((each) => each.links[0]?.spanId === cancel.context.spanId);
    expect(first?.attributes["streamscope.cancel.side"]).toBe("client");
    expect(new Set(below.map((each) => each.attributes["streamscope.cancel.id"])).size).toBe(1);
    expect(new Set(traced.spans.map((span) => span.context.traceId)).size).toBe(1);
  });

  it("are diagnosed as one cascade that began outside, proven", async () => {
    using _ = contexts();
    await using traced = new Traced();
    await clientLeaves(traced);
    const { cascades, warnings } = await diagnosisOf(traced);
    expect(cascades).toHaveLength(1);
    const [cascade] = cascades;
    expect(cascade?.origin).toMatchObject({
      service: "ServiceA",
      kind: "disconnect",
      code: 12013,
      confidence: "proven",
      external: "the HTTP client of ServiceA",
      intent: "user-left",
    });
    const reached = cascade?.reached.map(({ service, via, state, confidence }) => [service, via, state, confidence]);
    expect(reached).toEqual([
      ["ServiceB", "ServiceA", "stopped", "proven"],
      ["ServiceC", "ServiceB", "stopped", "proven"],
      ["ServiceD", "ServiceC", "stopped", "proven"],
    ]);
    expect(cascade?.falseOrigins).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("are none twice beside the instrumentation of node:http: the cancel hangs under its span", async () => {
    using _ = contexts();
    const http = new HttpInstrumentation();
    await using traced = new Traced();
    http.setTracerProvider(traced.provider);
    // It patches what is loaded after it
    createRequire(import.meta.url)("node:http");
    try {
      await using edge = await serve((_request, response) => {
        requestScope(response, { service: "edge" }).run(() => response.write("x"));
      });
      const socket = await sent(edge.port, GET);
      await once(socket, "data");
      socket.destroy();
      await until(() => traced.spans.some(({ kind }) => kind === "SERVER"));
      const server = traced.one(({ kind }) => kind === "SERVER");
      expect(server.attributes["streamscope.service.name"]).toBeUndefined();
      const cancel = traced.one(({ name }) => name.startsWith("cancel GET"));
      expect(cancel.parent?.spanId).toBe(server.context.spanId);
    } finally {
      http.disable();
    }
  });
});
