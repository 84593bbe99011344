import { describe, expect, it } from "vitest";
import { unwrapText } from "../../../src/sources/formats/wrapped-lines.ts";

const LINE =
  "2026/11/23 06:57:02.100300 handler.go:64: [Error] ServerStream: send failed: [ttstream error, code=12007] [server-side stream] [canceled path: web-gateway -> chat-api -> tool-router] user code invoking stream RPC with context";

const fresh = () => ({ filled: 0, worded: 0 });

function filled(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return lines.join(`\n${indent}`);
}

function worded(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const longer = lines[last] === "" ? word : `${lines[last]} ${word}`;
    if (longer.length > width) lines.push(word);
    else lines[last] = longer;
  }
  return lines.join("\n");
}

describe("a line that was wrapped", () => {
  it.each([53, 60, 80, 120, 132, 200])("at %i columns is one line again", (width) => {
    expect(unwrapText(filled(LINE, width), fresh())).toBe(LINE);
    expect(unwrapText(filled(LINE, width).replaceAll("\n", "\r\n"), fresh())).toBe(LINE);
    const seen = fresh();
    seen.filled = width;
    expect(unwrapText(filled(LINE, width, "    "), seen)).toBe(LINE);
  });

  it("at a width that only a longer one has shown is joined once that one has come", () => {
    const seen = fresh();
    const short = filled(LINE.slice(0, 100), 53);
    expect(unwrapText(short, seen)).toBe(short);
    unwrapText(filled(LINE, 53), seen);
    expect(unwrapText(short, seen)).toBe(LINE.slice(0, 100));
  });

  it("at any width is joined where what it opened is closed below, although that is indented", () => {
    expect(unwrapText(filled(LINE.slice(0, 150), 91, "    "), fresh())).toBe(LINE.slice(0, 150));
    const object = JSON.stringify({ time: "2026-11-23T06:57:02Z", msg: LINE.slice(0, 60) });
    expect(unwrapText(filled(object, 71, "  "), fresh())).toBe(object);
  });

  it("between words is one line again", () => {
    const seen = fresh();
    expect(unwrapText(worded(LINE, 78), seen)).toBe(LINE);
    expect(unwrapText(worded(LINE.slice(0, 100), 78), seen)).toBe(LINE.slice(0, 100));
  });
});

describe("lines that were not wrapped", () => {
  it.each([
    ["a stack", `${LINE}\n    at run (a.js:1:2)\n    at main (a.js:4:5)`],
    ["a stack of Java", `${LINE.slice(0, 90)}\n\tat a.b.C.run(C.java:1)\n\tat a.b.D.run(D.java:1)`],
    ["one frame of a stack", `${"x".repeat(60)}\n\tat main.go:1`],
    ["a frame below a whole bracket", `${"x".repeat(55)} [ab]\n\tat main.go:1 [cd]`],
    ["an object below its head", `{"a": ${"1".repeat(60)}\n    at b.c`],
    ["a list", `${LINE.slice(0, 80)}\nfirst\nsecond thing that is a little longer\nthird`],
    ["short lines", "a b\nc d\ne f"],
    ["two lines of no screen's width", `${"x".repeat(93)}\nand more`],
    ["a longer last line", `${"x ".repeat(30)}\n${"x ".repeat(30)}\n${"x ".repeat(40)}`],
  ])("stay as they are: %s", (_, text) => {
    expect(unwrapText(text, fresh())).toBe(text);
  });
});
