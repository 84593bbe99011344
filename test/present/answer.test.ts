import { describe, expect, it } from "vitest";
import type { Cascade, Origin } from "../../src/model/index.ts";
import { because, howWord, starterName, wouldProve } from "../../src/present/index.ts";
import { falseOriginCascade, reached, unknownCascade } from "../story.ts";

function startedBy(over: Partial<Origin>, more: Partial<Cascade> = {}): Cascade {
  const base = falseOriginCascade(more);
  return { ...base, origin: { ...base.origin, ...over } };
}

describe("the answer in columns", () => {
  const external = "the HTTP client of gateway";

  it("names who started it: a service, the party outside, or whom it stands above", () => {
    expect(starterName(startedBy({}))).toBe("gateway");
    expect(starterName(startedBy({ external }))).toBe("HTTP client of gateway");
    expect(starterName(startedBy({ external: "perhaps a caller of gateway" }))).toBe("gateway");
    expect(starterName(unknownCascade())).toBe("? above ledger");
    expect(starterName({ ...unknownCascade(), reached: [] })).toBe("?");
    const gone = {
      ...unknownCascade(),
      reached: [],
      origin: { ...unknownCascade().origin, external: "the callee of a, which left no span" },
    };
    expect(starterName(gone)).toBe("? callee of a");
    expect(because(gone)).toBe("a connection was lost");
    const caller = { service: null, external: "a caller of chat that left no log" };
    expect(starterName(startedBy({ ...caller, confidence: "weak" }))).toBe("? above chat");
    expect(starterName(startedBy({ ...caller, confidence: "strong" }))).toBe("a caller of chat that left no log");
  });

  it("says how: a party outside left, or asked to stop", () => {
    expect(howWord(startedBy({ kind: "disconnect" }).origin)).toBe("vanished");
    expect(howWord(startedBy({ kind: "disconnect", external }).origin)).toBe("left");
    expect(howWord(startedBy({ kind: "cancel", external }).origin)).toBe("asked to stop");
    expect(howWord(startedBy({ kind: "deadline", external }).origin)).toBe("timed out");
  });

  it("says because of what: the trigger, else what was meant, else where it was first seen, else the code, else the kind", () => {
    const all = { intent: "user-stop", external, callSite: "stream.go:212" };
    const trigger = { service: "llm", text: "refused" };
    expect(because(startedBy(all, { trigger }))).toBe("llm: refused");
    expect(because(startedBy(all))).toBe("the user pressed stop");
    expect(because(startedBy({ external, callSite: "stream.go:212" }))).toBe("seen at gateway");
    expect(because(startedBy({ callSite: "stream.go:212" }))).toBe("stream.go:212");
    expect(because(startedBy({ intent: "quota" }))).toBe("quota");
    expect(because(startedBy({}))).toBe("its own code");
    const perhaps = { external: "perhaps a caller of gateway that left no log" };
    expect(because(startedBy(perhaps))).toBe("its own code, or caller of gateway");
    expect(because(startedBy({ ...perhaps, kind: "deadline" }))).toBe("its time is up, or its caller's");
    expect(because(unknownCascade())).toBe("ledger lost a caller");
    expect(because(unknownCascade("u", "reset"))).toBe("nobody says why");
  });
});

describe("what would prove an origin", () => {
  it("is a log of whoever left none, and word of its exit where it vanished", () => {
    expect(wouldProve(unknownCascade())).toBe(
      "a log of the caller of ledger, or word of its exit (out of memory, deploy, kill) at 06:57:04 UTC",
    );
    expect(wouldProve(startedBy({ external: "perhaps a caller of gateway that left no log" }))).toBe(
      "a log of a caller of gateway at 06:57:00 UTC",
    );
  });

  it("is nothing where the origin is known, or nobody is there to ask", () => {
    expect(wouldProve(startedBy({}))).toBeNull();
    expect(wouldProve(startedBy({ external: "the HTTP client of gateway" }))).toBeNull();
    expect(wouldProve({ ...unknownCascade(), reached: [] })).toBeNull();
    expect(wouldProve({ ...unknownCascade(), reached: [reached("a\u001b", null)] })).toContain("a\\x1b");
  });
});
