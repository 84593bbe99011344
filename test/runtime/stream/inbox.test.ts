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

  it("copies small payloads of a reader that fell behind, so that they do not hold their chunk", () => {
    const inbox = new Inbox();
    const chunk = Buffer.allocUnsafeSlow(64 * 1024).fill(7);
    for (let i = 0; i < 2000; i += 1) inbox.push(chunk, i, i + 10);
    let copied = 0;
    for (let payload = inbox.shift(); payload !== undefined; payload = inbox.shift()) {
      expect(payload.source.subarray(payload.start, payload.end).equals(Buffer.alloc(10, 7))).toBe(true);
      if (payload.source.buffer !== chunk.buffer) copied += 1;
    }
    expect(copied).toBe(2000 - 1024);
  });

  it("leaves payloads alone that are an eighth of their chunk or more", () => {
    const inbox = new Inbox();
    const chunk = Buffer.allocUnsafeSlow(80);
    for (let i = 0; i < 1025; i += 1) inbox.push(chunk, 0, 10);
    inbox.push(chunk, 0, 9);
    const sources = Array.from({ length: 1026 }, () => inbox.shift()?.source);
    expect(sources[1024]).toBe(chunk);
    expect(sources[1025]).not.toBe(chunk);
  });
});
