import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { type Mergeable, mergeByTime } from "../../../src/sources/files/merge.ts";
import { record } from "../../support/record.ts";

/** A source of records with these times, handed out so many at a time; says how often it was opened and closed. */
class Source implements Mergeable {
  readonly startAt: bigint | null;
  opened = 0;
  closed = 0;
  readonly #records: readonly SourceRecord[];
  readonly #step: number;

  constructor(name: number, times: readonly (number | null)[], step: number) {
    this.#records = times.map((at, i) =>
      record(`${name}:${i}`, { at: at === null ? null : BigInt(at), service: String(name) }),
    );
    this.startAt = this.#records[0]?.at ?? null;
    this.#step = step;
  }

  open(): ReturnType<Mergeable["open"]> {
    this.opened += 1;
    let next = 0;
    return {
      read: async () => {
        if (next >= this.#records.length) return null;
        next += this.#step;
        return this.#records.slice(next - this.#step, next);
      },
      close: async () => {
        this.closed += 1;
      },
    };
  }
}

async function merged(sources: readonly Source[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const batch of mergeByTime(sources, () => false))
    texts.push(...batch.map(({ texts: [text] }) => text ?? ""));
  return texts;
}

/** Sorted sources: a record without a time stands where the one before it does. */
const sorted = fc
  .array(fc.option(fc.nat(30), { freq: 4 }), { maxLength: 12 })
  .map((times) => times.toSorted((a, b) => (a === null || b === null ? 0 : a - b)))
  .filter((times) => {
    const known = times.filter((at) => at !== null);
    return known.every((at, i) => i === 0 || at >= (known[i - 1] as number));
  });

describe("the merge", () => {
  it("gives sorted sources in the order of a stable sort by time, however they are handed out", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(sorted, fc.integer({ min: 1, max: 5 })), { maxLength: 9 }), async (inputs) => {
        const sources = inputs.map(([times, step], name) => new Source(name, times, step));
        const wanted = inputs
          .flatMap(([times], name) => {
            let key = times[0] ?? -1;
            return times.map((at, i) => {
              key = at ?? key;
              return { key, text: `${name}:${i}` };
            });
          })
          .sort((a, b) => a.key - b.key);
        expect(await merged(sources)).toEqual(wanted.map(({ text }) => text));
      }),
    );
  });

  it("opens a source only when its time comes", async () => {
    const sources = [new Source(0, [1, 2], 1), new Source(1, [10, 11], 1)];
    for await (const _ of mergeByTime(sources, () => false)) break;
    expect(sources.map(({ opened }) => opened)).toEqual([1, 0]);
  });

  it("closes every source that it has opened when it is stopped in the middle, the one being read too", async () => {
    const sources = [new Source(0, [1, 4, 7], 1), new Source(1, [2, 5, 8], 1), new Source(2, [3, 6, 9], 1)];
    let batches = 0;
    for await (const _ of mergeByTime(sources, () => batches >= 4)) batches += 1;
    expect(sources.map(({ opened, closed }) => [opened, closed])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    const single = new Source(0, [1, 2, 3], 1);
    for await (const _ of mergeByTime([single], () => false)) break;
    expect(single.closed).toBe(1);
  });

  it("reads the others while one says nothing for long, and that one as soon as it speaks", async () => {
    const said = [record("late", { at: 5n, service: "pipe" })];
    let asked = 0;
    let closed = 0;
    let resting = true;
    const pipe: Mergeable = {
      startAt: null,
      open: () => ({
        get resting() {
          return resting;
        },
        read: async () => {
          asked += 1;
          if (asked < 30) return [];
          resting = false;
          return asked === 30 ? said : null;
        },
        close: async () => {
          closed += 1;
        },
      }),
    };
    const texts: string[] = [];
    for await (const batch of mergeByTime([pipe, new Source(0, [1, 2, 9], 1)], () => false)) {
      texts.push(...batch.map(({ texts: [text] }) => text ?? ""));
      if (texts.length === 3) expect(asked).toBe(20);
    }
    expect(texts).toEqual(["0:0", "0:1", "0:2", "late"]);
    for await (const _ of mergeByTime(
      [{ ...pipe, open: () => ({ ...pipe.open(), resting: true, read: async () => [] }) }, new Source(0, [1], 1)],
      () => false,
    ))
      break;
    expect(closed).toBe(1);
  });
});
