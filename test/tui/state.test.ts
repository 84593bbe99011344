import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Confidence } from "../../src/model/index.ts";
import { type Action, BINDINGS, VIEWS } from "../../src/tui/keys.ts";
import { createScreens, type Size } from "../../src/tui/screen.ts";
import { applyFilter, chipsOf, parseFilter } from "../../src/tui/state/filter.ts";
import { act, helpRows, press, settle } from "../../src/tui/state/reduce.ts";
import { cascadeItems, hopItems, originItems } from "../../src/tui/state/rows.ts";
import { frameOf, INITIAL_STATE, openFrame, type UiState } from "../../src/tui/state/ui-state.ts";
import { createTheme } from "../../src/tui/theme.ts";
import { scrollTo, windowOf } from "../../src/tui/window.ts";
import {
  deadlineCascade,
  diagnosisOf,
  falseOriginCascade,
  reached,
  snapshotOf,
  unknownCascade,
  wholeStory,
} from "../story.ts";

const SIZE: Size = { columns: 80, rows: 24 };
const screenOf = createScreens(createTheme({ theme: "mono", sixteen: false, ascii: false }));

function pressed(state: UiState, keys: readonly string[], diagnosis = wholeStory(), size = SIZE): UiState {
  const snapshot = snapshotOf(diagnosis);
  return keys.reduce(
    (now, name) => press(now, { name, text: name.length === 1 ? name : "" }, screenOf(now, snapshot, size).shown),
    state,
  );
}

describe("windows", () => {
  it("move only as far as the cursor needs", () => {
    expect(scrollTo(0, 4, 100, 10)).toBe(0);
    expect(scrollTo(0, 10, 100, 10)).toBe(1);
    expect(scrollTo(50, 49, 100, 10)).toBe(49);
    expect(scrollTo(95, 99, 100, 10)).toBe(90);
    expect(scrollTo(90, 5, 6, 10)).toBe(0);
  });

  it("always show the cursor, and no row that is not there", () => {
    const number = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(
        number,
        number,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (top, at, count, height) => {
          const cursor = Math.min(at, count - 1);
          const window = windowOf(top, cursor, count, height);
          expect(window.top).toBeLessThanOrEqual(cursor);
          expect(window.end).toBeGreaterThan(cursor);
          expect(window.end).toBeLessThanOrEqual(count);
          expect(window.end - window.top).toBeLessThanOrEqual(height);
        },
      ),
    );
  });
});

describe("the filter line", () => {
  it("takes words, conditions and quotes", () => {
    expect(parseFilter('eof kind=deadline service!="my app" "two words"')).toEqual({
      conditions: [
        { field: "kind", negated: false, value: "deadline" },
        { field: "service", negated: true, value: "my app" },
      ],
      words: ["eof", "two words"],
      problem: null,
    });
    expect(chipsOf('a "b c" kind=x')).toEqual(["a", "b c", "kind=x"]);
  });

  it("holds for everything while a condition is still being typed, and says what is missing", () => {
    const filter = parseFilter("kind=dead");
    expect(filter.problem).toMatch(/no kind "dead"/);
    expect(applyFilter(wholeStory(), filter).cascades.length).toBe(5);
  });

  it("looks for words in names, ids and lines, in any case of letters", () => {
    const found = (text: string): number => applyFilter(wholeStory(), parseFilter(text)).cascades.length;
    expect(found("GATEWAY")).toBe(1);
    expect(found("ledger")).toBe(4);
    expect(found("7f3a")).toBe(1);
    expect(found("ledger deadline")).toBe(3);
    expect(found("nothing-like-it")).toBe(0);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFilter(text)));
  });
});

