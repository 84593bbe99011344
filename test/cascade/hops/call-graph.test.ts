import { describe, expect, it } from "vitest";
import { CallGraph } from "../../../src/cascade/hops/call-graph.ts";
import type { Evidence } from "../../../src/model/index.ts";
import { callFact, claim, processFact, request } from "../../support/evidence.ts";

function learned(...evidence: readonly Evidence[]): CallGraph {
  const calls = new CallGraph();
  for (const each of evidence) calls.learn(each);
  return calls;
}

const callers = (calls: CallGraph, service: string): string[] => [...calls.callersOf(service)].sort();

describe("who calls whom", () => {
  it("is learned from peers of outgoing streams, not from a server's own lines", () => {
    const calls = learned(
      callFact({ service: "chat", side: "client", peer: "model" }),
      callFact({ service: "gateway", side: "server", peer: "edge" }),
    );
    expect(callers(calls, "model")).toEqual(["chat"]);
    expect(callers(calls, "edge")).toEqual([]);
    expect(calls.serves("model")).toBe(true);
    expect(calls.serves("chat")).toBe(false);
    expect([calls.knows("chat"), calls.knows("model"), calls.knows("edge"), calls.knows("gateway")]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it("is learned from paths, but for their first name, which may be a proxy's", () => {
    const calls = learned(claim({ service: "tool", path: ["gateway", "chat", "model"] }));
    expect(callers(calls, "tool")).toEqual(["model"]);
    expect(callers(calls, "model")).toEqual(["chat"]);
    expect(callers(calls, "chat")).toEqual([]);
    expect([calls.serves("gateway"), calls.serves("chat"), calls.serves("model"), calls.serves("tool")]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(calls.knows("gateway")).toBe(false);
  });

  it("is learned from a path whole where it begins below a caller without paths", () => {
    const calls = learned(claim({ service: "tool", path: ["chat", "model"], foreignPath: true }));
    expect(callers(calls, "model")).toEqual(["chat"]);
    expect([calls.knows("chat"), calls.serves("chat")]).toEqual([true, true]);
  });

  it("is not learned from a caller's own side of a path, nor over a name that is missing", () => {
    expect(callers(learned(claim({ service: "tool", side: "client", path: ["gateway", "model"] })), "tool")).toEqual(
      [],
    );
    const calls = learned(claim({ service: "tool", path: ["gateway", "", "model"] }));
    expect(callers(calls, "model")).toEqual([]);
    expect(calls.serves("model")).toBe(true);
    expect(callers(learned(claim({ service: "tool", path: ["gateway", ""] })), "tool")).toEqual([]);
  });

  it("is learned from a caller's name only as a name", () => {
    const calls = learned(claim({ service: "chat", caller: { name: "gateway" } }));
    expect(calls.knows("gateway")).toBe(true);
    expect(callers(calls, "chat")).toEqual([]);
    expect(learned(claim({ service: "chat", path: ["a", "b"], caller: { name: "gateway" } })).knows("gateway")).toBe(
      false,
    );
    expect(learned(claim({ service: null, caller: { name: "gateway" } })).knows("gateway")).toBe(false);
  });

  it("is learned from spans: a span's parent is its caller's", () => {
    const calls = new CallGraph();
    const span = (service: string, spanId: string, parentSpanId: string | null): { evidence: Evidence } => ({
      evidence: request({ service, spanId, parentSpanId }),
    });
    calls.learnSpans([
      span("gateway", "a", null),
      span("chat", "b", "a"),
      span("chat", "c", "b"),
      span("model", "d", "x"),
    ]);
    expect(callers(calls, "chat")).toEqual(["gateway"]);
    expect(callers(calls, "model")).toEqual([]);
  });

  it("says who listens where, and who the other end of a stream is", () => {
    const calls = learned(
      processFact({ service: "model", address: "10.0.0.7:9000", serves: true }),
      processFact({ service: "tool", address: null }),
    );
    expect(calls.at("10.0.0.7:9000")).toBe("model");
    expect(calls.at("10.0.0.8:9000")).toBeNull();
    expect(calls.peerOf(callFact({ peer: "search", peerHint: "model" }))).toBe("search");
    expect(calls.peerOf(callFact({ peerHint: "model" }))).toBe("model");
    expect(calls.peerOf(callFact({ peerHint: "somebody" }))).toBeNull();
    expect(calls.peerOf(callFact({ side: "client", address: "10.0.0.7:9000" }))).toBe("model");
    expect(calls.peerOf(callFact({ side: "server", address: "10.0.0.7:9000" }))).toBeNull();
  });

  it("says that a service has callers where its record shows it", () => {
    const calls = learned(
      callFact({ service: "chat", serves: true }),
      callFact({ service: "gateway" }),
      callFact({ service: null, serves: true }),
    );
    expect([calls.serves("chat"), calls.serves("gateway")]).toEqual([true, false]);
  });

  it("adds to what was known before, without writing into it", () => {
    const base = learned(
      callFact({ service: "chat", side: "client", peer: "model" }),
      processFact({ service: "model", address: "a:1", serves: true }),
    );
    const calls = new CallGraph(base);
    expect(calls.revision).toBe(base.revision);
    expect([calls.serves("model"), calls.knows("chat"), calls.at("a:1"), callers(calls, "model")]).toEqual([
      true,
      true,
      "model",
      ["chat"],
    ]);
    calls.learn(callFact({ service: "search", side: "client", peer: "model" }));
    calls.learn(processFact({ service: "search", address: "a:2" }));
    expect(callers(calls, "model")).toEqual(["chat", "search"]);
    expect([callers(base, "model"), base.knows("search"), base.at("a:2")]).toEqual([["chat"], false, null]);
    expect(calls.revision).toBeGreaterThan(base.revision);
  });

  it("rises in revision with a new fact only", () => {
    const fact = callFact({ service: "chat", side: "client", peer: "model" });
    const listens = processFact({ service: "model", address: "a:1", serves: true });
    const calls = learned(fact, listens);
    const before = calls.revision;
    calls.learn(fact);
    calls.learn(listens);
    expect(calls.revision).toBe(before);
    calls.learn(processFact({ service: "tool", address: "a:1", serves: true }));
    expect(calls.revision).toBeGreaterThan(before);
    expect(calls.at("a:1")).toBe("tool");
  });

  it("holds no more names than it has room for", () => {
    const calls = new CallGraph();
    for (let index = 0; index < 20_001; index += 1) {
      calls.learn(callFact({ service: `s${index}`, serves: true }));
      calls.learn(processFact({ service: "model", address: `a:${index}` }));
      calls.learn(callFact({ service: "edge", side: "client", peer: `p${index}` }));
    }
    expect([
      calls.knows("s19990"),
      calls.knows("s20000"),
      calls.serves("s20000"),
      calls.at("a:20000"),
      callers(calls, "p20000"),
    ]).toEqual([true, false, false, null, []]);
    expect([calls.at("a:19999"), callers(calls, "p19999")]).toEqual(["model", ["edge"]]);
  });

  it("holds a thousand callers of one service", () => {
    const calls = new CallGraph();
    for (let index = 0; index < 1_001; index += 1)
      calls.learn(callFact({ service: `s${index}`, side: "client", peer: "model" }));
    expect(calls.callersOf("model").size).toBe(1_000);
  });
});
