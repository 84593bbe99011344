import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Outbox, type Segment } from "../../../src/runtime/stream/outbox.ts";
import { ByteWriter, type FrameContent, FrameReader, writeFrame } from "../../../src/runtime/wire/index.ts";

const KIB = 1024;

function data(streamId: number, payload: string): FrameContent {
  return { type: "data", streamId, method: "M", payload: Buffer.from(payload) };
}

/** What waits, as `type id payload`, in the order it would leave. */
function taken(outbox: Outbox): string[] {
  const lines: string[] = [];
  const reader = new FrameReader(
    { maxFrameBytes: KIB * KIB * 8, maxHeaderBytes: KIB },
    {
      onData: (id, bytes, start, end) => lines.push(`data ${id} ${bytes.toString("latin1", start, end)}`),
      onFrame: (frame) => lines.push(`${frame.type} ${frame.streamId}`),
    },
  );
  for (let parts = outbox.take(); parts.length > 0; parts = outbox.take()) {
    for (const part of parts) reader.push(Buffer.from(part));
  }
  return lines;
}

describe("an outbox", () => {
  it("gives frames out in their order, urgent ones first, and is empty then", () => {
    const outbox = new Outbox();
    outbox.write(data(1, "a"));
    outbox.writeUrgent({ type: "rst", streamId: 2, method: "M" });
    outbox.write(data(3, "b"));
    outbox.writeUrgent({ type: "rst", streamId: 4, method: "M" });
    expect(outbox.bytes).toBeGreaterThan(0);
    expect(taken(outbox)).toEqual(["rst 2", "rst 4", "data 1 a", "data 3 b"]);
    expect(outbox.bytes).toBe(0);
    expect(outbox.take()).toEqual([]);
  });

  it("numbers what leaves together, so that a stream knows whether its frames have left", () => {
    const outbox = new Outbox();
    outbox.take();
    expect([outbox.epoch, outbox.holds(0)]).toEqual([0, true]);
    outbox.write(data(1, "x".repeat(200 * KIB)));
    outbox.write(data(1, "b"));
    expect([outbox.epoch, outbox.holds(0)]).toEqual([1, true]);
    outbox.take();
    expect([outbox.holds(0), outbox.holds(1)]).toEqual([false, true]);
    outbox.take();
    expect([outbox.holds(1), outbox.holds(2)]).toEqual([false, true]);
  });

  it("lets 128 KiB and one frame out at a time, urgent ones before each", () => {
    const outbox = new Outbox();
    for (let i = 0; i < 300; i += 1) outbox.write(data(1, "x".repeat(1000)));
    const first = outbox.take();
    expect(first.map((part) => part.length)).toEqual([expect.closeTo(128 * KIB, -4)]);
    outbox.writeUrgent({ type: "rst", streamId: 2, method: "M" });
    expect(outbox.take()).toHaveLength(2);
    expect(taken(outbox).length).toBeLessThan(100);
  });

  it("keeps frames whole that a codec writes while it encodes another one, behind that", () => {
    const outbox = new Outbox();
    const head = new ByteWriter();
    writeFrame(head, { type: "data", streamId: 5, method: "Method" });
    const bytes = head.toBytes();
    const outer = outbox.beginData(bytes);
    outer.writer.raw(Buffer.from("one"));
    const inner = outbox.beginData(bytes);
    inner.writer.raw(Buffer.from("two"));
    outbox.write(data(6, "three"));
    expect(outbox.take()).toEqual([]);
    outbox.endData(inner, bytes.length);
    outer.writer.raw(Buffer.from(" and a half"));
    outbox.endData(outer, bytes.length);
    const { bytes: waiting } = outbox;
    const lines = taken(outbox);
    expect(lines).toEqual(["data 5 one and a half", "data 5 two", "data 6 three"]);
    expect([waiting > 0, outbox.bytes]).toEqual([true, 0]);
  });

  it("knows how much of what waits is no message", () => {
    const outbox = new Outbox();
    outbox.write(data(1, "x".repeat(200 * KIB)));
    const before = outbox.controlBytes;
    outbox.write({ type: "trailer", streamId: 1, method: "M" });
    expect(outbox.controlBytes - before).toBeGreaterThan(0);
    taken(outbox);
    expect(outbox.controlBytes).toBe(0);
  });

  it("counts the bytes of both buffers", () => {
    const outbox = new Outbox();
    const sizeOf = (frame: FrameContent) => {
      const writer = new ByteWriter();
      writeFrame(writer, frame);
      return writer.at;
    };
    const rst: FrameContent = { type: "rst", streamId: 2, method: "M" };
    outbox.write(data(1, "abc"));
    expect(outbox.bytes).toBe(sizeOf(data(1, "abc")));
    outbox.writeUrgent(rst);
    expect(outbox.bytes).toBe(sizeOf(data(1, "abc")) + sizeOf(rst));
  });

  it("cuts out the frames of one stream, wherever they stand, and says how many they were", () => {
    const outbox = new Outbox();
    for (const [id, text] of [
      [1, "a"],
      [2, "bb"],
      [1, "ccc"],
      [3, "dddd"],
      [2, "e"],
    ] as const) {
      outbox.write(data(id, text));
    }
    expect(outbox.dropStream(1)).toBe(2);
    expect(outbox.dropStream(1)).toBe(0);
    outbox.write(data(1, "f"));
    expect(taken(outbox)).toEqual(["data 2 bb", "data 3 dddd", "data 2 e", "data 1 f"]);
  });

  it("looks at each frame once, however many streams are dropped", () => {
    const outbox = new Outbox();
    const streams = 20_000;
    for (let i = 1; i <= streams; i += 1) outbox.write(data(i, "x".repeat(1000)));
    const began = process.cpuUsage();
    for (let i = 1; i < streams; i += 1) outbox.dropStream(i);
    const { user, system } = process.cpuUsage(began);
    expect(taken(outbox)).toEqual([`data ${streams} ${"x".repeat(1000)}`]);
    // Looking through all that waits each time takes minutes.
    expect(user + system).toBeLessThan(2_000_000);
  });

  it("keeps the others whole, in their order, whatever is dropped and written in between", () => {
    const step = fc.record({
      id: fc.integer({ min: 1, max: 5 }),
      text: fc.string({ unit: "grapheme-ascii" }),
      drop: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const outbox = new Outbox();
        let kept: { id: number; text: string }[] = [];
        for (const { id, text, drop } of steps) {
          if (drop) {
            expect(outbox.dropStream(id)).toBe(kept.filter((each) => each.id === id).length);
            kept = kept.filter((each) => each.id !== id);
          } else {
            outbox.write(data(id, text));
            kept.push({ id, text });
          }
        }
        const { bytes } = outbox;
        const parts = taken(outbox);
        expect(parts).toEqual(kept.map(({ id, text }) => `data ${id} ${text}`));
        expect(bytes > 0).toBe(parts.length > 0);
      }),
    );
  });

  it("drops a stream's frames while one more of it is being encoded", () => {
    const outbox = new Outbox();
    const head = new ByteWriter();
    writeFrame(head, { type: "data", streamId: 5, method: "Method" });
    const bytes = head.toBytes();
    outbox.write(data(5, "gone"));
    const segment = outbox.beginData(bytes);
    const { writer } = segment;
    writer.raw(Buffer.from("half"));
    expect(outbox.dropStream(5)).toBe(1);
    writer.raw(Buffer.from(" and half"));
    outbox.endData(segment, bytes.length);
    expect(taken(outbox)).toEqual(["data 5 half and half"]);
  });

  it("takes no frame that the peer would not take", () => {
    const outbox = new Outbox({ maxFrameBytes: 200, maxHeaderBytes: 100 });
    const strings = new Map([["key", "x".repeat(100)]]);
    expect(() => outbox.write({ ...data(1, "a"), strings })).toThrow("exceeds the limit of 100 bytes");
    expect(() => outbox.writeUrgent({ ...data(1, "a"), strings })).toThrow("exceeds the limit of 100 bytes");
    expect(() => outbox.write(data(1, "x".repeat(200)))).toThrow("exceeds the limit of 200 bytes");
    const segment = outbox.beginData(Buffer.alloc(10));
    segment.writer.raw(Buffer.alloc(191));
    expect(() => outbox.endData(segment, 10)).toThrow("frame of 201 bytes exceeds the limit of 200 bytes");
    outbox.rewind(segment);
    expect(outbox.bytes).toBe(0);
  });

  it("writes a frame in place behind a ready-made head, with the right length, or takes it back", () => {
    const outbox = new Outbox();
    const head = new ByteWriter();
    writeFrame(head, { type: "data", streamId: 5, method: "Method" });
    const bytes = head.toBytes();
    outbox.write(data(1, "a"));
    const begin = (payload: string): Segment => {
      const segment = outbox.beginData(bytes);
      segment.writer.raw(Buffer.from(payload));
      return segment;
    };
    expect(outbox.endData(begin("hello"), bytes.length)).toBe(5);
    outbox.rewind(begin("never"));
    expect(outbox.endData(begin("x".repeat(2000)), bytes.length)).toBe(2000);
    expect(taken(outbox)).toEqual(["data 1 a", "data 5 hello", `data 5 ${"x".repeat(2000)}`]);
  });

  /** The size of the buffer that the next frame is written into, after `given` was given back. */
  function sizeAfterRecycling(given: Buffer): number {
    const outbox = new Outbox();
    outbox.write(data(1, "a"));
    outbox.recycle(given);
    outbox.take();
    outbox.write(data(1, "b"));
    return outbox.take()[0]?.buffer.byteLength ?? 0;
  }

  it("keeps a written buffer for the next turn, but neither a huge nor a small one", () => {
    expect(sizeAfterRecycling(Buffer.allocUnsafeSlow(1024 * KIB))).toBe(1024 * KIB);
    expect(sizeAfterRecycling(Buffer.allocUnsafeSlow(64 * KIB))).toBe(64 * KIB);
    expect(sizeAfterRecycling(Buffer.allocUnsafeSlow(2048 * KIB))).toBe(64 * KIB);
    expect(sizeAfterRecycling(Buffer.allocUnsafeSlow(1024 * KIB + 1))).toBe(64 * KIB);
    expect(sizeAfterRecycling(Buffer.allocUnsafeSlow(64 * KIB - 1))).toBe(64 * KIB);
  });

  it("keeps the whole of buffers that were written in part, up to 1 MiB together", () => {
    const outbox = new Outbox();
    const buffers = [128, 256, 512, 256].map((size) => Buffer.allocUnsafeSlow(size * KIB));
    for (const buffer of buffers) outbox.recycle(buffer.subarray(0, 10));
    const used: ArrayBufferLike[] = [];
    for (let i = 0; i < 5; i += 1) {
      outbox.write(data(1, "a"));
      used.push(outbox.take()[0]?.buffer as ArrayBufferLike);
    }
    expect(used.slice(1, 4)).toEqual([buffers[2]?.buffer, buffers[1]?.buffer, buffers[0]?.buffer]);
    expect(used[4]?.byteLength).toBe(64 * KIB);
  });
});
