import { describe, expect, it } from "vitest";
import {
  ByteWriter,
  type Frame,
  type FrameContent,
  FrameReader,
  WireError,
  writeDecoded,
  writeFrame,
} from "../../../src/runtime/wire/index.ts";

const limits = { maxFrameBytes: 100_000, maxHeaderBytes: 1000 };

function bytesOf(...frames: FrameContent[]): Buffer {
  const writer = new ByteWriter();
  for (const frame of frames) writeFrame(writer, frame);
  return writer.toBytes();
}

const meta = (streamId: number, value: string): FrameContent => ({
  type: "meta",
  streamId,
  method: "M",
  strings: new Map([["k", value]]),
});
const data = (streamId: number, payload: string): FrameContent => ({
  type: "data",
  streamId,
  method: "M",
  payload: Buffer.from(payload),
});

/** A reader, and what it has handed on, as `type id text`. */
function reading(onEach: (reader: FrameReader, line: string) => void = () => {}) {
  const lines: string[] = [];
  const chunks: Buffer[] = [];
  const add = (line: string) => {
    lines.push(line);
    onEach(reader, line);
  };
  const reader: FrameReader = new FrameReader(limits, {
    onData: (id, bytes, start, end) => {
      chunks.push(bytes);
      add(`data ${id} ${bytes.toString("latin1", start, end)}`);
    },
    onFrame: (frame) => add(`${frame.type} ${frame.streamId} ${frame.strings.get("k") ?? ""}`),
  });
  return { reader, lines, chunks };
}

/** A frame with a header of these bytes, padded; the length field counts a payload of so many bytes. */
function framed(header: string, { flags = "0002", words = -1, payload = 0, magic = "1000" } = {}): Buffer {
  const padded = header + "00".repeat((4 - ((header.length / 2) % 4)) % 4);
  const size = words === -1 ? padded.length / 8 : words;
  const total = 10 + padded.length / 2 + payload;
  const length = total.toString(16).padStart(8, "0");
  const text = `${length}${magic}${flags}00000001${size.toString(16).padStart(4, "0")}${padded}${"aa".repeat(payload)}`;
  return Buffer.from(text, "hex");
}

function faultOf(bytes: Buffer): WireError {
  try {
    reading().reader.push(bytes);
  } catch (error) {
    return error as WireError;
  }
  return expect.unreachable();
}

