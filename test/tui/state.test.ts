import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { warnAbout } from "../../src/cascade/index.ts";
import type { Confidence } from "../../src/model/index.ts";
import { type Action, BINDINGS, VIEWS } from "../../src/tui/keys.ts";
import type { Size } from "../../src/tui/scenes/layout.ts";
import { createScreens } from "../../src/tui/screen.ts";
import { settle } from "../../src/tui/state/frames.ts";
import { helpRows } from "../../src/tui/state/help.ts";
import { played } from "../../src/tui/state/playback.ts";
import { act, press } from "../../src/tui/state/reduce.ts";
import { cascadeItems, hopItems } from "../../src/tui/state/rows.ts";
import { type KnownStarters, originItems, rateOf, spanOf } from "../../src/tui/state/starters.ts";
import {
  filterText,
  frameOf,
  INITIAL_STATE,
  openFrame,
  type Sort,
  type UiState,
} from "../../src/tui/state/ui-state.ts";
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

const BY_TIMES: Sort<"origins"> = { column: "times", turned: false };
const ALL = { origin: null, ids: null };
const SIZE: Size = { columns: 80, rows: 24 };
const screenOf = createScreens(createTheme({ theme: "mono", sixteen: false, ascii: false }), warnAbout);

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

describe("rows", () => {
  it("sort origins by each column and keep harmless errors last", () => {
    const diagnosis = diagnosisOf([
      falseOriginCascade(),
      deadlineCascade("a", 0),
      deadlineCascade("b", 1),
      { ...unknownCascade("e", "error"), count: 99 },
    ]);
    const names = (column: Sort<"origins">["column"], turned = false): string[] =>
      originItems(diagnosis, { column, turned }).map((item) => item.name);
    expect(names("times")).toEqual(["billing", "gateway", "? above ledger"]);
    expect(names("times", true)).toEqual(["gateway", "billing", "? above ledger"]);
    expect(names("stopped")).toEqual(["gateway", "billing", "? above ledger"]);
    expect(names("who")).toEqual(["billing", "gateway", "? above ledger"]);
    expect(names("who", true)).toEqual(["gateway", "billing", "? above ledger"]);
    expect(names("last")).toEqual(["billing", "gateway", "? above ledger"]);
    expect(names("sure")).toEqual(["gateway", "billing", "? above ledger"]);
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
      BY_TIMES,
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
      return originItems(diagnosisOf(cascades), BY_TIMES)[0]?.confidence;
    };
    expect(sure("proven", "weak")).toBe("weak");
    expect(sure("strong", "guess")).toBe("guess");
    expect(sure("proven", "proven", "guess")).toBe("proven");
  });

  it("of the starter that is selected are walked, and not those of others", () => {
    const shapes = [
      deadlineCascade("b1", 0),
      { ...deadlineCascade("b2", 1), reached: [] },
      deadlineCascade("o1", 2, "x"),
    ];
    const walked = (keys: readonly string[]): string | null =>
      frameOf(pressed(INITIAL_STATE, keys, diagnosisOf(shapes))).cascade;
    const seen = ["w", "t", "L"].flatMap((key) => [
      walked([key]),
      walked([key, "["]),
      walked([key, "[", "[", "]", "]"]),
    ]);
    expect(new Set(seen)).toEqual(new Set(["b1", "b2"]));
  });

  it("have one reason where only the figures of their timers differ", () => {
    const timed = (id: string, text: string): ReturnType<typeof deadlineCascade> => {
      const base = deadlineCascade(id);
      return { ...base, evidence: base.evidence.map((each) => ({ ...each, text })) };
    };
    const reasonOf = (...texts: readonly string[]): string | undefined =>
      originItems(diagnosisOf(texts.map((text, index) => timed(`t${index}`, text))), BY_TIMES)[0]?.because;
    expect(reasonOf("timeout in ctx: 300ms", "timeout in ctx: 299.9ms")).toMatch(/^its 300 ms .*ran out$/);
    expect(reasonOf("timeout in ctx: 300ms", "timeout in ctx: 120ms")).toMatch(/^its time .*ran out$/);
  });

  it("are the same where those of the picture before are known", () => {
    const pool = Array.from({ length: 12 }, (_, index) => deadlineCascade(`d${index}`, index, `svc${index % 3}`));
    const picture = fc.subarray(pool);
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 6 }), (pictures) => {
        const before: KnownStarters = { list: [], items: new Map() };
        const drawn = (items: ReturnType<typeof originItems>): unknown =>
          items.map((item) => ({ ...item, rate: rateOf(item, spanOf(items.map(({ span }) => span)), 24) }));
        for (const cascades of pictures) {
          const diagnosis = diagnosisOf(cascades);
          expect(drawn(originItems(diagnosis, BY_TIMES, before))).toEqual(drawn(originItems(diagnosis, BY_TIMES)));
        }
      }),
    );
  });

  it("count a folded cascade as often as it happened", () => {
    const diagnosis = diagnosisOf([{ ...falseOriginCascade(), count: 4 }]);
    expect(originItems(diagnosis, BY_TIMES)).toMatchObject([{ cascades: 4, victims: 12 }]);
  });

  it("sort the cascades of an origin by each order", () => {
    const diagnosis = diagnosisOf([
      deadlineCascade("b1", 0),
      { ...deadlineCascade("b2", 1), reached: [] },
      deadlineCascade("b3", 2),
    ]);
    const keys = (column: Sort<"cascades">["column"], turned = false): string[] =>
      cascadeItems(diagnosis, ALL, { column, turned }, false).map((item) => item.key);
    expect(keys("first")).toEqual(["b3", "b2", "b1"]);
    expect(keys("first", true)).toEqual(["b1", "b2", "b3"]);
    expect(keys("way")).toEqual(["b1", "b3", "b2"]);
    expect(keys("stopped")).toEqual(["b1", "b3", "b2"]);
  });

  it("fold like cascades and unfold them", () => {
    const origin = originItems(wholeStory(), BY_TIMES)[0]?.key ?? null;
    const among = { origin, ids: null };
    expect(
      cascadeItems(wholeStory(), among, { column: "stopped", turned: false }, true).map((item) => item.group.count),
    ).toEqual([3]);
    expect(
      cascadeItems(wholeStory(), among, { column: "first", turned: false }, false).map((item) => item.key),
    ).toEqual(["b1110003", "b1110002", "b1110001"]);
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

  it("type a filter that holds at once and stays on enter, as chips", () => {
    const typing = pressed(INITIAL_STATE, ["/", ..."how=cancelled"]);
    expect(filterText(typing)).toBe("how=cancelled");
    expect(screenOf(typing, snapshotOf(wholeStory()), SIZE).origins.length).toBe(1);
    const held = pressed(typing, ["enter"]);
    expect(held).toMatchObject({ prompt: null, chips: [{ text: "how=cancelled", on: true }] });
    expect(pressed(typing, ["esc"])).toMatchObject({ prompt: null, chips: [] });
    expect(filterText(pressed(held, ["/", "backspace"]))).toBe("how=cancelle");
    expect(filterText(pressed(held, ["/", "ctrl-w"]))).toBe("");
    expect(filterText(pressed(held, ["/", "home", "!"]))).toBe("!how=cancelled");
    expect(pressed(held, ["x"]).chips).toEqual([]);
    expect(pressed(held, ["esc"]).chips).toEqual([]);
    expect(filterText(pressed(held, ["x", "/", "up"]))).toBe("how=cancelled");
  });

  it("complete a field and a value with tab, the one with most cancels first", () => {
    const field = pressed(INITIAL_STATE, ["/", ..."serv", "tab"]);
    expect(filterText(field)).toBe("service=");
    const { completions } = screenOf(field, snapshotOf(wholeStory()), SIZE).shown;
    expect(completions[0]).toEqual({ text: "service=ledger", words: "4 cancels" });
    expect(filterText(pressed(field, ["tab"]))).toBe("service=ledger");
  });

  it("switch chips off and on, turn them round, and remove them one by one", () => {
    const both = pressed(INITIAL_STATE, ["/", ..."how=cancelled chat", "enter", "c"]);
    expect(both.chipAt).toBe(0);
    const off = pressed(both, ["space"]);
    expect(off.chips).toEqual([
      { text: "how=cancelled", on: false },
      { text: "chat", on: true },
    ]);
    expect(filterText(off)).toBe("chat");
    expect(filterText(pressed(both, ["!"]))).toBe("how!=cancelled chat");
    expect(filterText(pressed(both, ["right", "!"]))).toBe("how=cancelled !chat");
    expect(filterText(pressed(both, ["backspace"]))).toBe("chat");
    expect(pressed(both, ["backspace", "backspace", "esc"]).chipAt).toBeNull();
    expect(pressed(INITIAL_STATE, ["/", ..."chat", "enter", "left"]).chipAt).toBe(0);
  });

  it("do not act on letters while a filter is typed", () => {
    const typing = pressed(INITIAL_STATE, ["/", "q", "s", "?"]);
    expect(typing).toMatchObject({ leaving: false, help: null });
    expect(filterText(typing)).toBe("qs?");
  });

  it("sort by the next column and the one before, and turn the order round", () => {
    expect(pressed(INITIAL_STATE, ["s"]).sorts.origins).toEqual({ column: "last", turned: false });
    expect(pressed(INITIAL_STATE, ["<"]).sorts.origins).toEqual({ column: "sure", turned: false });
    expect(pressed(INITIAL_STATE, ["S"]).sorts.origins).toEqual({ column: "times", turned: true });
  });

  it("go home, and back to where they came from", () => {
    const why = pressed(INITIAL_STATE, ["j", "enter", "w"]);
    expect(frameOf(pressed(why, ["H"])).view).toBe("origins");
    expect(frameOf(pressed(why, ["H", "-"])).view).toBe("why");
    expect(frameOf(pressed(why, ["esc", "-", "-"])).view).toBe("cascade");
  });

  it("search in a text with /, and walk its hits round", () => {
    const why = pressed(INITIAL_STATE, ["j", "enter", "w", "/", ..."chain.log", "enter"]);
    expect(why.search).toBe("chain.log");
    expect(why.notice).toMatch(/^hit 1 of \d+$/);
    expect(pressed(why, ["n"]).notice).toMatch(/^hit 2 of/);
    expect(pressed(why, ["N"]).notice).toMatch(/^hit (\d+) of \1$/);
    expect(pressed(why, ["/", ..."zzz", "enter"]).notice).toBe('nothing here holds "zzz"');
  });

  it("step through the time of a cancel", () => {
    const time = pressed(INITIAL_STATE, ["j", "enter", "t"]);
    expect(frameOf(time)).toMatchObject({ view: "time", cascade: "7f3a9c1e" });
    expect(frameOf(pressed(time, [".", "."])).index).toBe(1);
    expect(frameOf(pressed(time, [".", ".", ","])).index).toBe(0);
    expect(pressed(time, ["+", "+", "-"]).time.zoom).toBe(2);
    expect(pressed(time, ["+", "0"]).time.zoom).toBe(1);
  });

  it("play the time of a cancel slowly, ten times slower and again, and stop at its end or when somebody steps", () => {
    const shownIn = (state: UiState) => screenOf(state, snapshotOf(wholeStory()), SIZE).shown;
    const time = pressed(INITIAL_STATE, ["j", "enter", "t"]);
    const last = shownIn(time).steps.at(-1)?.ms ?? 0;
    const playing = pressed(time, ["p"]);
    const slower = playing.time.play?.slower ?? 0;
    expect(slower * last).toBeGreaterThanOrEqual(1_000);
    expect(slower * last).toBeLessThan(10_000);
    expect(pressed(playing, ["p"]).time.play?.slower).toBe(slower * 10);
    expect(pressed(playing, ["p", "p", "p"]).time.play).toBeNull();
    const half = played(playing, shownIn(playing), (slower * last) / 2);
    expect(half.time.play?.ms).toBeCloseTo(last / 2);
    expect(half.time.step).toBe(shownIn(time).steps.findLastIndex(({ ms }) => ms <= last / 2));
    expect(pressed(half, ["+"]).time.play).not.toBeNull();
    expect(pressed(half, ["."]).time.play).toBeNull();
    const end = played(half, shownIn(half), slower * last);
    expect(end.time).toMatchObject({ play: null, step: shownIn(time).steps.length - 1 });
  });

  it("compare two cancels: the first press marks one, the second shows both", () => {
    const marked = pressed(INITIAL_STATE, ["C"]);
    expect(marked.notice).toBe("C on another cancel compares the two");
    expect(marked.compared).not.toBeNull();
    expect(pressed(marked, ["C"]).compared).toBeNull();
    const both = pressed(marked, ["j", "C"]);
    expect(frameOf(both)).toMatchObject({ view: "compare", cascade: marked.compared, other: "7f3a9c1e" });
    expect(both.compared).toBeNull();
    expect(frameOf(pressed(both, ["esc"])).view).toBe("origins");
  });

  it("follow the newest until somebody moves, and count what came since", () => {
    const following = pressed(INITIAL_STATE, ["f"]);
    expect(screenOf(following, snapshotOf(wholeStory()), SIZE).frame.index).toBe(2);
    const stopped = pressed(following, ["up"]);
    expect(stopped).toMatchObject({ following: false, seen: 5 });
  });

  it("mute a warning, show it all the same, and hear it again", () => {
    const muted = pressed(INITIAL_STATE, ["!", "m"]);
    expect(screenOf(muted, snapshotOf(wholeStory()), SIZE).warnings.length).toBe(1);
    expect(screenOf(pressed(muted, ["M"]), snapshotOf(wholeStory()), SIZE).warnings.length).toBe(2);
    expect(pressed(muted, ["M", "g", "m"]).muted.size).toBe(0);
  });

  it("lead on from every warning", () => {
    for (const down of [[], ["j"]]) {
      const open = pressed(INITIAL_STATE, ["!", ...down, "enter"]);
      expect(frameOf(open)).toMatchObject({ view: "cascade", cascade: "7f3a9c1e" });
    }
  });

  it("say who started a cancel, and take it back", () => {
    const form = pressed(INITIAL_STATE, ["o", ..."deploy", "tab", "space", "tab", ..."INC-1"]);
    expect(form.overrule).toMatchObject({ scope: "alike", note: { text: "INC-1" }, name: { text: "deploy" } });
    expect(pressed(form, ["enter"])).toMatchObject({ overrule: null, wish: { do: "overrule", by: "deploy" } });
    expect(pressed(INITIAL_STATE, ["o", "enter"]).wish).toMatchObject({ do: "overrule", by: "billing" });
    expect(pressed(form, ["ctrl-x"]).wish).toMatchObject({ by: null });
    expect(pressed(form, ["esc"])).toMatchObject({ overrule: null, wish: null });
  });

  it("search the help by words and by key, and run what is chosen", () => {
    const help = pressed(INITIAL_STATE, ["?", ..."sort"]);
    expect(helpRows(help).map((row) => row.action)).toEqual(["sort", "sort-before"]);
    expect(pressed(help, ["enter"]).sorts.origins.column).toBe("last");
    expect(helpRows(pressed(INITIAL_STATE, ["e"])).length).toBe(5);
    expect(pressed(INITIAL_STATE, ["e", ..."html", "enter"]).wish).toEqual({ do: "export", format: "html" });
    expect(helpRows(pressed(INITIAL_STATE, ["?", "!"])).map((row) => row.action)).toEqual(["warnings"]);
    expect(pressed(help, ["esc"]).help).toBeNull();
    expect(pressed(INITIAL_STATE, ["?", "?"]).help).toMatchObject({ words: true });
    expect(pressed(INITIAL_STATE, ["?", "?", "?"]).help).toBeNull();
  });

  it("leave with q, and with Ctrl-C from everywhere", () => {
    expect(pressed(INITIAL_STATE, ["q"]).leaving).toBe(true);
    expect(pressed(INITIAL_STATE, ["j", "enter", "q"])).toMatchObject({ leaving: false });
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
        expect(() => act(state, action as Action, nothing, "3")).not.toThrow();
      }
    }
  });
});
