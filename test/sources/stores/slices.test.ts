import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { inSlices, type Slicing, type TimeSlice, TooMuch } from "../../../src/sources/stores/slices.ts";
import { StoreError } from "../../../src/sources/stores/store-error.ts";
import { record } from "../../support/record.ts";

const HOUR_MS = 3_600_000;

const atMs = (ms: number): SourceRecord => record(`at ${ms}`, { at: BigInt(ms) * 1_000_000n });
const inside = ({ fromMs, toMs }: TimeSlice, all: readonly number[]): number[] =>
  all.filter((ms) => ms >= fromMs && ms < toMs);

/** What an asking did: each slice as `from-to` in minutes. */
interface Asked {
  readonly read: string[];
  readonly done: string[];
  readonly cut: string[];
}

const named = ({ fromMs, toMs }: TimeSlice): string => `${fromMs / 60_000}-${toMs / 60_000}`;

/** Asks a store that holds records at these milliseconds; `most`: what of a slice would be too much. */
async function asking(
  held: readonly number[],
  { most = Number.POSITIVE_INFINITY, ...more }: Partial<Slicing> & { most?: number } = {},
): Promise<{ readonly batches: number[][]; readonly asked: Asked }> {
  const asked: Asked = { read: [], done: [], cut: [] };
  const batches: number[][] = [];
  const slicing: Slicing = {
    fromMs: 0,
    toMs: 3 * HOUR_MS,
    marginMs: 0,
    async *read(slice) {
      asked.read.push(named(slice));
      const all = inside(slice, held);
      if (all.length > most) throw new TooMuch(`${all.length} rows`, 413);
      yield all.map(atMs);
    },
    done: (slice) => asked.done.push(named(slice)),
    cut: (slice) => asked.cut.push(named(slice)),
    ...more,
  };
  for await (const batch of inSlices(slicing)) batches.push(batch.map(({ at }) => Number((at ?? 0n) / 1_000_000n)));
  return { batches, asked };
}

