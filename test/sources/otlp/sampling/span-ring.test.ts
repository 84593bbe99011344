import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPAN_WORDS } from "../../../../src/sources/otlp/protobuf/span-words.ts";
import { SpanRing } from "../../../../src/sources/otlp/sampling/span-ring.ts";

const CAPACITY = 8;
const KEEP_MS = 3_000;

/** A span of one of a few traces, told apart by its id. */
function spanOf(trace: number, id: number): Uint32Array {
  const words = new Uint32Array(SPAN_WORDS);
  words[2] = trace;
  words[4] = id;
  return words;
}

/** What the ring does, with a list: nothing is chained and nothing wraps around. */
class NaiveRing {
  rows: { trace: number; id: number; second: number; taken: boolean }[] = [];
  gone: number[] = [];
  counts = { expired: 0, evicted: 0 };
  #second = 0;

  advance(nowMs: number): void {
    this.#second = Math.floor(nowMs / 1000);
    while ((this.rows[0]?.second ?? Number.POSITIVE_INFINITY) < this.#second - KEEP_MS / 1000) this.#drop("expired");
  }

  add(trace: number, id: number): void {
    if (this.rows.length === CAPACITY) this.#drop("evicted");
    this.rows.push({ trace, id, second: this.#second, taken: false });
  }

  takeTrace(trace: number): number[] {
    const found = this.rows.filter((row) => row.trace === trace && !row.taken).reverse();
    for (const row of found) {
      row.taken = true;
      this.gone.push(row.id);
    }
    return found.map(({ id }) => id);
  }

  #drop(why: "expired" | "evicted"): void {
    const row = this.rows.shift();
    if (row === undefined || row.taken) return;
    this.counts[why] += 1;
    this.gone.push(row.id);
  }
}

const command = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map((trace) => ({ kind: "add", trace }) as const) },
  { weight: 2, arbitrary: fc.nat(3).map((trace) => ({ kind: "take", trace }) as const) },
  { weight: 2, arbitrary: fc.nat(6_000).map((ms) => ({ kind: "advance", ms }) as const) },
);

describe("the ring of spans that wait", () => {
  it("does what a list does, also when its rows have gone round many times", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        const gone: number[] = [];
        const ring = new SpanRing({ rows: CAPACITY, keepMs: KEEP_MS }, (shape) => gone.push(shape));
        const naive = new NaiveRing();
        let nowMs = 0;
        ring.advance(nowMs);
        for (const [id, each] of commands.entries()) {
          if (each.kind === "add") {
            ring.add(spanOf(each.trace, id), id);
            naive.add(each.trace, id);
          } else if (each.kind === "take") {
            const taken: number[] = [];
            ring.takeTrace(spanOf(each.trace, 0), (words, shape) => {
              expect(words[4]).toBe(shape);
              taken.push(shape);
            });
            expect(taken).toEqual(naive.takeTrace(each.trace));
          } else {
            nowMs += each.ms;
            ring.advance(nowMs);
            naive.advance(nowMs);
          }
          expect(ring.held).toBe(naive.rows.length);
          expect(ring.counts).toEqual(naive.counts);
          expect(gone).toEqual(naive.gone);
        }
      }),
    );
  });

  it("keeps a span for its whole time, and not a second less", () => {
    const ring = new SpanRing({ rows: CAPACITY, keepMs: KEEP_MS }, () => undefined);
    ring.advance(500);
    ring.add(spanOf(1, 1), 1);
    ring.advance(500 + KEEP_MS);
    expect(ring.held).toBe(1);
    ring.advance(2_000 + KEEP_MS);
    expect([ring.held, ring.counts]).toEqual([0, { expired: 1, evicted: 0 }]);
  });
});
