import { describe, expect, it } from "vitest";
import { UTC_CLOCK } from "../../src/present/clock.ts";
import { plainSentences, plainSummary } from "../../src/present/index.ts";
import { deadlineCascade, falseOriginCascade, wholeStory } from "../story.ts";

describe("sentences for the ear", () => {
  it("say who, because of what, how sure, who stopped, who works on, and who was not the cause", () => {
    const ghosts = [{ service: "cache", durationMs: 2100, messages: 7, places: [] }];
    expect(plainSentences({ ...falseOriginCascade(), ghosts }, 1, UTC_CLOCK)).toEqual([
      "06:57:00.783 UTC. gateway cancelled, because: its own code. Proven.",
      "  Stopped: chat after 0.07 ms; model after 0.41 ms.",
      "  No end was seen of: agent.",
      "  Still running: cache after 2.10 s, 7 messages for nobody.",
      "  Not the cause: chat.",
    ]);
    expect(plainSentences(deadlineCascade("b"), 3, UTC_CLOCK)[0]).toMatch(/Strong\. 3 times\.$/);
  });

  it("count what is known so far", () => {
    expect(plainSummary(wholeStory(), { records: 1204, unmatched: 3, done: false })).toBe(
      "5 cancels so far. Started by: billing 3, gateway 1, ? above ledger 1. 1,204 records read, none lost, 3 not understood.",
    );
  });
});
