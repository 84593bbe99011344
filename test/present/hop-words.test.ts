import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { hopName, hopRows, hopWords } from "../../src/present/index.ts";
import { falseOriginCascade, reached, unknownCascade } from "../story.ts";

/** Each row of a drawn cascade as one line. */
function drawn(cascade: Cascade): string[] {
  return hopRows(cascade).map(({ hop, depth }) => {
    const { state, delay, note } = hopWords(cascade, hop);
    return [`${"  ".repeat(depth)}${hopName(cascade, hop)}`, state, delay, note]
      .filter((part) => part !== "")
      .join(" | ");
  });
}

describe("the words beside a service", () => {
  it("say what became of it, how long it worked on, and who speaks for one that is quiet", () => {
    const cascade = falseOriginCascade({
      reached: [
        reached("chat", "gateway", { delayMs: 4 }),
        reached("agent", "chat", { observed: false, delayMs: 5 }),
        reached("model", "agent", { delayMs: 9 }),
        reached("vectors", "chat", { observed: false }),
        reached("cache", "chat", { state: "still-running", delayMs: 9 }),
        reached("far", null),
      ],
      ghosts: [{ service: "cache", durationMs: 2_100, messages: 7, places: [] }],
    });
    expect(drawn(cascade)).toEqual([
      "gateway | STARTED IT",
      "  chat | stopped | +4.00 ms | looks like the origin and is not",
      "    agent | stopped? | +5.00 ms | quiet: only model says so",
      "      model | stopped | +9.00 ms",
      "    cache | STILL RUNNING | +2.10 s | 7 messages for nobody",
      "    vectors | stopped? | quiet: only chat says so",
      "  far | stopped | path from the origin unknown",
    ]);
  });

  it("say nothing of a clock whose difference is too small to be told", () => {
    const cascade = falseOriginCascade({
      falseOrigins: [],
      reached: [reached("chat", "gateway", { delayMs: -0.001 }), reached("agent", "chat", { delayMs: 0.001 })],
    });
    expect(drawn(cascade).slice(1)).toEqual(["  chat | stopped | +0.00 ms", "    agent | stopped | +0.00 ms"]);
  });

  it("never say that somebody stopped before the origin started: the clock was early", () => {
    const cascade = falseOriginCascade({ reached: [reached("chat", "gateway", { delayMs: -0.24 })], falseOrigins: [] });
    expect(drawn(cascade)[1]).toBe("  chat | stopped | clock 0.24 ms early");
  });

  it("put the trigger above the root, and who was not hit below the tree", () => {
    const cascade = falseOriginCascade({
      trigger: { service: "llm", text: "connection refused", delayMs: -2.1 },
      reached: [reached("rerank", "gateway")],
      bystanders: ["memory", "auth"],
    });
    expect(drawn(cascade)).toEqual([
      "llm | failed | -2.10 ms | the error went up: connection refused",
      "gateway | STARTED IT",
      "  rerank | stopped",
      "memory, auth | not hit | went on, rightly: no line says the cancel reached it",
    ]);
  });

  it("put the party outside at the root, and the first to show it below", () => {
    const base = falseOriginCascade({ reached: [reached("chat", "gateway")], falseOrigins: [] });
    const origin = { ...base.origin, external: "the HTTP client of gateway", kind: "disconnect" } as const;
    expect(drawn({ ...base, origin })).toEqual([
      "(the HTTP client of gateway) | STARTED IT | left",
      "  gateway | shows it first",
      "    chat | stopped",
    ]);
  });

  it("blame nobody where nobody is known", () => {
    expect(drawn(unknownCascade())).toEqual([
      "? above ledger | VANISHED | no log of it was read",
      "  ledger | stopped",
    ]);
  });

  it("say of an origin that it failed, or worked on itself", () => {
    const base = falseOriginCascade({ reached: [] });
    const ghosts = [{ service: "gateway", durationMs: 1_500, messages: 0, places: [] }];
    expect(drawn({ ...base, ghosts })).toEqual(["gateway | STARTED IT | worked on for 1.50 s itself"]);
    expect(drawn({ ...base, origin: { ...base.origin, kind: "error" } })).toEqual(["gateway | failed"]);
  });
});
