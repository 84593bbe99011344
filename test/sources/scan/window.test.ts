import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortestPatterns } from "../../../src/sources/formats/patterns.ts";
import { withColours } from "../../../src/sources/scan/coloured.ts";
import { createSimdWindow } from "../../../src/sources/scan/simd-window.ts";
import { createPlainWindow, type ScanWindow } from "../../../src/sources/scan/window.ts";

const patterns = [
  "ttstream error, code=",
  "rpc error: code = ",
  "cancel",
  "Cancel",
  "CANCEL",
  "context canceled",
  "RST_STREAM",
  "KITEX: ",
  "deadline exceeded",
  "biz error: code=",
  "remote or network error",
  "server listen at addr=",
];

function fill(window: ScanWindow, bytes: Buffer): void {
  window.reserve(bytes.length);
  bytes.copy(window.bytes);
  window.changed();
}

function allHits(window: ScanWindow, length: number): number[] {
  const hits: number[] = [];
  for (let from = 0; ; ) {
    const at = window.find(from, length);
    if (at < 0) return hits;
    hits.push(at);
    from = at + 1;
  }
}

/** Logs made of whole and half patterns, line feeds, noise. */
const logs = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...patterns,
        ...patterns.map((pattern) => pattern.slice(0, -2)),
        ...patterns.map((pattern) => pattern.slice(3)),
        "\n",
        "\n\n",
        " ",
      ),
      fc.string({ maxLength: 40, unit: "binary" }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.from(parts.join("")));

