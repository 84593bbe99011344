import { describe, expect, it } from "vitest";
import { lost, sent, served, step, stories, timedOut } from "../../support/requests.ts";

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
});
