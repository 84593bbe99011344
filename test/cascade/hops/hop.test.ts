import { describe, expect, it } from "vitest";
import {
  absorb,
  adopt,
  calls,
  factualLines,
  type Hop,
  hasClientLine,
  sharesSpan,
} from "../../../src/cascade/hops/hop.ts";
import { allHops } from "../../../src/cascade/hops/hop-index.ts";
import type { Claim } from "../../../src/model/index.ts";
import { indexed, received, relayed, started } from "../../support/scene.ts";

/** The streams that lines are counted as: for each the times of its lines. */
function streams(...evidence: readonly Claim[]): number[][] {
  return allHops(indexed(evidence)).map(({ lines }) => lines.map(({ at }) => at).sort((x, y) => x - y));
}

describe("lines of one service about one cancel", () => {
  const send = (ms: number, more: Partial<Claim> = {}) =>
    started(ms, "gateway", "chat", { operation: "send", ...more });
  const receive = (ms: number, more: Partial<Claim> = {}) => started(ms, "gateway", "chat", more);
  const echo = (ms: number) => started(ms, "gateway", "chat", { operation: null, echo: true });

  it("are one stream if they tell of different things within six seconds", () => {
    expect(streams(receive(0), send(5_000))).toEqual([[0, 5_000]]);
    expect(streams(receive(0), send(10_000))).toEqual([[0], [10_000]]);
  });

  it("are a stream each if they tell of the same thing", () => {
    expect(streams(receive(0), receive(100))).toEqual([[0], [100]]);
  });

  it("join the nearest of several streams, six seconds away at most", () => {
    const two = [receive(0), receive(20_000)];
    expect(streams(...two, send(15_000))).toEqual([[0], [15_000, 20_000]]);
    expect(streams(...two, send(10_000))).toEqual([[0], [10_000], [20_000]]);
  });

  it("that do not say what was being done belong to a stream a quarter of a second away at most", () => {
    const two = [receive(0), receive(3_000)];
    expect(streams(...two, echo(100))).toEqual([[0, 100], [3_000]]);
    expect(streams(...two, echo(500))).toEqual([[0], [500], [3_000]]);
  });

  it("that do not say it twice repeat each other within a quarter of a second", () => {
    expect(streams(echo(0), echo(100))).toEqual([[0, 100]]);
    expect(streams(echo(0), echo(500))).toEqual([[0], [500]]);
    expect(streams(receive(0), receive(3_000), echo(100), echo(200), echo(201))).toEqual([[0, 100, 200, 201], [3_000]]);
  });

  it("of a framework do not measure how many streams there were, as long as the application's do", () => {
    const again = (ms: number) => started(ms, "gateway", "chat", { echo: true });
    expect(streams(receive(0), again(1), receive(100), again(101), again(102))).toEqual([[0, 1], [100, 101], [102]]);
    expect(streams(receive(10), receive(30), again(0))).toEqual([[0, 10], [30]]);
  });

  it("begin with the first of them", () => {
    const [first, second] = allHops(indexed([receive(10), receive(30), send(5), send(40)]));
    expect([first?.at, second?.at]).toEqual([5, 30]);
  });

  it("are told apart by what was said", () => {
    expect(streams(receive(0), receive(1, { message: "other" }), receive(2, { code: 12015 }))).toEqual([[0], [1], [2]]);
  });

  it("belong to the stream of their method, though another one ended a little nearer in time", () => {
    const both = [receive(0, { method: "Ask" }), receive(300, { method: "Tell" })];
    expect(streams(...both, send(100, { method: "Tell" }), send(250, { method: "Ask" }))).toEqual([
      [0, 250],
      [100, 300],
    ]);
    expect(streams(...both, send(100))).toEqual([[0, 100], [300]]);
  });

  it("belong to the nearest stream if that of their method is seconds away", () => {
    const both = [receive(0, { method: "Ask" }), receive(5_000, { method: "Tell" })];
    expect(streams(...both, send(1, { method: "Tell" }))).toEqual([[0, 1], [5_000]]);
  });

  it("belong to the stream of their span, whatever the time", () => {
    const both = [receive(0, { spanId: "a" }), receive(2_000, { spanId: "b" })];
    expect(streams(...both, send(500, { spanId: "b" }), send(1_500, { spanId: "a" }))).toEqual([
      [0, 1_500],
      [500, 2_000],
    ]);
  });

  it("with a span go to a stream without one before another span's", () => {
    const both = [receive(0, { spanId: "a" }), receive(2_000)];
    expect(streams(...both, send(500, { spanId: "b" }))).toEqual([[0], [500, 2_000]]);
  });

  it("of two services, or two directions, are never one stream", () => {
    expect(streams(receive(0), received(1, "chat", ["gateway"]), received(2, "agent", ["gateway"]))).toEqual([
      [0],
      [1],
      [2],
    ]);
  });
});

