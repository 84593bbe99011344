import { describe, expect, it } from "vitest";
import { raw } from "../../../src/runtime/index.ts";
import { SendGate } from "../../../src/runtime/stream/send-gate.ts";
import { Playbook, plainCancel } from "../../support/playbook.ts";

/** A client stream whose connection takes 100 bytes before its senders wait. */
function open() {
  const book = new Playbook("client", { writeBufferBytes: 100 });
  const stream = book.open();
  book.sent();
  const gate = new SendGate(stream);
  stream.listener = { ...stream.listener, writable: () => gate.wake() };
  let passed = 0;
  const wait = async () => {
    await gate.wait();
    passed += 1;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { book, stream, gate, wait, turn, passed: () => passed };
}

describe("a gate for senders", () => {
  it("is open while there is room", async () => {
    const { wait, book, passed } = open();
    await wait();
    expect([passed(), book.connection.hasWaiting]).toEqual([1, false]);
  });

  it("holds all senders until the transport has taken what waits, and asks for it once", async () => {
    const { book, stream, wait, turn, passed } = open();
    stream.send(raw, Buffer.alloc(200));
    const waiting = [wait(), wait()];
    await turn();
    expect([passed(), book.connection.hasWaiting]).toEqual([0, true]);
    book.sent();
    await Promise.all(waiting);
    expect([passed(), book.connection.hasWaiting]).toEqual([2, false]);
  });

  it("stays shut, and asks again, where the room is gone when it is woken", async () => {
    const { book, stream, gate, wait, turn, passed } = open();
    stream.send(raw, Buffer.alloc(200));
    const waiting = wait();
    gate.wake();
    await turn();
    expect(passed()).toBe(0);
    book.sent();
    await waiting;
    expect(passed()).toBe(1);
  });

  it("waits for the transport, not only for the outbox", async () => {
    const { book, wait, turn, passed } = open();
    book.connection.block();
    const waiting = wait();
    await turn();
    expect([passed(), book.connection.hasWaiting]).toEqual([0, true]);
    book.connection.flushed();
    await waiting;
    expect(passed()).toBe(1);
  });

  it("opens when the stream ends, and stays open: sending fails then by itself", async () => {
    const { stream, wait, passed } = open();
    stream.send(raw, Buffer.alloc(200));
    const waiting = wait();
    stream.cancel(plainCancel(), new Map());
    await waiting;
    await wait();
    expect(passed()).toBe(2);
  });

  it("is open after a half-close", async () => {
    const { stream, wait, passed } = open();
    stream.send(raw, Buffer.alloc(200));
    stream.closeSend();
    await wait();
    expect(passed()).toBe(1);
  });

  it("opens where its stream has begun again on another connection", async () => {
    const { book, stream, wait, passed } = open();
    stream.send(raw, Buffer.alloc(200));
    const waiting = wait();
    stream.detach();
    book.connection.open(stream, 7, { strings: new Map(), ints: new Map() });
    // What it had sent is sent again, and leaves.
    book.sent();
    await waiting;
    expect(passed()).toBe(1);
  });

  it("does nothing when woken and nobody waits", () => {
    const { book, gate } = open();
    book.connection.block();
    gate.wake();
    expect(book.connection.hasWaiting).toBe(false);
  });
});
