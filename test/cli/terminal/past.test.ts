import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPast, type PastOptions, type PastReader } from "../../../src/cli/terminal/past.ts";
import { createPastFeed } from "../../../src/cli/terminal/past-feed.ts";
import { HistoryReader } from "../../../src/history/index.ts";
import type { Cascade } from "../../../src/model/index.ts";
import { UTC_CLOCK } from "../../../src/present/index.ts";
import { type Past, pageOf, serviceSubject, starterSubject } from "../../../src/tui/index.ts";
import { deadlineCascade, falseOriginCascade } from "../../story.ts";
import { keepIn } from "../../support/history.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 28, 12);
const BILLING = starterSubject("billing", "billing", "deadline");

let folder = "";
let file = "";
let past: PastReader;
let over: AbortController;
let running: Promise<void>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "past-"));
  file = join(folder, "cancels.db");
  over = new AbortController();
});
afterEach(async () => {
  over.abort();
  await running;
  past.close();
  rmSync(folder, { recursive: true });
});

/** Of the cascades that happened some days ago, one each. */
function ago(cascade: Cascade, ...days: number[]): Cascade[] {
  return days.map((day, index) => {
    const at = BigInt(NOW - day * DAY_MS - index) * 1_000_000n;
    return { ...cascade, id: `${cascade.id}-${day}-${index}`, aliases: [], firstAt: at, lastAt: at };
  });
}

const keep = (...cascades: Cascade[]): Promise<void> => keepIn(file, cascades, NOW);

async function look(options: Partial<PastOptions> = {}): Promise<PastReader> {
  past = createPast(await HistoryReader.open(file), { file, clock: UTC_CLOCK, now: () => NOW, ...options });
  running = past.run(over.signal);
  return past;
}

