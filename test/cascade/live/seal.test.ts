import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Line } from "../../../src/cascade/hops/hop.ts";
import { createCascadeStore } from "../../../src/cascade/index.ts";
import { cut, cutForRoom, parts } from "../../../src/cascade/live/seal.ts";
import { at, claim } from "../../support/evidence.ts";
import { linesOf } from "../../support/scene.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** Lines at these seconds; those of `traced` are of one trace. */
function lines(seconds: readonly number[], traced: readonly number[] = []) {
  return linesOf(
    seconds.map((second) => claim({ at: at(second * 1_000), traceId: traced.includes(second) ? TRACE : null })),
  );
}

/** Where the first part is cut off, in seconds: what is judged and what is kept. */
function judged(all: ReturnType<typeof lines>, horizon: number) {
  const found = cut(all, Number.NEGATIVE_INFINITY, horizon * 1_000);
  const seconds = (some: ReturnType<typeof lines>) => some.map((line) => line.at / 1_000);
  return found === null ? null : { at: found.at / 1_000, judged: seconds(found.judged), kept: seconds(found.kept) };
}

const everySecond = (to: number): number[] => Array.from({ length: to + 1 }, (_, second) => second);

describe("the first part of a stream", () => {
  it("ends at a silence of half a minute", () => {
    expect(judged(lines([0, 1, 31, 32]), 40)).toEqual({ at: 1, judged: [0, 1], kept: [31, 32] });
    expect(judged(lines([0, 1, 25, 26]), 40)).toBeNull();
  });

  it("ends only once the silence is over, or as much of it as counts", () => {
    expect(judged(lines([0, 1]), 31)).toMatchObject({ at: 1 });
    expect(judged(lines([0, 1]), 30)).toBeNull();
  });

  it("ends in the widest gap of its second half minute, half a minute after that is over", () => {
    const all = lines([...everySecond(40), 45, ...everySecond(100).slice(46)]);
    expect(judged(all, 90)).toMatchObject({ at: 40 });
    expect(judged(all, 89)).toBeNull();
    expect(judged(all, 100)?.kept[0]).toBe(45);
  });

  it("is never longer than a minute, and half a minute at least", () => {
    const wide = lines([0, 20, ...everySecond(60).slice(30), ...everySecond(120).slice(75)]);
    expect(judged(wide, 120)).toMatchObject({ at: 60 });
  });

  it("leaves a trace whole that goes on within half a minute, as far as a minute back", () => {
    const all = lines([0, 5, 20, 30, 61, 85], [5, 20, 85]);
    expect(judged(all, 200)).toMatchObject({ at: 30, judged: [0, 5, 20, 30], kept: [61, 85] });
    const near = lines([0, 5, 20, 30, 60.5], [5, 20, 60.5]);
    expect(judged(near, 200)).toMatchObject({ judged: [0, 5, 20, 30] });
    const soon = lines([...everySecond(70)], [2, 50, 58, 65]);
    const { at: end = 0, judged: done = [], kept = [] } = judged(soon, 200) ?? {};
    expect(end).toBeGreaterThanOrEqual(30);
    expect(done).not.toContain(50);
    expect(kept).toEqual(expect.arrayContaining([2, 50]));
  });

  it("is the older half where there is no room, whatever may still arrive", () => {
    const { judged: done, kept } = cutForRoom(lines(everySecond(9)));
    expect([done.length, kept.length]).toEqual([6, 4]);
  });
});

describe("parts that have nothing to do with each other", () => {
  it("are divided by silences of half a minute", () => {
    const divided = (...seconds: number[]) => parts(lines(seconds)).map((part) => part.map((line) => line.at / 1_000));
    expect(divided(0, 1, 31, 32, 90)).toEqual([[0, 1], [31, 32], [90]]);
    expect(divided(0, 25, 50)).toEqual([[0, 25, 50]]);
    expect(parts([])).toEqual([]);
  });
});

describe("evidence that comes late", () => {
  /** Five thousand lines a second apart, after which the store looks for complete parts; then one that is so much older. */
  function lateAfter(behind: number): number {
    const store = createCascadeStore();
    const line = (second: number) =>
      claim({ at: at(second * 1_000), service: "chat", observation: "started", side: "client" });
    for (let second = 0; second < 5_000; second += 1) store.add(line(second));
    store.add(line(4_999 - behind));
    return store.diagnose().counts.late;
  }

  it("counts within two minutes, and is too late after as many and the part it belonged to", () => {
    expect(lateAfter(115)).toBe(0);
    expect(lateAfter(300)).toBe(1);
  });
});

