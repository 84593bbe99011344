import { EventEmitter, getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { httpScope, type StreamException } from "../../../src/runtime/index.ts";

function response(more: { writableFinished?: boolean; req?: { signal: AbortSignal } } = {}) {
  return Object.assign(new EventEmitter(), { writableFinished: false, ...more });
}

describe("the scope of an HTTP request", () => {
  it("is cancelled when its client leaves before the answer is finished, and is over then", () => {
    const answer = response();
    const scope = httpScope(answer, { service: "edge" });
    answer.emit("close");
    expect(scope.signal.reason as StreamException).toMatchObject({
      code: 12013,
      kind: "disconnect",
      origin: "edge",
      external: "the HTTP client of edge",
    });
    expect(scope.scope.finished).toBe(true);
  });

  it("is only over when the answer was finished", () => {
    const answer = response({ writableFinished: true });
    const scope = httpScope(answer, { service: "edge" });
    answer.emit("close");
    expect([scope.scope.exception, scope.scope.finished]).toEqual([null, true]);
  });

  it("is cancelled by the request's own signal, which may abort first, once", () => {
    const stop = new AbortController();
    const answer = response({ req: { signal: stop.signal } });
    const scope = httpScope(answer, { service: "edge" });
    stop.abort();
    expect((scope.signal.reason as StreamException).code).toBe(12013);
    expect(scope.scope.finished).toBe(false);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    answer.emit("close");
    expect(scope.scope.finished).toBe(true);
  });

  it("wants a response, and says so", () => {
    for (const wrong of [undefined, null, {}, "response"]) {
      expect(() => httpScope(wrong as never, { service: "edge" })).toThrow(
        new TypeError("response must be the ServerResponse of a request"),
      );
    }
  });

  it("needs no request, and no signal of one", () => {
    expect(() => httpScope(response(), { service: "edge" })).not.toThrow();
    expect(() => httpScope({ ...response(), once: () => {}, req: {} }, { service: "edge" })).not.toThrow();
  });
});

describe("the scope of a request whose client has left already", () => {
  it("is cancelled from the beginning, so that no call is made for nobody", () => {
    for (const gone of [{ closed: true }, { destroyed: true }]) {
      const scope = httpScope(Object.assign(response(), gone), { service: "edge" });
      expect(scope.signal.reason as StreamException).toMatchObject({ code: 12013, kind: "disconnect" });
      expect(scope.scope.finished).toBe(true);
    }
  });
});
