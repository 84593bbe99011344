import { describe, expect, it } from "vitest";
import type { Cascade } from "../../../src/model/index.ts";
import { hopItems } from "../../../src/tui/state/rows.ts";
import { timeRows } from "../../../src/tui/state/time-lines.ts";
import { createTheme } from "../../../src/tui/theme.ts";
import { evidence, falseOriginCascade, reached } from "../../story.ts";

const theme = createTheme({ theme: "mono", sixteen: false, ascii: false });
const LOOK = { zoom: 1, clock: false, step: -1, play: null, row: 0 } as const;

/** A cancel through agent and model, after `origin`. */
function cancelBy(origin: Partial<Cascade["origin"]>, more: Partial<Cascade> = {}): Cascade {
  const { firstAt = 0n, ...whole } = falseOriginCascade();
  const at = (ms: number): bigint => firstAt + BigInt(ms * 1e6);
  return {
    ...whole,
    firstAt,
    origin: { ...whole.origin, kind: "disconnect", service: "chat", ...origin },
    reached: [
      reached("agent", "chat", { at: at(1), delayMs: 1 }),
      reached("model", "agent", { at: at(3), delayMs: 3 }),
    ],
    evidence: [evidence({ service: "agent", line: 4 }), evidence({ service: "model", line: 5 })],
    ...more,
  };
}

/** The first line of the time screen. */
function summary(cascade: Cascade): string {
  const { head } = timeRows(cascade, hopItems(cascade, new Set()), LOOK, 120, theme);
  return (head[0] ?? []).map(({ text }) => text).join("");
}

describe("who heard of a cancel", () => {
  it("is everybody where the starter tells of it", () => {
    expect(summary(cancelBy({ kind: "cancel" }))).toBe(
      " Everybody heard within 3.00 ms. Slowest step: agent to model, 2.00 ms.",
    );
  });

  it("is not the service that vanished", () => {
    expect(summary(cancelBy({}))).toBe(
      " Everybody below heard within 3.00 ms. chat vanished and was not heard itself. Slowest step: agent to model, 2.00 ms.",
    );
  });

  it("is nobody above where nobody knows who vanished", () => {
    expect(summary(cancelBy({ service: null }))).toMatch(/Everybody below .* Whoever started it vanished and was not/);
  });

  it("is everybody where who vanished left a line, and where a party outside left", () => {
    const own = [...cancelBy({}).evidence, evidence({ service: "chat", line: 3 })];
    expect(summary(cancelBy({}, { evidence: own }))).toMatch(/^ Everybody heard/);
    expect(summary(cancelBy({ external: "client of chat" }))).toMatch(/^ Everybody heard/);
  });

  it("is a number where an end was not seen", () => {
    const silent = cancelBy({}, { reached: [...cancelBy({}).reached, reached("cache", "chat", { observed: false })] });
    expect(summary(silent)).toMatch(/^ 2 services heard within 3\.00 ms\. chat vanished and was not heard itself\./);
  });
});
