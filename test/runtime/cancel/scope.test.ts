import { AsyncLocalStorage, executionAsyncResource } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { outsideCalls } from "../../../src/runtime/async-context.ts";
import { currentScope, runInScope, Scope } from "../../../src/runtime/cancel/scope.ts";
import {
  createClient,
  createServer,
  memoryTransport,
  type ServerCall,
  StreamException,
} from "../../../src/runtime/index.ts";
import { watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";

function exception(text = "stop"): StreamException {
  return new StreamException({ code: 12008, side: "server", text, origin: "A", path: ["A"] });
}

describe("a scope", () => {
  it("tells each child once, in the same turn, and then its signal", () => {
    const scope = new Scope("B", null);
    const told: string[] = [];
    scope.signal.addEventListener("abort", () => told.push("signal"));
    scope.add({ scopeEnded: (each) => told.push(each.text) });
    expect(scope.cancel(exception())).toBe(true);
    expect(scope.cancel(exception("again"))).toBe(false);
    expect(told).toEqual(["stop", "signal"]);
    expect(scope.signal.reason).toBe(scope.exception);
  });

  it("makes an aborted signal where it was cancelled before anybody asked", () => {
    const scope = new Scope("B", null);
    scope.cancel(exception());
    expect(scope.signal.aborted).toBe(true);
  });

  it("passes a cancel down its tree with one and the same exception", () => {
    const top = new Scope("B", null);
    const below = new Scope("B", new Scope("B", top));
    const reason = exception();
    top.cancel(reason);
    expect(below.exception).toBe(reason);
  });

  it("that has finished cannot be cancelled any more", () => {
    const scope = new Scope("B", null);
    const { signal } = scope;
    scope.finish(() => exception("returned"));
    const told: string[] = [];
    scope.add({ scopeEnded: (each) => told.push(each.text) });
    expect(scope.cancel(exception("late"))).toBe(false);
    expect([scope.exception, told, (signal.reason as StreamException).text]).toEqual([null, [], "returned"]);
  });

  it("that has finished is no child of its parent any more", () => {
    const parent = new Scope("B", null);
    for (let i = 0; i < 1000; i += 1) new Scope("B", parent).finish(() => exception("returned"));
    expect(parent.hasCalls).toBe(false);
  });

  it("ends what is open when it finishes, once, and shows why only meanwhile", () => {
    const scope = new Scope("B", null);
    const seen: (string | undefined)[] = [];
    scope.add({ scopeEnded: (each) => seen.push(each.text, scope.exception?.text) });
    scope.finish(() => exception("returned"));
    scope.finish(() => exception("again"));
    expect([seen, scope.exception, scope.finished]).toEqual([["returned", "returned"], null, true]);
  });

  it("that was cancelled before has nothing to say when it finishes", () => {
    const scope = new Scope("B", null);
    scope.cancel(exception());
    scope.add({ scopeEnded: () => expect.unreachable() });
    scope.finish(() => expect.unreachable());
    expect([scope.exception?.text, scope.finished]).toEqual(["stop", true]);
  });

  it("makes no exception when it finishes and nobody would hear of it", () => {
    const scope = new Scope("B", null);
    const child = { scopeEnded: () => expect.unreachable() };
    scope.add(child);
    scope.remove(child);
    scope.finish(() => expect.unreachable());
    expect([scope.finished, scope.hasCalls]).toEqual([true, false]);
  });

  it("knows its own signal from others", () => {
    const scope = new Scope("B", null);
    const other = new AbortController().signal;
    expect(scope.owns(other)).toBe(false);
    expect([scope.owns(scope.signal), scope.owns(other)]).toEqual([true, false]);
  });

  it("is left by what is made outside", () => {
    const scope = new Scope("B", null);
    runInScope(scope, () => {
      expect(currentScope()).toBe(scope);
      expect(outsideCalls(() => currentScope())).toBeNull();
    });
    expect(currentScope()).toBeNull();
  });

  it("costs less than a kilobyte for each of 10,000 children, cancelled in one go", () => {
    const scope = new Scope("B", null);
    let told = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const child = new Scope("B", scope);
      child.add({
        scopeEnded: () => {
          told += 1;
        },
      });
    }
    scope.cancel(exception());
    expect(told).toBe(10_000);
  });
});

describe("the scope of a handler", () => {
  async function serve(handler: (call: ServerCall) => AsyncIterable<Response>) {
    const transport = memoryTransport();
    const server = createServer({ name: "B", transport, log: null });
    server.add(Chat, { serverStream: (_input, call) => handler(call) });
    await server.listen({ path: "b" });
    const client = createClient(Chat, { target: "b", transport, name: "A" });
    return { server, client };
  }

  it("is there in every next, return and throw of its iterator, after awaits and timers, and in finally", async () => {
    const seen: (Scope | null)[] = [];
    let scope: Scope | null = null;
    const { server, client } = await serve(async function* (call) {
      scope = call.scope;
      try {
        seen.push(currentScope());
        yield Response.create();
        seen.push(currentScope());
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(currentScope());
        yield Response.create();
        seen.push(currentScope());
        await watch(call, () => {});
        seen.push(currentScope());
        yield Response.create();
      } finally {
        await Promise.resolve();
        seen.push(currentScope());
      }
    });
    const call = client.serverStream(request("x"));
    await call.next();
    await call.next();
    call.cancel();
    await server.close();
    expect(seen).toEqual([scope, scope, scope, scope, scope, scope]);
    await client.close();
  });

  it("is one for each of many calls that run at the same time", async () => {
    const mixed: boolean[] = [];
    const { server, client } = await serve(async function* (call) {
      for (let i = 0; i < 5; i += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        mixed.push(currentScope() !== call.scope);
        yield Response.create();
      }
    });
    const all = Array.from({ length: 20 }, async () => {
      for await (const _ of client.serverStream(request("x")));
    });
    await Promise.all(all);
    expect(mixed.filter(Boolean)).toEqual([]);
    expect(mixed).toHaveLength(100);
    await client.close();
    await server.close();
  });

  it("is not kept by connections that were dialled inside it", async () => {
    const transport = memoryTransport();
    const leaf = createServer({ name: "C", transport, log: null });
    const scopes: (Scope | null)[] = [];
    leaf.add(Chat, { unary: () => Response.create() });
    await leaf.listen({ path: "c" });
    const below = createClient(Chat, {
      target: () => {
        scopes.push(currentScope());
        return ["c"];
      },
      transport,
    });
    const { server, client } = await serve(async function* () {
      await below.unary(request("x"));
      yield Response.create();
    });
    for await (const _ of client.serverStream(request("x")));
    expect(scopes).toEqual([null]);
    for (const each of [client, below, server, leaf]) await each.close();
  });

  it("does not disturb the async context of others", async () => {
    const mine = new AsyncLocalStorage<string>();
    const { server, client } = await serve(async function* () {
      yield Response.create();
    });
    await mine.run("here", async () => {
      for await (const _ of client.serverStream(request("x"))) expect(mine.getStore()).toBe("here");
      expect(executionAsyncResource()).toBeDefined();
    });
    await client.close();
    await server.close();
  });
});
