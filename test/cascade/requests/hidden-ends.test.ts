import { describe, expect, it } from "vitest";
import { aborted, failed, left, type More, RPC, sent, served, step, stories } from "../../support/requests.ts";

const told: More = { ...RPC, ...left({ kind: "cancel", knowledge: "hearsay", message: "" }) };
const ok: More = { ...RPC, status: "ok" };

describe("a call that says of itself that it ended well", () => {
  it("was given up where its callee was cancelled", () => {
    const trace = (model: More) => [
      served("agent", "a", null, [0, 430], ok),
      sent("agent", "am", "a", [5, 411], ok),
      served("model", "m", "am", [6, 411.5], model),
    ];
    expect(stories(trace(told))).toEqual([expect.stringMatching(/^agent cancel (?:weak|strong).* -> model$/)]);
    expect(stories(trace(ok))).toEqual([]);
  });

  it("was not where its callee only stands below it in the trace, beside the one that it had asked", () => {
    const trace = [
      served("agent", "a", null, [0, 430], ok),
      sent("agent", "am", "a", [5, 411], ok),
      served("model", "m", "am", [6, 410], ok),
      served("store", "s", "am", [7, 4_000], told),
    ];
    expect(stories(trace)).toEqual([]);
  });

  it("was given up by a service that failed, however late the record of it ended", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 417], { endsWithCaller: false }),
        sent("gateway", "ga", "g", [1, 416], { ...RPC, ...failed({ message: "cannot parse" }) }),
        served("agent", "a", "ga", [4, 430], { ...RPC, ...failed({ about: "self", message: "cannot parse" }) }),
        sent("agent", "am", "a", [6, 1_637], ok),
        served("model", "m", "am", [8, 420], told),
      ]),
    ).toEqual(["agent cancel strong -> model"]);
  });
});

describe("a request that has no status at all", () => {
  const none = { answer: null, endsWithCaller: false };
  const trace = (loser: number, more: object = none) => [
    served("router", "r", null, [0, 1_039]),
    sent("router", "r1", "r", [7, 1_038]),
    served("first", "f", "r1", [8, 1_037]),
    sent("router", "r2", "r", [50, 61], { answer: null }),
    served("second", "s", "r2", [52, loser], more),
  ];

  it("was given up where the one that served it has none either, and the service records those of its other calls", () => {
    expect(stories(trace(62.4))).toEqual(["router cancel weak -> second"]);
    expect(stories(trace(60))).toEqual(["router cancel weak -> second"]);
  });

  it("was given up where the one that served it has none either, and was over later", () => {
    const lone = (loser: number) => trace(loser).filter(({ spanId }) => !["r1", "f"].includes(spanId ?? ""));
    expect(stories(lone(62.4))).toEqual(["router cancel weak -> second"]);
    expect(stories(lone(60))).toEqual([]);
  });

  it("is nothing where its callee has a status, or the service records none", () => {
    expect(stories(trace(62.4, { ...none, answer: "200" }))).toEqual([]);
    expect(stories(trace(62.4).map((each) => ({ ...each, answer: null })))).toEqual([]);
  });
});

describe("work that says that it was cancelled", () => {
  const trace = (model: number) => [
    served("edge", "e", null, [0, 802.5], { ...failed({ about: "self" }), answer: "503" }),
    step("edge", "w", "e", [0, 805.3], left({ kind: "cancel", knowledge: "hearsay" })),
    sent("edge", "em", "w", [1, 802.2]),
    served("model", "m", "em", [2, model], { endsWithCaller: false }),
  ];

  it("speaks of the call that its callee outlived", () => {
    expect(stories(trace(805.2))).toEqual(["edge cancel weak -> model"]);
  });

  it("speaks of no call whose callee was done", () => {
    expect(stories(trace(802))).toEqual([]);
    const elsewhere = trace(802).map((each) => (each.spanId === "em" ? { ...each, address: "10.0.0.1:7000" } : each));
    expect(stories(elsewhere)).toEqual(["edge cancel weak -> model"]);
  });
});

describe("an abort of a call whose callee had ended", () => {
  const trace = (model: readonly [number, number]) => [
    served("router", "r", null, [0, 1_500]),
    sent("router", "rm", "r", [6, 62], aborted()),
    served("model", "m", "rm", model, { endsWithCaller: false }),
  ];

  it("only tidied up where the callee had been at work until then", () => {
    expect(stories(trace([8, 50]))).toEqual([]);
  });

  it("cut an answer off where the callee is recorded only until its answer began; when that stopped is not seen", () => {
    expect(stories(trace([8, 9.4]))).toEqual(["router cancel strong -> model (silent)"]);
  });

  it("cut the callee off where the clocks only make it look over", () => {
    const skewed = [
      served("agent", "a", null, [30, 540]),
      sent("agent", "am", "a", [32, 538], aborted()),
      served("model", "m", "am", [3, 509.6], { endsWithCaller: false }),
    ];
    expect(stories(skewed)).toEqual([expect.stringMatching(/^agent cancel .* -> model$/)]);
  });
});

describe("a callee without a status, whose answer had begun", () => {
  const trace = (agent: object, model: number) => [
    served("gateway", "g", null, [0, 761.6], { endsWithCaller: false }),
    sent("gateway", "ga", "g", [1, 15]),
    served("agent", "a", "ga", [13, 727], { endsWithCaller: false, ...agent }),
    sent("agent", "am", "a", [14, 20]),
    served("model", "m", "am", [19, model], { answer: null, endsWithCaller: false }),
  ];

  it("was let go of by a service that had answered, and was over before it", () => {
    expect(stories(trace({}, 760.6))).toEqual([expect.stringMatching(/^agent cancel weak.* -> model$/)]);
  });

  it("was not where it was over first", () => {
    expect(stories(trace({}, 726))).toEqual([]);
    expect(stories(trace({}, 730))).toEqual([]);
  });
});