describe("rows", () => {
  it("sort origins by each column and keep harmless errors last", () => {
    const diagnosis = diagnosisOf([
      falseOriginCascade(),
      deadlineCascade("a", 0),
      deadlineCascade("b", 1),
      { ...unknownCascade("e", "error"), count: 99 },
    ]);
    const names = (sort: Parameters<typeof originItems>[1]): string[] =>
      originItems(diagnosis, sort).map((item) => item.name);
    expect(names("cascades")).toEqual(["billing", "gateway", "? above ledger"]);
    expect(names("victims")).toEqual(["? above ledger", "gateway", "billing"]);
    expect(names("origin")).toEqual(["billing", "gateway", "? above ledger"]);
    expect(names("last")).toEqual(["? above ledger", "billing", "gateway"]);
  });

  it("say because of what a starter acts, most often, and how many stopped where it went worst", () => {
    const base = falseOriginCascade({
      falseOrigins: [],
      reached: [reached("chat", "gateway"), reached("model", "chat")],
    });
    const meant = (id: string, intent: string, more = {}) => ({
      ...base,
      ...more,
      id,
      origin: { ...base.origin, intent },
    });
    const running = [reached("chat", "gateway"), reached("model", "chat", { state: "still-running" as const })];
    const items = originItems(
      diagnosisOf([
        meant("a", "user-left", { firstAt: 1n }),
        meant("b", "user-left", { firstAt: 2n, reached: running }),
        meant("c", "hedge", { firstAt: 3n }),
      ]),
      "cascades",
    );
    expect(items).toMatchObject([
      { because: "the user left, 1 more", stopped: "1 of 2 !", fate: "running", cascades: 3 },
    ]);
    expect(items[0]?.example.id).toBe("b");
  });

  it("show the confidence that most cascades of an origin have, the weaker one of two equal shares", () => {
    const sure = (...confidences: readonly Confidence[]): Confidence | undefined => {
      const cascades = confidences.map((confidence, index) => {
        const base = deadlineCascade(`b${index}`, index);
        return { ...base, origin: { ...base.origin, confidence } };
      });
      return originItems(diagnosisOf(cascades), "cascades")[0]?.confidence;
    };
    expect(sure("proven", "weak")).toBe("weak");
    expect(sure("strong", "guess")).toBe("guess");
    expect(sure("proven", "proven", "guess")).toBe("proven");
  });

  it("count a folded cascade as often as it happened", () => {
    const diagnosis = diagnosisOf([{ ...falseOriginCascade(), count: 4 }]);
    expect(originItems(diagnosis, "cascades")).toMatchObject([{ cascades: 4, victims: 12 }]);
  });

  it("sort the cascades of an origin by each order", () => {
    const diagnosis = diagnosisOf([
      deadlineCascade("b1", 0),
      { ...deadlineCascade("b2", 1), reached: [] },
      deadlineCascade("b3", 2),
    ]);
    const keys = (sort: Parameters<typeof cascadeItems>[2]): string[] =>
      cascadeItems(diagnosis, null, sort, false).map((item) => item.key);
    expect(keys("newest")).toEqual(["b3", "b2", "b1"]);
    expect(keys("oldest")).toEqual(["b1", "b2", "b3"]);
    expect(keys("victims")).toEqual(["b1", "b3", "b2"]);
    expect(keys("weight")).toEqual(["b1", "b3", "b2"]);
  });

  it("fold like cascades and unfold them", () => {
    const origin = originItems(wholeStory(), "cascades")[0]?.key ?? null;
    expect(cascadeItems(wholeStory(), origin, "weight", true).map((item) => item.group.count)).toEqual([3]);
    expect(cascadeItems(wholeStory(), origin, "newest", false).map((item) => item.key)).toEqual([
      "b1110003",
      "b1110002",
      "b1110001",
    ]);
  });

  it("count what is folded below a service", () => {
    const cascade = falseOriginCascade();
    const all = hopItems(cascade, new Set());
    expect(all.map((item) => item.hop.service)).toEqual(["gateway", "chat", "agent", "model"]);
    const folded = hopItems(cascade, new Set([`${cascade.id}/${all[1]?.key}`]));
    expect(folded.map((item) => [item.hop.service, item.hidden])).toEqual([
      ["gateway", 0],
      ["chat", 2],
    ]);
  });
});

