import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Inbox, MESSAGE_OVERHEAD } from "../../../src/runtime/stream/inbox.ts";

describe("an inbox", () => {
  it("is a queue that knows its bytes, like a plain list, whatever is pushed, shifted and cleared", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 5, arbitrary: fc.constant("shift" as const) },
      { weight: 1, arbitrary: fc.constant("clear" as const) },
    );
    const source = Buffer.from(Array.from({ length: 64 }, (_, i) => i));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inbox = new Inbox();
        const model: string[] = [];
        for (const each of steps) {
          if (each === "clear") {
            inbox.clear();
            model.length = 0;
          } else if (each === "shift") {
            const payload = inbox.shift();
            expect(payload?.source.toString("hex", payload.start, payload.end)).toBe(model.shift());
          } else {
            inbox.push(source, each, 41);
            model.push(source.toString("hex", each, 41));
          }
          expect(inbox.length).toBe(model.length);
          expect(inbox.bytes).toBe(model.reduce((sum, hex) => sum + hex.length / 2 + MESSAGE_OVERHEAD, 0));
        }
      }),
    );
  });

  it("keeps the order over thousands of messages, read in any rhythm", () => {
    const inbox = new Inbox();
    const source = Buffer.alloc(4);
    let next = 0;
    let expected = 0;
    for (const [pushes, shifts] of [
      [5000, 4500],
      [9000, 9499],
      [10, 11],
      [4096, 4096],
      [5000, 100],
      [0, 4900],
    ] as const) {
      for (let i = 0; i < pushes; i += 1) {
        const own = Buffer.alloc(4);
        own.writeUInt32BE(next);
        inbox.push(own, 0, 4);
        next += 1;
      }
      for (let i = 0; i < shifts; i += 1) {
        const payload = inbox.shift();
        expect(payload?.source.readUInt32BE(payload.start)).toBe(expected);
        expected += 1;
      }
    }
    expect([inbox.length, inbox.bytes, inbox.shift()]).toEqual([0, 0, undefined]);
    inbox.push(source, 0, 4);
    expect(inbox.length).toBe(1);
  });

  it("hands small payloads on uncopied while its reader keeps up", () => {
    const inbox = new Inbox();
    const chunk = Buffer.allocUnsafeSlow(64 * 1024);
    for (let i = 0; i < 1024; i += 1) inbox.push(chunk, i, i + 1);
    for (let i = 0; i < 1024; i += 1) {
      const payload = inbox.shift();
      expect([payload?.source === chunk, payload?.start, payload?.end]).toEqual([true, i, i + 1]);
    }
  });

  it("copies what waits of a chunk once that is done, where it is less than half of it", () => {
    const inbox = new Inbox();
    const chunk = Buffer.allocUnsafeSlow(64 * 1024).fill(7);
    for (let i = 0; i < 2000; i += 1) inbox.push(chunk, i, i + 10);
    inbox.shift();
    inbox.settle();
    const sources = new Set<Buffer>();
    for (let payload = inbox.shift(); payload !== undefined; payload = inbox.shift()) {
      expect(payload.source.subarray(payload.start, payload.end).equals(Buffer.alloc(10, 7))).toBe(true);
      sources.add(payload.source);
    }
    expect([sources.has(chunk), sources.size]).toEqual([false, 1]);
  });

  it("leaves a chunk alone of which half or more waits", () => {
    const inbox = new Inbox();
    const chunk = Buffer.allocUnsafeSlow(80);
    for (let i = 0; i < 4; i += 1) inbox.push(chunk, 0, 10);
    inbox.settle();
    expect(inbox.shift()?.source).toBe(chunk);
  });

  it("keeps little alive for one message of each of many chunks", () => {
    const inbox = new Inbox();
    const sources = new Set<ArrayBufferLike>();
    for (let i = 0; i < 1000; i += 1) {
      inbox.push(Buffer.allocUnsafeSlow(64 * 1024).fill(i), 5, 6);
      inbox.settle();
    }
    for (let i = 0; i < 1000; i += 1) {
      const payload = inbox.shift();
      expect(payload?.source[payload.start]).toBe(i % 256);
      if (payload !== undefined) sources.add(payload.source.buffer);
    }
    expect([...sources].reduce((sum, each) => sum + each.byteLength, 0)).toBeLessThan(2100);
  });

  it("counts its memory for whoever is asked to pay, to the last byte", () => {
    let held = 0;
    const meter = {
      add(bytes: number) {
        held += bytes;
      },
    };
    const inbox = new Inbox();
    inbox.push(Buffer.alloc(10), 0, 10);
    inbox.meterBy(meter);
    inbox.push(Buffer.alloc(10), 0, 5);
    expect(held).toBe(inbox.held);
    inbox.shift();
    expect(held).toBe(inbox.held);
    inbox.clear();
    expect(held).toBe(0);
    inbox.push(Buffer.alloc(10), 0, 5);
    inbox.meterBy(null);
    expect(held).toBe(0);
  });
});
