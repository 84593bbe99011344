import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { Settling } from "../../src/pipeline/index.ts";
import { deadlineCascade, unknownCascade } from "../story.ts";

const one = deadlineCascade("one", 2);
const other = { ...unknownCascade(), id: "other" };
const later = (cascade: Cascade): Cascade => ({ ...cascade, evidenceCount: cascade.evidenceCount + 1 });
const settling = (): Settling => new Settling(10_000, ({ evidenceCount }) => `${evidenceCount}`);

describe("a cascade", () => {
  it("is told once it has been quiet for so long, and once only", () => {
    const watch = settling();
    expect(watch.take([one], 0)).toEqual([]);
    expect(watch.take([one], 9_999)).toEqual([]);
    expect(watch.take([one, other], 10_000)).toEqual([{ cascade: one, revision: 1, added: one.count }]);
    expect(watch.take([one, other], 19_999)).toEqual([]);
    expect(watch.take([one, other], 20_000)).toEqual([{ cascade: other, revision: 1, added: other.count }]);
  });

  it("is told again with its next revision when it has changed and is quiet again", () => {
    const watch = settling();
    watch.take([one], 0);
    watch.take([one], 10_000);
    const changed = later(one);
    expect(watch.take([changed], 15_000)).toEqual([]);
    expect(watch.take([{ ...changed }], 24_999)).toEqual([]);
    expect(watch.take([changed], 25_000)).toEqual([{ cascade: changed, revision: 2, added: 0 }]);
  });

  it("says how many like ones have come to it since, and takes none back", () => {
    const watch = settling();
    const counted = (count: number): Cascade => ({ ...one, count, evidenceCount: count });
    expect(watch.take([counted(3)], 0, true)).toMatchObject([{ revision: 1, added: 3 }]);
    expect(watch.take([counted(10)], 1, true)).toMatchObject([{ revision: 2, added: 7 }]);
    expect(watch.take([counted(8)], 2, true)).toMatchObject([{ revision: 3, added: 0 }]);
    expect(watch.take([counted(11)], 3, true)).toMatchObject([{ revision: 4, added: 1 }]);
  });

  it("is not told again when it was made anew as it was", () => {
    const watch = settling();
    watch.take([one], 0);
    watch.take([one], 10_000);
    expect(watch.take([{ ...one }], 30_000)).toEqual([]);
  });

  it("is told at the end, quiet or not, unless it was told as it is", () => {
    const watch = settling();
    watch.take([one], 0);
    watch.take([one], 10_000);
    expect(watch.take([one, other], 10_001, true)).toEqual([{ cascade: other, revision: 1, added: other.count }]);
  });

  it("that was told and became part of another is taken back", () => {
    const watch = settling();
    watch.take([one, other], 0);
    watch.take([one, other], 10_000);
    expect(watch.withdraw([one, other], 0)).toEqual([]);
    const both = [{ ...other, aliases: ["one"] }];
    watch.take(both, 11_000);
    expect(watch.withdraw(both, 0)).toEqual([{ id: "one", revision: 2, into: "other" }]);
    expect(watch.withdraw(both, 0)).toEqual([]);
  });

  it("that was dropped for want of room is not taken back", () => {
    const watch = settling();
    watch.take([one, other], 0);
    watch.take([one, other], 10_000);
    expect(watch.withdraw([one], 1)).toEqual([]);
    expect(watch.withdraw([], 1)).toEqual([{ id: "one", revision: 2, into: null }]);
  });

  it("that was never told is not taken back", () => {
    const watch = settling();
    watch.take([one], 0);
    expect(watch.withdraw([], 0)).toEqual([]);
  });
});