describe("a time that is asked for in slices", () => {
  it("is asked hour by hour, oldest first, the last slice as short as what is left", async () => {
    const { asked } = await asking([], { toMs: 2.5 * HOUR_MS });
    expect(asked).toEqual({ read: ["0-60", "60-120", "120-150"], done: ["0-60", "60-120", "120-150"], cut: [] });
  });

  it("that is none is not asked for", async () => {
    expect((await asking([1], { toMs: 0 })).asked.read).toEqual([]);
  });

  it("gives what came of a slice in the order of time before it asks for the next", async () => {
    const seen: string[] = [];
    const { batches } = await asking([], {
      toMs: 2 * HOUR_MS,
      async *read(slice) {
        seen.push(named(slice));
        yield [atMs(slice.fromMs + 9), atMs(slice.fromMs + 3)];
        yield [atMs(slice.fromMs + 5)];
      },
    });
    expect(seen).toEqual(["0-60", "60-120"]);
    expect(batches).toEqual([
      [3, 5, 9],
      [HOUR_MS + 3, HOUR_MS + 5, HOUR_MS + 9],
    ]);
  });

  it("holds back what a later slice may still come before, as far as the margin goes", async () => {
    const early = HOUR_MS - 1_000;
    const { batches } = await asking([], {
      toMs: 2 * HOUR_MS,
      marginMs: 5_000,
      async *read({ fromMs }) {
        yield fromMs === 0 ? [atMs(10), atMs(HOUR_MS - 900)] : [atMs(early), atMs(HOUR_MS + 1)];
      },
    });
    expect(batches).toEqual([[10], [early, HOUR_MS - 900, HOUR_MS + 1]]);
  });

  it("holds back what came of the very millisecond in which the next slice begins", async () => {
    const end = BigInt(HOUR_MS) * 1_000_000n;
    const order: (bigint | null)[] = [];
    const slices = inSlices({
      fromMs: 0,
      toMs: 2 * HOUR_MS,
      marginMs: 0,
      async *read({ fromMs }) {
        yield [record("x", { at: fromMs === 0 ? end + 500n : end + 100n })];
      },
      done: () => undefined,
      cut: () => undefined,
    });
    for await (const batch of slices) order.push(...batch.map(({ at }) => at));
    expect(order).toEqual([end + 100n, end + 500n]);
  });

  it("hands on what has no time first", async () => {
    const { batches } = await asking([], {
      toMs: HOUR_MS,
      async *read() {
        yield [atMs(7), record("no time")];
      },
    });
    expect(batches).toEqual([[0, 7]]);
  });

  it("hands on no more than a thousand at a time", async () => {
    const { batches } = await asking(Array.from({ length: 2_500 }, (_, ms) => ms));
    expect(batches.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
  });

  it("ends with the signal, without what it held", async () => {
    const stop = new AbortController();
    const { asked, batches } = await asking([1, HOUR_MS + 1], {
      signal: stop.signal,
      async *read(slice) {
        if (slice.fromMs > 0) throw new Error("asked again");
        yield [atMs(1)];
        stop.abort();
      },
    });
    expect([asked.done, batches]).toEqual([["0-60"], [[1]]]);
  });

  it("ends with what reading throws, and says that no slice is done", async () => {
    const done: string[] = [];
    const broken = asking([], {
      // biome-ignore lint/correctness/useYield: it never comes to that
      async *read() {
        throw new StoreError("it answers 500", 500);
      },
      done: (slice) => done.push(named(slice)),
    });
    await expect(broken).rejects.toThrow("it answers 500");
    expect(done).toEqual([]);
  });
});

describe("a slice that is too much", () => {
  it("is asked for in halves, the older one first, until each fits", async () => {
    const { asked, batches } = await asking([1, 2, 16 * 60_000, 31 * 60_000], { toMs: HOUR_MS, most: 2 });
    expect(asked.read).toEqual(["0-60", "0-30", "0-15", "15-30", "30-60"]);
    expect(asked.done).toEqual(["0-15", "15-30", "30-60"]);
    expect(batches.flat()).toEqual([1, 2, 16 * 60_000, 31 * 60_000]);
    expect(asked.cut).toEqual([]);
  });

  it("of a second is cut, told, and left behind", async () => {
    const held = [...Array<number>(5).fill(1_800_000), 3_599_999, HOUR_MS + 1];
    const cut: [string, string][] = [];
    const { asked, batches } = await asking(held, {
      toMs: 2 * HOUR_MS,
      most: 3,
      cut: ({ fromMs, toMs }, { message }) => cut.push([`${toMs - fromMs <= 1_000}`, message]),
    });
    expect(cut).toEqual([["true", "5 rows"]]);
    expect(batches.flat()).toEqual([3_599_999, HOUR_MS + 1]);
    expect(asked.done.at(-1)).toBe("60-120");
  });

  it("keeps what came of it before it was too much", async () => {
    let first = true;
    const { batches } = await asking([], {
      toMs: HOUR_MS,
      async *read({ fromMs }) {
        yield fromMs === 0 && first ? [atMs(1)] : [];
        if (first) {
          first = false;
          throw new TooMuch("row limit");
        }
      },
    });
    expect(batches).toEqual([[1]]);
  });

  it("ten times ends the asking: such a store cannot answer", async () => {
    const flood = Array.from({ length: 20 }, (_, second) => [second * 1_000, second * 1_000 + 1]).flat();
    const cut: TimeSlice[] = [];
    const broken = asking(flood, { toMs: 20_000, most: 0, cut: (slice) => cut.push(slice) });
    await expect(broken).rejects.toMatchObject({ message: /^even a second at a time it says: \d+ rows$/, status: 413 });
    expect(cut.length).toBe(10);
  });
});

it("whatever a store can answer at once, each record comes once, in the order of time, and each moment is done once", async () => {
  const at = fc.nat({ max: 3 * HOUR_MS - 1 });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(at, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), async (held, most) => {
      const done: TimeSlice[] = [];
      const { batches, asked } = await asking(held, { most, done: (slice) => done.push(slice) });
      fc.pre(asked.cut.length === 0);
      expect(batches.flat()).toEqual(held.toSorted((a, b) => a - b));
      expect(done[0]?.fromMs).toBe(0);
      expect(done.at(-1)?.toMs).toBe(3 * HOUR_MS);
      for (const [index, { fromMs }] of done.entries()) if (index > 0) expect(fromMs).toBe(done[index - 1]?.toMs);
    }),
  );
});
