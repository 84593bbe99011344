import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HistoryReader, HistoryWriter, parseSearch, partsOf } from "../../src/history/index.ts";
import { APPLICATION_ID, migrate, STEPS, versionOf } from "../../src/history/schema.ts";
import type { Cascade } from "../../src/model/index.ts";
import { deadlineCascade, falseOriginCascade, unknownCascade } from "../story.ts";
import { at } from "../support/evidence.ts";
import { keepIn, readFrom } from "../support/history.ts";

const DAY_MS = 86_400_000;
const NOW = Number(at(0) / 1_000_000n);

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
  path = join(folder, "cancels.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Keeps cascades, each for the first time, as one run of the program. */
const keep = (cascades: readonly Cascade[], revision = 1): Promise<void> => keepIn(path, cascades, NOW, revision);

const read = <T>(ask: (reader: HistoryReader) => T): Promise<T> => readFrom(path, ask);

const found = (words: string) => (reader: HistoryReader) =>
  reader
    .find({ search: parseSearch(words), limit: 10 })
    .cascades.map(({ id }) => id)
    .sort();

/** `gateway cancel: 0 3 1` for each starter. */
async function perDay(days: number): Promise<readonly string[]> {
  const parts = partsOf(NOW - (days - 1) * DAY_MS, NOW, "day", () => 0);
  const counts = await read((reader) => reader.counts(parts));
  return counts.map(({ shape, counts: each }) => `${shape.starter} ${shape.kind}: ${each.join(" ")}`).sort();
}

const onDay = (cascade: Cascade, days: number): Cascade => ({
  ...cascade,
  firstAt: at(days * DAY_MS),
  lastAt: at(days * DAY_MS),
});

/** As a release of Node.js without FTS5 leaves it: nothing in the index. */
function withoutWords(): void {
  const db = new DatabaseSync(path);
  db.exec("DROP TABLE words; UPDATE cascade SET worded = 0");
  db.close();
}

describe("a cascade that was kept", () => {
  it("comes back as it was, as far as it is shown", async () => {
    const cascade: Cascade = {
      ...falseOriginCascade(),
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      aliases: ["older"],
      trigger: { service: "llm", text: "refused", delayMs: -3.25, place: { source: "a.log", line: 1 } },
      ghosts: [{ service: "model", durationMs: 2_000, messages: 7, places: [{ traceId: "a", spanId: "b" }] }],
      bystanders: ["search"],
    };
    await keep([cascade]);
    const back = await read((reader) => reader.cascade("7f3a9c1e"));
    const shown = ({ evidence, ...rest }: Cascade): unknown => ({
      ...rest,
      evidence: evidence.map(({ type, service, at: when, text, place, side, traceId, ...more }) => {
        const { message, path: way, code, kind } = more as Partial<Record<string, unknown>>;
        return { type, service, when, text, place, side, traceId, message, way, code, kind };
      }),
    });
    expect(back === null ? null : shown(back)).toEqual(shown(cascade));
  });

  it("is found by the beginning of its id, and by the id of one that became part of it", async () => {
    await keep([
      deadlineCascade("abc1"),
      deadlineCascade("abc2"),
      { ...deadlineCascade("f00d", 5), exemplars: ["e1"] },
    ]);
    expect(await read((reader) => ["f0", "abc", "abc2", "e1", "", "'"].map((id) => reader.cascade(id)?.id))).toEqual([
      "f00d",
      undefined,
      "abc2",
      "f00d",
      undefined,
      undefined,
    ]);
  });

  it("is replaced by its next revision, words and day included", async () => {
    const writer = await HistoryWriter.open(path);
    writer.keep([{ cascade: onDay(deadlineCascade("one"), 0), revision: 1 }], NOW);
    const next = {
      ...onDay(unknownCascade("one"), -1),
      evidenceCount: 1,
      origin: { ...unknownCascade().origin, external: "a zebra" },
    };
    writer.keep([{ cascade: next, revision: 2 }], NOW);
    writer.close();
    expect(await perDay(2)).toEqual([expect.stringMatching(/^\?.* disconnect: 1 0$/)]);
    expect(await read(found("zebra"))).toEqual(["one"]);
    expect(await read(found("billing"))).toEqual(["one"]);
    expect(await read((reader) => reader.summary().cascades)).toBe(1);
  });

  it("stays where another run knows less of it, and is replaced where it knows as much", async () => {
    await keep([{ ...deadlineCascade("one"), evidenceCount: 9 }]);
    await keep([{ ...unknownCascade("one"), evidenceCount: 8 }]);
    expect(await read((reader) => reader.cascade("one")?.origin.service)).toBe("billing");
    await keep([{ ...unknownCascade("one"), evidenceCount: 9 }]);
    expect(await read((reader) => reader.cascade("one")?.origin.service)).toBe(null);
  });

  it("goes away when it becomes part of another", async () => {
    await keep([deadlineCascade("one"), deadlineCascade("two", 3)]);
    await keep([{ ...deadlineCascade("two", 3), aliases: ["one"] }]);
    expect(await read((reader) => reader.summary().cancels)).toBe(1);
    expect(await read((reader) => reader.cascade("one")?.id)).toBe("two");
  });

  it("that is taken back is gone", async () => {
    await keep([deadlineCascade("one"), deadlineCascade("two", 3)]);
    const writer = await HistoryWriter.open(path);
    writer.forget(["one", "never"]);
    writer.close();
    expect(await read(found("billing"))).toEqual(["two"]);
  });
});

describe("like cancels that are only counted", () => {
  const counted = (count: number, days: number): Cascade => ({
    ...deadlineCascade("many"),
    count,
    firstAt: at(-2 * DAY_MS),
    lastAt: at(days * DAY_MS),
  });

  it("count on the day on which they were added", async () => {
    await keep([counted(3, -2)]);
    await keep([counted(3, -2)]);
    await keep([counted(5, -1)]);
    await keep([counted(12, 0)]);
    expect(await perDay(3)).toEqual(["billing deadline: 3 2 7"]);
    expect(await read((reader) => reader.summary())).toMatchObject({ cascades: 1, cancels: 12 });
  });

  it("count anew where fewer are left", async () => {
    await keep([counted(3, -2)]);
    await keep([counted(5, -1)]);
    await keep([counted(2, -1)]);
    expect(await perDay(3)).toEqual(["billing deadline: 2 0 0"]);
  });
});

describe("cancels without a time", () => {
  it("happened when they were first kept", async () => {
    const { firstAt: _, lastAt: __, ...cascade } = deadlineCascade("one");
    await keep([cascade]);
    const writer = await HistoryWriter.open(path);
    writer.keep([{ cascade, revision: 1 }], NOW + 5 * DAY_MS);
    writer.close();
    expect(await perDay(1)).toEqual(["billing deadline: 1"]);
  });

  it("with a time that no calendar has are kept all the same", async () => {
    await keep([{ ...deadlineCascade("one"), firstAt: 10n ** 24n, lastAt: -(10n ** 24n) }]);
    expect(await perDay(1)).toEqual(["billing deadline: 1"]);
  });
});

describe("the search for words", () => {
  const cascades = [
    falseOriginCascade(),
    deadlineCascade("b1110001"),
    { ...deadlineCascade("b1110002", 2), trigger: { service: "llm", text: "connection refused: zebra" } },
  ];

  it("looks in names, ids, triggers and lines", async () => {
    await keep(cascades);
    expect(await read(found("zebra"))).toEqual(["b1110002"]);
    expect(await read(found("b1110001"))).toEqual(["b1110001"]);
    expect(await read(found("gateway user code"))).toEqual(["7f3a9c1e"]);
    expect(await read(found('"code user"'))).toEqual([]);
    expect(await read(found("led*"))).toEqual(["b1110001", "b1110002"]);
  });

  it("finds the same where SQLite has no FTS5", async () => {
    await keep(cascades);
    withoutWords();
    for (const [words, ids] of [
      ["zebra", ["b1110002"]],
      ["gateway user code", ["7f3a9c1e"]],
      ["led*", ["b1110001", "b1110002"]],
    ] as const)
      expect(await read(found(words))).toEqual(ids);
  });

  it("gets its index once a release with FTS5 writes", async () => {
    await keep(cascades);
    withoutWords();
    const writer = await HistoryWriter.open(path);
    expect(writer.tend(0)).toBe(false);
    writer.close();
    expect(await read(found("zebra"))).toEqual(["b1110002"]);
    const db = new DatabaseSync(path);
    expect(db.prepare("SELECT count(*) AS n FROM cascade WHERE worded = 0").get()?.["n"]).toBe(0);
    db.close();
  });

  it("is bounded, and says that there is more", async () => {
    await keep(cascades);
    expect(await read((reader) => reader.find({ limit: 2 }))).toMatchObject({ more: true, damaged: 0 });
    expect(await read((reader) => reader.find({ limit: 3 }))).toMatchObject({ more: false });
  });
});

describe("what is old", () => {
  it("is thrown away, and takes no room", async () => {
    await keep(Array.from({ length: 1_000 }, (_, index) => onDay(deadlineCascade(`old${index}`, index), -90)));
    await keep([onDay(deadlineCascade("new"), 0)]);
    const before = statSync(path).size;
    const writer = await HistoryWriter.open(path);
    let rounds = 1;
    while (writer.tend(NOW - 30 * DAY_MS)) rounds += 1;
    writer.close();
    expect(rounds).toBeGreaterThan(4);
    expect(await read((reader) => reader.find({ limit: 5 }).cascades.map(({ id }) => id))).toEqual(["new"]);
    expect(await read(found("billing"))).toEqual(["new"]);
    expect(statSync(path).size).toBeLessThan(before / 2);
  });

  it("stays while it still goes on", async () => {
    await keep([{ ...deadlineCascade("long"), firstAt: at(-90 * DAY_MS), lastAt: at(0) }]);
    const writer = await HistoryWriter.open(path);
    writer.tend(NOW - 30 * DAY_MS);
    writer.close();
    expect(await read((reader) => reader.summary().cascades)).toBe(1);
  });
});

describe("a file of history", () => {
  it("has one writer, and a second is told who that is", async () => {
    const writer = await HistoryWriter.open(path);
    await expect(HistoryWriter.open(path)).rejects.toMatchObject({ problem: "taken" });
    await expect(HistoryWriter.open(path)).rejects.toThrow(`process ${process.pid} on`);
    writer.keep([{ cascade: deadlineCascade("one"), revision: 1 }], NOW);
    writer.close();
    const next = await HistoryWriter.open(path);
    next.close();
    expect(await read((reader) => reader.summary().cascades)).toBe(1);
  });

  it("is read while it is written", async () => {
    const writer = await HistoryWriter.open(path);
    writer.keep([{ cascade: deadlineCascade("one"), revision: 1 }], NOW);
    const reader = await HistoryReader.open(path);
    expect(reader.summary().cascades).toBe(1);
    writer.keep([{ cascade: deadlineCascade("two", 2), revision: 1 }], NOW);
    expect(reader.summary().cascades).toBe(2);
    reader.close();
    writer.close();
  });

  it.each([
    ["a log", "2026-11-23 error\n".repeat(99)],
    ["a short text", "SQLite"],
  ])("that is %s is refused and left as it is", async (_, text) => {
    writeFileSync(path, text);
    await expect(HistoryWriter.open(path)).rejects.toMatchObject({ problem: "foreign" });
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "foreign" });
    expect(statSync(path).size).toBe(text.length);
  });

  it("that is another program's database is refused and left as it is", async () => {
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE mail (text)");
    db.close();
    await expect(HistoryWriter.open(path)).rejects.toMatchObject({ problem: "foreign" });
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "foreign" });
  });

  it("of a newer release is refused, and says so", async () => {
    await keep([deadlineCascade("one")]);
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${STEPS.length + 1}`);
    db.close();
    await expect(HistoryWriter.open(path)).rejects.toThrow(/a newer streamscope wrote it/);
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "newer" });
  });

  it("has one writer by whatever link it is named, also one to a file that is not there yet", async () => {
    const links = ["link.db", "further.db"].map((name) => join(dirname(path), name));
    const [link = "", further = ""] = links;
    symlinkSync(path, link);
    symlinkSync("link.db", further);
    const writer = await HistoryWriter.open(further);
    for (const name of [path, link, further])
      await expect(HistoryWriter.open(name)).rejects.toMatchObject({ problem: "taken" });
    writer.keep([{ cascade: deadlineCascade("one"), revision: 1 }], NOW);
    writer.close();
    expect(await read((reader) => reader.summary().cascades)).toBe(1);
    const reader = await HistoryReader.open(link);
    reader.close();
    expect(existsSync(`${path}-writer`)).toBe(true);
    expect(existsSync(`${link}-writer`)).toBe(false);
  });

  it("that a link leads to in a circle is refused", async () => {
    symlinkSync(path, path);
    await expect(HistoryWriter.open(path)).rejects.toThrow(/ELOOP/);
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "closed" });
  });

  it("that is a pipe or a folder is refused at once, and not waited for", async () => {
    execFileSync("mkfifo", [path]);
    for (const place of [path, dirname(path)]) {
      await expect(HistoryWriter.open(place)).rejects.toThrow(/it is no file/);
      await expect(HistoryReader.open(place)).rejects.toMatchObject({ problem: "foreign" });
    }
  });

  it.each([
    ["removed", () => rmSync(path)],
    ["moved", () => renameSync(path, `${path}.1`)],
    [
      "replaced",
      () => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, "");
      },
    ],
  ])("that was %s while it was written is kept in no more, and says so", async (_, change) => {
    const writer = await HistoryWriter.open(path);
    writer.keep([{ cascade: deadlineCascade("one"), revision: 1 }], NOW);
    change();
    expect(() => writer.keep([{ cascade: deadlineCascade("two", 2), revision: 1 }], NOW)).toThrow(
      `${path}: it was moved or removed while it was written`,
    );
    writer.close();
  });

  it("that was begun without room for more than its mark holds nothing yet", async () => {
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.close();
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "missing" });
    await keep([deadlineCascade("one")]);
    expect(await read((reader) => reader.summary().cascades)).toBe(1);
  });

  it("that is not there, or empty, holds nothing yet", async () => {
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "missing" });
    writeFileSync(path, "");
    await expect(HistoryReader.open(path)).rejects.toMatchObject({ problem: "missing" });
    await keep([deadlineCascade("one")]);
    expect(await read((reader) => reader.summary().cascades)).toBe(1);
  });

  it("with damaged bodies gives the others, and counts those", async () => {
    await keep([
      deadlineCascade("one"),
      deadlineCascade("two", 1),
      deadlineCascade("three", 2),
      deadlineCascade("four", 3),
    ]);
    const db = new DatabaseSync(path);
    db.exec(`UPDATE cascade SET body = '{"id":' WHERE id = 'one'; UPDATE cascade SET body = x'28b52ffd00' WHERE id = 'two';
             UPDATE cascade SET body = '{"id":"three","origin":{"kind":"wish"}}' WHERE id = 'three'`);
    db.close();
    const { cascades, damaged } = await read((reader) => reader.find({ limit: 10 }));
    expect([cascades.map(({ id }) => id), damaged]).toEqual([["four"], 3]);
  });

  it("with damaged pages says so, whoever asks", async () => {
    await keep(Array.from({ length: 500 }, (_, index) => ({ ...falseOriginCascade(), id: `id${index}` })));
    const bytes = Buffer.alloc(statSync(path).size - 4096, 0xa5);
    const { openSync, writeSync, closeSync } = await import("node:fs");
    const file = openSync(path, "r+");
    writeSync(file, bytes, 0, bytes.length, 4096);
    closeSync(file);
    await expect(read((reader) => reader.find({ limit: 10 }))).rejects.toMatchObject({ problem: "damaged" });
    await expect(keep([deadlineCascade("one")])).rejects.toMatchObject({ problem: "damaged" });
  });
});

describe("the steps of the schema", () => {
  it("for which the disk has no room are told as that", () => {
    const db = new DatabaseSync(path);
    db.exec("PRAGMA max_page_count = 3");
    expect(() => migrate(db)).toThrow(/database or disk is full/);
    expect(versionOf(db)).toBe(0);
    db.close();
  });

  it("are made one after the other, and each wholly or not at all", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, ["CREATE TABLE a (x)"]);
    expect(versionOf(db)).toBe(1);
    const broken = ["", "ALTER TABLE a ADD COLUMN y", "CREATE TABLE b (x); CREATE TABLE b (x)"];
    expect(() => migrate(db, broken)).toThrow(/already exists/);
    expect(versionOf(db)).toBe(2);
    expect(db.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "a" }]);
    migrate(db, [...broken.slice(0, 2), "CREATE TABLE b (x)"]);
    expect(versionOf(db)).toBe(3);
    db.close();
  });
});
