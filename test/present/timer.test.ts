import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim } from "../../src/model/index.ts";
import { because, sentence, timerInBrief } from "../../src/present/index.ts";
import { deadlineCascade, evidence, reached } from "../story.ts";

const base = deadlineCascade("d1");
const own = (over: Partial<Claim>): Claim => ({
  ...evidence({ service: "billing", line: 20, kind: "deadline", code: 12015, side: null, text: "its time was up" }),
  ...over,
});
const cascade = (...lines: readonly Claim[]) => ({ ...base, evidence: lines });
const reasonOf = (text: string): string => because(cascade(own({ text })));

describe("a timer that ran out", () => {
  it.each([
    ["stream timeout, timeout in ctx: 299.958838ms", "300 ms"],
    ["stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:false}", "200 ms"],
    ["4 DEADLINE_EXCEEDED: Deadline exceeded after 0.299s,name resolution: 0.009s", "300 ms"],
    ["timeout of 5000ms exceeded", "5 s"],
    ["request timed out after 30 seconds", "30 s"],
    ["deadline of 1m30s exceeded", "90 s"],
    ["upstream request timeout: 2m", "2 min"],
    ["exceeded its budget of 250 milliseconds", "250 ms"],
  ])("says how long it was where its line does: %s", (text, length) => {
    expect(reasonOf(text)).toBe(`its ${length} ran out`);
    expect(sentence(cascade(own({ text })))).toBe(`billing timed out: its ${length} ran out (code 12015).`);
  });

  it.each([
    "upstream timed out (110: Connection timed out) while reading response header",
    "context deadline exceeded",
    "timeout, attempt 3 of 5 served by shard 12",
    "deadline exceeded; the answer was 42 megabytes",
    "timeout 0ms",
  ])("says no length where its line has none: %s", (text) => {
    expect(reasonOf(text)).toBe("its time is up");
  });

  it("reads no line of another service, and none that tells of another end", () => {
    const lines = [
      own({}),
      own({ service: "ledger", text: "timeout in ctx: 5s" }),
      own({ kind: "cancel", text: "timeout: 7s" }),
    ];
    expect(because(cascade(...lines))).toBe("its time is up");
  });

  it("says for whom it ran: the peer that its line names, else the only service that it called", () => {
    const text = "timeout in ctx: 300ms";
    expect(because(cascade(own({ text, side: "client" })))).toBe("its 300 ms for ledger ran out");
    expect(because(cascade(own({ side: "client" })))).toBe("its time for ledger ran out");
    const two = [reached("ledger", "billing"), reached("audit", "billing")];
    expect(because({ ...cascade(own({ text, side: "client" })), reached: two })).toBe("its 300 ms ran out");
    expect(because({ ...cascade(own({ text, side: "client", peer: "audit" })), reached: two })).toBe(
      "its 300 ms for audit ran out",
    );
    const unseen = [reached("ledger", "billing", { observed: false })];
    expect(because({ ...cascade(own({ text, side: "client" })), reached: unseen })).toBe("its 300 ms ran out");
    const callers = [reached("gateway", "billing", { side: "client" })];
    expect(because({ ...cascade(own({ text, side: "client" })), reached: callers })).toBe("its 300 ms ran out");
  });

  it("says what the call had taken where no line names a length", () => {
    const startAt = (own({}).at as bigint) - 803_000_000n;
    const span = own({ side: "client", request: { role: "sent", startAt } });
    expect(because(cascade(span))).toBe("its time for ledger was up after 800 ms");
  });

  it("may have been the caller's, and then both are said", () => {
    const doubt = { ...base.origin, confidence: "weak", external: "perhaps a caller of billing" } as const;
    const weak = { ...cascade(own({ text: "timeout in ctx: 300ms" })), origin: doubt };
    expect(because(weak)).toBe("its 300 ms ran out, or its caller's");
  });

  it("is read from any text, however long, without a stop", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."timeout 19.msé:"), maxLength: 400 }), (text) => {
        expect(reasonOf(text)).toMatch(/^its (?:time is up|[\d.]+ (?:ms|s|min) ran out)$/);
      }),
    );
    const startedAt = performance.now();
    reasonOf(`timeout ${"1".repeat(200_000)}`);
    reasonOf("timeout ".repeat(50_000));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe("a timer in a narrow column", () => {
  it.each([
    ["its 300 ms for chat ran out", "300 ms for chat"],
    ["its 5 s ran out, 2 more", "5 s, 2 more"],
    ["its time for chat ran out", "time for chat"],
    ["its time for chat was up after 803 ms", "803 ms for chat"],
    ["its time was up after 803 ms", "803 ms"],
    // Nothing is left of these without their words
    ["its time is up", "its time is up"],
    ["its own code", "its own code"],
    ["the user left", "the user left"],
  ])("has the length and for whom it ran: %s", (words, brief) => {
    expect(timerInBrief(words)).toBe(brief);
  });
});
