import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type FollowClock, followSources, type SourceReading } from "../../../src/sources/index.ts";
import { prefilter } from "../prefilter.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-tail-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function makeFolder(): string {
  folders += 1;
  const folder = join(root, `f${folders}`);
  mkdirSync(folder);
  return folder;
}

/** A clock that moves only between two passes, when the test says so. */
class StepClock implements FollowClock {
  #now = 0;
  #goOn: (extraMs: number) => void = () => undefined;
  #paused: (() => void)[] = [];
  #pausing = false;

  now(): number {
    return this.#now;
  }

  async pause(ms: number, wake: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#goOn = (extraMs) => {
        this.#now += ms + extraMs;
        resolve();
      };
      wake.addEventListener("abort", () => resolve());
      if (wake.aborted) resolve();
      this.#pausing = true;
      for (const paused of this.#paused.splice(0)) paused();
    });
    this.#pausing = false;
  }

  /** Resolves when everything that is there has been read. */
  async rest(): Promise<void> {
    if (this.#pausing) return;
    await new Promise<void>((resolve) => this.#paused.push(resolve));
  }

  /** So many looks more, with so much time between them besides the usual. */
  async step(looks = 1, extraMs = 0): Promise<void> {
    for (let look = 0; look < looks; look += 1) {
      await this.rest();
      this.#pausing = false;
      this.#goOn(extraMs);
      await this.rest();
    }
  }
}

interface Following {
  readonly clock: StepClock;
  readonly texts: string[];
  readonly places: string[];
  readonly reading: SourceReading;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
}

function follow(inputs: readonly string[], more: { stdin?: AsyncIterable<Uint8Array> } = {}): Following {
  const clock = new StepClock();
  const abort = new AbortController();
  const texts: string[] = [];
  const places: string[] = [];
  const reading = followSources(inputs, { prefilter, timezone: "UTC", signal: abort.signal, clock, ...more });
  const done = (async () => {
    for await (const batch of reading)
      for (const { texts: found, place } of batch) {
        texts.push(found[0] ?? "");
        if ("source" in place) places.push(`${place.source.split("/").at(-1)}:${place.line}`);
      }
  })();
  return {
    clock,
    texts,
    places,
    reading,
    async stop() {
      abort.abort();
      await done;
    },
  };
}

const line = (text: string): string => `2026/11/23 06:57:01.000000 chat.go:118: [Error] cancel ${text}\n`;
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => line(`${from + index}`)).join("");
const wanted = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `cancel ${from + index}`);