describe("a hop", () => {
  const hopOf = (...lines: readonly Claim[]): Hop => {
    const [hop, ...others] = allHops(indexed(lines));
    expect(others).toEqual([]);
    return hop as Hop;
  };

  it("shares a span with one that has a line of it", () => {
    const spanned = (service: string, spanId: string | null) => hopOf(started(0, service, "chat", { spanId }));
    expect(sharesSpan(spanned("gateway", "a"), spanned("chat", "a"))).toBe(true);
    expect(sharesSpan(spanned("gateway", "a"), spanned("chat", "b"))).toBe(false);
    expect(sharesSpan(spanned("gateway", null), spanned("chat", null))).toBe(false);
    const two = hopOf(started(0, "gateway", "chat"), started(1, "gateway", "chat", { spanId: "a", operation: "send" }));
    expect([sharesSpan(two, spanned("chat", "a")), sharesSpan(spanned("chat", "a"), two)]).toEqual([true, true]);
  });

  it("calls whom a line of its client side names, or hints at", () => {
    expect(calls(hopOf(started(0, "gateway", "chat")), "chat")).toBe(true);
    expect(calls(hopOf(started(0, "gateway", null, { peerHint: "chat" })), "chat")).toBe(true);
    expect(calls(hopOf(started(0, "gateway", "search", { side: null })), "chat")).toBe(false);
    expect(calls(hopOf(received(0, "gateway", ["edge"], { peer: "chat" })), "chat")).toBe(false);
    expect(calls(hopOf(started(0, "gateway", "chat"), started(1, "gateway", "search")), "chat")).toBe(true);
  });

  it("has a client line if it ended a stream of its own, not if it only heard of one", () => {
    expect(hasClientLine(hopOf(started(0, "gateway", "chat")))).toBe(true);
    expect(hasClientLine(hopOf(received(0, "chat", ["gateway"])))).toBe(false);
    expect(hasClientLine(hopOf(received(0, "chat", ["gateway"], { side: "client" })))).toBe(false);
    expect(hasClientLine(hopOf(started(0, "gateway", "chat", { side: null })))).toBe(false);
    expect(hasClientLine(hopOf(received(0, "chat", ["a"]), relayed(1, "chat", ["a"], "model")))).toBe(true);
  });

  it("knows which of its lines are facts", () => {
    const hop = hopOf(
      started(0, "gateway", "chat"),
      started(1, "gateway", "chat", { operation: "send", knowledge: "fact" }),
    );
    expect(factualLines(hop).map(({ at }) => at)).toEqual([1]);
  });

  it("never becomes its own ancestor", () => {
    const [a, b, c] = ["a", "b", "c"].map((service) => hopOf(started(0, service, null))) as [Hop, Hop, Hop];
    expect([adopt(a, b, "path"), adopt(b, c, "neighbour"), adopt(c, a, "path"), adopt(a, a, "path")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([a.parent, b.parent, c.parent, c.link]).toEqual([null, a, b, "neighbour"]);
    expect(a.children).toEqual([b]);
  });

  it("takes over the lines and children of one that tells of the same", () => {
    const [into, other, child, parent] = ["a", "b", "c", "d"].map((service) => hopOf(started(0, service, null))) as [
      Hop,
      Hop,
      Hop,
      Hop,
    ];
    adopt(other, child, "path");
    adopt(parent, other, "path");
    absorb(into, other);
    expect(into.lines.map(({ evidence }) => evidence.service)).toEqual(["a", "b"]);
    expect([into.children, child.parent, other.children, other.lines, other.parent, parent.children]).toEqual([
      [child],
      into,
      [],
      [],
      null,
      [],
    ]);
  });
});

describe("the streams of one handler", () => {
  it("are as many as the kind of line that came most often, in order of time", () => {
    const end = (ms: number, operation: "receive" | "send" | "context") =>
      started(ms, "gateway", "chat", { operation });
    const many = [end(30, "receive"), end(0, "send"), end(20, "send"), end(1, "receive"), end(21, "context")];
    expect(streams(...many)).toEqual([
      [0, 1],
      [20, 21, 30],
    ]);
    expect(streams(end(50, "receive"), end(0, "send"), end(100, "send"), end(8_000, "send"))).toEqual([
      [0, 50],
      [100],
      [8_000],
    ]);
  });

  it("to two peers are one hop, and two of each are two", () => {
    const to = (ms: number, peer: string) => started(ms, "gateway", peer);
    expect(streams(to(0, "chat"), to(1, "search"))).toEqual([[0, 1]]);
    expect(streams(to(0, "chat"), to(1, "search"), to(100, "chat"), to(101, "search"))).toEqual([
      [0, 1],
      [100, 101],
    ]);
  });
});
