import { describe, expect, it } from "vitest";
import { aborted, failed, left, lost, RPC, sent, served, stories } from "../../support/requests.ts";

const HANDLER = { endsWithCaller: false };

describe("a service whose caller says nothing of the call", () => {
  const trace = (gateway: readonly [number, number]) => [
    served("gateway", "g", null, [0, 910]),
    sent("gateway", "ga", "g", gateway),
    served("agent", "a", "ga", [23, 899.7], HANDLER),
    sent("agent", "am", "a", [24, 899.6], aborted()),
    served("model", "m", "am", [26, 899.8], HANDLER),
  ];

  it("was likely ended by it where the call was over before its own cut and its response", () => {
    expect(stories(trace([1, 898.1]))).toEqual([expect.stringMatching(/^gateway cancel weak.* -> agent, model$/)]);
  });

  it("was not where the call was over afterwards, or ended with the beginning of the answer", () => {
    expect(stories(trace([1, 900.1]))).toEqual([expect.stringMatching(/^agent cancel weak/)]);
    expect(stories(trace([1, 60]))).toEqual([expect.stringMatching(/^agent cancel weak/)]);
  });
});

describe("a service whose caller's response broke off", () => {
  // The span of the call between ended with the head of the answer
  const trace = (broke: object, own: number) => [
    served("gateway", "g", null, [0, 1_209], { endsWithCaller: false, answer: null, status: "unset", ...broke }),
    sent("gateway", "ga", "g", [175, 200]),
    served("agent", "a", "ga", [187, own + 0.1], HANDLER),
    sent("agent", "am", "a", [187, own], aborted({ message: "context canceled" })),
    served("model", "m", "am", [188, own + 0.4], HANDLER),
  ];
  const broken = left({ knowledge: "reading", message: "no answer was sent" });

  it("was likely ended by it, right then", () => {
    expect(stories(trace(broken, 1_215))).toEqual([
      expect.stringMatching(/^gateway disconnect weak, by the HTTP client of gateway -> agent, model$/),
    ]);
  });

  it("was not a while before or after, nor where the response had ended well", () => {
    expect(stories(trace(broken, 1_290))[0]).toMatch(/^agent cancel/);
    expect(stories(trace(broken, 1_100))[0]).toMatch(/^agent cancel/);
    expect(stories(trace({ answer: "200" }, 1_215))[0]).toMatch(/^agent cancel/);
  });
});

describe("a service that worked on after it had ended a call", () => {
  const trace = (more: readonly [number, number]) => [
    served("router", "r", null, [0, 1_530], HANDLER),
    sent("router", "r1", "r", more),
    served("first", "f", "r1", [more[0] + 1, more[1] - 1], HANDLER),
    sent("router", "r2", "r", [6, 62], aborted()),
    served("second", "s", "r2", [7, 64], HANDLER),
  ];

  it("did so for its caller where another call went on and ended well", () => {
    expect(stories(trace([5, 1_529]))).toEqual(["router cancel strong -> second"]);
  });

  it("may only have tidied up for one that had left", () => {
    expect(stories(trace([5, 50]))).toEqual([expect.stringMatching(/^router cancel weak, by perhaps/)]);
  });
});

describe("a service that had answered in full", () => {
  it("was not ended by a caller whose clock says that it had gone before", () => {
    const ok = { ...RPC, status: "ok" } as const;
    const trace = [
      served("gateway", "g", null, [0, 444], HANDLER),
      sent("gateway", "ga", "g", [1, 443], ok),
      served("agent", "a", "ga", [26, 447], ok),
      sent("agent", "am", "a", [28, 445.7], { ...RPC, ...aborted({ knowledge: "hearsay", message: "" }) }),
      served("model", "m", "am", [31, 445.4], {
        ...RPC,
        ...left({ kind: "cancel", knowledge: "hearsay", message: "" }),
      }),
    ];
    expect(stories(trace)).toEqual(["agent cancel weak -> model"]);
  });
});

describe("a connection that was lost below", () => {
  it("is nobody's cancel, whatever status the one below has and whatever the clocks say", () => {
    const gone = { ...RPC, ...lost({ knowledge: "hearsay" }) };
    const trace = (modelMs: number) => [
      served("gateway", "g", null, [0, 1_045]),
      sent("gateway", "ga", "g", [1, 1_044], { ...RPC, ...failed() }),
      served("agent", "a", "ga", [6, 1_042.3], { ...RPC, ...failed({ about: "self" }) }),
      sent("agent", "am", "a", [6.2, 1_042.2], gone),
      served("model", "m", "am", [6.5 + modelMs, 1_042.4 + modelMs], {
        ...RPC,
        ...left({ kind: "cancel", knowledge: "hearsay", message: "" }),
      }),
    ];
    expect(stories(trace(0))).toEqual(["model reset strong -> "]);
    expect(stories(trace(-5))).toEqual(["model reset strong -> "]);
  });
});

describe("a response that ended before the call that was made for it", () => {
  const trace = (answer: string) => [
    served("edge", "e", null, [0, 803], { ...(answer === "200" ? {} : failed({ about: "self" })), answer }),
    sent("edge", "em", "e", [1, 810], aborted()),
    served("model", "m", "em", [3, 812], HANDLER),
  ];

  it("was the service's own doing where it says that the service failed: somebody was there to be told", () => {
    expect(stories(trace("503"))).toEqual(["edge cancel strong -> model"]);
  });

  it("had lost its caller otherwise", () => {
    expect(stories(trace("200"))).toEqual(["edge disconnect strong, by the HTTP client of edge -> model"]);
  });
});

describe("a call that nobody asked for in the trace", () => {
  it("was let go by its service where it was over, without an error, before its callee was told", () => {
    const trace = (sentEnd: number) => [
      sent("edge", "ea", "none", [0, sentEnd], { parentSpanId: null }),
      served("agent", "a", "ea", [24, 824], { ...HANDLER, status: "error", outcome: GONE }),
      sent("agent", "am", "a", [98, 155]),
      served("model", "m", "am", [103, 825], HANDLER),
    ];
    expect(stories(trace(806))).toEqual(["edge cancel strong -> agent, model"]);
    expect(stories(trace(60))).toEqual(["edge cancel weak -> agent, model"]);
    expect(stories(trace(828))).toEqual(["edge cancel weak -> agent, model"]);
    const elsewhere = trace(806).map((each) => (each.spanId === "ea" ? { ...each, address: "10.0.0.1:7000" } : each));
    expect(stories(elsewhere)).toEqual(["edge cancel weak -> agent, model"]);
  });
});

const GONE = {
  observation: "received",
  about: "caller",
  knowledge: "fact",
  kind: "disconnect",
  message: "499",
  remote: null,
} as const;
