import { describe, expect, it } from "vitest";
import { aborted, lost, sent, served, step, stories, timedOut } from "../../support/requests.ts";

describe("whom a cut call reached", () => {
  const trace = (model: readonly [number, number]) => [
    served("agent", "a", null, [0, 818.4], { endsWithCaller: false }),
    sent("agent", "am", "a", [1, 818.3], timedOut()),
    served("model", "m", "am", model, { endsWithCaller: false }),
  ];

  it("is its callee also where the record of that ended when its answer began", () => {
    expect(stories(trace([2, 2.9]))).toEqual(["agent deadline strong -> model (silent)"]);
  });

  it("is nobody who had been at work for most of the call and was done", () => {
    expect(stories(trace([2, 700]))).toEqual(["agent deadline strong -> "]);
  });

  it("is whoever was at work below a service that died over its request", () => {
    const died = (model: number) => [
      served("gateway", "g", null, [0, 937.1], { endsWithCaller: false }),
      sent("gateway", "ga", "g", [1, 936.7], lost()),
      step("agent", "s1", "never-came", [2, 3]),
      sent("agent", "am", "never-came", [82, 201]),
      served("model", "m", "am", [149, model], { endsWithCaller: false }),
    ];
    expect(stories(died(931.1))).toEqual(["agent disconnect weak -> model"]);
    expect(stories(died(300))).toEqual(["agent disconnect weak -> "]);
  });

  it("is whoever was at work below a service that left no span of its request", () => {
    const trace = (model: number, steps: readonly ReturnType<typeof step>[] = []) => [
      served("gateway", "g", null, [0, 837.8]),
      sent("gateway", "ga", "g", [67, 831.6], lost()),
      ...steps,
      served("model", "m", "never-came", [141, model]),
    ];
    const by = ", by the callee of gateway at 127.0.0.1:7000, which left no span";
    expect(stories(trace(833.8))).toEqual([`null disconnect weak${by} -> model`]);
    // It had answered
    expect(stories(trace(300))).toEqual([`null disconnect weak${by} -> `]);
    // Of the one between there is a step: its request never ended, and the one below did in the same moment
    const dial = step("agent", "dial", "never-came-either", [100, 103]);
    expect(stories(trace(833.8, [dial]))).toEqual(["agent disconnect strong -> model"]);
    expect(stories(trace(300, [dial]))).toEqual(["agent disconnect weak -> "]);
    // Steps of two services: who was called is not known
    const other = step("search", "other", "nor-did-this", [100, 103]);
    expect(stories(trace(833.8, [dial, other]))).toEqual([`null disconnect weak${by} -> `]);
  });

  it("is whom a service ended when it had lost another one: that is one story, unless it had a reason of its own", () => {
    const trace = (more: object, at = 404.5) => [
      served("gateway", "g", null, [0, 416.1]),
      sent("gateway", "gs", "g", [42, 402.2], lost()),
      served("search", "s", "gs", [62, 401.2]),
      sent("gateway", "gm", "g", [50, at], more),
      served("model", "m", "gm", [67, 407.3]),
    ];
    expect(stories(trace(aborted()))).toEqual(["search reset strong -> model"]);
    const two = [expect.stringMatching(/^gateway/), "search reset strong -> "];
    expect(stories(trace(timedOut())).sort()).toEqual(two);
    expect(stories(trace(aborted({ intent: "stop" }))).sort()).toEqual(two);
    // It had ended that one before
    expect(stories(trace(aborted(), 401)).sort()).toEqual(two);
  });

  it("is whom a service let go of when it had lost another one, though it says nothing of that", () => {
    const trace = (call: number, model: number) => [
      served("gateway", "g", null, [0, 416.1]),
      sent("gateway", "gs", "g", [42, 402.2], lost()),
      served("search", "s", "gs", [62, 401.2]),
      sent("gateway", "gm", "g", [50, call]),
      served("model", "m", "gm", [67, model]),
    ];
    expect(stories(trace(404.5, 407.3))).toEqual(["search reset strong -> model"]);
    // Its answer was whole, or it went on
    expect(stories(trace(404.5, 404))).toEqual(["search reset strong -> "]);
    expect(stories(trace(395, 407.3))).toEqual(["search reset strong -> "]);
    expect(stories(trace(500, 507))).toEqual(["search reset strong -> "]);
  });
});
