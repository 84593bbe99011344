import { describe, expect, it } from "vitest";
import { allHops } from "../../../src/cascade/hops/hop-index.ts";
import { linkPaths } from "../../../src/cascade/link/by-path.ts";
import type { Claim } from "../../../src/model/index.ts";
import { cascadesOf, indexed, origins, outlines, received, relayed, started } from "../../support/scene.ts";

describe("a cancel received with a path", () => {
  it("hangs under what its sender started, and below that what its receiver passed on", () => {
    expect(
      outlines(
        started(0, "gateway", "chat"),
        received(1, "chat", ["gateway"]),
        relayed(2, "chat", ["gateway"], "model"),
        received(3, "model", ["gateway", "chat"]),
      ),
    ).toEqual([
      {
        origin: "gateway cancel proven",
        rules: ["own-text", "path-names-origin"],
        reached: ["chat", "model"],
        falseOrigins: [],
        lines: 4,
      },
    ]);
  });

  it.each([
    [5_000, ["gateway cancel proven"]],
    [-5_000, ["gateway cancel proven"]],
    [10_000, ["gateway cancel strong", "gateway cancel strong"]],
    [-10_000, ["gateway cancel strong", "gateway cancel strong"]],
  ])("may be noticed %i ms after its start: a sweep and a clock away", (ms, said) => {
    expect(origins(started(0, "gateway", null), received(ms, "chat", ["gateway"]))).toEqual(said);
  });

  it("waits for any time in a trace", () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    expect(
      origins(started(0, "gateway", null, { traceId }), received(25_000, "chat", ["gateway"], { traceId })),
    ).toEqual(["gateway cancel proven"]);
  });

  it("puts in the services on the path that left no line", () => {
    const [cascade] = cascadesOf(received(0, "model", ["gateway", "chat", "agent"]));
    expect(cascade?.origin).toMatchObject({ service: "gateway", confidence: "strong" });
    expect(cascade?.reached.map(({ service, via, observed }) => [service, via, observed])).toEqual([
      ["chat", "gateway", false],
      ["agent", "chat", false],
      ["model", "agent", true],
    ]);
  });

  it("of two streams of one handler to one service is one cascade", () => {
    const scene = (ms: number) => [
      started(0, "gateway", "chat"),
      received(0.5, "chat", ["gateway"]),
      received(ms, "chat", ["gateway"]),
      received(ms + 0.5, "model", ["gateway", "chat"]),
      received(1, "model", ["gateway", "chat"]),
    ];
    expect(outlines(...scene(2))).toMatchObject([{ origin: "gateway cancel proven", lines: 5 }]);
    // The second one leads to a model of its own: it is no repeated line
    expect(outlines(...scene(20))).toMatchObject([
      { origin: "gateway cancel proven", lines: 3 },
      { origin: "gateway cancel strong", lines: 2 },
    ]);
  });

  it("and told again a second later is one stream, but five seconds later another one", () => {
    const scene = (ms: number) => [
      started(0, "gateway", "chat"),
      received(1, "chat", ["gateway"]),
      received(ms, "chat", ["gateway"]),
    ];
    expect(outlines(...scene(1_000))).toMatchObject([{ origin: "gateway cancel proven", lines: 3 }]);
    expect(outlines(...scene(5_000))).toMatchObject([
      { origin: "gateway cancel proven", lines: 2 },
      { origin: "gateway cancel strong", lines: 1 },
    ]);
  });

  it("and told again under a silent sender is a stream of its own: nobody counts the sender's", () => {
    const twice = [received(0, "chat", ["gateway"]), received(500, "chat", ["gateway"])];
    expect(cascadesOf(...twice).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  /** The line above the one with the text "heard". */
  function above(...evidence: readonly Claim[]): string | undefined {
    const index = indexed(evidence);
    linkPaths(index);
    return allHops(index).find(({ lines }) => lines[0]?.evidence.text === "heard")?.parent?.lines[0]?.evidence.text;
  }

  it("belongs to the stream of its method, though another one ended a little nearer", () => {
    const near = started(0, "gateway", "chat", { method: "Ask", text: "ask" });
    const far = (ms: number) => started(ms, "gateway", "chat", { method: "Tell", text: "tell" });
    const heard = (ms: number) => received(ms, "chat", ["gateway"], { method: "Tell", text: "heard" });
    expect(above(near, far(300), heard(100))).toBe("tell");
    expect(above(near, far(5_000), heard(1))).toBe("ask");
  });

  it("belongs to the stream whose line names its service, though another one's ended a little nearer", () => {
    const near = started(0, "gateway", "search", { text: "to search" });
    const heard = (ms: number) => received(ms, "chat", ["gateway"], { text: "heard" });
    for (const named of [{ peer: "chat" }, { peer: null, peerHint: "chat" }]) {
      const far = started(6_500, "gateway", null, { ...named, text: "to chat" });
      expect(above(near, far, heard(3_100))).toBe("to chat");
      expect(above(near, far, heard(2_500))).toBe("to search");
    }
  });

  it("belongs to the nearest stream if nothing names a peer", () => {
    const near = started(0, "gateway", null, { text: "one" });
    expect(
      above(
        near,
        started(6_500, "gateway", "chat", { text: "two" }),
        received(3_100, "chat", ["gateway"], { text: "heard" }),
      ),
    ).toBe("one");
  });

  it("whose first name cannot have raised its kind came from a caller without a name", () => {
    expect(outlines(received(0, "model", ["chat"], { kind: "reset", code: 1111 }))).toMatchObject([
      { origin: "chat reset strong", reached: ["model"] },
    ]);
    expect(
      outlines(
        received(0, "chat", null, { kind: "reset", code: 1111 }),
        received(1, "model", ["chat"], { kind: "reset", code: 1111 }),
      ),
    ).toMatchObject([{ origin: "null reset weak", reached: ["chat", "model"] }]);
  });

  it("below a lost connection came from whoever was lost", () => {
    const lost = { kind: "disconnect", code: 12013 } as const;
    expect(outlines(received(0, "chat", null, lost), received(1, "model", ["chat"], lost))).toMatchObject([
      { origin: "null disconnect weak", rules: ["connection-lost"], reached: ["chat", "model"] },
    ]);
    expect(outlines(received(1, "model", ["chat"], lost))).toMatchObject([
      { origin: "null disconnect weak", reached: ["chat", "model"] },
    ]);
  });

  it("that began below a caller without paths is that caller's", () => {
    const foreign = { foreignPath: true, caller: { name: "gateway" } } as const;
    expect(outlines(received(1, "model", ["chat"], foreign))).toMatchObject([
      { origin: "gateway cancel weak", rules: ["named-by-neighbour"], reached: ["chat", "model"] },
    ]);
    expect(outlines(received(1, "model", ["chat"], { foreignPath: true }))).toMatchObject([
      { origin: "null cancel weak", rules: ["unnamed-origin"], reached: ["chat", "model"] },
    ]);
  });
});