function line(at: number, traceId: string | null = null): Line {
  const evidence = claim({ traceId });
  return { evidence, given: evidence, at };
}

const times = (lines: readonly Line[]): number[] => lines.map(({ at }) => at);
const START = Number.NEGATIVE_INFINITY;

/** One line every ten seconds. */
const steady = (until: number, traceId: string | null = null): Line[] =>
  Array.from({ length: until / 10_000 + 1 }, (_, index) => line(index * 10_000, traceId));

describe("a cut", () => {
  it("is made in a silence of 30 seconds, and not before the silence has lasted as long", () => {
    const lines = [line(0), line(1_000), line(31_000)];
    expect(cut(lines, START, 30_999)).toBe(null);
    expect(times(cut(lines, START, 31_000)?.judged ?? [])).toEqual([0, 1_000]);
    expect(cut([line(0), line(29_999), line(59_998)], START, 59_998)).toBe(null);
  });

  it("where nothing is silent waits for 30 seconds after a minute, then takes the widest gap of its second half", () => {
    const lines = [...steady(40_000), line(45_000), line(59_000), ...steady(100_000).slice(6)];
    expect(cut(lines, START, 89_999)).toBe(null);
    expect(cut(lines, START, 90_000)).toMatchObject({ at: 45_000 });
    expect(times(cut(lines, START, 90_000)?.kept ?? [])).toEqual([59_000, 60_000, 70_000, 80_000, 90_000, 100_000]);
  });

  it("keeps a trace whole that goes on within 30 seconds", () => {
    const early = "a".repeat(32);
    const late = "b".repeat(32);
    const lines = [line(0), line(0, early), line(0, late), line(1), line(30_001, early), line(30_002, late)];
    const made = cut(lines, START, 60_001);
    expect(made?.at).toBe(1);
    expect(made?.kept.map(({ evidence }) => evidence.traceId)).toEqual([early, early, late]);
  });

  it("holds what is older than a minute no longer, for a trace that goes on for ever", () => {
    const trace = "a".repeat(32);
    // Of the last part but for the third: its trace went on
    const lines = [line(0, trace), line(1, trace), line(60_000), line(60_001, trace), line(90_001, trace)];
    const made = cut(lines, 59_000, 120_001);
    expect(made?.at).toBe(60_001);
    expect(times(made?.judged ?? [])).toEqual([0, 1, 60_000]);
    expect(times(made?.kept ?? [])).toEqual([60_001, 90_001]);
  });

  it("for want of room is made in the middle, with traces kept whole only if that makes room", () => {
    const trace = "a".repeat(32);
    const crowd = steady(110_000);
    expect(times(cutForRoom(crowd).judged)).toEqual(times(crowd.slice(0, 7)));
    const one = Array.from({ length: 100 }, (_, index) => line(index, trace));
    expect(cutForRoom(one).judged).toHaveLength(51);
    const some = [...one.slice(0, 80).map(({ at }) => line(at)), ...one.slice(40, 60)].sort((a, b) => a.at - b.at);
    expect(cutForRoom(some).judged.every(({ evidence }) => evidence.traceId === null)).toBe(true);
  });
});

describe("parts of lines without a trace", () => {
  it("end at each silence of 30 seconds", () => {
    expect(parts([line(0), line(29_999), line(59_999), line(60_000)]).map(times)).toEqual([
      [0, 29_999],
      [59_999, 60_000],
    ]);
    expect(parts([])).toEqual([]);
  });

  it("are as long as they like while they are few lines, else end in the widest gap after half a minute", () => {
    const busy = (count: number): Line[] =>
      Array.from({ length: count }, (_, index) => line(index * 100 + (index > 400 ? 50 : 0)));
    expect(parts(busy(5_000))).toHaveLength(1);
    const [first, second] = parts(busy(5_001));
    expect(first?.at(-1)?.at).toBe(40_000);
    expect(second?.[0]?.at).toBe(40_150);
  });

  it("are all the lines in their order", () => {
    const gaps = fc.array(fc.oneof(fc.nat(100), fc.nat(40_000)), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const lines = steps.map((_, index) => line(steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)));
        const found = parts(lines);
        expect(found.flat()).toEqual(lines);
        for (const part of found)
          expect(times(part).every((each, index) => each - (part[index - 1]?.at ?? each) < 30_000)).toBe(true);
      }),
    );
  });
});
