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
  return head
    .slice(0, -2)
    .map((line) => line.map(({ text }) => text).join(""))
    .join("");
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

describe("the slowest step of a cancel", () => {
  it("is the one behind a service that is quiet, where that one took longest", () => {
    const { reached: two, firstAt = 0n } = cancelBy({ kind: "cancel" });
    const late = reached("store", "cache", { at: firstAt + 3_170_000_000n, delayMs: 3_170 });
    const quiet = reached("cache", "agent", { observed: false });
    expect(summary(cancelBy({ kind: "cancel" }, { reached: [...two, quiet, late] }))).toBe(
      " 3 services heard within 3.17 s. Slowest step: agent to store through cache, 3.17 s.",
    );
    const deep = [...two, quiet, reached("disk", "cache", { observed: false }), { ...late, via: "disk" }];
    expect(summary(cancelBy({ kind: "cancel" }, { reached: deep }))).toContain(
      "agent to store through 2 that are quiet, 3.17 s",
    );
  });

  it("is none where all heard at once", () => {
    const { firstAt = 0n } = cancelBy({ kind: "cancel" });
    const atOnce = [reached("agent", "chat", { at: firstAt + 900n, delayMs: 0.0009 })];
    expect(summary(cancelBy({ kind: "cancel" }, { reached: atOnce }))).toBe(" Everybody heard at once.");
    const early = [reached("agent", "chat", { at: firstAt - 900n, delayMs: -0.0009 })];
    expect(summary(cancelBy({ kind: "cancel" }, { reached: early }))).toBe(" Everybody heard at once.");
  });
});

describe("the axis of time, zoomed in", () => {
  const { reached: two, firstAt = 0n } = cancelBy({ kind: "cancel" });
  const slow = cancelBy(
    { kind: "cancel" },
    { reached: [...two, reached("store", "model", { at: firstAt + 2_520_000_000n, delayMs: 2_520 })] },
  );
  const bars = (look: Partial<Parameters<typeof timeRows>[2]>): readonly string[] =>
    timeRows(slow, hopItems(slow, new Set()), { ...LOOK, ...look }, 120, theme).rows.map((line) =>
      line.map(({ text }) => text).join(""),
    );

  it("shows nobody as having heard at its end who heard later", () => {
    expect(bars({})[3]).toMatch(/store .*┄▼ +\+2\.52 s/);
    const [origin, , , store] = bars({ zoom: 5 });
    expect(store).toMatch(/store .*┄> +\+2\.52 s/);
    expect(origin).toContain("◆");
  });

  it("shows nobody as having cancelled at its beginning who cancelled before", () => {
    const [origin, , , store] = bars({ zoom: 5, row: 3 });
    expect(origin).toMatch(/chat +< /);
    expect(store).toMatch(/┄▼ /);
  });

  it("shows nobody as having heard yet while it is played", () => {
    expect(bars({ zoom: 5, play: { ms: 1_000, slower: 1 } })[3]).not.toContain("▼");
  });
});

it("what the time of a cancel comes to says that it goes on where it has no room", () => {
  const cascade = cancelBy({});
  const { head } = timeRows(cascade, hopItems(cascade, new Set()), LOOK, 40, theme);
  const lines = head.slice(0, -2).map((line) => line.map(({ text }) => text).join(""));
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/…$/);
});
