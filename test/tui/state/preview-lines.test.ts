import { describe, expect, it } from "vitest";
import type { Cascade } from "../../../src/model/index.ts";
import { previewLines } from "../../../src/tui/state/preview-lines.ts";
import { createTheme } from "../../../src/tui/theme.ts";
import { falseOriginCascade, reached, reason } from "../../story.ts";

const theme = createTheme({ theme: "mono", sixteen: false, ascii: false });

/** A gateway that reached so many services, the last of which works on. */
function cancelOf(services: number): Cascade {
  const whole = falseOriginCascade();
  const names = Array.from({ length: services }, (_, index) => `service${index}`);
  const last = names.at(-1) ?? "";
  return {
    ...whole,
    falseOrigins: [],
    reached: names.map((name) =>
      reached(name, "gateway", { delayMs: 1, state: name === last ? "still-running" : "stopped" }),
    ),
    ghosts: [{ service: last, durationMs: 2_490, messages: 7, places: [] }],
    origin: {
      ...whole.origin,
      reasons: Array.from({ length: 5 }, (_, index) => reason("own-text", `reason ${index} of the gateway`, index)),
    },
  };
}

/** The case of a cancel in so many lines of 80 columns. */
function drawn(cascade: Cascade, height: number): readonly string[] {
  const item = { name: "gateway", cascades: 1, fate: "running", example: cascade, trend: null, dated: false } as const;
  return previewLines(item, 80, height, theme).map((line) => line.map(({ text }) => text).join(""));
}

describe("the case of a cancel", () => {
  it("shows the whole tree before a second reason", () => {
    const lines = drawn(cancelOf(5), 13);
    expect(lines).toHaveLength(13);
    expect(lines.filter((line) => /service\d +(stopped|STILL)/.test(line))).toHaveLength(5);
    expect(lines.join("\n")).toContain("reason 0 of the gateway");
    expect(lines.join("\n")).not.toContain("more row");
  });

  it("shows who works on where not all rows have room, and counts the others", () => {
    const text = drawn(cancelOf(20), 13).join("\n");
    expect(text).toMatch(/gateway +STARTED IT/);
    expect(text).toMatch(/service19 +STILL RUNNING/);
    expect(text).toContain("reason 0 of the gateway");
    expect(text).toMatch(/… 16 more rows: enter/);
  });

  it("keeps an empty line above the tree, and all the reasons, where there is room", () => {
    const lines = drawn(cancelOf(2), 20);
    expect(lines[lines.findIndex((line) => line.includes("STARTED IT")) - 1]).toBe("");
    expect(lines.join("\n")).toContain("reason 4 of the gateway");
  });
});
