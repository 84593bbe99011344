import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as zlib from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HistoryReader, HistoryWriter, parseSearch } from "../../src/history/index.ts";
import { packCascade } from "../../src/history/pack.ts";
import { STEPS } from "../../src/history/schema.ts";
import type { Cascade } from "../../src/model/index.ts";
import { falseOriginCascade } from "../story.ts";
import { at } from "../support/evidence.ts";
import { readFrom } from "../support/history.ts";

const NOW = Number(at(0) / 1_000_000n);

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-blocks-"));
  path = join(folder, "cancels.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** So many cascades, each with an id and a trigger of its own. */
function some(count: number, name = "id"): Cascade[] {
  return Array.from({ length: count }, (_, index) => ({
    ...falseOriginCascade(),
    id: `${name}${index}`,
    aliases: [],
    trigger: { service: "tools", text: `failed for the ${index}. time` },
    firstAt: at(index),
    lastAt: at(index),
  }));
}

async function write(work: (writer: HistoryWriter) => void): Promise<void> {
  const writer = await HistoryWriter.open(path);
  work(writer);
  writer.close();
}

const keep = (...lots: readonly Cascade[][]): Promise<void> =>
  write((writer) => {
    for (const lot of lots)
      writer.keep(
        lot.map((cascade) => ({ cascade, revision: 1 })),
        NOW,
      );
  });

const read = <T>(ask: (reader: HistoryReader) => T): Promise<T> => readFrom(path, ask);

/** `integer 40` for each form of bodies, and how many blocks there are. */
function forms(): readonly string[] {
  const db = new DatabaseSync(path);
  const rows = db.prepare("SELECT typeof(body) AS t, count(*) AS n FROM cascade GROUP BY 1 ORDER BY 1").all();
  const blocks = db.prepare("SELECT count(*) AS n FROM block").get()?.["n"];
  db.close();
  return [...rows.map(({ t, n }) => `${t} ${n}`), `blocks ${blocks}`];
}

/** The ids and triggers that come back, by id. */
const triggers = (): Promise<Record<string, string | undefined>> =>
  read((reader) =>
    Object.fromEntries(reader.find({ limit: 1_000 }).cascades.map(({ id, trigger }) => [id, trigger?.text])),
  );

const expected = (cascades: readonly Cascade[]): Record<string, string | undefined> =>
  Object.fromEntries(cascades.map(({ id, trigger }) => [id, trigger?.text]));

describe("cascades that are kept together", () => {
  it("are compressed sixteen at a time, and each comes back as itself", async () => {
    await keep(some(40));
    expect(forms()).toEqual(["integer 40", "blocks 3"]);
    expect(await triggers()).toEqual(expected(some(40)));
    expect(await read((reader) => reader.cascade("id33")?.trigger?.text)).toBe("failed for the 33. time");
  });

  it("are found by words, with an index and without", async () => {
    await keep(some(40));
    const find = () =>
      read((reader) => reader.find({ search: parseSearch('"the 33"'), limit: 5 }).cascades.map(({ id }) => id));
    expect(await find()).toEqual(["id33"]);
    const db = new DatabaseSync(path);
    db.exec("DROP TABLE words");
    db.close();
    expect(await find()).toEqual(["id33"]);
  });

  it("leave room behind once all of a block are gone, and not before", async () => {
    const all = some(32);
    await keep(all);
    await write((writer) => writer.forget(all.slice(0, 15).map(({ id }) => id)));
    expect(forms()).toEqual(["integer 17", "blocks 2"]);
    expect(await triggers()).toEqual(expected(all.slice(15)));
    await write((writer) => writer.forget(["id15"]));
    expect(forms()).toEqual(["integer 16", "blocks 1"]);
    expect(await triggers()).toEqual(expected(all.slice(16)));
  });

  it("are replaced singly", async () => {
    await keep(some(16));
    const [first] = some(16) as [Cascade];
    const changed = { ...first, trigger: { service: "tools", text: "failed otherwise" }, evidenceCount: 99 };
    await keep([changed]);
    expect(forms()).toEqual(["integer 15", "text 1", "blocks 1"]);
    expect(await triggers()).toEqual(expected([changed, ...some(16).slice(1)]));
  });

  it("a long one closes its block", async () => {
    const long = { ...(some(1)[0] as Cascade), id: "long", bystanders: ["x".repeat(300_000)] };
    await keep([...some(8), long, ...some(7, "more")]);
    expect(forms()).toEqual(["integer 16", "blocks 2"]);
    expect(Object.keys(await triggers()).length).toBe(16);
  });

  it("nothing of a lot that cannot be written stays behind", async () => {
    await write((writer) => {
      writer.keep([{ cascade: some(1, "first")[0] as Cascade, revision: 1 }], NOW);
      const broken = { ...(some(1)[0] as Cascade), id: null as unknown as string };
      const lot = [...some(20), broken].map((cascade) => ({ cascade, revision: 1 }));
      expect(() => writer.keep(lot, NOW)).toThrow();
      writer.keep(
        some(28, "second").map((cascade) => ({ cascade, revision: 1 })),
        NOW,
      );
    });
    expect(forms()).toEqual(["integer 28", "text 1", "blocks 2"]);
    expect(await triggers()).toEqual(expected([...some(1, "first"), ...some(28, "second")]));
  });
});

describe("cascades that come singly", () => {
  it("are compressed once there are enough for a block", async () => {
    await keep(...some(15).map((each) => [each]));
    await write((writer) => expect(writer.tend(0)).toBe(false));
    expect(forms()).toEqual(["text 15", "blocks 0"]);
    await keep(some(1, "last"));
    await write((writer) => expect(writer.tend(0)).toBe(false));
    expect(forms()).toEqual(["integer 16", "blocks 1"]);
    expect(await triggers()).toEqual(expected([...some(15), ...some(1, "last")]));
    const all = [...some(15), ...some(1, "last")].map(({ id }) => id);
    await write((writer) => writer.forget(all));
    expect(forms()).toEqual(["blocks 0"]);
  });

  it("are no block with others that were kept long before", async () => {
    await keep(...some(8, "early").map((each) => [each]));
    await keep(some(1_200));
    await keep(...some(8, "late").map((each) => [each]));
    await write((writer) => writer.tend(0));
    expect(forms()).toEqual(["integer 1216", "blocks 79"]);
  });
});

describe("bodies of others", () => {
  it("a block that is damaged costs its own cascades only", async () => {
    await keep(some(40));
    const db = new DatabaseSync(path);
    db.exec("UPDATE block SET body = x'28b52ffd00' WHERE key = (SELECT min(key) FROM block)");
    db.close();
    const { cascades, damaged } = await read((reader) => reader.find({ limit: 100 }));
    expect([cascades.length, damaged]).toEqual([24, 16]);
  });

  it("a file of the first release, each body compressed alone, is brought up to date and read", async () => {
    const [one, two] = some(2) as [Cascade, Cascade];
    const db = new DatabaseSync(path);
    db.exec(`${STEPS[0]}; PRAGMA user_version = 1; PRAGMA application_id = ${0x53545343}`);
    const sql = `INSERT INTO cascade (id, shape, at, last, count, total, evidence, revision, run, worded, body)
                 VALUES (?, 1, ?, ?, 1, 1, 1, 1, 1, 0, ?)`;
    db.prepare(sql).run(one.id, NOW, NOW, zlib.zstdCompressSync(packCascade(one)));
    db.prepare(sql).run(two.id, NOW, NOW, packCascade(two));
    db.close();
    await keep(some(16, "new"));
    expect(await triggers()).toEqual(expected([one, two, ...some(16, "new")]));
  });
});
