import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ByteWriter,
  DEFAULT_WIRE_LIMITS,
  decodeException,
  encodeException,
  type Frame,
  FrameReader,
  methodOfFrame,
  WireError,
  writeDecoded,
  writeFrame,
} from "../../../src/runtime/wire/index.ts";
import { rounds } from "../../support/effort.ts";

const folder = join(import.meta.dirname, "../../fixtures/wire");

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly expect: {
    readonly error?: string;
    readonly streamId: number;
    readonly flags: number;
    readonly protocolId: number;
    readonly frameType: string;
    readonly method: string;
    readonly intInfo: Record<string, string>;
    readonly strInfo: Record<string, string>;
    readonly payloadHex: string;
  };
  readonly errorText?: string;
  readonly exception?: { readonly code: number; readonly message: string };
}

const vectors = (JSON.parse(readFileSync(join(folder, "vectors.json"), "utf8")) as { frames: Vector[] }).frames;
const captures = readdirSync(folder)
  .filter((file) => file.endsWith(".hex") && !file.startsWith("unary."))
  .map((file) => ({ file, lines: readFileSync(join(folder, file), "utf8").trim().split("\n").filter(Boolean) }));

/** Vectors that a writer of the canonical form does not repeat byte for byte. */
const irregular = new Set(["int-block-first", "extra-padding", "short-length-field"]);

/** Data frames come without maps; here they get them back from the bytes, to be compared like the others. */
function decode(bytes: Buffer, chunk = bytes.length): (Frame | { type: "data"; streamId: number; payload: Buffer })[] {
  const frames: (Frame | { type: "data"; streamId: number; payload: Buffer })[] = [];
  const reader = new FrameReader(DEFAULT_WIRE_LIMITS, {
    onData: (streamId, source, start, end) =>
      frames.push({ type: "data", streamId, payload: source.subarray(start, end) }),
    onFrame: (frame) => frames.push(frame),
  });
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  return frames;
}

function sorted(hex: string): string {
  return [...Buffer.from(hex, "hex")].sort((a, b) => a - b).join();
}

describe("frame vectors", () => {
  it.each(vectors.filter((each) => each.expect.error === undefined))("$name decodes to its fields", (vector) => {
    const [frame] = decode(Buffer.from(vector.hex, "hex"));
    expect(frame?.type).toBe(vector.expect.frameType);
    expect(frame?.streamId).toBe(vector.expect.streamId);
    expect(Buffer.from(frame?.payload ?? []).toString("hex")).toBe(vector.expect.payloadHex);
    if (frame === undefined || !("ints" in frame)) return;
    expect(methodOfFrame(frame)).toBe(vector.expect.method);
    expect(Object.fromEntries(frame.ints)).toEqual(vector.expect.intInfo);
    expect(Object.fromEntries(frame.strings)).toEqual(vector.expect.strInfo);
    expect([frame.flags, frame.protocolId]).toEqual([vector.expect.flags, vector.expect.protocolId]);
  });

  it.each(vectors.filter((each) => each.expect.error === undefined && !irregular.has(each.name)))(
    "$name re-encodes to the same bytes",
    (vector) => {
      const bytes = Buffer.from(vector.hex, "hex");
      const writer = new ByteWriter(16);
      const [frame] = decode(bytes);
      if (frame !== undefined && "ints" in frame) {
        writeDecoded(writer, frame);
        expect(writer.toBytes().toString("hex")).toBe(vector.hex);
      } else if (vector.name !== "extra-flags") {
        const { streamId, method } = vector.expect;
        writeFrame(writer, { type: "data", streamId, method, payload: frame?.payload ?? Buffer.alloc(0) });
        expect(writer.toBytes().toString("hex")).toBe(vector.hex);
      }
    },
  );

  it.each(vectors.filter((each) => each.exception !== undefined))("$name carries its exception", (vector) => {
    const [frame] = decode(Buffer.from(vector.hex, "hex"));
    const { code, message } = vector.exception ?? { code: 0, message: "" };
    expect(decodeException(frame?.payload ?? Buffer.alloc(0))).toEqual({ code, message });
    const again = encodeException(vector.expect.method, vector.expect.streamId, { code, message });
    expect(again.toString("hex")).toBe(vector.expect.payloadHex);
  });

  it.each(vectors.filter((each) => each.expect.error !== undefined))("$name is refused in Kitex's words", (vector) => {
    const refuse = () => decode(Buffer.from(vector.hex, "hex"));
    expect(refuse).toThrow(WireError);
    expect(refuse).toThrow(vector.errorText?.replace("[ttstream error, code=12004] ", "") ?? "");
  });
});

