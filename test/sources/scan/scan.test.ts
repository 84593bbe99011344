import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { readSources } from "../../../src/sources/index.ts";
import { prefilter } from "../prefilter.ts";

async function records(text: string, contextBytes = 0): Promise<readonly SourceRecord[]> {
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const found: SourceRecord[] = [];
  const options = { prefilter, timezone: "UTC", contextBytes, stdin: whole() };
  for await (const batch of readSources(["-"], options)) found.push(...batch);
  return found;
}

const line = "2026/11/23 06:57:00.000000 chat.go:118: [Error] recv: cancel";

describe("an event", () => {
  it("does not begin in a whole line of JSON above it", async () => {
    const [record, ...others] = await records('{"msg":"fine"}\n\tat main.go:1 cancel\n');
    expect(others).toEqual([]);
    expect(record).toMatchObject({ texts: ["\tat main.go:1 cancel"], place: { line: 2 } });
  });

  it("is an object that was wrapped at a width, and ends where the next one begins", async () => {
    const object = JSON.stringify({
      time: "2026-11-23T06:57:00Z",
      service: "gateway",
      msg: `recv: ${"x".repeat(150)} cancel`,
    });
    const lines = object.match(/.{1,80}/g) ?? [];
    const found = await records(`${lines.join("\n")}\n{"service":"chat","msg":"cancel"}\nloose cancel\n`);
    expect(lines).toHaveLength(3);
    expect(found.map(({ service, place }) => [service, (place as { line: number }).line])).toEqual([
      ["gateway", 1],
      ["chat", 4],
      [null, 5],
    ]);
    expect(found[0]?.at).not.toBeNull();
  });

  it("is an object of Python on several lines, or one behind a prefix that was wrapped", async () => {
    const python = "{'message': 'recv: '\n            'cancel',\n 'service': 'gateway'}\n";
    const object = '{"service":"chat","msg":"recv:\ncancel"}\n';
    const found = await records(
      `${python}[pod/chat-0/app] ${object}${python}[pod/chat-0/app] {"msg":"cancel"}\ncancel\n`,
    );
    expect(found.map(({ place }) => (place as { line: number }).line)).toEqual([1, 4, 6, 9, 10]);
  });

  it("is what a program printed between brackets, with the name of its kind before the first", async () => {
    const found = await records(
      'entry {\n  a: "cancel"\n  b: 1\n}\nloose cancel\nArray\n(\n  [a] => cancel\n)\ncancel\n',
    );
    expect(found.map(({ place }) => (place as { line: number }).line)).toEqual([1, 5, 7, 10]);
  });

  it("is no record where it has signs only, and its lines are counted", async () => {
    const found = await records("------\n===\n[\n[\n{}\n]\n]\n2026/11/23 06:57:00 a\n", 1_000_000);
    expect(found.map(({ place }) => (place as { line: number }).line)).toEqual([8]);
  });

  it("begins in the line of a stack trace's message, however many lines above", async () => {
    const stack = Array.from({ length: 50 }, (_, i) => `\tat main.go:${i}`).join("\n");
    const [record] = await records(`${line.replace("cancel", "failed")}\n${stack}\n\tcaused by cancel\n`);
    expect(record).toMatchObject({ texts: [expect.stringMatching(/^recv: failed\n[\s\S]*caused by cancel$/)] });
  });

  it("takes the line with the time in, where java.util.logging writes it above the level", async () => {
    const head = "Nov 23, 2026 6:57:01 AM com.acme.Gateway handle";
    const [record, ...others] = await records(
      `${line}\n${head}\nSEVERE: recv: cancel\n\tat a.B.c(B.java:1)\n${line}\n`,
    );
    expect(others).toHaveLength(2);
    expect(record?.texts).toEqual(["recv: cancel"]);
    expect(others[0]).toMatchObject({ texts: ["recv: cancel\n\tat a.B.c(B.java:1)"], place: { line: 2 } });
    expect(others[0]?.at).not.toBeNull();
  });

  it("is a line with a level alone where another event stands above it", async () => {
    const [, record] = await records(`${line}\nINFO: request cancelled\n`);
    expect(record).toMatchObject({ texts: ["request cancelled"], place: { line: 2 } });
  });

  it("begins where named values do, also behind a daemon's prefix", async () => {
    const daemon = "Nov 23 06:57:00.013104 node7";
    const [, record] = await records(
      `${daemon} gw[7]: [I 261123 06:57:00 web:2591] 200 GET /cancel (10.0.0.7) 1.97ms\n${daemon} relay[9]: timestamp=2026-11-23T06:57:00Z event="handler cancelled"\n`,
    );
    expect(record).toMatchObject({ service: "relay", place: { line: 2 } });
  });

  it("begins with NestJS's prefix, and takes the error below in", async () => {
    const nest = (text: string): string => `[Nest] 366  - 11/23/2026, 6:57:00 AM   ERROR [shop] ${text}`;
    const [record, ...others] = await records(
      `${nest("upstream failed: terminated")}\nTypeError: cancel\n    at a (b.js:1:1)\n${nest("cancel")}\n`,
    );
    expect(others).toHaveLength(1);
    expect(record?.texts[0]).toMatch(/upstream failed: terminated\nTypeError: cancel\n {4}at a/);
    expect(record?.at).not.toBeNull();
  });

  it("begins behind a margin of numbers, names and bars", async () => {
    const rows = ["  9 ", " 10 ", "  gw │ ", "  9   │ ", " ** [out :: gw] ", "> "].map((margin) => margin + line);
    expect(await records(`${rows.join("\n")}\n`)).toHaveLength(rows.length);
  });

  it("takes in what is indented below it and only looks like a margin", async () => {
    const below = [
      "    Started:   2026-11-23T06:57:00Z",
      "    deadline = 2026-11-23 06:57:00",
      "    sent to gw at 2026-11-23 06:57:00 cancel",
      "  12 | cancel();",
      "     | ^^^^^^ here",
      '  {"code": 1}',
      "  level: error",
    ];
    expect(await records(`${line}\n${below.join("\n")}\n${line}\n`)).toHaveLength(2);
  });

  it("is a record of Docker's alone, unless it is long as pieces are or what follows is its end", async () => {
    const docker = (log: string): string => JSON.stringify({ log, stream: "stderr", time: "2026-11-23T06:57:00.7Z" });
    expect(await records(`${docker(line)}\n${docker(line)}\n`)).toHaveLength(2);
    for (const piece of [line.padEnd(16_384, "."), `${line} ..`]) {
      const joined = await records(`${docker(piece)}\n${docker("the end cancel\n")}\n`);
      expect(joined.map(({ texts }) => texts[0]?.endsWith("..the end cancel"))).toEqual([true]);
    }
    const pieces = [0, 30, 60].map((from) => docker(`${line}\n`.slice(from, from + 30)));
    expect((await records(`${pieces.join("\n")}\n`)).map(({ texts }) => texts)).toEqual([["recv: cancel"]]);
    expect(await records(`${docker("cancel one")}\n${docker("cancel two, three")}\n`)).toHaveLength(2);
  });

  it("is each of several values of JSON in one line", async () => {
    const [a, b] = ["chat", "gw"].map((service) => JSON.stringify({ service, msg: `cancel ${service}` }));
    for (const text of [`${a}${b}\n`, `${a}\0${b}\0`, `\u001e${a}\n\u001e${b}\n`, `${a}\u001e${b}`]) {
      const found = await records(text);
      expect(found.map(({ service, texts }) => [service, texts])).toEqual([
        ["chat", ["cancel chat"]],
        ["gw", ["cancel gw"]],
      ]);
    }
    const [only, ...others] = await records(`[Error] ${a}\n`);
    expect([only?.texts, others]).toEqual([[expect.stringContaining("cancel chat")], []]);
  });

  it("is each line of a log that stands in one field as a whole, with the time of its own", async () => {
    const log = `${line}\r\n\tat main.go:1\r\n${line.replace(":00.0", ":09.0")}\r\n`;
    const found = await records(`${JSON.stringify({ service: "gw", time: "2026-11-23T06:57:00.123456789Z", log })}\n`);
    expect(found.map(({ service, texts, at }) => [service, texts, at])).toEqual([
      ["gw", ["recv: cancel\n\tat main.go:1"], 1_795_417_020_000_000_000n],
      ["gw", ["recv: cancel"], 1_795_417_029_000_000_000n],
    ]);
    const [one, ...others] = await records(`${JSON.stringify({ msg: `cancel\nselect *\n  from t` })}\n`);
    expect([one?.texts, others]).toEqual([["cancel\nselect *\n  from t"], []]);
  });

  it("is what a field encodes in base64, packed or not, where that tells something", async () => {
    const encoded = (bytes: Buffer): string => bytes.toString("base64");
    const object = { service: "chat", msg: "cancel of a stream, by hand" };
    const inner = Buffer.from(JSON.stringify(object));
    for (const data of [encoded(inner), encoded(gzipSync(inner)), inner.toString("base64url")]) {
      const found = await records(`${JSON.stringify({ offset: 1, message: { data, id: "x" } })}\n`, 1000);
      expect(found.map(({ service, texts }) => [service, texts])).toEqual([["chat", [object.msg]]]);
    }
    const token = encoded(Buffer.from("nothing that anybody looks for here"));
    const [plain] = await records(`{"msg":"cancel","token":"${token}"}\n`);
    expect(plain?.fields?.get("token")).toBe(token);
  });

  it("goes on behind a sequence of a terminal that has no end", async () => {
    const [found] = await records(`${line.replace("recv", "\u001b]0;recv")}\n`);
    expect(found?.texts).toEqual(["recv: cancel"]);
    const [titled] = await records(`${line.replace("recv", "\u001b]0;a title\u0007recv")}\n`);
    expect(titled?.texts).toEqual(["recv: cancel"]);
  });

  it("is a whole transaction of Varnish", async () => {
    const parts = [
      "**  << BeReq    >> 4",
      "--  FetchError     cancel",
      "--  Timestamp      Beresp: 1795417020.783910 1.8 1.8",
    ];
    const [record, ...others] = await records(`${line}\n${parts.join("\n")}\n${line}\n`);
    expect(others).toHaveLength(2);
    expect(record?.texts).toEqual(["recv: cancel"]);
    expect(others[0]?.texts).toEqual([parts.join("\n")]);
  });

  it("never takes an overlong line in, so that nobody waits for its end", async () => {
    const overlong = `\t${"x".repeat(2 * 1024 * 1024)}`;
    const [record, ...others] = await records(`${line}\n${overlong}\n${line}\n`);
    expect(record?.texts).toEqual(["recv: cancel"]);
    expect(others).toHaveLength(1);
    const [short] = await records(`${line}\n\tat main.go:1\n`);
    expect(short?.texts).toEqual(["recv: cancel\n\tat main.go:1"]);
  });

  it("is found by the lines of its own window, whatever stood at the same offset of the one before", async () => {
    const padded = (text: string): string => `${text.padEnd(63, ".")}\n`;
    const plain = padded("2026/11/23 06:57:00 chat.go:118: fine ");
    const [all, kept] = [2048, 512];
    const first = [...Array<string>(all).fill(plain)];
    first[600] = padded("2026/11/23 06:57:00 chat.go:118: cancel ");
    // The line behind that one, as far into the second window as it was into the first
    const second = [...Array<string>(601 - kept).fill(plain), padded("\tat main.go:1 cancel ")];
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(first.join(""));
      await seen;
      yield Buffer.from(second.join(""));
    }
    const found: SourceRecord[] = [];
    for await (const batch of readSources(["-"], { prefilter, timezone: "UTC", stdin: slowly() })) {
      found.push(...batch);
      see();
    }
    expect(found.map(({ place }) => place)).toMatchObject([{ line: 601 }, { line: all + second.length - 1 }]);
  });
});
