import { describe, expect, it } from "vitest";
import { aborted, left, RPC, sent, served, stories } from "../../support/requests.ts";

describe("two services on one host", () => {
  const cancelled = { ...RPC, ...left({ kind: "cancel", knowledge: "hearsay", message: "" }) };
  const cut = { ...RPC, ...aborted({ knowledge: "hearsay", message: "" }) };
  const trace = (startsAt: number) => [
    served("gateway", "g", null, [0, 400], { endsWithCaller: false }),
    sent("gateway", "ga", "g", [10, 399], cut),
    served("agent", "a", "ga", [startsAt, 320], cancelled),
    sent("agent", "am", "a", [startsAt + 1, 319], cut),
    served("model", "m", "am", [12, 500], cancelled),
  ];

  it("are compared by their ends", () => {
    expect(stories(trace(11))).toEqual(["agent cancel strong -> model"]);
  });

  it("are not where one began before it was called, or after the call was over: their clocks differ", () => {
    expect(stories(trace(2))).toEqual([expect.stringMatching(/ weak/)]);
    // The one below it began before the call, too
    expect(stories(trace(40))).toEqual([expect.stringMatching(/ weak/)]);
  });
});
