import { describe, expect, it } from "vitest";
import type { Codec } from "../../../src/runtime/index.ts";
import { MessageReader } from "../../../src/runtime/stream/message-reader.ts";
import { encodeException, type FrameContent } from "../../../src/runtime/wire/index.ts";
import { Playbook } from "../../support/playbook.ts";

/** Texts; the payload `bad` does not decode. */
const texts: Codec<string> = {
  encode: (text) => Buffer.from(text),
  decode(payload) {
    if (payload.toString() === "bad") throw new Error("bad payload");
    return payload.toString();
  },
};

function data(text: string): FrameContent {
  return { type: "data", streamId: 1, method: "M", payload: Buffer.from(text) };
}

const end: FrameContent = { type: "trailer", streamId: 1, method: "M" };
const refusal: FrameContent = { ...end, payload: encodeException("M", 1, { code: 6, message: "no" }) };

/** A client stream and its reader, woken as the client wakes it. */
function open(codec: Codec<string> = texts) {
  const book = new Playbook("client");
  const stream = book.open();
  const undecodable: string[] = [];
  const reader = new MessageReader(stream, codec, (error) => undecodable.push(error.message));
  const { listener } = stream;
  stream.listener = {
    headerArrived: (strings) => listener.headerArrived(strings),
    overflowed: (limit) => listener.overflowed(limit),
    breached: (text) => listener.breached(text),
    writable: () => listener.writable(),
    ended: (ended) => listener.ended(ended),
    readable: () => reader.wake(),
  };
  return { book, reader, undecodable };
}

const message = (value: string) => ({ value, done: false });
const over = { value: undefined, done: true };

describe("a reader of messages", () => {
  it("gives what has come, in order, and then the end, again and again", async () => {
    const { book, reader } = open();
    book.receive(data("a"), data("b"), end);
    expect(await reader.next()).toEqual(message("a"));
    expect(await reader.next()).toEqual(message("b"));
    expect(await reader.next()).toEqual(over);
    expect(await reader.next()).toEqual(over);
  });

  it("gives several who wait what comes, the first one first", async () => {
    const { book, reader } = open();
    const waiting = [reader.next(), reader.next(), reader.next()];
    expect(reader.waiting).toBe(true);
    book.receive(data("a"), data("b"), end);
    expect(await Promise.all(waiting)).toEqual([message("a"), message("b"), over]);
    expect(reader.waiting).toBe(false);
  });

  it("gives who comes later nothing before those who wait", async () => {
    const { book, reader } = open();
    const first = reader.next();
    const second = reader.next();
    book.receive(data("a"));
    expect(reader.waiting).toBe(true);
    const third = reader.next();
    book.receive(data("b"), data("c"));
    expect(await Promise.all([first, second, third])).toEqual([message("a"), message("b"), message("c")]);
  });

  it("fails with what the stream ended with, again and again, and so do all who wait", async () => {
    const { book, reader } = open();
    const waiting = [reader.next(), reader.next()];
    book.receive(refusal);
    for (const each of waiting) await expect(each).rejects.toThrow("code=12001] [client-side stream] no");
    await expect(reader.next()).rejects.toThrow("code=12001] [client-side stream] no");
    await expect(reader.next()).rejects.toThrow("code=12001] [client-side stream] no");
  });

  it("tells of a payload that does not decode, to the reader and once to its owner; the next one is read", async () => {
    const { book, reader, undecodable } = open();
    book.receive(data("bad"), data("a"));
    await expect(reader.next()).rejects.toThrow("bad payload");
    expect(undecodable).toEqual(["bad payload"]);
    expect(await reader.next()).toEqual(message("a"));
    const waiting = [reader.next(), reader.next()];
    book.receive(data("bad"), data("b"));
    await expect(waiting[0]).rejects.toThrow("bad payload");
    expect(await waiting[1]).toEqual(message("b"));
    expect(undecodable).toEqual(["bad payload", "bad payload"]);
  });

  it("reads from the chunk itself where its codec can", async () => {
    const seen: [number, number][] = [];
    const { book, reader } = open({
      ...texts,
      decodeAt(bytes, start, until) {
        seen.push([start, until]);
        return bytes.toString("latin1", start, until);
      },
    });
    book.receive(data("abc"));
    expect(await reader.next()).toEqual(message("abc"));
    expect((seen[0]?.[1] ?? 0) - (seen[0]?.[0] ?? 0)).toBe(3);
  });

  it("may fail those who wait without ending anything", async () => {
    const { book, reader } = open();
    const waiting = [reader.next(), reader.next()];
    reader.rejectWaiting(new Error("too slow"));
    for (const each of waiting) await expect(each).rejects.toThrow("too slow");
    expect(reader.waiting).toBe(false);
    book.receive(data("a"));
    expect(await reader.next()).toEqual(message("a"));
  });

  it("that has left gets the end, whatever comes", async () => {
    const { book, reader } = open();
    const waiting = [reader.next(), reader.next()];
    reader.stop();
    expect(await Promise.all(waiting)).toEqual([over, over]);
    expect(reader.waiting).toBe(false);
    expect(await reader.next()).toEqual(over);
    book.receive(refusal);
    expect(await reader.next()).toEqual(over);
  });
});
