import { describe, expect, it } from "vitest";
import { diagnose } from "../../support/diagnose.ts";
import { at, callFact, claim } from "../../support/evidence.ts";

const known = [
  callFact({ service: "chat", side: "client", peer: "agent", at: at(-1_000) }),
  callFact({ service: "agent", side: "client", peer: "model", at: at(-1_000) }),
];
const below = claim({
  service: "model",
  observation: "received",
  kind: "disconnect",
  code: 12013,
  side: "server",
  serves: true,
  at: at(0),
});

describe("a process that died between two others", () => {
  it("is named where only its caller's loss, without a peer's name, and its callee's are known", () => {
    const above = claim({
      service: "chat",
      observation: "lost",
      kind: "disconnect",
      code: 12004,
      about: "callee",
      side: "client",
      at: at(1),
    });
    const { cascades } = diagnose([...known, below, above]);
    expect(cascades.map(({ origin }) => [origin.service, origin.kind, origin.confidence])).toEqual([
      ["agent", "disconnect", "strong"],
    ]);
    expect(cascades[0]?.origin.reasons.map(({ rule }) => rule)).toContain("died-between");
  });

  it("stays weak where only its callee noticed", () => {
    const { cascades } = diagnose([...known, below]);
    expect(cascades[0]?.origin).toMatchObject({ service: "agent", confidence: "weak" });
  });
});
