import { describe, expect, it } from "vitest";
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
