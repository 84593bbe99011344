import { describe, expect, it } from "vitest";
import { KINDS } from "../../src/model/index.ts";
import { createClient, createServer, DialError, memoryTransport } from "../../src/runtime/index.ts";
import { isIntentional, outcomeOfError } from "../../src/tracer/outcome.ts";
import { watch } from "../support/chain.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { Traced, until } from "./traced.ts";

const CANCEL = "cancel ChatService/ServerStream";

/** A leaf behind a service whose handler returns after the first answer, or waits while the leaf shuts down. */
async function relayed(traced: Traced, returns: boolean): Promise<void> {
  const transport = memoryTransport();
  const leaf = createServer({ name: "ServiceC", transport, log: null });
  leaf.add(Chat, {
    async *serverStream(_input, call) {
      yield Response.create();
      await watch(call, () => {});
    },
  });
  await leaf.listen({ path: "memory:C" });
  const below = createClient(Chat, { target: "memory:C", transport });
  const relay = createServer({ name: "ServiceB", transport, log: null });
  relay.add(Chat, {
    async unary(input) {
      const stream = below.serverStream(input);
      await stream.next();
      if (!returns) {
        await leaf.close({ graceMs: 0 });
        await stream.next().catch(() => {});
      }
      return Response.create();
    },
  });
  await relay.listen({ path: "memory:B" });
  const client = createClient(Chat, { target: "memory:B", transport, name: "ServiceA" });
  await client.unary(request("x"));
  await until(() => traced.named("ChatService/ServerStream").length === 2);
  await client.close();
  await below.close();
  await relay.close({ graceMs: 0 });
  await leaf.close({ graceMs: 0 });
}

describe("the status", () => {
  it("is no error for the kinds somebody means, and for them only", () => {
    expect(KINDS.filter(isIntentional)).toEqual(["cancel", "handler-return"]);
  });

  it("is no error where a handler returned before its streams had ended", async () => {
    await using traced = new Traced();
    await relayed(traced, true);
    const cancels = traced.named(CANCEL);
    expect(cancels.map((span) => [span.attributes["streamscope.cancel.kind"], span.status])).toEqual([
      ["handler-return", "UNSET"],
      ["handler-return", "UNSET"],
    ]);
    for (const span of traced.spans) expect(span.status).toBe("UNSET");
  });

  it("is an error at both ends where a server shut down", async () => {
    await using traced = new Traced();
    await relayed(traced, false);
    for (const span of [...traced.named(CANCEL), ...traced.named("ChatService/ServerStream")]) {
      expect([span.status, span.attributes["error.type"]]).toEqual(["ERROR", "12009"]);
      expect(span.text).toContain("ServiceC is shutting down");
    }
  });

  it("names errors without a code by their class", () => {
    const error = new DialError("127.0.0.1:9", "ECONNREFUSED");
    expect(outcomeOfError(error)).toEqual({ code: null, errorType: "DialError", text: error.message });
    expect(outcomeOfError(null)).toEqual({ code: null, errorType: null, text: "" });
  });
});
