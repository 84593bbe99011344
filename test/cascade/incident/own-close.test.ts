/** An end that came from below, and that a server tells of as its client's leaving: it had closed the response itself. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (service: string, ms: number, fields: object): string =>
  JSON.stringify({ time: START + ms, level: 40, name: service, ...fields });
const left = (service: string, ms: number): string => json(service, ms, { msg: "client closed the connection" });
const cut = (service: string, ms: number): string => json(service, ms, { msg: "call cancelled by client" });
const serving = (service: string): string => json(service, -5_000, { msg: "listening" });
const refused = (service: string, ms: number, peer?: string): string =>
  json(service, ms, {
    err: { message: "13 INTERNAL: weights not found", stack: "Error: x\n    at callErrorFromStatus (a.js:1:1)" },
    ...(peer === undefined ? {} : { peer }),
  });

describe("a stream that the callee lost", () => {
  const frames = "\n    at Fetch.terminate (node:internal/deps/undici/undici:1:1)";
  const rows: readonly (readonly [logger: string, fields: object])[] = [
    ["that prints message and stack apart", { error: "terminated", stack: `TypeError: terminated${frames}` }],
    [
      "that prints an error's name",
      { err: { name: "TypeError", message: "terminated", stack: `TypeError: terminated${frames}` } },
    ],
    [
      "of a client of http",
      { error: "aborted", stack: "Error: aborted\n    at Socket.socketCloseListener (node:_http_client:1:1)" },
    ],
  ];
  for (const [logger, fields] of rows)
    it(`is nobody's leaving, in a logger ${logger}`, () => {
      const cascade = onlyCascade({ shop: [serving("shop"), json("shop", 500, fields), left("shop", 503)] });
      expect(inShort(cascade)).toBe("null disconnect weak -> shop");
    });

  it("is the caller's leaving where that is told first", () => {
    const fields = { error: "terminated", stack: `TypeError: terminated${frames}` };
    const cascade = onlyCascade({ shop: [serving("shop"), left("shop", 500), json("shop", 503, fields)] });
    expect(inShort(cascade)).toBe("shop disconnect strong -> ");
  });

  it("is not the caller's leaving where a call that the service had made was reset before", () => {
    const reset = json("relay", 500, {
      err: { message: "1 CANCELLED: Call cancelled", stack: "Error: x\n    at callErrorFromStatus (a.js:1:1)" },
    });
    const cascade = onlyCascade({ relay: [serving("relay"), reset, cut("relay", 507)] });
    expect(inShort(cascade)).toBe("null reset weak -> relay");
  });
});

describe("an error that a handler returned", () => {
  it("cancels nobody, though each server on the way says that its client cancelled", () => {
    const logs = {
      model: [serving("model"), json("model", 500, { msg: "generation failed: weights" }), cut("model", 502)],
      chat: [serving("chat"), refused("chat", 520, "model"), cut("chat", 527)],
    };
    expect(diagnoseLogs(logs).cascades).toEqual([]);
  });

  it("leaves a client that cancelled long before where it was", () => {
    const logs = { chat: [serving("chat"), cut("chat", 100), refused("chat", 520)] };
    expect(inShort(onlyCascade(logs))).toBe("chat disconnect strong -> ");
  });

  it("says nothing about another request", () => {
    const logs = {
      chat: [
        serving("chat"),
        json("chat", 480, { request_id: "aaaa1111", err: { message: "13 INTERNAL: weights not found" } }),
        json("chat", 500, { request_id: "bbbb2222", msg: "call cancelled by client" }),
      ],
    };
    expect(inShort(onlyCascade(logs))).toBe("chat disconnect strong -> ");
  });

  it("made its service end what else it had called", () => {
    const cascade = onlyCascade({
      chat: [
        serving("chat"),
        json("chat", -900, { msg: "calling", peer: "model" }),
        refused("chat", 500, "search"),
        cut("chat", 502),
      ],
      search: [serving("search")],
      model: [serving("model"), json("model", 505, { msg: "call cancelled by client" })],
    });
    expect(inShort(cascade)).toBe("chat cancel weak -> model");
    expect(cascade.origin.reasons[0]?.rule).toBe("own-close-handed-on");
  });

  it("of its own makes what a server then says of its client unsure", () => {
    const failed = json("model", 500, { msg: "generation failed: weights not found" });
    expect(inShort(onlyCascade({ model: [serving("model"), failed, cut("model", 502)] }))).toBe(
      "model disconnect weak -> ",
    );
    expect(inShort(onlyCascade({ model: [serving("model"), failed, cut("model", 900)] }))).toBe(
      "model disconnect strong -> ",
    );
  });

  it("is no act of a service that says so in the words of the answer", () => {
    const logs = {
      model: [serving("model"), json("model", 500, { msg: "no room in cache, aborting rpc" })],
      web: [json("web", 501, { msg: "StatusCode.RESOURCE_EXHAUSTED no room in cache" })],
    };
    expect(diagnoseLogs({ ...logs, web: [] }).cascades).toHaveLength(1);
    expect(diagnoseLogs(logs).cascades).toEqual([]);
  });
});
