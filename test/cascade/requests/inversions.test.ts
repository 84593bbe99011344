import { describe, expect, it } from "vitest";
import { aborted, left, sent, served, step, stories } from "../../support/requests.ts";

const HANDLER = { endsWithCaller: false };

describe("a response that was over before the call that was made for it", () => {
  it("was left where the callee's server says that its caller had gone", () => {
    const trace = (told: number) => [
      served("edge", "e", null, [0, 803.4], HANDLER),
      sent("edge", "ea", "e", [3, 61]),
      served("agent", "a", "ea", [4, 801.6]),
      sent("agent", "am", "a", [5, 801.8]),
      served("model", "m", "am", [7, 805], HANDLER),
      step("model", "mr", "m", [8, told], left({ knowledge: "reading", message: "disconnect" })),
    ];
    expect(stories(trace(804.5))).toEqual(["edge cancel weak, by perhaps the HTTP client of edge -> agent, model"]);
    // It says so of every response that is complete
    expect(stories(trace(805.2))).toEqual([]);
  });

  it("is likely to have been left where what lies behind a service without a span went on for a moment", () => {
    const trace = (model: number) => [
      served("gateway", "g", null, [0, 899.1]),
      sent("gateway", "ga", "g", [2, 900]),
      served("model", "m", "lost", [9, model], HANDLER),
    ];
    expect(stories(trace(901.9))).toEqual([expect.stringMatching(/^gateway disconnect weak.*, model$/)]);
    expect(stories(trace(899.5))).toEqual([]);
  });
});

describe("a response that was over right before its call, on whatever clocks", () => {
  const trace = (gap: number, agentMs: number, own: object = {}) => [
    served("gateway", "g", null, [0, 900]),
    sent("gateway", "ga", "g", [1, 900 + gap]),
    served("agent", "a", "ga", [2 + agentMs, 899 + agentMs], HANDLER),
    sent("agent", "am", "a", [3 + agentMs, 898.9 + agentMs], own),
    served("model", "m", "am", [4 + agentMs, 898.8 + agentMs], HANDLER),
  ];

  it("is noise where both are one moment, however late the callee looks", () => {
    expect(stories(trace(0.13, 30))).toEqual([]);
  });

  it("was likely left where the one below says that it ended its own call", () => {
    expect(stories(trace(0.8, -30, aborted()))).toEqual([
      "gateway disconnect weak, by the HTTP client of gateway -> agent, model",
    ]);
    expect(stories(trace(-2, -30, aborted()))).toEqual([expect.stringMatching(/^agent cancel weak/)]);
  });
});

describe("a response that was over clearly before its call, where calls are recorded until their connections close", () => {
  const trace = (ga: number, a: number, am: number, more: object = {}) => [
    served("gateway", "g", null, [16, 912.5]),
    sent("gateway", "ga", "g", [180, ga], more),
    served("agent", "a", "ga", [216, a]),
    sent("agent", "am", "a", [274, am]),
    served("model", "m", "am", [303, 919]),
  ];

  it("was left where the response below it was over before its own call, too, and after it", () => {
    expect(stories(trace(924.1, 914.1, 918.2))).toEqual([
      "gateway disconnect strong, by the HTTP client of gateway -> agent, model",
    ]);
  });

  it("is noise where one of the two is one moment, or ended in the order of an answer", () => {
    expect(stories(trace(913.2, 914.1, 914.05))).toEqual([]);
    expect(stories(trace(924.1, 912, 918.2))).toEqual([]);
    // The whole answer had come
    expect(stories(trace(910, 908, 905))).toEqual([]);
  });

  it("is never sure on two clocks, where two in a row are all that is known", () => {
    const far = { address: "10.0.0.7:7000" };
    for (const moved of [0, 4])
      expect(stories(trace(924.1, 914.1 + moved, 918.2 + moved, far))).toEqual([
        "gateway disconnect weak, by the HTTP client of gateway -> agent, model",
      ]);
    expect(stories(trace(924.1, 914.1, 914.2, far))).toEqual([]);
    expect(stories(trace(912.6, 914.1, 918.2, far))).toEqual([]);
    expect(stories(trace(910, 908, 905, far))).toEqual([]);
  });
});

