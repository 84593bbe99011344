/** connect-es with the interceptors and nothing else. */

import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type Client, createClient, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "vitest";
import { connectClient, connectServer, currentCall } from "../../src/grpc/connect.ts";
import { addInstrument, type CancelEvent, type StreamException } from "../../src/runtime/index.ts";
import { Model } from "../support/model/model_pb.ts";

const stack: (() => void)[] = [];
afterEach(() => {
  for (const end of stack.splice(0)) end();
});

async function serve(name: string, handlers: Partial<ServiceImpl<typeof Model>>): Promise<string> {
  const routes = connectNodeAdapter({
    routes: (router) => router.service(Model, handlers),
    interceptors: [connectServer({ name })],
  });
  const server = createServer(routes);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  stack.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(baseUrl: string, name?: string): Client<typeof Model> {
  const interceptors = [connectClient(name === undefined ? {} : { name })];
  return createClient(Model, createGrpcTransport({ baseUrl, interceptors }));
}

/** ServiceA calls ServiceB, which calls ServiceC; both pass nothing on. */
async function chain(count: number) {
  const events: CancelEvent[] = [];
  const all = Promise.withResolvers<void>();
  stack.push(
    addInstrument({
      cancelling: (event) => {
        events.push(event);
        if (events.length === count) all.resolve();
      },
    }),
  );
  const atLeaf = Promise.withResolvers<StreamException>();
  const c = await serve("ServiceC", {
    async *generate() {
      const call = currentCall();
      yield { text: String(call?.callers) };
      await new Promise((resolve) => call?.signal.addEventListener("abort", resolve));
      if (call?.exception) atLeaf.resolve(call.exception);
    },
  });
  const toC = client(c);
  const b = await serve("ServiceB", {
    async *generate() {
      for await (const { text } of toC.generate({})) yield { text };
    },
    ask: async ({ text }) => ({ text: text.toUpperCase() }),
  });
  return { a: client(b, "ServiceA"), events, all: all.promise, atLeaf: atLeaf.promise };
}

describe("a chain of connect-es services", () => {
  it("ends below where it is cancelled above, though no handler passes anything on", async () => {
    const { a, events, all, atLeaf } = await chain(4);
    const stop = new AbortController();
    const failed = (async () => {
      for await (const { text } of a.generate({}, { signal: stop.signal })) {
        expect(text).toBe("ServiceA,ServiceB");
        stop.abort(new Error("the user closed the tab"));
      }
    })();
    await expect(failed).rejects.toThrow("the user closed the tab");
    expect((await atLeaf).text).toMatch(/CANCEL \[triggered by ServiceB\]$/);
    await all;
    expect(events.map(({ call, side, role, origin }) => `${call.self} ${side} ${role} ${origin}`)).toEqual([
      "ServiceA client origin ServiceA",
      "ServiceB server relay ServiceA",
      "ServiceB client relay ServiceA",
      "ServiceC server leaf null",
    ]);
  });

  it("ends with the deadline of its first caller", async () => {
    const { a, events, atLeaf } = await chain(4);
    await expect(drain(a.generate({}, { timeoutMs: 300 }))).rejects.toThrow();
    expect((await atLeaf).kind).toBe("deadline");
    expect(new Set(events.map(({ kind, origin }) => `${kind} ${origin}`))).toEqual(new Set(["deadline ServiceA"]));
  });

  it("answers as it would without", async () => {
    const { a } = await chain(1);
    expect((await a.ask({ text: "hi" })).text).toBe("HI");
  });
});

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}
