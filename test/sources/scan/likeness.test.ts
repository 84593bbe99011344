import { describe, expect, it } from "vitest";
import { Likeness } from "../../../src/sources/scan/likeness.ts";

const likeness = new Likeness([0, 8, 499, 504]);
const of = (line: string): number => {
  const bytes = Buffer.from(line);
  return likeness.of(bytes, 0, bytes.length);
};

describe("lines are alike", () => {
  const pairs: readonly (readonly [name: string, one: string, other: string])[] = [
    ["that differ in times", "2026-11-27T06:58:04.123Z served", "2026-11-28T16:00:59.001Z served"],
    [
      "that differ in a time with a comma",
      "2026-11-27 06:58:04,283 INFO served",
      "2026-11-27 16:50:14,001 INFO served",
    ],
    ["that differ in figures", "order 4711 cancelled", "order 12 cancelled"],
    ["that differ in ids", "trace=4bf92f3577b34da6a3ce929d0e0e4736 ok", "trace=00f067aa0ba902b74bf92f3577b34da6 ok"],
    ["that differ in UUIDs", "id 9f1c0f6e-52a4-4a43-9a0e-1a2b3c4d5e6f", "id 002b9384-002b-4000-8000-6fca00349f93"],
    ["that differ in addresses", "from 10.0.3.17:8080", "from 127.0.0.1:49992"],
  ];
  for (const [name, one, other] of pairs) it(name, () => expect(of(one)).toBe(of(other)));
});

describe("lines are not alike", () => {
  const pairs: readonly (readonly [name: string, one: string, other: string])[] = [
    ["that differ in a word", "order 7 cancelled", "order 7 shipped"],
    ["that differ in a figure that tells", 'HTTP/1.1" 499 17', 'HTTP/1.1" 200 17'],
    ["that differ in the value of a field that tells", '"status":504,"a":1', '"status":200,"a":1'],
    ["that differ in a code that is a word", "error code 0x8", "error code 0x2"],
    ["that differ in the letters behind a figure", "took 15s", "took 15h"],
    ["that differ in an identifier with a figure", "NGHTTP2_CANCEL", "NGHTTP2_NO_ERROR"],
    ["of which one has more", "served", "served it"],
  ];
  for (const [name, one, other] of pairs) it(name, () => expect(of(one)).not.toBe(of(other)));
});

describe("an id", () => {
  const holds = (line: string, ...ids: string[]): boolean => {
    const bytes = Buffer.from(line);
    return likeness.holds(bytes, 0, bytes.length, new Set(ids.map((id) => likeness.longestWord(Buffer.from(id)))));
  };

  it("is found wherever it stands in a line", () => {
    expect(holds('{"request_id":"r4711aa","msg":"x"}', "r4711aa")).toBe(true);
    expect(holds("done with chat-9f1c0f6e", "nothing1", "chat-9f1c0f6e")).toBe(true);
  });

  it("is not found in a longer one", () => {
    expect(holds("request r4711aab is done", "r4711aa")).toBe(false);
    expect(holds("request xr4711aa is done", "r4711aa")).toBe(false);
  });
});