describe("a reader of frames", () => {
  it("hands on whole frames, in order, whatever the chunks", () => {
    const bytes = bytesOf(meta(1, "a"), data(2, "b"), data(-3, ""), meta(4, "c"));
    const whole = ["meta 1 a", "data 2 b", "data -3 ", "meta 4 c"];
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { reader, lines } = reading();
      reader.push(bytes.subarray(0, cut));
      reader.push(bytes.subarray(cut));
      expect(lines).toEqual(whole);
      expect(reader.pendingBytes).toBe(0);
    }
  });

  it("copies nothing of a chunk but the frame that began before it", () => {
    const bytes = bytesOf(data(1, "first"), data(2, "second"), data(3, "third"));
    const { reader, chunks } = reading();
    // Memory of its own: small buffers of Node share theirs.
    const chunk = Buffer.allocUnsafeSlow(bytes.length - 10);
    bytes.copy(chunk, 0, 10);
    reader.push(bytes.subarray(0, 10));
    reader.push(chunk);
    expect(chunks.map((each) => each.buffer === chunk.buffer)).toEqual([false, true, true]);
  });

  it("keeps an unfinished frame, and looks again only once it has all its bytes", () => {
    const bytes = bytesOf(data(1, "x".repeat(500)));
    const { reader, lines } = reading();
    for (const [from, until] of [
      [0, 5],
      [5, 14],
      [14, 100],
      [100, 101],
      [101, bytes.length - 1],
    ] as const) {
      reader.push(bytes.subarray(from, until));
      expect(reader.pendingBytes).toBe(until);
    }
    expect(lines).toEqual([]);
    reader.push(bytes.subarray(bytes.length - 1));
    expect([lines.length, reader.pendingBytes]).toEqual([1, 0]);
  });

  it("takes a frame whose length field is too small for its header as long as the header", () => {
    const bytes = framed("1000100002001b000131000900014d");
    bytes.writeUInt32BE(3, 0);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { reader, lines } = reading();
      reader.push(bytes.subarray(0, cut));
      reader.push(Buffer.concat([bytes.subarray(cut), bytesOf(data(7, "next"))]));
      expect(lines).toEqual(["meta 1 ", "data 7 next"]);
    }
  });

  it("reads nothing of an empty chunk", () => {
    const { reader, lines } = reading();
    reader.push(Buffer.alloc(0));
    expect([lines, reader.pendingBytes]).toEqual([[], 0]);
  });

  it("stops at once, also in the middle of a chunk, and for good", () => {
    const bytes = bytesOf(meta(1, "a"), meta(2, "b"), data(3, "c"));
    for (const cut of [0, 5, 30]) {
      const { reader, lines } = reading((each, line) => {
        if (line === "meta 1 a") each.stop();
      });
      reader.push(bytes.subarray(0, cut));
      reader.push(bytes.subarray(cut));
      reader.push(bytes);
      expect([lines, reader.pendingBytes]).toEqual([["meta 1 a"], 0]);
    }
  });

  it("forgets what it has of an unfinished frame when it is stopped", () => {
    const bytes = bytesOf(meta(1, "a"));
    const { reader, lines } = reading();
    reader.push(bytes.subarray(0, 20));
    reader.stop();
    expect(reader.pendingBytes).toBe(0);
    reader.push(bytes.subarray(20));
    expect(lines).toEqual([]);
  });

  it.each(["00", "03", "04", "10", "11"])("takes the protocol id 0x%s", (id) => {
    const { reader, lines } = reading();
    reader.push(framed(`${id}00100002001b000131000900014d`));
    expect(lines).toEqual(["meta 1 "]);
  });

  it("skips transform ids, and reads a Data frame with one the general way", () => {
    const { reader, lines } = reading();
    reader.push(framed("1002aabb100002001b000131000900014d"));
    reader.push(framed("1001aa100002001b000133000900014d", { payload: 2 }));
    reader.push(framed("10000101000100016b000176100002001b000133000900014d".replace("0101", "01"), { payload: 1 }));
    expect(lines).toEqual(["meta 1 ", "data 1 \u00aa\u00aa", "data 1 \u00aa"]);
  });

  it("keeps a frame as it came: flags, protocol id, both maps, payload", () => {
    const seen: Frame[] = [];
    const bytes = framed("0400100002001b000135000900014d", { flags: "800a", payload: 3 });
    new FrameReader(limits, { onData: () => {}, onFrame: (frame) => seen.push(frame) }).push(bytes);
    const [frame] = seen;
    expect(frame).toMatchObject({ type: "rst", streamId: 1, flags: 0x800a, protocolId: 4 });
    expect([...(frame?.ints ?? [])]).toEqual([
      [27, "5"],
      [9, "M"],
    ]);
    expect(Buffer.from(frame?.payload ?? []).toString("hex")).toBe("aaaaaa");
    const writer = new ByteWriter(1);
    writer.u8(7);
    writeDecoded(writer, frame as Frame);
    expect(writer.toBytes().subarray(1).toString("hex")).toBe(bytes.toString("hex"));
  });

  it.each<[string, Buffer, string, Partial<WireError>]>([
    [
      "no magic",
      framed("1000", { magic: "1100" }),
      "not TTHeader protocol (first4Bytes=0x0000000e, second4Bytes=0x11000002)",
      { offset: 4, expected: "magic 0x1000", found: "0x1100" },
    ],
    [
      "half a magic",
      framed("1000", { magic: "1001" }),
      "not TTHeader protocol (first4Bytes=0x0000000e, second4Bytes=0x10010002)",
      { offset: 4, expected: "magic 0x1000", found: "0x1001" },
    ],
    [
      "no streaming flag",
      framed("1000", { flags: "00fd" }),
      "unexpected header flags: 253",
      { offset: 6, expected: "the streaming flag 0x0002", found: "0x00fd" },
    ],
    [
      "no header",
      framed("1000", { words: 0 }),
      "invalid header length[0]",
      { offset: 12, expected: "a header size of 1 to 65535", found: "0" },
    ],
    [
      "a header above the limit",
      framed("1000", { words: 251 }),
      "header of 1004 bytes exceeds the limit of 1000 bytes",
      { offset: 12, expected: "at most 1000 bytes", found: "1004" },
    ],
    [
      "another protocol id",
      framed("0200"),
      "unsupported ProtocolID[2]",
      { offset: 14, expected: "protocol id 0x00, 0x03, 0x04, 0x10 or 0x11", found: "0x2" },
    ],
    [
      "more transforms than header",
      framed("10030000"),
      "need read 3 transformIDs, but not enough",
      { offset: 15, expected: "3 transform ids", found: "2 bytes" },
    ],
    [
      "no type",
      framed("1000100001000900014d"),
      "unexpected frame type: ",
      { offset: 14, expected: "frame type 1 to 5 under int key 27", found: "none" },
    ],
    ["a type of 0", framed("1000100001001b000130"), "unexpected frame type: 0", { found: "0" }],
    ["a type of 6", framed("1000100001001b000136"), "unexpected frame type: 6", { found: "6" }],
    ["a type of two digits", framed("1000100001001b00023131"), "unexpected frame type: 11", { found: "11" }],
    [
      "a long type",
      framed(`1000100001001b001e${"31".repeat(30)}`),
      `unexpected frame type: ${"1".repeat(30)}`,
      { found: "1".repeat(20) },
    ],
  ])("refuses a frame with %s, and says where", (_what, bytes, message, fault) => {
    const error = faultOf(bytes);
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ name: "WireError", ...fault });
    expect(WireError.is(error)).toBe(true);
  });

  it("takes a header of nothing but transform ids for one without a type", () => {
    expect(faultOf(framed("10020000")).message).toBe("unexpected frame type: ");
  });

  it("counts a frame from its own beginning, not from that of the chunk", () => {
    const { reader, lines } = reading();
    const big = data(1, "x".repeat(99_900));
    reader.push(bytesOf(big, big, big));
    expect(lines).toHaveLength(3);
  });
});