describe("a response that was over right before its call", () => {
  const trace = (handler: number, model: number, call = 865.5) => [
    served("agent", "a", null, [0, 865.2]),
    step("agent", "h", "a", [2, handler]),
    sent("agent", "am", "h", [73, call]),
    served("model", "m", "am", [87, model]),
  ];

  it("was perhaps left where its handler was not done, and its callee was over later", () => {
    expect(stories(trace(869.6, 868.6))).toEqual(["agent disconnect weak, by the HTTP client of agent -> model"]);
  });

  it("is noise where its handler was done, its callee was, or the call", () => {
    expect(stories(trace(865.4, 868.6))).toEqual([]);
    expect(stories(trace(869.6, 866))).toEqual([]);
    expect(stories(trace(869.6, 868.6, 865))).toEqual([]);
    // A handler that has something else to do
    expect(stories(trace(2_000, 868.6))).toEqual([]);
  });
});

describe("a response that was over before its call, where what was done below it went on for long", () => {
  const trace = (agent: number, more: object = {}) => [
    served("gateway", "g", null, [0, 838.4], more),
    sent("gateway", "ga", "g", [20, 839.3]),
    served("agent", "a", "ga", [28, agent]),
    sent("agent", "am", "a", [65, 2_728.3]),
    served("model", "m", "am", [74, 2_727.8]),
  ];

  it("was left: the one below was cut off and had not told its callee", () => {
    expect(stories(trace(849.4))).toEqual([
      "gateway disconnect strong, by the HTTP client of gateway -> agent (still-running), model (still-running)",
    ]);
  });

  it("is never sure where the one below may have been done, or responses end with their handlers", () => {
    expect(stories(trace(841))).toEqual([]);
    expect(stories(trace(849.4, HANDLER))).toEqual([expect.stringMatching(/^gateway disconnect weak/)]);
  });
});

describe("a response without a status whose answer had begun", () => {
  const none = { answer: null, endsWithCaller: false };
  const trace = (gateway: number, agent: number, model: number, more: object = none) => [
    served("gateway", "g", null, [0, gateway], more),
    sent("gateway", "ga", "g", [2, 69]),
    served("agent", "a", "ga", [9, agent], more),
    sent("agent", "am", "a", [11, 67]),
    served("model", "m", "am", [16, model], more),
  ];

  it("was left where those below are without one too and were over later", () => {
    expect(stories(trace(895.6, 896.1, 901.2))).toEqual([
      "gateway disconnect weak, by the HTTP client of gateway -> agent, model",
    ]);
  });

  it("was complete where it was over last, or has its status", () => {
    expect(stories(trace(901.2, 896.1, 895.6))).toEqual([]);
    expect(stories(trace(895.6, 896.1, 901.2, HANDLER))).toEqual([]);
  });
});

describe("responses that were over one after another, each before the calls that were made for it", () => {
  const trace = (agent: number, call: number, host: string | null = null) => [
    served("gateway", "g", null, [16, 912.5], { host }),
    sent("gateway", "ga", "g", [180, 924.1], { host, ...(host === null ? {} : { address: "agent:80" }) }),
    served("agent", "a", "ga", [216, agent], { host: host === null ? null : `${host}2` }),
    sent("agent", "am", "a", [274, call]),
    served("model", "m", "am", [303, call + 0.8]),
  ];

  it("were left, however late the record of the first call ended", () => {
    expect(stories(trace(914.1, 918.2))).toEqual([
      "gateway disconnect strong, by the HTTP client of gateway -> agent, model",
    ]);
  });

  it("were complete where the one below was over first, or over last", () => {
    expect(stories(trace(911.9, 910.2))).toEqual([]);
    expect(stories(trace(914.1, 913.2))).toEqual([]);
  });

  it("prove nothing on two clocks", () => {
    expect(stories(trace(1_214.1, 1_218.2))).toEqual([expect.stringContaining("strong")]);
    expect(stories(trace(1_214.1, 1_218.2, "one"))).not.toEqual([expect.stringContaining("strong")]);
  });
});
