import { describe, expect, it } from "vitest";
import { fateFacts, fateOf, fateSentence, fateWord, runningSentence } from "../../src/present/index.ts";
import { falseOriginCascade, reached } from "../story.ts";

const running = { state: "still-running" } as const;
const silent = { state: "silent", observed: false } as const;

function fate(...edges: readonly ReturnType<typeof reached>[]) {
  return fateOf(falseOriginCascade({ reached: edges }));
}

describe("what became of the services", () => {
  it("counts ends that were seen, and others apart; each service once, the origin never", () => {
    const found = fate(
      reached("chat", "gateway"),
      reached("agent", "chat", running),
      reached("agent", "gateway", running),
      reached("tool", "agent", silent),
      reached("gateway", "agent", running),
    );
    expect(found).toMatchObject({ total: 3, stopped: 1, unseen: ["tool"], running: [{ service: "agent" }] });
    expect(fateFacts(found)).toBe("1 of 3 other services stopped, 1 not seen to, 1 still running");
    expect(fateWord(found)).toBe("1 of 3 !");
    expect(fateSentence(found)).toBe("1 of 3 services stopped. Of tool no end was seen.");
    expect(runningSentence(found)).toBe("agent DID NOT STOP.");
  });

  it("is all of them only where every end was seen", () => {
    const both = fate(reached("chat", "gateway", { delayMs: 4 }), reached("model", "chat", { delayMs: 31 }));
    expect([fateWord(both), fateFacts(both)]).toEqual(["all 2", "2 other services stopped"]);
    expect(fateSentence(both)).toBe("Both services it reached stopped within 31 ms.");
    expect(fateSentence(fate(reached("a", "gateway"), reached("b", "a"), reached("c", "a")))).toBe(
      "All 3 services it reached stopped.",
    );
    const one = fate(reached("chat", "gateway"));
    expect([fateWord(one), fateSentence(one)]).toEqual(["1 of 1", "The one service it reached stopped."]);
    const unseen = fate(reached("chat", "gateway"), reached("model", "chat", silent));
    expect([fateWord(unseen), fateFacts(unseen)]).toEqual(["1 of 2 ?", "1 of 2 other services stopped, 1 not seen to"]);
    expect(fateWord(fate())).toBe("none below");
    expect(fateFacts(fate())).toBe("no other service stopped");
  });

  it("takes no time from a service whose clock is early", () => {
    expect(fate(reached("chat", "gateway", { delayMs: -90 })).withinMs).toBeNull();
  });

  it("says how long somebody worked on, and for how many messages, the origin itself, too", () => {
    const ghosts = [
      { service: "gateway", durationMs: 2_100, messages: 7, places: [] },
      { service: "chat", durationMs: 1_500, messages: 0, places: [] },
    ];
    const found = fateOf(falseOriginCascade({ reached: [reached("chat", "gateway", running)], ghosts }));
    expect(runningSentence(found)).toBe(
      "chat, gateway DID NOT STOP: still at work 2.10 s later, 7 messages for nobody.",
    );
  });
});
