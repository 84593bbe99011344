import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { currentScope, runInScope, Scope } from "../../../src/runtime/cancel/scope.ts";
import { type CallScope, createScope, StreamException } from "../../../src/runtime/index.ts";
import { allowCallSites } from "../../support/call-sites.ts";

const M7 =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

function reasonOf(scope: CallScope): StreamException {
  return scope.signal.reason as StreamException;
}

describe("a scope made by hand", () => {
  it("is where its work runs, also behind awaits, and nowhere else", async () => {
    using scope = createScope({ service: "edge" });
    const seen = await scope.run(async () => {
      await Promise.resolve();
      return currentScope();
    });
    expect(seen).toBe(scope.scope);
    expect(currentScope()).toBeNull();
    expect(scope.run(() => 5)).toBe(5);
  });

  it("of a service where chains begin is the origin itself", () => {
    using scope = createScope({ service: "edge" });
    const { signal } = scope;
    allowCallSites();
    scope.cancel();
    expect(signal.aborted).toBe(true);
    expect(reasonOf(scope)).toMatchObject({
      code: 12007,
      side: "server",
      text: M7,
      path: [],
      origin: "edge",
      kind: "cancel",
      travelled: false,
      external: null,
      callSite: { file: import.meta.filename },
    });
    expect(reasonOf(scope).cancelId).toMatch(/^[0-9a-f]{16}$/);
    expect(reasonOf(scope).cancelledAt).toBeGreaterThan(1_600_000_000_000_000_000n);
  });

  it("of a named caller has the caller as its origin", () => {
    using scope = createScope({ service: "worker", caller: "queue" });
    const cause = new Error("drained");
    scope.cancel(cause);
    expect(reasonOf(scope)).toMatchObject({
      code: 12008,
      text: "drained",
      path: ["queue"],
      origin: "queue",
      travelled: true,
      cause,
    });
  });

  it("of a caller nobody knows is a non-ttstream path: 12011 for words of its own, their codes for all else", () => {
    const reasonFor = (reason: unknown) => {
      using scope = createScope({ service: "worker", caller: null });
      scope.cancel(reason);
      return reasonOf(scope);
    };
    expect(reasonFor("gone")).toMatchObject({
      code: 12011,
      text: "gone",
      path: ["non-ttstream path"],
      origin: "non-ttstream path",
      travelled: true,
    });
    expect(reasonFor("é".repeat(2000)).text).toBe("é".repeat(512));
    expect(reasonFor(undefined)).toMatchObject({ code: 12007, text: M7 });
    expect(reasonFor({ intent: "user-stop" })).toMatchObject({ code: 12011, text: "user-stop", intent: "user-stop" });
  });

  it("passes an upstream cancel on as it is, without looking for a line of code", () => {
    using scope = createScope({ service: "edge" });
    const above = new StreamException({ code: 12008, side: "server", text: "x", origin: "A", path: ["A"] });
    scope.cancel(above);
    expect(reasonOf(scope)).toBe(above);
    using other = createScope({ service: "edge" });
    const below = new StreamException({ code: 12008, side: "client", text: "x", origin: "A" });
    other.cancel(below);
    expect(reasonOf(other)).toMatchObject({ origin: "edge", text: below.message });
  });

  it("is cancelled once: the first reason counts", () => {
    using scope = createScope({ service: "edge" });
    scope.cancel("first");
    scope.cancel("second");
    scope.disconnected();
    expect(reasonOf(scope).text).toBe("first");
  });

  it("whose caller left is a disconnect that says who left", () => {
    using scope = createScope({ service: "edge" });
    scope.disconnected();
    expect(reasonOf(scope)).toMatchObject({
      code: 12013,
      text: "canceled by connection closed",
      kind: "disconnect",
      origin: "edge",
      path: [],
      external: "the caller of edge",
      callSite: null,
    });
    using web = createScope({ service: "edge" });
    web.disconnected("the HTTP client");
    expect(reasonOf(web).external).toBe("the HTTP client of edge");
  });

  it("is cancelled by its signal, also one that had aborted before, and leaves no listener on it", () => {
    const stop = new AbortController();
    const scope = createScope({ service: "edge", signal: stop.signal });
    stop.abort(new Error("enough"));
    expect(reasonOf(scope).text).toBe("enough");
    using late = createScope({ service: "edge", signal: stop.signal });
    expect(reasonOf(late).text).toBe("enough");
    const other = new AbortController();
    createScope({ service: "edge", signal: other.signal })[Symbol.dispose]();
    expect(getEventListeners(other.signal, "abort")).toEqual([]);
  });

  it("ends what is open with 12012 when the work is done", () => {
    const scope = createScope({ service: "edge" });
    const ended: StreamException[] = [];
    scope.scope.add({ scopeEnded: (exception) => void ended.push(exception) });
    scope[Symbol.dispose]();
    expect(ended).toMatchObject([
      { code: 12012, text: "canceled by business handler returning", origin: "edge", side: "server", trigger: null },
    ]);
    expect(scope.scope.finished).toBe(true);
  });

  it("belongs to the call it is made in: it ends with it, and what is inherited goes through", () => {
    const owner = { metadata: null, chainId: "chain", deadlineAt: 5, deadlineOwner: null, info: null };
    const outer = new Scope("outer", null, owner);
    const scope = runInScope(outer, () => createScope({ service: "inner" }));
    expect(scope.scope.parent).toBe(outer);
    expect(scope.scope.owner).toMatchObject({ chainId: "chain", deadlineAt: 5 });
    const above = new StreamException({ code: 12008, side: "server", text: "x", origin: "A", path: ["A"] });
    outer.cancel(above);
    expect(scope.scope.exception).toBe(above);
  });

  it("in a scope without an owner inherits nothing", () => {
    const scope = runInScope(new Scope("outer", null), () => createScope({ service: "inner" }));
    expect(scope.scope.owner).toMatchObject({ metadata: null, deadlineAt: null });
    expect(scope.scope.owner?.chainId).toMatch(/^[0-9a-f]{16}$/);
  });

  it("wants options that fit, and names the one that does not", () => {
    const refused: readonly [unknown, string][] = [
      [undefined, "options must be an object with `service`"],
      [null, "options must be an object with `service`"],
      ["edge", "options must be an object with `service`"],
      [{}, "service must be a string, got undefined"],
      [{ service: "edge", caller: 5 }, "caller must be a string, got number"],
      [{ service: "edge", caller: "a,b" }, "caller must not contain a comma"],
    ];
    for (const [options, words] of refused) {
      expect(() => createScope(options as never)).toThrow(TypeError);
      expect(() => createScope(options as never)).toThrow(words);
    }
  });

  it("outside every call begins a chain of its own", () => {
    using first = createScope({ service: "edge" });
    using second = createScope({ service: "edge" });
    expect(first.scope.owner).toMatchObject({ metadata: null, deadlineAt: null, deadlineOwner: null, info: null });
    expect(first.scope.owner?.chainId).toMatch(/^[0-9a-f]{16}$/);
    expect(first.scope.owner?.chainId).not.toBe(second.scope.owner?.chainId);
  });
});
