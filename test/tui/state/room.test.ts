import { describe, expect, it } from "vitest";
import { widthOf } from "../../../src/present/index.ts";
import type { Line } from "../../../src/tui/line.ts";
import { previewLines } from "../../../src/tui/state/preview-lines.ts";
import { hopItems } from "../../../src/tui/state/rows.ts";
import { timeRows } from "../../../src/tui/state/time-lines.ts";
import { treeLines } from "../../../src/tui/state/tree-lines.ts";
import { reasonRows, shortTitleLines } from "../../../src/tui/state/why-lines.ts";
import { createTheme } from "../../../src/tui/theme.ts";
import { falseOriginCascade, reached } from "../../story.ts";

const theme = createTheme({ theme: "mono", sixteen: false, ascii: false });
const text = (line: Line): string => line.map((each) => each.text).join("");

describe("where there is little room", () => {
  it("that a service is not the cause is said shorter, and never cut", () => {
    const cascade = falseOriginCascade();
    const chatAt = (width: number): string =>
      text(treeLines(cascade, hopItems(cascade, new Set()), width, theme)[1] as Line).trimEnd();
    expect(chatAt(100)).toMatch(/ looks like the origin and is not$/);
    for (let width = 56; width < 100; width += 1) {
      const row = chatAt(width);
      expect(row).toMatch(/ (?:looks like the origin and is not|not cause)$/);
      expect(widthOf(row)).toBeLessThanOrEqual(width);
    }
  });

  it("the tree of a case keeps the starter and of whom no end was seen, however many reasons there are", () => {
    const cascade = falseOriginCascade();
    const { origin } = cascade;
    const reasons = [...origin.reasons, ...origin.reasons, ...origin.reasons] as unknown as typeof origin.reasons;
    const many = { ...cascade, origin: { ...origin, reasons } };
    const item = { name: "gateway", cascades: 1, fate: "unseen", trend: null, dated: false, example: many } as const;
    for (const height of [9, 10, 12, 20]) {
      const lines = previewLines(item, 58, height, theme).map(text);
      expect(lines.length).toBeLessThanOrEqual(height);
      expect(lines.filter((line) => /STARTED IT|agent +stopped\?/.test(line)).length).toBe(2);
    }
  });

  it("the name of a file is cut, and not the number of the line", () => {
    const cascade = falseOriginCascade();
    const [first, ...others] = cascade.origin.reasons;
    const places = [4, 5, 7].map((line) => ({ source: "logs/a-service-with-a-long-name.jsonl", line }));
    const named = {
      ...cascade,
      origin: { ...cascade.origin, reasons: [{ ...first, places } as typeof first, ...others] },
    } as typeof cascade;
    const rowAt = (width: number): string => text(reasonRows(named, width, theme)[0] as Line);
    expect(rowAt(160)).toMatch(/ a-service-with-a-long-name\.jsonl:4, 5, 7$/);
    expect(rowAt(78)).toMatch(/ a-service-[a-z-]*…:4, 5, 7$/);
    expect(rowAt(42)).toMatch(/ a-[a-z-]*…:4$/);
  });

  it("services of a deep chain keep names that tell them apart, in the tree and beside the axis of time", () => {
    const names = Array.from({ length: 30 }, (_, index) => `checkout-service-${index}`);
    const deep = {
      ...falseOriginCascade(),
      falseOrigins: [],
      reached: names.map((name, index) => reached(name, names[index - 1] ?? "gateway", { delayMs: index })),
    };
    const items = hopItems(deep, new Set());
    const look = { zoom: 1, clock: false, step: -1, play: null, row: 0 } as const;
    for (const width of [40, 60, 78, 120])
      for (const rows of [treeLines(deep, items, width, theme), timeRows(deep, items, look, width, theme).rows]) {
        const drawn = rows.slice(1).map((line) => text(line).trim());
        for (const [index, row] of drawn.entries()) {
          expect(row).toMatch(new RegExp(`(?:^|[─╌\\d] )check\\S*-${index} `));
          expect(widthOf(row)).toBeLessThanOrEqual(width);
        }
      }
  });

  it("a tree without notes gives their room to the names", () => {
    const name = "recommendations-of-the-shop-in-the-old-town";
    const whole = falseOriginCascade();
    const plain = { ...whole, falseOrigins: [], reached: [reached(name, "gateway", { delayMs: 1 })] };
    expect(text(treeLines(plain, hopItems(plain, new Set()), 78, theme)[1] as Line)).toContain(`${name} stopped`);
  });

  it("the lines above a tree say who works on or was not seen to end before the whole of the reason", () => {
    const whole = falseOriginCascade();
    const trigger = { service: "checkout", text: "stream Recv timeout, timeout config={Timeout:150ms}" };
    const above = (cascade: typeof whole, room: number): readonly string[] =>
      shortTitleLines(cascade, 38, room, theme).map(text);
    const unseen = above({ ...whole, trigger }, 3);
    expect(unseen).toHaveLength(3);
    expect(unseen[0]).toMatch(/^gateway cancelled because checkout.*…$/);
    expect(unseen.slice(1).join(" ")).toContain("Of agent no end was seen.");
    const ghosts = [{ service: "cache", durationMs: 2_100, messages: 7, places: [] }];
    expect(above({ ...whole, trigger, ghosts }, 2)[1]).toContain("cache DID NOT STOP");
    const stopped = { ...whole, trigger, reached: whole.reached.filter(({ observed }) => observed) };
    expect(above(stopped, 3)).toHaveLength(3);
    expect(above(stopped, 3)[2]).toContain("Both services it reached stopped");
    expect(above(stopped, 1)).toHaveLength(1);
  });
});