describe("an error of the wire", () => {
  it("is known by its brand, nothing else is", () => {
    const error = new WireError("x", { offset: 1, expected: "a", found: "b" });
    expect(WireError.is(error)).toBe(true);
    const copy = Object.assign(new Error("x"), { [Symbol.for("streamscope.WireError")]: true });
    expect(WireError.is(copy)).toBe(true);
    for (const other of [null, undefined, "WireError", 5, new Error("x"), {}]) expect(WireError.is(other)).toBe(false);
    expect(Object.keys(error)).not.toContain("brand");
    expect(JSON.parse(JSON.stringify(error))).toEqual({ name: "WireError", offset: 1, expected: "a", found: "b" });
  });
});

describe("a frame beyond a limit", () => {
  /** What a reader that may skip makes of these frames, the bytes given in pieces of `size`. */
  function read(frames: readonly FrameContent[], size: number): string[] {
    const writer = new ByteWriter();
    for (const frame of frames) writeFrame(writer, frame);
    const lines: string[] = [];
    const reader = new FrameReader(limits, {
      onData: (id) => lines.push(`data ${id}`),
      onFrame: ({ type, streamId }) => lines.push(`${type} ${streamId}`),
      onOversized: (id, { message }) => lines.push(`${id}: ${message}`),
    });
    const bytes = writer.toBytes();
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(Buffer.from(bytes.subarray(at, at + size)));
      expect(reader.pendingBytes).toBeLessThan(limits.maxFrameBytes);
    }
    return lines;
  }
  const small = { type: "data", method: "M", payload: Buffer.alloc(10) } as const;

  it("is skipped, told once with its stream, and keeps nothing, in whatever pieces it comes", () => {
    const strings = new Map([["k", "x".repeat(2000)]]);
    const frames: FrameContent[] = [
      { ...small, streamId: 1 },
      { type: "header", streamId: 2, method: "M", strings },
      { ...small, streamId: 3 },
      { ...small, streamId: 4, payload: Buffer.alloc(150_000) },
      { ...small, streamId: 5 },
    ];
    for (const size of [1, 7, 1000, 65_536, 1_000_000]) {
      expect(read(frames, size)).toEqual([
        "data 1",
        "2: header of 2024 bytes exceeds the limit of 1000 bytes",
        "data 3",
        "4: frame of 150030 bytes exceeds the limit of 100000 bytes",
        "data 5",
      ]);
    }
  });

  it("sixteen times the limit is no frame: where the next one begins is not known", () => {
    const most = limits.maxFrameBytes * 16;
    const frame = (bytes: number): FrameContent => ({ ...small, streamId: 1, payload: Buffer.alloc(bytes - 30) });
    expect(read([frame(most), { ...small, streamId: 2 }], 1_000_000).at(-1)).toBe("data 2");
    expect(() => read([frame(most + 1)], 1_000_000)).toThrow("exceeds the limit");
  });
});