describe("a log that is followed", () => {
  it("gives what is there, and what is written later, each line once and at its place", async () => {
    const log = join(makeFolder(), "app.log");
    writeFileSync(log, numbered(1, 2));
    const following = follow([log]);
    await following.clock.step(2);
    expect(following.texts).toEqual(wanted(1, 2));
    appendFileSync(log, numbered(3, 3));
    await following.clock.step(2);
    expect(following.texts).toEqual(wanted(1, 3));
    appendFileSync(log, line("4").slice(0, -5));
    await following.clock.step(2);
    expect(following.texts).toEqual(wanted(1, 3));
    appendFileSync(log, line("4").slice(-5));
    await following.stop();
    expect(following.texts).toEqual(wanted(1, 4));
    expect(following.places).toEqual(["app.log:1", "app.log:2", "app.log:3", "app.log:4"]);
    expect(following.reading.summary).toMatchObject({ records: 4, readable: 1, unreadable: 0, diagnosticCount: 0 });
  });

  it("counts how much of it is there and has been read", async () => {
    const log = join(makeFolder(), "app.log");
    writeFileSync(log, numbered(1, 2));
    const following = follow([log]);
    const size = line("1").length;
    const counted = (): unknown => following.reading.summary.inputs.map(({ source: _, ...counts }) => counts);
    await following.clock.step(2);
    expect(counted()).toMatchObject([{ size: 2 * size, taken: 2 * size, records: 2 }]);
    appendFileSync(log, numbered(3, 3));
    await following.clock.step(2);
    expect(counted()).toMatchObject([{ size: 3 * size, taken: 3 * size, records: 3 }]);
    truncateSync(log, size);
    await following.clock.step(1);
    expect(counted()).toMatchObject([{ size, taken: size }]);
    await following.stop();
  });

  it("is read to its end after it was renamed, and its successor from its beginning", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 2));
    const following = follow([log]);
    await following.clock.step(2);
    appendFileSync(log, numbered(3, 3));
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.1`, numbered(4, 4));
    writeFileSync(log, numbered(5, 5));
    await following.clock.step();
    appendFileSync(`${log}.1`, numbered(6, 6));
    await following.stop();
    expect(following.texts.toSorted()).toEqual(wanted(1, 6));
  });

  it("is read again from its beginning after it was truncated, and what was not read yet from its copy", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 20));
    const following = follow([log]);
    await following.clock.step(2);
    appendFileSync(log, numbered(21, 22));
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    appendFileSync(log, numbered(23, 60));
    await following.clock.step(2);
    await following.stop();
    expect(following.texts.toSorted()).toEqual(wanted(1, 60).toSorted());
    expect(following.places.filter((place) => place.startsWith("app.log.1"))).toEqual(["app.log.1:21", "app.log.1:22"]);
  });

  it("may be copied, truncated and packed before its first line was seen to be whole", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, "");
    const following = follow([folder]);
    await following.clock.step();
    appendFileSync(log, numbered(1, 1));
    await following.clock.step();
    writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log) + numbered(2, 3)));
    writeFileSync(log, numbered(4, 8));
    await following.clock.step(3, 100_000);
    await following.stop();
    expect(following.texts.toSorted()).toEqual(wanted(1, 8));
  });

  it("may have a hole of NULs where its writer went on behind its old end", async () => {
    const log = join(makeFolder(), "app.log");
    writeFileSync(log, numbered(1, 100));
    const following = follow([log]);
    await following.clock.step(2);
    truncateSync(log);
    const end = numbered(1, 100).length;
    truncateSync(log, end);
    appendFileSync(log, numbered(101, 102));
    await following.stop();
    expect(following.texts).toEqual(wanted(1, 102));
  });

  it.each(["a folder", "its name"])("is not read again when it was rotated and packed; followed by %s", async (by) => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 20));
    writeFileSync(`${log}.1`, numbered(-20, -1));
    const following = follow([by === "a folder" ? folder : log]);
    await following.clock.step(2);
    const pack = (name: string): void => {
      writeFileSync(`${name}.gz`, gzipSync(readFileSync(name)));
      unlinkSync(name);
    };
    pack(`${log}.1`);
    renameSync(`${log}.1.gz`, `${log}.2.gz`);
    appendFileSync(log, numbered(21, 21));
    renameSync(log, `${log}.1`);
    writeFileSync(log, numbered(22, 22));
    await following.clock.step(1);
    pack(`${log}.1`);
    await following.clock.step(4, 100_000);
    await following.stop();
    const before = by === "a folder" ? wanted(-20, -1) : [];
    expect(following.texts.toSorted()).toEqual([...before, ...wanted(1, 22)].toSorted());
    expect(following.reading.summary.diagnostics).toEqual([]);
  });

  it("may be rotated twice between two looks, packed and deleted and written anew", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 1));
    const following = follow([log]);
    await following.clock.step(2);
    appendFileSync(log, numbered(2, 2));
    renameSync(log, `${log}.1`);
    writeFileSync(log, numbered(3, 4));
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    unlinkSync(`${log}.2`);
    writeFileSync(log, numbered(5, 5));
    await following.clock.step(2);
    unlinkSync(log);
    await following.clock.step(2);
    writeFileSync(log, numbered(6, 6));
    await following.stop();
    expect(following.texts.toSorted()).toEqual(wanted(1, 6));
  });

  it("may be replaced by itself and more, again and again, as rsync does; also while its last line is not whole", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 3));
    const following = follow([folder]);
    await following.clock.step(2);
    for (let last = 4; last <= 40; last += 4) {
      writeFileSync(join(folder, ".app.log.new"), numbered(1, last).slice(0, last === 40 ? undefined : -5));
      renameSync(join(folder, ".app.log.new"), log);
      await following.clock.step(2);
    }
    appendFileSync(log, numbered(41, 41));
    await following.stop();
    expect(following.texts).toEqual(wanted(1, 41));
    expect(following.places.at(-1)).toBe("app.log:41");
  });

  it("may be kept under another name by whoever writes it anew", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 20));
    const following = [follow([log]), follow([folder])];
    for (const { clock } of following) await clock.step(2);
    renameSync(log, `${log}~`);
    writeFileSync(log, numbered(1, 22));
    for (const { clock } of following) await clock.step(2);
    appendFileSync(log, numbered(23, 23));
    for (const { texts, stop } of following) {
      await stop();
      expect(texts).toEqual(wanted(1, 23));
    }
  });

  it("may be replaced by one that only begins like it", async () => {
    const folder = makeFolder();
    const log = join(folder, "app.log");
    writeFileSync(log, numbered(1, 20));
    const following = follow([log]);
    await following.clock.step(2);
    writeFileSync(`${log}.new`, numbered(1, 15) + numbered(30, 40));
    renameSync(`${log}.new`, log);
    await following.stop();
    expect(following.texts.toSorted()).toEqual([...wanted(1, 20), ...wanted(1, 15), ...wanted(30, 40)].toSorted());
  });

  it("may come later than the following", async () => {
    const log = join(makeFolder(), "late.log");
    const following = follow([log]);
    await following.clock.step(2);
    expect(following.reading.summary).toMatchObject({ readable: 0, unreadable: 1 });
    writeFileSync(log, numbered(1, 1));
    await following.clock.step(3);
    expect(following.texts).toEqual(wanted(1, 1));
    expect(following.reading.summary).toMatchObject({ readable: 1, unreadable: 0 });
    await following.stop();
  });
});

describe("logs of a folder or a glob", () => {
  it("may appear while it is followed, and copies of others are none", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "a.log"), numbered(1, 3));
    const following = follow([join(folder, "*.log")]);
    await following.clock.step(2);
    copyFileSync(join(folder, "a.log"), join(folder, "copy-of-a.log"));
    writeFileSync(join(folder, "b.log"), numbered(4, 4));
    writeFileSync(join(folder, "b.txt"), numbered(9, 9));
    await following.clock.step(2);
    appendFileSync(join(folder, "b.log"), numbered(5, 5));
    await following.stop();
    expect(following.texts).toEqual(wanted(1, 5));
  });

  it("that are short and begin like another one are several all the same", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "a.log"), numbered(1, 1));
    const following = follow([folder]);
    await following.clock.step(2);
    writeFileSync(join(folder, "b.log"), numbered(1, 2));
    await following.stop();
    expect(following.texts).toEqual([...wanted(1, 1), ...wanted(1, 2)]);
  });

  it("that begin alike are several all the same", async () => {
    const folder = makeFolder();
    const banner = "starting, nothing to cancel\n";
    writeFileSync(join(folder, "a.log"), banner);
    writeFileSync(join(folder, "b.log"), banner);
    const following = follow([folder]);
    await following.clock.step(2);
    appendFileSync(join(folder, "b.log"), numbered(1, 1));
    await following.clock.step(2);
    appendFileSync(join(folder, "a.log"), numbered(2, 2));
    await following.stop();
    expect(following.texts.filter((text) => !text.startsWith("starting")).toSorted()).toEqual(wanted(1, 2));
  });
});

describe("a pipe that is followed", () => {
  it("is read as it comes, beside logs, and its end is not theirs", async () => {
    const log = join(makeFolder(), "app.log");
    writeFileSync(log, numbered(1, 1));
    let write: (text: string | null) => void = () => undefined;
    async function* pipe(): AsyncGenerator<Uint8Array> {
      for (;;) {
        const text = await new Promise<string | null>((resolve) => {
          write = resolve;
        });
        if (text === null) return;
        yield Buffer.from(text);
      }
    }
    const following = follow([log, "-"], { stdin: pipe() });
    await following.clock.step(2);
    write(numbered(2, 2));
    await following.clock.step(3);
    expect(following.texts).toEqual(wanted(1, 2));
    write(null);
    await following.clock.step(2);
    appendFileSync(log, numbered(3, 3));
    await following.clock.step(2);
    expect(following.texts).toEqual(wanted(1, 3));
    await following.stop();
  });

  it("with a name is read again for each writer that opens it, also when its last line has no end", async () => {
    const pipe = join(makeFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const following = follow([pipe]);
    const write = async (text: string): Promise<void> => {
      for (;;) {
        await following.clock.step();
        try {
          const to = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
          writeSync(to, text);
          closeSync(to);
          return;
        } catch (error) {
          // Nobody reads it yet
          expect(error).toMatchObject({ code: "ENXIO" });
        }
      }
    };
    for (const [at, text] of [numbered(1, 2), line("3").trimEnd(), numbered(4, 4)].entries()) {
      await write(text);
      while (following.texts.length < at + 2) await following.clock.step();
    }
    await following.stop();
    expect(following.texts).toEqual(wanted(1, 4));
    expect(following.reading.summary).toMatchObject({ readable: 1, unreadable: 0 });
  });

  it("ends the following with its own end where nothing else is followed", async () => {
    async function* pipe(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(numbered(1, 1));
      yield Buffer.from(numbered(2, 2).slice(0, -1));
    }
    const reading = followSources(["-"], { prefilter, timezone: "UTC", stdin: pipe() });
    const texts: (string | undefined)[] = [];
    for await (const batch of reading) texts.push(...batch.map(({ texts: [text] }) => text));
    expect(texts).toEqual(wanted(1, 2));
  });
});

/** What may happen to a log, as logrotate and people do it. */
const ROTATIONS = {
  append: (log: Writer, count: number) => log.write(count),
  rename(log: Writer) {
    log.shift();
    renameSync(log.path, `${log.path}.1`);
    // The writer opens its log anew a little later
    log.writeTo(`${log.path}.1`, 1);
    log.write(1);
  },
  copyAndTruncate(log: Writer) {
    log.shift();
    copyFileSync(log.path, `${log.path}.1`);
    truncateSync(log.path);
  },
  copyOverAndTruncate(log: Writer) {
    copyFileSync(log.path, `${log.path}.old`);
    truncateSync(log.path);
  },
  pack(log: Writer) {
    for (const name of log.generations())
      if (!name.endsWith(".gz")) {
        writeFileSync(`${name}.gz`, gzipSync(readFileSync(name)));
        unlinkSync(name);
      }
  },
} as const;

/** One writer and its log. */
class Writer {
  readonly path: string;
  readonly #name: string;
  readonly written: string[] = [];

  constructor(folder: string, name: string) {
    this.path = join(folder, `${name}.log`);
    this.#name = name;
    writeFileSync(this.path, "");
  }

  write(count: number): void {
    for (let each = 0; each < count; each += 1) this.writeTo(this.path, 1);
  }

  writeTo(path: string, count: number): void {
    for (let each = 0; each < count; each += 1) {
      const text = `${this.#name} ${this.written.length}`;
      this.written.push(`cancel ${text}`);
      appendFileSync(path, line(text));
    }
  }

  generations(): string[] {
    return readdirSync(dirname(this.path))
      .filter((name) => name.startsWith(`${this.#name}.log.`) && !name.endsWith(".old"))
      .map((name) => join(dirname(this.path), name));
  }

  /** Makes room for a first older generation. */
  shift(): void {
    const number = (name: string): number => Number(/\.log\.(\d+)/.exec(name)?.[1]);
    for (const name of this.generations().sort((a, b) => number(b) - number(a)))
      renameSync(name, name.replace(/\.log\.\d+/, `.log.${number(name) + 1}`));
  }
}

const step = fc.record({
  writer: fc.nat({ max: 3 }),
  happens: fc.constantFrom(...(Object.keys(ROTATIONS) as (keyof typeof ROTATIONS)[])),
  count: fc.integer({ min: 1, max: 40 }),
  looks: fc.nat({ max: 6 }),
});

describe("four writers whose logs are rotated in every way", () => {
  it.each(["their folder", "their names"])(
    "lose no line, and none comes twice; followed by %s",
    async (by) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
          const folder = makeFolder();
          const writers = ["a", "b", "c", "d"].map((name) => new Writer(folder, name));
          const following = follow(by === "their folder" ? [folder] : writers.map(({ path }) => path));
          await following.clock.step();
          for (const { writer, happens, count, looks } of steps) {
            // What a copy is written over is gone for good: it must have been read before
            if (happens === "copyOverAndTruncate") await following.clock.step(3, 1_000);
            ROTATIONS[happens](writers[writer] as Writer, count);
            await following.clock.step(looks);
          }
          await following.clock.step(3, 100_000);
          await following.stop();
          expect(following.texts.toSorted()).toEqual(writers.flatMap(({ written }) => written).toSorted());
        }),
        { numRuns: 4 },
      );
    },
    120_000,
  );
});
