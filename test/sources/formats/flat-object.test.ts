import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents } from "../../../src/sources/formats/event.ts";
import { readFlatObject } from "../../../src/sources/formats/flat-object.ts";
import { createShapeContext } from "../../../src/sources/formats/record-maker.ts";
import { parseZone, type Zone } from "../../../src/sources/formats/zone.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const context = createShapeContext(prefilter, { zone: parseZone("UTC") as Zone, nearMs: Date.UTC(2026, 10, 24) });
const HEAD = `"time":"2026-11-23T06:57:00.783910Z","level":"error","service":"chat"`;

describe("an object of plain values", () => {
  it.each([
    `{${HEAD},"msg":"recv failed","err":"${ERROR}","elapsed_ms":17,"retry":false,"peer":null}`,
    `{${HEAD}, "msg": "recv failed", "err": "${ERROR}", "ratio": 0.250}`,
    `{ "msg": "recv failed" }`.replace("{ ", "{"),
    `{${HEAD},"msg":"[1] recv failed"}`,
    `{${HEAD},"msg":"a &gt; b: canceled"}`,
    `{${HEAD},"message":"über alles: canceled"}`,
  ])("is read at a glance, and says what it says when all is asked: %s", (line) => {
    const flat = readFlatObject(line, context);
    expect(flat).not.toBeNull();
    expect([flat]).toEqual(readEvents(line, context));
  });

  it.each([
    ["a name that is repeated", `{${HEAD},"msg":"recv failed","error":"${ERROR}","error":"x"}`],
    [
      "a name that is repeated, with spaces between",
      `{${HEAD}, "msg": "recv failed", "error": "${ERROR}", "error": "x"}`,
    ],
    ["a number that a double cannot hold", `{${HEAD},"msg":"recv failed","ts":1795417020783910123}`],
    ["an object in it", `{${HEAD},"msg":"recv failed","http":{"status":499}}`],
    ["a list in it", `{${HEAD},"msg":"recv failed","tags":["a"]}`],
    ["an escape", `{${HEAD},"msg":"recv \\"failed\\""}`],
    ["a text of base64", `{${HEAD},"msg":"x","data":"${Buffer.from(`chat: ${ERROR}`).toString("base64")}"}`],
    ["another line of a log as its message", `{${HEAD},"msg":"2026/11/23 06:57:00.783910 chat.go:118: [Error] x"}`],
    ["a line with its prefix as its message", `{${HEAD},"msg":"chat-1  | recv failed"}`],
    ["a list of JSON in a text", `{${HEAD},"msg":"x","raw":"[1,2,3,4]"}`],
    ["no message", `{${HEAD},"code":17}`],
    ["Docker's wrapper", `{"log":"recv failed","stream":"stdout","time":"2026-11-23T06:57:00.783910Z"}`],
    ["a space that does not break", `{${HEAD},"msg":"recv\u00a0failed"}`],
    ["an end that is missing", `{${HEAD},"msg":"recv failed`],
    ["words behind it", `{${HEAD},"msg":"recv failed"} {"a":1}`],
    ["prose", '{"a canceled b"}'],
  ])("is none with %s", (_, line) => {
    expect(readFlatObject(line, context)).toBeNull();
  });

  it("says what any line of it says when all is asked", () => {
    const text = fc.oneof(
      fc.constantFrom(
        "chat",
        "canceled",
        ERROR,
        "",
        "[]",
        "[1,2,3]",
        "{}",
        "time",
        "2026-11-23T06:57:00Z",
        "stdout",
        "a|b | c",
        "chat-1 | x",
      ),
      fc.string({ maxLength: 50 }),
      fc.base64String({ maxLength: 60 }),
    );
    const value = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("chat", "recv failed", 17, 0.5, true, null, "2026-11-23T06:57:00Z") },
      text,
      fc.oneof(fc.double(), fc.integer(), fc.bigInt({ min: 0n, max: 2n ** 70n })),
    );
    const name = fc.oneof(
      fc.constantFrom(
        "time",
        "ts",
        "msg",
        "message",
        "log",
        "error",
        "level",
        "service",
        "pod",
        "trace_id",
        "name",
        "pid",
        "hostname",
        "1",
        "tags",
      ),
      fc.string({ maxLength: 6 }),
    );
    const written = (each: unknown): string =>
      typeof each === "bigint" ? String(each) : (JSON.stringify(each) ?? "null");
    let flats = 0;
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { maxLength: 5 }), fc.boolean(), (others, spaced) => {
        const pairs = [["msg", "recv failed"] as const, ...others];
        const [comma, colon] = spaced ? [", ", ": "] : [",", ":"];
        const line = `{${pairs.map(([key, each]) => `${JSON.stringify(key)}${colon}${written(each)}`).join(comma)}}`;
        const flat = readFlatObject(line, context);
        if (flat === null) return;
        flats += 1;
        expect([flat]).toEqual(readEvents(line, context));
      }),
      { numRuns: 3_000 },
    );
    expect(flats).toBeGreaterThan(100);
  });
});
