import { describe, expect, it } from "vitest";
import { diagnose } from "../../support/diagnose.ts";
import { at, evidence } from "../../support/evidence.ts";

const known = [
  evidence({ service: "chat", happening: "known", side: "client", peer: "agent", at: at(-1_000) }),
  evidence({ service: "agent", happening: "known", side: "client", peer: "model", at: at(-1_000) }),
];
const below = evidence({
  service: "model",
  happening: "received",
  kind: "disconnect",
  code: 12013,
  side: "server",
  serves: true,
  at: at(0),
});

describe("a process that died between two others", () => {
  it("is named where only its caller's loss, without a peer's name, and its callee's are known", () => {
    const above = evidence({
      service: "chat",
      happening: "lost",
      kind: "disconnect",
      code: 12004,
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
