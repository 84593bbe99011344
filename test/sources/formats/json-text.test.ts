import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEmbedded, parseJson, withoutBreaks } from "../../../src/sources/formats/json-text.ts";

describe("JSON text", () => {
  const rows: readonly (readonly [name: string, text: string, value: object])[] = [
    ["of an object", '{"error":"x","error":"y"}', { error: "x", "2.error": "y" }],
    ["three times", '{"a":1,"a":2,"a":3}', { a: 1, "2.a": 2, "3.a": 3 }],
    ["in an object inside", '{"a":{"e":"x","e":"y"},"e":"z"}', { a: { e: "x", "2.e": "y" }, e: "z" }],
    ["in objects of a list", '[{"e":"x"},{"e":"x","e":"y"}]', [{ e: "x" }, { e: "x", "2.e": "y" }]],
    ["before white space", '{"e" : "x", "e" : "y"}', { e: "x", "2.e": "y" }],
  ];
  for (const [name, text, value] of rows) {
    it(`keeps each value of a repeated key: ${name}`, () => {
      expect(parseJson(text)).toEqual(value);
    });
  }

  it("takes no text inside of a string for a key", () => {
    expect(parseJson('{"a":"\\"e\\":1,{\\"e\\":2","e":3, "b":"}","c":"\\\\"}')).toEqual({
      a: '"e":1,{"e":2',
      e: 3,
      b: "}",
      c: "\\",
    });
  });

  it("keeps the digits of long numbers, beside repeated keys, too", () => {
    expect(parseJson('{"t":1795417020500000001,"e":1,"e":2}')).toEqual({ t: "1795417020500000001", e: 1, "2.e": 2 });
  });

  it("of values without repeated keys is what JSON says, however it is spaced", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify({ value }, null, space);
        if (!/\d{17}/.test(text)) expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("loses no value, whatever keys are repeated", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", 'q"', "2.a"), fc.nat(1000))), (pairs) => {
        const text = `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
        const values = Object.values(parseJson(text) as object).sort();
        // A key may be called like the new name of another one
        if (!pairs.some(([key]) => key === "2.a")) expect(values).toEqual(pairs.map(([, value]) => value).sort());
      }),
    );
  });

  it("is null where it is no object and no list, and never throws", () => {
    expect(parseJson("3")).toBeNull();
    expect(parseJson("null")).toBeNull();
    expect(parseJson('{"a":')).toBeNull();
    expect(parseJson(' [{"a":1}] \n')).toEqual([{ a: 1 }]);
    const levels = (count: number): string => "[".repeat(count) + "]".repeat(count);
    expect(parseJson(levels(100_000))).not.toBeNull();
    expect(parseJson(levels(300_000))).toBeNull();
    expect(parseJson(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)).not.toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseJson(text);
        parseEmbedded(text);
      }),
    );
  });
});

describe("JSON with ends of lines in its strings", () => {
  it("is whole without them where a screen wrapped it, and with their escapes where somebody wrote it so", () => {
    const value = { time: "2026-11-23T06:57:02Z", msg: "a text that is longer than a narrow screen is wide" };
    const pretty = JSON.stringify(value, null, 2);
    const wrapped = pretty.split("\n").flatMap((line) => line.match(/.{1,30}/g) ?? []);
    expect(parseJson(withoutBreaks(wrapped.join("\n")))).toEqual(value);
    expect(parseJson(withoutBreaks('{"a":"one\ntwo","b":"c"}'))).toEqual({ a: "one\ntwo", b: "c" });
    expect(withoutBreaks(pretty)).toBe(pretty);
  });
});