describe("a window that looks for hundreds of patterns", () => {
  it("finds what the plain one finds, whatever the first bytes are like", () => {
    const many = [
      ...Array.from({ length: 300 }, (_, i) => `${"abcdefgh"[i % 8]}${(i * 7919).toString(36)}-`),
      ...patterns,
    ];
    const pieces = fc.oneof(fc.constantFrom(...many, "\n", " "), fc.string({ maxLength: 20, unit: "binary" }));
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 80 }), (parts) => {
        const bytes = Buffer.from(parts.join(""));
        const simd = createSimdWindow(many, 4096) as ScanWindow;
        const plain = createPlainWindow(many, 4096);
        fill(simd, bytes);
        fill(plain, bytes);
        expect(allHits(simd, bytes.length)).toEqual(allHits(plain, bytes.length));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a window that has seen ordinary lines first", () => {
  const ordinary = Buffer.from(
    "10.0.0.7 GET /v1/items/17 200 ordinary words of a log, one line like another\n".repeat(40),
  );
  const started = (wanted: readonly string[]): ScanWindow => {
    const window = createSimdWindow(wanted, 4096) as ScanWindow;
    fill(window, ordinary);
    expect(window.find(0, ordinary.length)).toBe(-1);
    return window;
  };

  it("finds rare patterns wherever they stand", () => {
    const window = started(patterns);
    for (let at = 0; at < 40; at += 1) {
      for (const pattern of shortestPatterns(patterns)) {
        const bytes = Buffer.from(`${"x".repeat(at)}${pattern}${"y".repeat(40)}`);
        fill(window, bytes);
        expect(window.find(0, bytes.length)).toBe(at);
      }
    }
  });

  it("finds patterns of three bytes, also at the very end", () => {
    const window = started(["EOF", "[x]", "cancel"]);
    const bytes = Buffer.from("eof, Eof [X] {x} cancel eof");
    fill(window, bytes);
    expect(allHits(window, bytes.length)).toEqual([0, 5, 9, 17, 24]);
  });

  it("finds what stands across the pieces it searches at once", () => {
    const window = started(patterns);
    for (let before = 16 * 1024 - 24; before < 16 * 1024 + 4; before += 1) {
      const bytes = Buffer.from(`${" ".repeat(before)}rpc error: code = cancel${" ".repeat(64)}`);
      fill(window, bytes);
      expect(allHits(window, bytes.length)).toEqual([before, before + 18]);
    }
  });

  it("answers again when it is asked for something before", () => {
    const window = started(patterns);
    const bytes = Buffer.from("cancel -- cancel --");
    fill(window, bytes);
    expect(window.find(3, bytes.length)).toBe(10);
    expect(window.find(0, bytes.length)).toBe(0);
    expect(window.find(0, 5)).toBe(-1);
    expect(window.find(0, bytes.length)).toBe(0);
  });
});

describe("a window that somebody else has searched", () => {
  it("finds what it would find itself", () => {
    const searching = createSimdWindow(patterns, 4096);
    const told = createSimdWindow(patterns, 4096);
    if (searching === null || told === null) throw new Error("no vectors");
    fc.assert(
      fc.property(logs, fc.nat(40), (bytes, before) => {
        fill(searching, bytes);
        fill(told, bytes);
        const expected = allHits(searching, bytes.length - Math.min(before, bytes.length));
        told.changed((take) => searching.forEachMatch(0, bytes.length, take));
        expect(allHits(told, bytes.length - Math.min(before, bytes.length))).toEqual(expected);
        expect(told.find(0, bytes.length)).toBe(searching.find(0, bytes.length));
      }),
    );
  });
});

describe("the window with vectors", () => {
  const simd = createSimdWindow(patterns, 4096) as ScanWindow;

  it("exists on this machine", () => expect(simd).not.toBeNull());

  it("finds what indexOf finds, in order", () => {
    const plain = createPlainWindow(patterns, 4096);
    fc.assert(
      fc.property(logs, (bytes) => {
        fill(simd, bytes);
        fill(plain, bytes);
        expect(allHits(simd, bytes.length)).toEqual(allHits(plain, bytes.length));
      }),
      { numRuns: 500 },
    );
  });

  it("finds nothing that reaches behind the end it was given", () => {
    fill(simd, Buffer.from("xx cancel"));
    expect(simd.find(0, 9)).toBe(3);
    expect(simd.find(0, 8)).toBe(-1);
    expect(simd.find(4, 9)).toBe(-1);
  });

  it("counts line feeds in any stretch", () => {
    fc.assert(
      fc.property(logs, fc.nat(200), fc.nat(200), (bytes, from, length) => {
        fill(simd, bytes);
        const start = Math.min(from, bytes.length);
        const end = Math.min(start + length, bytes.length);
        expect(simd.countLines(start, end)).toBe(bytes.subarray(start, end).filter((byte) => byte === 10).length);
      }),
    );
  });

  it("tells where a line begins: behind a line feed, or behind a hole", () => {
    const plain = createPlainWindow(patterns, 4096);
    const holed = fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom("\n", "\0", "\0\0") }, fc.string({ maxLength: 40 })),
    );
    fc.assert(
      fc.property(holed, fc.nat(400), (parts, place) => {
        const bytes = Buffer.from(parts.join(""));
        const at = Math.min(place, bytes.length);
        fill(simd, bytes);
        fill(plain, bytes);
        const expected = Math.max(bytes.lastIndexOf(10, at - 1), bytes.lastIndexOf(0, at - 1)) + 1;
        expect(simd.lineStart(at)).toBe(at === 0 ? 0 : expected);
        expect(plain.lineStart(at)).toBe(at === 0 ? 0 : expected);
      }),
    );
  });

  it("grows without forgetting how to search", () => {
    const window = createSimdWindow(patterns, 64) as ScanWindow;
    const bytes = Buffer.alloc(300_000, "x");
    bytes.write("cancel", 299_000);
    fill(window, bytes);
    expect(window.find(0, bytes.length)).toBe(299_000);
  });

  it("is not offered for patterns that are too short for it", () => {
    expect(createSimdWindow(["ab"], 64)).toBeNull();
  });
});

describe("patterns", () => {
  it("that contain another one, in any case of letters, are left out", () => {
    expect(shortestPatterns(["context canceled", "cancel", "cancel", "", "Cancel", "EOF"])).toEqual(["cancel", "eof"]);
  });
});

describe("the window that sees through colours", () => {
  const esc = "\u001b";
  const window = withColours(createPlainWindow(patterns, 4096), patterns);

  it("finds a pattern that grep tore apart, and only on its own line", () => {
    const text = `plain\n[${esc}[01;31m${esc}[Kttstream${esc}[m${esc}[K error, code=12007]\nnext ${esc}[31mINFO${esc}[0m\n`;
    fill(window, Buffer.from(text));
    const hits = allHits(window, text.length);
    expect(hits).toHaveLength(1);
    expect(text.lastIndexOf("\n", hits[0] as number)).toBe(5);
  });

  it("does not take colours around a pattern for a second hit", () => {
    const text = `${esc}[31mcancel${esc}[0m\n`;
    fill(window, Buffer.from(text));
    expect(allHits(window, text.length)).toEqual([5]);
  });

  it("survives escapes at the very end", () => {
    for (const end of [esc, `${esc}[`, `${esc}[31`, `k${esc}[31mK`]) {
      fill(window, Buffer.from(`x${end}`));
      expect(allHits(window, end.length + 1)).toEqual([]);
    }
  });
});