describe("key presses on the state", () => {
  it("go from the origins to a tree to the why panel and back", () => {
    const inTree = pressed(INITIAL_STATE, ["j", "enter"]);
    expect(frameOf(inTree)).toMatchObject({ view: "cascade", cascade: "7f3a9c1e" });
    const why = pressed(inTree, ["j", "right"]);
    expect(frameOf(why)).toMatchObject({ view: "why", cascade: "7f3a9c1e", hop: "1/chat" });
    const back = pressed(why, ["esc", "h"]);
    expect(frameOf(back)).toMatchObject({ view: "origins", index: 1 });
  });

  it("stop at the cascades where an origin has several shapes", () => {
    const diagnosis = diagnosisOf([deadlineCascade("a"), { ...deadlineCascade("b", 1), reached: [] }]);
    expect(frameOf(pressed(INITIAL_STATE, ["enter"], diagnosis)).view).toBe("cascades");
    expect(frameOf(pressed(INITIAL_STATE, ["enter", "j", "enter", "p"], diagnosis))).toMatchObject({
      view: "cascade",
      cascade: "a",
    });
    expect(frameOf(pressed(INITIAL_STATE, ["enter", "enter", "n"], diagnosis))).toMatchObject({ cascade: "b" });
  });

  it("keep the selection on its row while rows come and go", () => {
    const before = pressed(INITIAL_STATE, ["j"]);
    const keys = ["new", JSON.stringify(["billing", "deadline"]), frameOf(before).cursor as string];
    expect(settle(frameOf(before), { keys, count: 3, height: 10 }).index).toBe(2);
    expect(settle(frameOf(before), { keys: ["only"], count: 1, height: 10 })).toMatchObject({
      index: 0,
      cursor: "only",
    });
    expect(settle(frameOf(before), { keys: [], count: 0, height: 10 })).toMatchObject({ index: 0, cursor: null });
  });

  it("type a filter that holds at once and stays on enter", () => {
    const typing = pressed(INITIAL_STATE, ["/", ..."kind=cancel"]);
    expect(typing.prompt).toBe("kind=cancel");
    expect(screenOf(typing, snapshotOf(wholeStory()), SIZE).origins.length).toBe(1);
    const held = pressed(typing, ["enter"]);
    expect(held).toMatchObject({ prompt: null, filter: "kind=cancel" });
    expect(pressed(typing, ["esc"])).toMatchObject({ prompt: null, filter: "" });
    expect(pressed(held, ["/", "backspace"]).prompt).toBe("kind=cance");
    expect(pressed(held, ["/", "ctrl-w"]).prompt).toBe("");
    expect(pressed(held, ["x"]).filter).toBe("");
    expect(pressed(held, ["esc"]).filter).toBe("");
  });

  it("do not act on letters while a filter is typed", () => {
    expect(pressed(INITIAL_STATE, ["/", "q", "s", "?"])).toMatchObject({ prompt: "qs?", leaving: false, help: null });
  });

  it("search the help by words and by key, and run what is chosen", () => {
    const help = pressed(INITIAL_STATE, ["?", ..."sort"]);
    expect(helpRows(help).map((row) => row.action)).toEqual(["sort"]);
    expect(pressed(help, ["enter"])).toMatchObject({ help: null, originSort: "victims" });
    expect(helpRows(pressed(INITIAL_STATE, ["?", "!"])).map((row) => row.action)).toEqual(["warnings"]);
    expect(pressed(help, ["esc"]).help).toBeNull();
    expect(pressed(INITIAL_STATE, ["?", "?"]).help).toMatchObject({ words: true });
    expect(pressed(INITIAL_STATE, ["?", "?", "?"]).help).toBeNull();
  });

  it("leave with q, and with Ctrl-C from everywhere", () => {
    expect(pressed(INITIAL_STATE, ["q"]).leaving).toBe(true);
    expect(pressed(INITIAL_STATE, ["/", "ctrl-c"]).leaving).toBe(true);
    expect(pressed(INITIAL_STATE, ["?", "ctrl-c"]).leaving).toBe(true);
  });

  it("fold a branch, and everything", () => {
    const tree = pressed(INITIAL_STATE, ["j", "enter", "j", "z"]);
    expect(screenOf(tree, snapshotOf(wholeStory()), SIZE).hops.length).toBe(2);
    expect(screenOf(pressed(tree, ["z"]), snapshotOf(wholeStory()), SIZE).hops.length).toBe(4);
    const all = pressed(INITIAL_STATE, ["j", "enter", "Z"]);
    expect(screenOf(all, snapshotOf(wholeStory()), SIZE).hops.length).toBe(2);
  });

  it("never break, in whatever order they come", () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys).filter((key) => key !== "q" && key !== "ctrl-c");
    const size = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys, "a", "="), { maxLength: 40 }), size, (presses, on) => {
        const state = pressed(INITIAL_STATE, presses, wholeStory(), on);
        const screen = screenOf(state, snapshotOf(wholeStory()), on);
        expect(screen.frame.top).toBeGreaterThanOrEqual(0);
        expect(screen.frame.index).toBeLessThan(Math.max(1, screen.shown.count + 1));
      }),
      { numRuns: 300 },
    );
  });

  it("do nothing where there is nothing to do it with", () => {
    const nothing = screenOf(INITIAL_STATE, snapshotOf(diagnosisOf([])), SIZE).shown;
    for (const view of VIEWS) {
      const state: UiState = { ...INITIAL_STATE, frames: [openFrame("origins"), openFrame(view, { cascade: "gone" })] };
      for (const { action } of BINDINGS) {
        expect(() => act(state, action as Action, nothing)).not.toThrow();
      }
    }
  });
});
