import { describe, expect, it } from "vitest";
import { aborted, left, RPC, sent, served, stories, timedOut } from "../../support/requests.ts";

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

  it("are not where both ends of a request lie late alike: it is moved back to its call", () => {
    const deadline = { ...RPC, ...timedOut({ knowledge: "hearsay", message: "" }) };
    const told = { ...RPC, ...left({ kind: "deadline", knowledge: "hearsay", message: "" }) };
    const moved = (lateMs: number, longerMs = 0) => [
      served("gateway", "g", null, [0, 709.7], { endsWithCaller: false }),
      sent("gateway", "ga", "g", [0.7, 709.6], deadline),
      served("agent", "a", "ga", [8.9 + lateMs, 709.5 + lateMs + longerMs], told),
      sent("agent", "am", "a", [9.6 + lateMs, 709.4 + lateMs + longerMs], deadline),
      served("model", "m", "am", [10.1 + lateMs, 709.9 + lateMs + longerMs], cancelled),
    ];
    expect(stories(moved(500))).toEqual(stories(moved(0)));
    expect(stories(moved(500))).toEqual([expect.stringMatching(/^agent deadline/)]);
    // A slow one that also went on for longer
    expect(stories(moved(500, 80))).toEqual([expect.stringMatching(/^gateway deadline strong/)]);
  });
});
