import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { formatInstant, type SourcePlace, type SourceRecord } from "../../../src/model/index.ts";
import { readSources, type SourceOptions, type SourceSummary } from "../../../src/sources/index.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-sources-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;

/** Writes files into a folder of their own and says where it is. */
function makeFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  folders += 1;
  const folder = join(root, `f${folders}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

interface Result {
  readonly records: readonly SourceRecord[];
  readonly texts: readonly string[];
  readonly summary: SourceSummary;
}

async function read(inputs: readonly string[], options: Partial<SourceOptions> = {}): Promise<Result> {
  const reading = readSources(inputs, { prefilter, timezone: "UTC", ...options });
  const records: SourceRecord[] = [];
  for await (const batch of reading) records.push(...batch);
  return { records, texts: records.map((record) => record.texts[0] ?? ""), summary: reading.summary };
}

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let i = 0; from < bytes.length; i += 1) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

function fromStdin(
  text: string | Uint8Array,
  sizes: readonly number[] = [65_536],
  options: Partial<SourceOptions> = {},
): Promise<Result> {
  return read(["-"], { stdin: chunked(Buffer.from(text), sizes), ...options });
}

const klog = (second: number, text: string): string =>
  `2026/11/23 06:57:${String(second).padStart(2, "0")}.000000 chat.go:118: [Error] ${text}`;
const messages = (result: Result): string[] => result.summary.diagnostics.map((each) => each.message);

describe("lines", () => {
  it("without anything to look for are counted and not yielded", async () => {
    const { records, summary } = await fromStdin(`one\ntwo\n${klog(1, "cancel")}\nfour`);
    expect(records).toHaveLength(1);
    expect(records[0]?.place).toEqual({ source: "stdin", line: 3, byte: 8 });
    expect(summary).toMatchObject({ records: 4, hits: 1, diagnosticCount: 0 });
  });

  it("of a stack follow their event, whose first line is the place", async () => {
    const { records } = await fromStdin(
      `${klog(1, "fine")}\n${klog(2, "panic")}\nstack=goroutine 25\n\tmain.go:1 cancel\n\n${klog(3, "fine")}\n`,
    );
    expect(records).toHaveLength(1);
    expect(records[0]?.texts).toEqual(["panic\nstack=goroutine 25\n\tmain.go:1 cancel"]);
    expect(records[0]?.place).toMatchObject({ line: 2 });
  });

  it("without any prefix stand alone, apart from what is indented below them", async () => {
    expect((await fromStdin("cancel a\nother\ncancel b\n  at x\ncancel c\n")).texts).toEqual([
      "cancel a",
      "cancel b\n  at x",
      "cancel c",
    ]);
  });

  it("of another format are not glued to the line above", async () => {
    const alone = [
      "6:57AM ERR cancel",
      "6:57:00 AM cancel",
      "ERRO[0003] cancel",
      "ERRO[2026-11-23T06:57:00Z] cancel",
      "23.11.2026 06:57:00 cancel",
      "11/23/2026 6:57:00 AM cancel",
      "20261123 06:57:00 cancel",
      "E20261123 06:57:00.1 1 a.cc:1] cancel",
      "Nov 23, 2026 6:57:00 AM cancel",
      "Monday, 23-Nov-26 06:57:00 GMT cancel",
      "2026\u5e7411\u670823\u65e5 06:57:00 cancel",
      "@400000006b03b48600000000 cancel",
      "[  123.456789] cancel",
      "0.12.345.678 I srv cancel",
      "[ERRO 2026-11-23 06:57:00] cancel",
      "   0.001234567s ERROR app: cancel",
      "2026-11-23t06:57:00z cancel",
      "2026/11/3 6:57:00 cancel",
      "2026.11.23 06:57:00 cancel",
      "[2026-11-23][06:57:00] cancel",
      "<2026-11-23 06:57:00> cancel",
      "2026-W48-1T06:57:00Z cancel",
      "2026-327T06:57:00Z cancel",
      "261123  6:57:00 [ERROR] cancel",
      "23-NOV-26 06.57.00 cancel",
      "=ERROR REPORT==== 23-Nov-2026::06:57:00 ===\ncancel",
      "####<Nov 23, 2026 6:57:00 AM UTC> <Error> cancel",
      '[GIN] 2026/11/23 - 06:57:00 | 499 | 2.6ms | 10.0.0.1 | POST "/cancel"',
      '10.0.9.8 - - [23/Nov/2026:06:57:00 +0000] "GET /cancel HTTP/1.1" 499 21',
      "(APIServer pid=1) INFO 11-23 16:59:53 [x.py:1] cancel",
      "srv  cancel_tasks: cancel task, id_task = 57",
      "D 2026-11-23T06:57:00.734Z | subchannel_call | [4] cancel",
    ];
    for (const line of alone) {
      const { records } = await fromStdin(`${klog(1, "fine")}\n${line}\n`);
      expect(records.map(({ place }) => "line" in place && place.line)).toEqual([2]);
    }
  });

  it("that are long, and begin with a level and a tab, are not glued to the line above in Docker's JSON", async () => {
    const docker = (text: string): string =>
      `${JSON.stringify({ log: `${text}\n`, stream: "stdout", time: "2026-11-23T06:57:01Z" })}\n`;
    const { records } = await fromStdin(
      docker("[INFO]\t2026-11-23T06:57:00Z\tfine") +
        docker(`[ERROR]\t2026-11-23T06:57:01Z\tcancel ${"x".repeat(2_000)}`),
    );
    expect(records.map(({ place }) => "line" in place && place.line)).toEqual([2]);
  });

  it("without a time were written when the line above was, unless they have one that nobody can read", async () => {
    const at = async (...lines: readonly string[]): Promise<(string | null)[]> => {
      const { records } = await fromStdin(`${klog(1, "fine")}\n${lines.join("\n")}\n`);
      return records.map((record) => (record.at === null ? null : formatInstant(record.at).slice(11, 19)));
    };
    expect(await at("[error] cancel")).toEqual(["06:57:01"]);
    expect(await at("[error] one", "[error] two", "[error] cancel")).toEqual(["06:57:01"]);
    expect(await at("23-NOV-26 08.57.00 cancel")).toEqual([null]);
    expect(await at("23-NOV-26 08.57.00 fine", "[error] cancel")).toEqual([null]);
    expect(await at("23-NOV-26 08.57.00 fine", klog(5, "fine"), "[error] cancel")).toEqual(["06:57:05"]);
  });

  it("with nothing but a time of day are of the day before the last one, from its first minute on", async () => {
    let isPacked = false;
    const days = async (modified: string, timezone: string, ...times: readonly string[]): Promise<string[]> => {
      const text = times.map((time) => `${time} cancel\n`).join("");
      const folder = makeFolder(isPacked ? { "a.log.gz": gzipSync(text) } : { "a.log": text });
      const written = new Date(modified);
      utimesSync(join(folder, isPacked ? "a.log.gz" : "a.log"), written, written);
      const { records } = await read([folder], { timezone });
      return records.map(({ at }) => formatInstant(at ?? 0n).slice(0, 16));
    };
    const day = ["00:00:00.100", "11:59:00.000", "23:59:59.900"];
    const wanted = ["2026-11-23T00:00", "2026-11-23T11:59", "2026-11-23T23:59"];
    expect(await days("2026-11-23T23:59:59.950Z", "UTC", ...day)).toEqual(wanted);
    // The disk's clock is behind, or the lines are of another zone than the reader's
    expect(await days("2026-11-23T23:57:00Z", "UTC", ...day)).toEqual(wanted);
    expect(await days("2026-11-23T15:59:59.950Z", "UTC", ...day)).toEqual(wanted);
    // Over midnight, and in no strict order
    expect(await days("2026-11-24T00:01:00Z", "UTC", "23:59:59.000", "00:00:01.000", "00:00:00.900")).toEqual([
      "2026-11-23T23:59",
      "2026-11-24T00:00",
      "2026-11-24T00:00",
    ]);
    isPacked = true;
    expect(await days("2026-11-23T23:59:58Z", "UTC", ...day.slice(0, 2), "23:59:58.500")).toEqual(wanted);
    expect(await days("2026-11-24T00:01:00Z", "UTC", "23:59:59.000", "00:00:01.000")).toEqual([
      "2026-11-23T23:59",
      "2026-11-24T00:00",
    ]);
  });

  it("are all yielded from small inputs where context is wanted, and only hits from larger ones", async () => {
    const folder = makeFolder({ "a.log": `${klog(1, "fine")}\n\n${klog(2, "cancel")}\n${klog(3, "fine")}\n` });
    expect((await read([folder], { contextBytes: 1_000 })).texts).toEqual(["fine", "cancel", "fine"]);
    expect((await read([folder], { contextBytes: 100 })).texts).toEqual(["cancel"]);
  });

  it("with a word of the prefilter in any case are hits", async () => {
    expect((await fromStdin("CANCEL a\nkitex: b\nother\nCancel c\n")).texts).toEqual([
      "CANCEL a",
      "kitex: b",
      "Cancel c",
    ]);
  });

  it("of one service may have a zone of their own", async () => {
    const folder = makeFolder({ "a.log": `${klog(1, "cancel")}\n`, "b.log": `${klog(1, "cancel")}\n` });
    const { records } = await read([folder], { zones: [{ service: "A", zone: "+08:00" }] });
    const hours = records.map(({ service, at }) => [service, Number((at ?? 0n) / 3_600_000_000_000n) % 24]);
    expect(hours).toEqual([
      ["a", 22],
      ["b", 6],
    ]);
    expect(() => readSources([], { prefilter, zones: [{ service: "a", zone: "Middle/Earth" }] })).toThrow(TypeError);
  });

  it("without a day were written when the other inputs were", async () => {
    const folder = makeFolder({ "a.log": `${klog(1, "cancel")}\n`, "b.log": "06:57:02.000 [main] cancel\n" });
    const { records } = await read([folder]);
    expect(records.map(({ at }) => at)).toEqual(
      [1, 2].map((second) => BigInt(Date.UTC(2026, 10, 23, 6, 57, second)) * 1_000_000n),
    );
    expect(records.map(({ stepMs }) => stepMs)).toEqual([undefined, undefined]);
  });

  it("that follow a line of JSON are not part of it", async () => {
    expect((await fromStdin('{"msg":"cancel a"}\npanic: cancel b\n\tat x\n')).texts).toEqual([
      "cancel a",
      "panic: cancel b\n\tat x",
    ]);
  });

  it("may end in CR LF", async () => {
    expect((await fromStdin(`${klog(1, "cancel a")}\r\n${klog(2, "cancel b")}\r\n`)).texts).toEqual([
      "cancel a",
      "cancel b",
    ]);
  });

  it("give the same records however the bytes arrive", async () => {
    const line = fc.oneof(
      fc.constantFrom(
        klog(1, "cancel"),
        klog(2, "fine"),
        "\tat main.go:1",
        "stack=cancel",
        "",
        '{"msg":"cancel"}',
        `{"time":"2026-11-23T06:57:00Z","err":"${ERROR}"}`,
        '2026-11-23T06:57:01Z stdout P {"msg":"can',
        '2026-11-23T06:57:01Z stdout F cel cancel"}',
        '{"log":"cancel\\n","stream":"stdout","time":"2026-11-23T06:57:01Z"}',
      ),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        async (lines, sizes) => {
          const bytes = Buffer.from(lines.join("\n"));
          const whole = await fromStdin(bytes);
          const pieces = await fromStdin(bytes, sizes);
          expect(pieces.records).toEqual(whole.records);
          expect(pieces.summary).toEqual(whole.summary);
          const file = await read([join(makeFolder({ stdin: bytes }), "stdin")]);
          const bare = (records: readonly SourceRecord[]): unknown =>
            records.map(({ place, service, serviceFrom, ...rest }) => ({
              ...rest,
              at: String(rest.at),
              line: "line" in place ? place.line : 0,
            }));
          if (file.summary.readable === 1) expect(bare(file.records)).toEqual(bare(whole.records));
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe("unkind input", () => {
  it("that holds more values than are read is told, with its line", async () => {
    const many = JSON.stringify({ msg: "cancel", many: Array.from({ length: 60_000 }, (_, i) => ({ a: i })) });
    const { summary } = await fromStdin(`{"msg":"cancel"}\n${many}\n`);
    expect(summary.diagnostics).toMatchObject([
      { place: { line: 2 }, message: expect.stringContaining("more values") },
    ]);
  });

  it("on standard input may hold NUL, bytes that are not UTF-8, escapes and bidi controls", async () => {
    const bytes = Buffer.concat([
      Buffer.from("a\0b\n\u202e\u001b]0;title\u0007cancel \u001b[31mx\n"),
      Buffer.from([0xff, 0xfe, 0x20]),
      Buffer.from("cancel\n"),
    ]);
    const result = await fromStdin(bytes);
    expect(result.texts).toEqual(["\u202ecancel x", "\ufffd\ufffd cancel"]);
    expect(messages(result)).toEqual(["bytes that are not UTF-8"]);
  });

  it("with a line of many MiB is cut with one diagnostic, and what follows is read", async () => {
    const long = Buffer.alloc(20 * 1024 * 1024, "x");
    const result = await fromStdin(
      Buffer.concat([Buffer.from("cancel a\ncancel "), long, Buffer.from("\ncancel b\n")]),
      [1_000_000],
    );
    expect(result.texts.map((text) => text.slice(0, 8))).toEqual(["cancel a", "cancel x", "cancel b"]);
    expect(result.records.map((record) => (record.place as SourcePlace).line)).toEqual([1, 2, 3]);
    expect(messages(result)).toEqual(["a line longer than 8 MiB: the rest of it is left out"]);
    const folder = makeFolder({ "a.log": Buffer.concat([long, Buffer.from("\ncancel b\n")]) });
    expect((await read([folder])).records.map((record) => (record.place as SourcePlace).line)).toEqual([2]);
  });

  it("that is indented as a whole is read line by line, and numbered ones are", async () => {
    const at = "2026/11/23 06:57:00.783910 chat.go:118: [Error]";
    const { texts } = await fromStdin(
      `    ${at} cancel a\n      at frame\n    ${at} cancel b\n     3\t${at} cancel c\n  {"time":"x","msg":"cancel d"}\n`,
    );
    expect(texts).toEqual(["cancel a\n      at frame", "cancel b", "cancel c", "cancel d"]);
  });

  it("with a line of a few MiB is read whole", async () => {
    const line = JSON.stringify({ pad: "y".repeat(5_000_000), err: ERROR });
    expect((await fromStdin(`${line}\n`)).texts).toEqual([ERROR]);
    expect((await read([makeFolder({ "a.log": `${line}\n${line}\n` })])).texts).toEqual([ERROR, ERROR]);
  });

  it("with a path of ten thousand names is one record", async () => {
    const path = Array.from({ length: 10_000 }, (_, i) => `Service${i}`).join(" -> ");
    const { records } = await fromStdin(`${klog(1, `[ttstream error, code=12007] [canceled path: ${path}] x`)}\n`);
    expect(records[0]?.texts[0]).toContain("Service9999] x");
  });

  it.each([
    ["lz4", [0x04, 0x22, 0x4d, 0x18, 0x64, 0x40]],
    ["bzip2", [0x42, 0x5a, 0x68, 0x39]],
    ["zip", [0x50, 0x4b, 0x03, 0x04]],
    ["7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
    ["Parquet", [...Buffer.from("PAR1")]],
    ["SQLite", [...Buffer.from("SQLite format 3\0")]],
  ])("packed in a way that is not read is told by its name: %s", async (packing, bytes) => {
    const result = await read([makeFolder({ "a.log": Buffer.from([...bytes, 1, 2, 3, 0, 0, 7]) })]);
    expect(messages(result)).toEqual([
      `is packed with ${packing}, which is not read here (gzip, zstd and tar are); left out`,
    ]);
  });

  it("whose lines of JSON something cut is told so, and what is there of them is read", async () => {
    const line = (i: number) =>
      `{"time":"2026-11-23T06:57:0${i}Z","service":"chat","msg":"cancel ${i}","more":"${"x".repeat(50)}"}`;
    const cut = await fromStdin(`${line(1)}\n${line(2).slice(0, 90)}\nchat-1  | ${line(3).slice(0, 90)}\n${line(4)}\n`);
    expect(cut.records.map(({ service, texts }) => [service, texts[0]])).toEqual(
      [1, 2, 3, 4].map((i) => ["chat", `cancel ${i}`]),
    );
    expect(messages(cut)).toEqual([
      "a line of JSON that ends in the middle, as something cut it: what stood behind its end is lost",
    ]);
    expect(messages(await fromStdin(`${line(1)}\n{a} cancel\n{"a":"cancel"},\n`))).toEqual([]);
  });

  it("that cannot be read gives one diagnostic each, and the rest goes on", async () => {
    const folder = makeFolder({
      "a.log": "cancel a\n",
      "b.bin": Buffer.from([1, 2, 0, 3]),
      "c.log": Buffer.from("\ufeffcancel utf", "utf16le"),
      "d.xz": Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
      "e.json": '{\n  "unknown": true\n}\n',
    });
    const result = await read([join(folder, "nowhere.log"), folder, join(folder, "*.none")]);
    expect(result.texts).toEqual(["cancel a", "cancel utf"]);
    expect(messages(result)).toEqual([
      "cannot be read: there is no such file or folder",
      "no file matches",
      "looks like a binary file and is left out",
      "is packed with xz, which is not read here (gzip, zstd and tar are); left out",
      "is a JSON document in which no records were found; left out",
    ]);
  });

  it("keeps a bounded number of diagnostics and counts all", async () => {
    const { summary } = await read(["x1", "x2", "x3"], { maxDiagnostics: 2 });
    expect(summary).toMatchObject({ diagnosticCount: 3, unreadable: 3, readable: 0 });
    expect(summary.diagnostics).toHaveLength(2);
  });

  it("of an impossible time zone is a mistake of the caller", () => {
    expect(() => readSources([], { prefilter, timezone: "Middle/Earth" })).toThrow(TypeError);
  });
});

describe("gzip", () => {
  const text = `cancel a\n${"noise 123\n".repeat(20_000)}cancel b\n`;

  it("is known by its bytes, and members one after another are one text", async () => {
    const bytes = Buffer.concat([gzipSync(text), gzipSync("cancel c\n")]);
    const result = await read([makeFolder({ "ServiceA.log": bytes })]);
    expect(result.texts).toEqual(["cancel a", "cancel b", "cancel c"]);
    expect(result.records[1]).toMatchObject({ service: "ServiceA", place: { line: 20_002 } });
    expect((await fromStdin(bytes, [10, 5000])).texts).toEqual(["cancel a", "cancel b", "cancel c"]);
  });

  it("that is cut or damaged keeps what came before, with one diagnostic", async () => {
    let noise = "";
    for (let i = 0; i < 100_000; i += 1) noise += `${Math.imul(i, 2_654_435_761) >>> 0}\n`;
    const whole = gzipSync(`cancel a\n${noise}cancel b\n`);
    const spoilt = Buffer.from(whole);
    spoilt.fill(0xff, whole.length - 2000, whole.length - 1000);
    for (const bytes of [whole.subarray(0, whole.length - 3000), spoilt]) {
      const result = await read([makeFolder({ "a.log.gz": bytes })]);
      expect(result.texts[0]).toBe("cancel a");
      expect(result.summary.records).toBeGreaterThan(50_000);
      expect(result.summary).toMatchObject({ diagnosticCount: 1, readable: 1, unreadable: 1, leftOut: [] });
      expect(messages(result)[0]).toMatch(/^the gzip data is damaged: .*; what is whole is read$/);
    }
  });
});

describe("packed input", () => {
  const text = `${klog(1, "cancel a")}\n${klog(2, "cancel b")}\n`;

  it.each([
    ["bytes behind its end", (whole: Buffer) => Buffer.concat([whole, Buffer.from("x")])],
    ["incorrect data check", (whole: Buffer) => whole.fill(1, whole.length - 8, whole.length - 4)],
    ["unexpected end of file", (whole: Buffer) => whole.subarray(0, whole.length - 3)],
  ])("gives all that is whole of a gzip with a bad end: %s", async (reason, spoil) => {
    const noise = "a line that compresses well, over and over\n".repeat(200_000);
    const result = await read([makeFolder({ "a.gz": spoil(gzipSync(`${noise}${text}`)) })]);
    expect(result.texts).toEqual(["cancel a", "cancel b"]);
    expect(messages(result)).toEqual([`the gzip data is damaged: ${reason}; what is whole is read`]);
    expect(result.summary).toMatchObject({ readable: 1, unreadable: 1 });
  });

  it("is read eight times over, and is told where it is packed more often", async () => {
    let bytes = Buffer.from(text);
    for (let times = 1; times <= 9; times += 1) {
      bytes = gzipSync(bytes);
      const { texts, summary } = await fromStdin(bytes);
      expect(texts).toHaveLength(times < 9 ? 2 : 0);
      expect(summary.unreadable).toBe(times < 9 ? 0 : 1);
    }
  });

  it("is told to be cut where it is zstd", async () => {
    const whole = zstdCompressSync(`${text}${"x".repeat(300_000)}`);
    const result = await read([makeFolder({ "a.zst": whole.subarray(0, whole.length - 3) })]);
    expect(messages(result)).toEqual(["the zstd data is damaged: unexpected end of file; what is whole is read"]);
    expect(result.summary).toMatchObject({ readable: 1, unreadable: 1 });
  });

  it("is told to be cut where a frame of zstd without text is", async () => {
    const frame = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 1, 2]);
    const result = await read([makeFolder({ "a.log": Buffer.concat([zstdCompressSync(text), frame]) })]);
    expect(result.texts).toEqual(["cancel a", "cancel b"]);
    expect(messages(result)).toEqual(["the zstd data is damaged: unexpected end of file; what is whole is read"]);
  });

  it("may be zstd or UTF-16, also inside one another and on standard input", async () => {
    const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
    const packings: Readonly<Record<string, Buffer>> = {
      zstd: Buffer.concat([zstdCompressSync(text), zstdCompressSync("")]),
      little: utf16,
      big: Buffer.from(utf16).swap16(),
      unmarked: Buffer.from(text, "utf16le"),
      // As pzstd writes it, with the length of the next frame in one without text
      frames: Buffer.concat([
        Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]),
        zstdCompressSync(text.slice(0, 20)),
        Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 0x40, 0x1f, 0, 0]),
        Buffer.alloc(8_000, 7),
        zstdCompressSync(text.slice(20)),
      ]),
      both: gzipSync(utf16),
      twice: zstdCompressSync(gzipSync(text)),
    };
    for (const bytes of Object.values(packings)) {
      for (const result of [await fromStdin(bytes, [1000]), await read([makeFolder({ "a.log": bytes })])]) {
        expect(result.texts).toEqual(["cancel a", "cancel b"]);
        expect(messages(result)).toEqual([]);
      }
    }
  });
});

describe("holes of NULs", () => {
  it.each([20_000, 20_000_000])(
    "%i bytes long, as truncated logs have them, are passed over and told once",
    async (size) => {
      const bytes = Buffer.concat([
        Buffer.alloc(size),
        Buffer.from(`${klog(1, "cancel a")}\n${klog(2, "cancel b")}\n`),
      ]);
      for (const result of [await fromStdin(bytes), await read([makeFolder({ "a.log": bytes })])]) {
        expect(result.texts).toEqual(["cancel a", "cancel b"]);
        expect(messages(result)).toEqual(["NUL bytes, as a truncated or torn log has them: they are passed over"]);
        expect(result.records.map(({ place }) => "line" in place && place.line)).toEqual([1, 2]);
      }
    },
  );

  it("in the middle of a torn line end it", async () => {
    const torn = `${klog(1, "can")}\0\0\0${klog(2, "cancel b")}\n${klog(3, "fine")}\n`;
    for (const result of [await fromStdin(torn), await read([makeFolder({ "a.log": torn })])])
      expect(result.texts).toEqual(["cancel b"]);
  });
});

describe("a log that begins as a document does", () => {
  const lines = `${klog(1, "cancel a")}\n${klog(2, "cancel b")}\n`;
  it.each([
    ["a configuration", '{\n "port": 1\n}\n'],
    ["what console.log makes of an object", "{\n  port: 1,\n  name: 'x'\n}\n"],
    ["a list", "[\n  1,\n  2\n]\n"],
    ["a list on one line", '[{"port":1}]\n'],
    ["a brace that nobody closes", "{\n"],
    ["a bracket", "[ "],
  ])("is read as lines: %s", async (_, head) => {
    for (const result of [await fromStdin(head + lines, [7]), await read([makeFolder({ "a.log": head + lines })])]) {
      expect(result.texts.slice(-1)).toEqual(["cancel b"]);
      expect(result.texts.join()).toContain("cancel a");
      expect(result.summary).toMatchObject({ diagnosticCount: 0, unreadable: 0 });
    }
  });

  it("is no reason to wait: the lines of a pipe come while it is open", async () => {
    let goOn = (): void => undefined;
    const seen = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* pipe(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`{"msg":"cancel a"}\n`);
      await seen;
    }
    for await (const batch of readSources(["-"], { prefilter, stdin: pipe() })) {
      expect(batch).toHaveLength(1);
      goOn();
    }
  });
});

describe("several inputs", () => {
  it("are merged by the time of their records", async () => {
    const line = (second: number): string => `${klog(second, `cancel ${second}`)}\n`;
    const folder = makeFolder({
      "a.log": line(1) + line(4) + line(5),
      "b.log": line(2) + line(6),
      "c.log.gz": gzipSync(line(0) + line(3)),
    });
    expect((await read([folder])).texts).toEqual([0, 1, 2, 3, 4, 5, 6].map((second) => `cancel ${second}`));
    const result = await read([join(folder, "b.log"), "-"], { stdin: chunked(Buffer.from(line(1) + line(7)), [7]) });
    expect(result.texts).toEqual([1, 2, 6, 7].map((second) => `cancel ${second}`));
  });

  it("keep a record without a time behind the one it follows", async () => {
    const folder = makeFolder({
      "a.log": `${klog(1, "cancel 1")}\n{"msg":"cancel x"}\n${klog(3, "cancel 3")}\n`,
      "b.log": `${klog(2, "cancel 2")}\n`,
    });
    expect((await read([folder])).texts).toEqual(["cancel 1", "cancel x", "cancel 2", "cancel 3"]);
  });

  it("lose nothing when their times are not sorted", async () => {
    const seconds = fc.array(fc.nat(59), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(seconds, { minLength: 1, maxLength: 5 }), async (files) => {
        const contents = files.map(
          (file, i) => [`s${i}.log`, file.map((second) => `${klog(second, `cancel ${i}`)}\n`).join("")] as const,
        );
        const { records } = await read([makeFolder(Object.fromEntries(contents))]);
        for (const [i, file] of files.entries()) {
          const own = records
            .filter((record) => record.texts[0] === `cancel ${i}`)
            .map((record) => Number((record.at as bigint) / 1_000_000_000n) % 60);
          expect(own).toEqual(file);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are read each once, in folders sorted, without hidden ones", async () => {
    const folder = makeFolder({
      "b.log": "cancel b\n",
      "a/x.log": "cancel ax\n",
      ".hidden": "cancel h\n",
      "node_modules/m.log": "cancel m\n",
    });
    symlinkSync(join(folder, "b.log"), join(folder, "c.log"));
    symlinkSync(folder, join(folder, "d"));
    expect((await read([folder, join(folder, "b.log"), folder])).texts).toEqual(["cancel ax", "cancel b"]);
    expect((await read([join(folder, "**/*.log")])).texts).toEqual(["cancel ax", "cancel b"]);
  });

  it("may be thousands, with few records of each in memory", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1500 }, (_, i) => [`s${i}.log`, `${klog(i % 60, "cancel")}\n${klog(59, "cancel")}\n`]),
    );
    const { records, summary } = await read([makeFolder(files)]);
    expect(summary.readable).toBe(1500);
    expect(records).toHaveLength(3000);
    const times = records.map((record) => record.at as bigint);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
  });

  it("can be given up", async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await read([makeFolder({ "a.log": "cancel\n" })], { signal: stop.signal })).records).toEqual([]);
  });
});

describe("an input of which nothing can be read", () => {
  it("is a fact with its reason, also where that only shows when its turn comes", async () => {
    const folder = makeFolder({ "a.log": "cancel\n", "config.json": '{\n "port": 1\n}\n' });
    writeFileSync(join(folder, "b.bin"), Buffer.from([1, 0, 2]));
    const inputs = ["a.log", "b.bin", "config.json", "none.log", "*.txt"].map((name) => join(folder, name));
    const { summary, records } = await read(inputs);
    expect(records).toHaveLength(1);
    expect(summary).toMatchObject({ readable: 1, unreadable: 4, diagnosticCount: 4 });
    expect(summary.leftOut).toEqual([
      { source: join(folder, "none.log"), reason: "cannot be read: there is no such file or folder" },
      { source: join(folder, "*.txt"), reason: "no file matches" },
      { source: join(folder, "b.bin"), reason: "looks like a binary file and is left out" },
      { source: join(folder, "config.json"), reason: expect.stringContaining("left out") },
    ]);
  });

  it("is no input that was read", async () => {
    const folder = makeFolder({ "config.json": '{\n "port": 1\n}\n' });
    expect((await read([folder])).summary).toMatchObject({ readable: 0, unreadable: 1 });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* [];
      throw new Error("no such device");
    }
    const reading = readSources(["-"], { prefilter, stdin: broken() });
    for await (const _ of reading);
    expect(reading.summary).toMatchObject({ readable: 0, unreadable: 1 });
    expect(reading.summary.leftOut).toEqual([{ source: "stdin", reason: "cannot be read: no such device" }]);
  });

  it("is none of which a part was read: that part counts, and so does what is missing", async () => {
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("cancel\nfine\n");
      throw new Error("connection lost");
    }
    const reading = readSources(["-"], { prefilter, stdin: cut() });
    const records: SourceRecord[] = [];
    for await (const batch of reading) records.push(...batch);
    expect(records).toHaveLength(1);
    expect(reading.summary).toMatchObject({ records: 2, readable: 1, unreadable: 1, diagnosticCount: 1 });
  });
});

describe("the service of a record", () => {
  const folder = makeFolder({
    "ServiceA-7d9f8b6c5d-x2v4z.log": `${klog(1, "cancel")}\n`,
    "mixed.jsonl": '{"service":"ServiceB","msg":"cancel"}\n{"msg":"cancel"}\n',
    "app.log": "cancel\n",
  });
  const services = async (name: string, options: Partial<SourceOptions> = {}): Promise<unknown> =>
    (await read([join(folder, name)], options)).records.map(({ service, serviceFrom }) => [service, serviceFrom]);

  it("is the file's where nothing better is known", async () => {
    expect(await services("ServiceA-7d9f8b6c5d-x2v4z.log")).toEqual([["ServiceA", "file"]]);
  });

  it("is a field's before the file's, and a file of several services names nobody", async () => {
    expect(await services("mixed.jsonl")).toEqual([
      ["ServiceB", "field"],
      [null, null],
    ]);
  });

  it("has the file's name for another one, until lines of two services are seen", async () => {
    const gateway = '{"service":"gateway","msg":"cancel"}\n';
    const chat = '{"service":"chat","msg":"cancel"}\n';
    const prod = makeFolder({ "GATEWAY.log": gateway, "all-of-prod.log": `${gateway}${chat}${gateway}` });
    const others = async (name: string): Promise<unknown> =>
      (await read([join(prod, name)])).records.map(({ otherNames }) => otherNames);
    expect(await others("GATEWAY.log")).toEqual([[{ name: "GATEWAY", from: "file" }]]);
    expect(await others("all-of-prod.log")).toEqual([[{ name: "all-of-prod", from: "file" }], [], []]);
  });

  it("is the user's before all", async () => {
    const rules = [{ name: "Mine", glob: "mixed*" }];
    expect(await services("mixed.jsonl", { services: rules })).toEqual([
      ["Mine", "option"],
      ["Mine", "option"],
    ]);
    expect(await services("app.log", { services: [{ name: "Mine", glob: `${folder}/*.log` }] })).toEqual([
      ["Mine", "option"],
    ]);
    expect((await fromStdin("cancel\n", [9], { services: [{ name: "Mine", glob: "-" }] })).records[0]?.service).toBe(
      "Mine",
    );
  });
});

describe("OTLP", () => {
  const spanOf = (i: number): object => ({
    traceId: "24fb84d8c041e10d2114830297c27834",
    spanId: `c8db807a764f2c${10 + i}`,
    name: "x",
    kind: 2,
    endTimeUnixNano: `179541636372239991${i}`,
  });
  const request = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "ServiceA" } }] },
        scopeSpans: [{ spans: [spanOf(1), spanOf(2)] }],
      },
    ],
  };

  it("lines give every span, and spans are what is counted", async () => {
    const { records, summary } = await fromStdin(`${JSON.stringify(request)}\n${JSON.stringify(request)}\n`);
    expect(records).toHaveLength(4);
    expect(summary.records).toBe(4);
  });

  it("printed nicely, and a list of records, are documents", async () => {
    const folder = makeFolder({
      "spans.json": JSON.stringify(request, null, 2),
      "jq.json": `${JSON.stringify({ msg: "cancel" }, null, 2)}\n${JSON.stringify({ msg: "fine" }, null, 2)}\n`,
      "list.json": JSON.stringify([{ msg: "cancel" }, { msg: "fine" }]),
    });
    const result = await read([folder]);
    expect(result.records).toHaveLength(5);
    expect(result.summary).toMatchObject({ records: 10, diagnosticCount: 0 });
  });
});

describe("a live pipe", () => {
  it("gives its last event after a short silence, not only at the next line", async () => {
    let goOn = (): void => undefined;
    const seen = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* pipe(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${klog(1, "cancel")}\n`);
      await seen;
    }
    const reading = readSources(["-"], { prefilter, timezone: "UTC", stdin: pipe() });
    for await (const batch of reading) {
      if (batch.length === 0) continue;
      expect(batch).toHaveLength(1);
      goOn();
    }
  });

  it("that is stopped gives what it has brought by then, its last line without an end included", async () => {
    const stop = new AbortController();
    async function* pipe(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${klog(1, "cancel")}\n${klog(2, "cancel, and no end")}`);
      await new Promise<never>(() => undefined);
    }
    const reading = readSources(["-"], { prefilter, timezone: "UTC", stdin: pipe(), signal: stop.signal });
    const texts: (string | undefined)[] = [];
    for await (const batch of reading) {
      texts.push(...batch.map((record) => record.texts[0]));
      stop.abort();
    }
    expect(texts).toEqual(["cancel", "cancel, and no end"]);
  });
});

describe("what is counted of each input", () => {
  it("is how much of it lay there and was read, packed or not, and its records", async () => {
    const text = `${klog(1, "cancel a")}\n${"noise\n".repeat(50_000)}${klog(2, "cancel b")}`;
    const packed = gzipSync(text);
    const document = `[\n${JSON.stringify({ message: "cancel c" })}\n]\n`;
    const folder = makeFolder({ "a.log": text, "b.log.gz": packed, "c.json": document, "d.bin": "\0\u0001\0\u0002" });
    const { inputs, records } = (await read([folder])).summary;
    expect(inputs.map(({ source, ...counts }) => ({ name: source.split("/").at(-1), ...counts }))).toMatchObject([
      { name: "a.log", size: text.length, taken: text.length, records: 50_002 },
      { name: "b.log.gz", size: packed.length, taken: packed.length, records: 50_002 },
      { name: "c.json", size: document.length, taken: document.length },
    ]);
    expect(inputs.reduce((sum, input) => sum + input.records, 0)).toBe(records);
  });

  it("has no size where the input is a pipe", async () => {
    const { inputs } = (await fromStdin(`${klog(1, "cancel a")}\n`)).summary;
    expect(inputs).toMatchObject([{ source: "stdin", size: null, taken: 0, records: 1 }]);
  });

  it("grows while it is read", async () => {
    const folder = makeFolder({ "a.log": `${klog(1, "cancel a")}\n${"noise\n".repeat(2_000)}`.repeat(2_000) });
    const reading = readSources([folder], { prefilter, timezone: "UTC" });
    const shares: number[] = [];
    for await (const _ of reading) {
      const [input] = reading.summary.inputs;
      shares.push((input?.taken ?? 0) / (input?.size ?? 1));
    }
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    expect(shares.some((share) => share > 0.2 && share < 0.8)).toBe(true);
  });
});