describe("captured frames of real Kitex", () => {
  it.each(captures)("$file decodes and re-encodes to the same bytes", ({ lines }) => {
    for (const line of lines) {
      const [frame] = decode(Buffer.from(line, "hex"));
      expect(frame).toBeDefined();
      if (frame === undefined || !("ints" in frame)) continue;
      const writer = new ByteWriter();
      writeDecoded(writer, frame);
      expect(writer.toBytes().toString("hex")).toBe(line);
      const canonical = new ByteWriter();
      const ints = new Map([...frame.ints].filter(([key]) => key !== 9 && key !== 27));
      const { type, streamId, strings, payload } = frame;
      writeFrame(canonical, { type, streamId, method: methodOfFrame(frame), ints, strings, payload });
      expect(sorted(canonical.toBytes().toString("hex"))).toBe(sorted(line));
    }
  });

  it.each(captures)("$file reads the same in chunks of any size", ({ lines }) => {
    const bytes = Buffer.from(lines.join(""), "hex");
    const whole = decode(bytes);
    expect(whole.length).toBe(lines.length);
    for (const size of [1, 3, 17, 100, 1000]) expect(decode(bytes, size)).toEqual(whole);
  });
});

describe("hostile bytes", () => {
  it("of any kind end in WireError or in frames, never in another error", () => {
    const seed = vectors.map((each) => Buffer.from(each.hex, "hex"));
    const mutated = fc
      .tuple(fc.constantFrom(...seed), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat())
      .map(([bytes, edits, cut]) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of edits) copy[at % copy.length] = value;
        return copy.subarray(0, copy.length - (cut % 3 === 0 ? cut % copy.length : 0));
      });
    const soup = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, soup), fc.integer({ min: 1, max: 40 }), (bytes, chunk) => {
        try {
          for (const frame of decode(bytes, chunk)) {
            try {
              decodeException(frame.payload);
            } catch (error) {
              expect((error as Error).name).toBe("BadExceptionPayload");
            }
          }
        } catch (error) {
          expect(WireError.is(error)).toBe(true);
        }
      }),
      { numRuns: rounds(2000) },
    );
  });

  it("with a frame length of 4 GiB allocate nothing", () => {
    const bytes = Buffer.from(vectors[5]?.hex ?? "", "hex");
    bytes.writeUInt32BE(0xffffffff, 0);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decode(bytes)).toThrow("frame of 4294967299 bytes exceeds the limit of 67108864 bytes");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it("with a header beyond the limit are refused, and one of just the limit is read", () => {
    const limits = { maxFrameBytes: 1000, maxHeaderBytes: 64 };
    const read = (value: string, payload = 0): string[] => {
      const writer = new ByteWriter();
      const strings = new Map([["k", value]]);
      writeFrame(writer, { type: "header", streamId: 1, method: "M", strings, payload: Buffer.alloc(payload) });
      const frames: string[] = [];
      new FrameReader(limits, {
        onData: () => {},
        onFrame: (frame) => frames.push(frame.strings.get("k") ?? ""),
      }).push(writer.toBytes());
      return frames;
    };
    const fits = "x".repeat(64 - 2 - 8 - 13);
    expect(read(fits)).toEqual([fits]);
    expect(() => read(`${fits}x`)).toThrow("header of 68 bytes exceeds the limit of 64 bytes");
    expect(read(fits, 1000 - 14 - 64)).toEqual([fits]);
    expect(() => read(fits, 1000 - 14 - 63)).toThrow("frame of 1001 bytes exceeds the limit of 1000 bytes");
  });

  it("that promise a large frame are kept as they come, not allocated ahead", () => {
    const bytes = Buffer.from(vectors[5]?.hex ?? "", "hex");
    bytes.writeUInt32BE(60_000_000, 0);
    const reader = new FrameReader(DEFAULT_WIRE_LIMITS, { onData: () => {}, onFrame: () => {} });
    reader.push(bytes);
    expect(reader.pendingBytes).toBe(bytes.length);
  });

  it("name offset, expected and found", () => {
    const bytes = Buffer.from(vectors[5]?.hex ?? "", "hex");
    bytes[7] = 0;
    try {
      decode(bytes);
    } catch (error) {
      expect(error).toMatchObject({ offset: 6, expected: "the streaming flag 0x0002", found: "0x0000" });
      return;
    }
    expect.unreachable();
  });
});

describe("writing a frame", () => {
  it("refuses a value longer than the format allows and leaves nothing behind", () => {
    const writer = new ByteWriter();
    const strings = new Map([["k", "x".repeat(65536)]]);
    expect(() => writeFrame(writer, { type: "header", streamId: 1, method: "M", strings })).toThrow(
      "string exceeded 65535B max size (actual: 65536B",
    );
    expect(writer.at).toBe(0);
  });

  it("comes back from bytes whatever the maps", () => {
    const map = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 })), {
      selector: ([key]) => key,
      maxLength: 8,
    });
    fc.assert(
      fc.property(map, fc.integer(), fc.uint8Array({ maxLength: 50 }), (pairs, id, payload) => {
        const writer = new ByteWriter(1);
        const strings = new Map(
          pairs.map(([key, value]) => [Buffer.from(key).toString(), Buffer.from(value).toString()]),
        );
        writeFrame(writer, { type: "meta", streamId: id | 0, method: "M", strings, payload });
        const [frame] = decode(writer.toBytes());
        expect(frame).toMatchObject({ type: "meta", streamId: id | 0, strings });
        expect(Buffer.from(frame?.payload ?? [])).toEqual(Buffer.from(payload));
      }),
    );
  });
});