/** Waits until what is known of the history is as wanted. */
async function until(holds: (now: Past) => boolean): Promise<Past> {
  for (;;) {
    const now = past.past();
    if (holds(now)) return now;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const counted = (): Promise<Past> => until((now) => now.counted);

describe("a history beside a reading", () => {
  it("is counted by days of the clock, the newest last", async () => {
    await keep(...ago(deadlineCascade("b"), 0, 0, 1, 27, 28, 90), ...ago(falseOriginCascade(), 10));
    await look();
    const { days, trends, from, to } = await counted();
    expect([days.length, days[0], days.at(-1)]).toEqual([28, "2026-11-01", "2026-11-28"]);
    expect([from, to]).toEqual(["2026-08-30", "2026-11-28"]);
    const billing = trends.get(BILLING);
    expect(billing?.counts).toEqual([1, ...Array(25).fill(0), 1, 2]);
    expect(billing).toMatchObject({ total: 6, first: "2026-08-30", before: "2026-11-01" });
    expect(trends.get(starterSubject("gateway", "gateway", "cancel"))).toMatchObject({ total: 1, first: "2026-11-18" });
  });

  it("shows what the last days hold before all of it is counted", async () => {
    const days = Array.from({ length: 40 }, (_, index) => 3 * index);
    await keep(...ago(deadlineCascade("b"), ...days));
    let steps = 0;
    let early: Past | null = null;
    const rest = async (): Promise<void> => {
      steps += 1;
      if (steps === 20) early = past.past();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await look({ rest });
    await counted();
    expect(early).toMatchObject({ counted: false });
    expect((early as Past | null)?.trends.get(BILLING)?.total).toBe(16);
    expect(steps).toBe(40);
  });

  it("is counted whatever times broken clocks have written", async () => {
    const at = (ms: number, id: string): Cascade => {
      const instant = BigInt(ms) * 1_000_000n;
      return { ...deadlineCascade(id), aliases: [], firstAt: instant, lastAt: instant };
    };
    const odd = [8.64e15, -8.64e15, Date.UTC(2106, 1, 7), 0, Date.UTC(1000, 0, 1)];
    await keep(...odd.map((ms) => at(ms, `odd${ms}`)), ...ago(deadlineCascade("b"), 0));
    await look({ clock: { name: "Asia/Tokyo", offset: () => 9 * 3_600_000 } });
    const { trends, from, to } = await counted();
    expect([from, to]).toEqual(["1970-01-01", "2106-02-07"]);
    expect(trends.get(BILLING)).toMatchObject({ total: 3, first: "1970-01-01" });
    expect(trends.get(BILLING)?.counts.at(-1)).toBe(1);
  });

  it("counts days behind one with very many in pieces", async () => {
    await keep(...ago({ ...deadlineCascade("b"), count: 10_001 }, 0), ...ago(deadlineCascade("b"), 1, 2));
    let steps = 0;
    const rest = async (): Promise<void> => {
      steps += 1;
      await new Promise((resolve) => setImmediate(resolve));
    };
    await look({ rest });
    const { trends } = await counted();
    expect(steps).toBe(1 + 2 * 24);
    expect(trends.get(BILLING)?.counts.slice(-3)).toEqual([1, 1, 10_001]);
  });

  it("counts for services, too, whether they started it or were reached", async () => {
    await keep(...ago(deadlineCascade("b"), 0), ...ago(deadlineCascade("c", 0, "ledger"), 1));
    await look();
    const { trends } = await counted();
    expect(trends.get(serviceSubject("ledger"))?.counts.slice(-2)).toEqual([1, 1]);
    expect(trends.get(serviceSubject("billing"))?.counts.slice(-2)).toEqual([0, 1]);
  });

  it("counts today again, and not twice", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      await keep(...ago(deadlineCascade("b"), 0, 1));
      await look({ alone: true });
      await counted();
      await keep(...ago(deadlineCascade("new"), 0));
      await vi.advanceTimersByTimeAsync(5_000);
      const { trends } = await until(({ trends: each }) => each.get(BILLING)?.total === 3);
      expect(trends.get(BILLING)?.counts.slice(-2)).toEqual([1, 2]);
      expect(past.examples().map(({ count }) => count)).toEqual([3]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("gives pages of a subject, each older than the one before, and none twice", async () => {
    const days = Array.from({ length: 230 }, (_, index) => Math.floor(index / 2));
    await keep(...ago(deadlineCascade("b"), ...days), ...ago(falseOriginCascade(), 3));
    await look();
    const ids: string[] = [];
    for (const [page, length] of [100, 100, 30].entries()) {
      past.ask(BILLING, page);
      const found = pageOf(await until((now) => pageOf(now, BILLING, page)?.done === true), BILLING, page);
      expect(found?.cascades.length).toBe(length);
      expect(found?.more).toBe(page < 2);
      ids.push(...(found?.cascades ?? []).map(({ id }) => id));
    }
    expect(ids).toEqual(ago(deadlineCascade("b"), ...days).map(({ id }) => id));
  });

  it("reads a page in steps of ten", async () => {
    await keep(...ago(deadlineCascade("b"), ...Array(35).fill(1)));
    const lengths = new Set<number>();
    const rest = async (): Promise<void> => {
      lengths.add(pageOf(past.past(), BILLING, 0)?.cascades.length ?? -1);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await look({ rest });
    past.ask(BILLING, 0);
    await until((now) => pageOf(now, BILLING, 0)?.done === true);
    for (const length of [10, 20, 30]) expect(lengths).toContain(length);
  });

  it("asked again for the first page it reads what has been kept since, and shows the old rows meanwhile", async () => {
    await keep(...ago(deadlineCascade("b"), ...Array(15).fill(2)));
    await look();
    past.ask(BILLING, 0);
    await until((now) => pageOf(now, BILLING, 0)?.done === true);
    await keep(...ago(deadlineCascade("new"), 1));
    past.ask(BILLING, 0);
    const seen = new Set<number>();
    await until((now) => {
      const rows = pageOf(now, BILLING, 0)?.cascades ?? [];
      seen.add(rows.length);
      return rows[0]?.id === "new-1-0";
    });
    expect([...seen].sort()).toEqual([15, 16]);
  });

  it("keeps a few pages only", async () => {
    await keep(...ago(deadlineCascade("b"), 1));
    await look();
    for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
      const subject = starterSubject(name, name, "cancel");
      past.ask(subject, 0);
      await until((now) => pageOf(now, subject, 0)?.done === true);
    }
    expect(past.past().pages.length).toBe(6);
  });

  it("a file that cannot be read any more is told, and the rest goes on", async () => {
    await keep(...ago(deadlineCascade("b"), 1));
    await look();
    await counted();
    const db = new DatabaseSync(file);
    db.exec("DROP TABLE shape");
    db.close();
    past.ask(BILLING, 0);
    const { note, trends } = await until((now) => now.note !== null);
    expect(note).toMatch(/^.*cancels\.db: .*; nothing more is read of it$/);
    expect(trends.has(BILLING)).toBe(true);
  });
});

describe("a history alone", () => {
  it("has a cascade for each shape: the newest, with as many as there are", async () => {
    await keep(...ago(deadlineCascade("b"), 2, 5, 400), ...ago({ ...falseOriginCascade(), count: 7 }, 3));
    past = createPast(await HistoryReader.open(file), { file, clock: UTC_CLOCK, now: () => NOW, alone: true });
    const feed = createPastFeed(past, ["since 1y"]);
    running = feed.run(over.signal);
    const told = new Promise<void>((resolve) => {
      feed.subscribe(() => feed.snapshot().progress.done && resolve());
    });
    await told;
    const { diagnosis, progress } = feed.snapshot();
    expect(progress.scope).toEqual(["since 1y"]);
    expect(diagnosis.cascades.map(({ id, count }) => [id, count])).toEqual([
      ["b-2-0", 3],
      [ago(falseOriginCascade(), 3)[0]?.id, 7],
    ]);
  });

  it("has an older cascade for a shape whose newest is damaged", async () => {
    await keep(...ago(deadlineCascade("b"), 1, 5));
    const db = new DatabaseSync(file);
    db.exec("UPDATE cascade SET body = '{' WHERE id = 'b-1-0'");
    db.close();
    await look({ alone: true });
    await counted();
    expect(past.examples().map(({ id, count }) => [id, count])).toEqual([["b-5-1", 2]]);
  });

  it("says where there are more shapes than rows", async () => {
    const shapes = Array.from({ length: 2_001 }, (_, index) => deadlineCascade(`b${index}`, 0, `service-${index}`));
    await keep(...shapes.flatMap((each) => ago(each, 1)));
    await look({ alone: true });
    const { note } = await counted();
    expect(past.examples().length).toBe(2_000);
    expect(note).toContain("only 2,000 shapes of cancel have a row");
  });

  it("is looked at within the time that was asked for only", async () => {
    await keep(...ago(deadlineCascade("b"), 1.9, 3, 5, 6.1));
    await look({ alone: true, from: NOW - 6 * DAY_MS, to: NOW - 2 * DAY_MS });
    await counted();
    expect(past.examples().map(({ id, count }) => [id, count])).toEqual([["b-3-1", 2]]);
    past.ask(BILLING, 0);
    const now = await until((each) => pageOf(each, BILLING, 0)?.done === true);
    expect(pageOf(now, BILLING, 0)?.cascades.map(({ id }) => id)).toEqual(["b-3-1", "b-5-2"]);
  });
});
