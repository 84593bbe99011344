import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HistoryReader, Mark, Subject } from "../../src/history/index.ts";
import type { Cascade } from "../../src/model/index.ts";
import { starterName } from "../../src/present/index.ts";
import { deadlineCascade, falseOriginCascade } from "../story.ts";
import { at } from "../support/evidence.ts";
import { keepIn, readFrom } from "../support/history.ts";

const FROM_MS = Number(at(0) / 1_000_000n);
const NEVER = Number.NEGATIVE_INFINITY;

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-walk-"));
  path = join(folder, "cancels.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A cascade of another id, so many milliseconds after the others begin. */
function late(cascade: Cascade, ms: number): Cascade {
  return { ...cascade, id: `${cascade.id}-${ms}`, aliases: [], firstAt: at(ms), lastAt: at(ms + 1) };
}

const keep = (...cascades: Cascade[]): Promise<void> => keepIn(path, cascades, FROM_MS);

const read = <T>(ask: (reader: HistoryReader) => T): Promise<T> => readFrom(path, ask);

const starterOf = (cascade: Cascade): Subject => {
  const { service, kind } = cascade.origin;
  return { starter: { service, starter: starterName(cascade), kind } };
};

/** All that a walk meets, and how many steps it took. */
function walk(reader: HistoryReader, subject: Subject, limit: number, from = NEVER) {
  const ids: string[] = [];
  const shapes = reader.shapesOf(subject);
  let mark: Mark | null = null;
  let damaged = 0;
  let steps = 0;
  do {
    const step = reader.older(shapes, mark, from, limit);
    ids.push(...step.cascades.map(({ id }) => id));
    damaged += step.damaged;
    mark = step.next;
    steps += 1;
  } while (mark !== null && steps < 50);
  return { ids, damaged, steps };
}

describe("a walk through a history", () => {
  it("meets each cascade of its subject once, the newest first, however small its steps are", async () => {
    const deadlines = Array.from({ length: 9 }, (_, index) => late(deadlineCascade("old"), 1000 * index));
    const others = Array.from({ length: 9 }, (_, index) => late(falseOriginCascade(), 1000 * index + 500));
    // Some at the same instant
    const same = [1, 2, 3].map((each) => ({ ...late(deadlineCascade("old"), 4000), id: `same-${each}` }));
    await keep(...deadlines, ...others, ...same);
    const subject = starterOf(deadlineCascade("old"));
    const expected = ["8000", "7000", "6000", "5000"].map((ms) => `${deadlineCascade("old").id}-${ms}`);
    for (const limit of [1, 2, 3, 5, 100]) {
      const { ids } = await read((reader) => walk(reader, subject, limit));
      expect(ids.slice(0, 4)).toEqual(expected);
      expect([...ids].sort()).toEqual([...deadlines, ...same].map(({ id }) => id).sort());
    }
  });

  it("looks over a few thousand others in one step only, and comes to the end all the same", async () => {
    const others = Array.from({ length: 9_000 }, (_, index) => late(falseOriginCascade(), 10 + index));
    await keep(late(deadlineCascade("old"), 0), ...others, late(deadlineCascade("old"), 20_000));
    const { ids, steps } = await read((reader) => walk(reader, starterOf(deadlineCascade("old")), 10));
    expect(ids).toEqual([`${deadlineCascade("old").id}-20000`, `${deadlineCascade("old").id}-0`]);
    expect(steps).toBe(3);
  });

  it("goes no further back than it is told", async () => {
    await keep(...[0, 1000, 2000].map((ms) => late(deadlineCascade("old"), ms)));
    const { ids } = await read((reader) => walk(reader, starterOf(deadlineCascade("old")), 1, FROM_MS + 1000));
    expect(ids).toEqual([2000, 1000].map((ms) => `${deadlineCascade("old").id}-${ms}`));
  });

  it("counts the damaged and goes on behind them", async () => {
    await keep(...[0, 1000, 2000].map((ms) => late(deadlineCascade("old"), ms)));
    const db = new DatabaseSync(path);
    db.exec(`UPDATE cascade SET body = '{' WHERE id LIKE '%-1000'`);
    db.close();
    const { ids, damaged } = await read((reader) => walk(reader, starterOf(deadlineCascade("old")), 2));
    expect([ids.length, damaged]).toEqual([2, 1]);
  });

  it("finds what a service started and what reached it, and nobody whose name only begins so", async () => {
    const named = (service: string): Cascade => {
      const cascade = late(deadlineCascade("old"), service.length);
      return { ...cascade, origin: { ...cascade.origin, service } };
    };
    const [reached] = falseOriginCascade().reached;
    await keep(named("chat"), named("chat-api"), late(falseOriginCascade(), 100));
    expect(reached?.service).toBe("chat");
    const { ids } = await read((reader) => walk(reader, { service: "chat" }, 10));
    expect(ids.sort()).toEqual([named("chat").id, `${falseOriginCascade().id}-100`].sort());
  });
});

it("a part of time is counted by shapes, each with its newest cascade", async () => {
  await keep(...[0, 1000, 2000].map((ms) => late(deadlineCascade("old"), ms)), late(falseOriginCascade(), 500));
  const found = await read((reader) => {
    const part = reader.shapesIn({ from: FROM_MS, to: FROM_MS + 1500 });
    return part.map(({ shape, count, newest }) => {
      return [reader.shape(shape).kind, count, newest === null ? null : reader.at(newest.key)?.id];
    });
  });
  expect(found.sort()).toEqual([
    [falseOriginCascade().origin.kind, 1, `${falseOriginCascade().id}-500`],
    ["deadline", 2, `${deadlineCascade("old").id}-1000`],
  ]);
});

it("like cancels that were counted later count on their day, without a cascade of that day", async () => {
  const first = { ...deadlineCascade("old"), firstAt: at(0), lastAt: at(1), count: 1 };
  await keep(first);
  await keep({ ...first, count: 4, lastAt: at(86_400_000), evidenceCount: 99 });
  const day = { from: FROM_MS + 80_000_000, to: FROM_MS + 90_000_000 };
  expect(await read((reader) => reader.shapesIn(day))).toMatchObject([{ count: 3, newest: null }]);
});
