import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { raw } from "../../../src/runtime/index.ts";
import { ClientStream } from "../../../src/runtime/stream/client-stream.ts";
import { type ByteWriter, encodeException, type FrameContent } from "../../../src/runtime/wire/index.ts";
import { drain, Playbook, plainCancel } from "../../support/playbook.ts";

const none: ReadonlyMap<string, string> = new Map();
const text = (value: string): Buffer => Buffer.from(value);

function data(streamId: number, value: string): FrameContent {
  return { type: "data", streamId, method: "M", payload: text(value) };
}

function header(streamId: number, strings: ReadonlyMap<string, string> = none): FrameContent {
  return { type: "header", streamId, method: "M", strings };
}

function trailer(streamId: number, strings: ReadonlyMap<string, string> = none, payload?: Buffer): FrameContent {
  return { type: "trailer", streamId, method: "M", strings, ...(payload ? { payload } : {}) };
}

function rst(streamId: number, code: number, message: string, path = ""): FrameContent {
  const strings = path === "" ? none : new Map([["ttscp", path]]);
  return { type: "rst", streamId, method: "M", strings, payload: encodeException("M", streamId, { code, message }) };
}

describe("a client stream", () => {
  it("says header, data, half-close in this order", () => {
    const book = new Playbook("client");
    const stream = book.open();
    stream.send(raw, text("hello"));
    stream.closeSend();
    stream.closeSend();
    expect(book.sent()).toEqual(["header 1 M sscap=65536", "data 1 hello", "trailer 1"]);
  });

  it("asks the transport to take what it says, each time", () => {
    const book = new Playbook("client");
    const stream = book.open();
    const counts = [book.flushes];
    stream.send(raw, text("a"));
    counts.push(book.flushes);
    book.sent();
    stream.closeSend();
    counts.push(book.flushes);
    stream.cancel(plainCancel(), none);
    counts.push(book.flushes);
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it("tells how it ended: by an answer, a reset, a cancel of its own, or without a connection", () => {
    const book = new Playbook("client");
    const streams = [book.open(), book.open(), book.open(), book.open()];
    book.receive(trailer(1, new Map([["k", "v"]])), rst(2, 12009, "closing"));
    streams[2]?.cancel(plainCancel(), none);
    const refused = new Error("connection refused");
    streams[3]?.fail(refused);
    streams[3]?.fail(new Error("again"));
    expect(streams.map((stream) => [stream.end?.by, stream.end?.error?.message ?? null])).toEqual([
      ["trailer", null],
      ["rst", "[ttstream error, code=12009] [client-side stream] closing"],
      ["cancel", "[ttstream error, code=12008] [client-side stream] stop"],
      ["connection", "connection refused"],
    ]);
    expect(streams[0]?.end?.strings.get("k")).toBe("v");
    expect(streams[2]?.end?.strings.size).toBe(0);
  });

  it("is known to its peer once its header has left, not before", () => {
    const book = new Playbook("client");
    const stream = book.open();
    expect(stream.reachedPeer).toBe(false);
    book.sent();
    expect(stream.reachedPeer).toBe(true);
  });

  it("cancelled before it has a connection ends without one", () => {
    const book = new Playbook("client");
    const early = new ClientStream("M", book.open().listener);
    expect([early.reachedPeer, early.writable, early.cancel(plainCancel(), none)]).toEqual([false, false, true]);
    expect([early.end?.by, early.sendClosed]).toEqual(["cancel", true]);
  });

  it("sends nothing of a message that its codec refuses, and goes on", () => {
    const book = new Playbook("client");
    const stream = book.open();
    const codec = {
      ...raw,
      write(message: Uint8Array, writer: ByteWriter) {
        writer.raw(message);
        if (message.length > 1) throw new TypeError("message is too long");
      },
    };
    expect(() => stream.send(codec, text("ab"))).toThrow("message is too long");
    stream.send(codec, text("c"));
    expect(stream.sent).toBe(1);
    expect(book.sent()).toEqual(["header 1 M sscap=65536", "data 1 c"]);
  });

  it("counts what it has received", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.receive(data(1, "a"), data(1, "b"), trailer(1), data(1, "late"));
    expect(stream.received).toBe(2);
  });

  it("is told of its peer's header, with its keys", () => {
    const book = new Playbook("client");
    book.open();
    book.receive(header(1, new Map([["k", "v"]])));
    expect(book.told()).toEqual(["1 header"]);
  });

  it("delivers data before the error that follows it in the same chunk", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.receive(header(1), data(1, "a"), data(1, "b"), rst(1, 12007, "gone", "B"));
    expect(drain(stream)).toEqual([
      "a",
      "b",
      "[ttstream error, code=12007] [client-side stream] [canceled path: B] gone",
    ]);
  });

  it("never lets a business error overtake data", () => {
    const book = new Playbook("client");
    const stream = book.open();
    const strings = new Map([
      ["biz-status", "10001"],
      ["biz-message", "used up"],
    ]);
    book.receive(data(1, "a"), data(1, "b"), trailer(1, strings));
    expect(drain(stream)).toEqual(["a", "b", "biz error: code=10001, msg=used up"]);
  });

  it("reads an exception trailer as 12001", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.receive(trailer(1, none, encodeException("M", 1, { code: 6, message: "biz error: no" })));
    expect(drain(stream)).toEqual(["[ttstream error, code=12001] [client-side stream] biz error: no"]);
  });

  it("reads broken business extras as 12003 and an undecodable payload as 12004", () => {
    const book = new Playbook("client");
    const first = book.open();
    const second = book.open();
    const strings = new Map([
      ["biz-status", "1"],
      ["biz-extra", "[1"],
    ]);
    book.receive(trailer(1, strings), trailer(2, none, text("\x80\x01\x00\x02rest of it")));
    expect(drain(first)).toEqual([
      "[ttstream error, code=12003] [client-side stream] malformed header info, extra: [1",
    ]);
    expect(drain(second)[0]).toMatch(/^\[ttstream error, code=12004\] \[client-side stream\] /);
  });

  it("cancelled before its header has left says nothing at all", () => {
    const book = new Playbook("client");
    const stream = book.open();
    stream.send(raw, text("hello"));
    stream.cancel(plainCancel(), none);
    expect(book.sent()).toEqual([]);
    expect(book.told()).toEqual([
      "1 ended by cancel: [ttstream error, code=12008] [client-side stream] stop",
      "1 writable",
    ]);
  });

  it("cancelled drops its unsent frames and overtakes the queued frames of others", () => {
    const book = new Playbook("client");
    const first = book.open();
    const second = book.open();
    book.sent();
    second.send(raw, text("x"));
    first.send(raw, text("never seen"));
    second.send(raw, text("y"));
    first.cancel(plainCancel(), new Map([["ttscp", "A"]]));
    expect(book.sent()).toEqual(["rst 1 ttscp=A 12008 stop", "data 2 x", "data 2 y"]);
  });

  it("has one outcome when cancel and end come at the same time, whichever is first", () => {
    for (const cancelFirst of [true, false]) {
      const book = new Playbook("client");
      const stream = book.open();
      book.sent();
      if (cancelFirst) stream.cancel(plainCancel(), none);
      book.receive(trailer(1));
      if (!cancelFirst) stream.cancel(plainCancel(), none);
      expect(book.told().filter((each) => each.includes("ended"))).toHaveLength(1);
      expect(drain(stream)).toHaveLength(1);
    }
  });

  it("ignores frames of a stream that has ended, a late header included", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.sent();
    stream.cancel(plainCancel(), none);
    book.sent();
    book.receive(header(1), data(1, "late"), trailer(1), rst(1, 12007, "late"));
    expect(book.sent()).toEqual([]);
    expect(book.commands).toEqual([]);
    expect(drain(stream)).toEqual(["[ttstream error, code=12008] [client-side stream] stop"]);
  });

  it("ends, alone, at a second header", () => {
    const book = new Playbook("client");
    const stream = book.open();
    const other = book.open();
    book.receive(header(1), header(1));
    expect(drain(stream)).toEqual(["[ttstream error, code=12002] [client-side stream] stream[1] already set header"]);
    expect(drain(other)).toEqual(["…"]);
    expect(book.commands).toEqual([]);
  });

  it("answered while its data waits sends neither the data nor anything after", () => {
    const book = new Playbook("client");
    const stream = book.open();
    const other = book.open();
    book.sent();
    stream.send(raw, text("too late"));
    other.send(raw, text("healthy"));
    book.receive(trailer(1));
    expect(stream.sendClosed).toBe(true);
    expect(book.sent()).toEqual(["data 2 healthy", "trailer 1"]);
  });

  it("answered after its half-close says nothing more, and what it had said before still leaves", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.sent();
    stream.send(raw, text("in time"));
    stream.closeSend();
    book.receive(trailer(1));
    expect(book.sent()).toEqual(["data 1 in time", "trailer 1"]);
  });

  it("reset by its peer sends none of what waits", () => {
    const book = new Playbook("client");
    const stream = book.open();
    const other = book.open();
    book.sent();
    stream.send(raw, text("never"));
    other.send(raw, text("healthy"));
    book.receive(rst(1, 12009, "closing", "B"));
    expect(book.sent()).toEqual(["data 2 healthy"]);
  });

  it("cancelled drops what it had received, and says so to readers once", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.receive(data(1, "a"));
    expect(stream.cancel(plainCancel(), none)).toBe(true);
    expect(stream.cancel(plainCancel("again"), none)).toBe(false);
    expect(drain(stream)).toEqual(["[ttstream error, code=12008] [client-side stream] stop"]);
  });

  it("cancelled with keys that do not fit the format still says its Rst, without them", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.sent();
    stream.cancel(plainCancel(), new Map([["ttscp", "x".repeat(65536)]]));
    expect(book.sent()).toEqual(["rst 1 12008 stop"]);
  });

  it("ends with 12004 EOF peer close, without a side group, when the connection is lost", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.receive(data(1, "a"));
    book.connection.lost(null);
    expect(drain(stream)).toEqual(["a", "[ttstream error, code=12004] EOF peer close"]);
  });
});

describe("a server stream", () => {
  it("answers with exactly one header before its first data and one trailer", () => {
    const book = new Playbook("server").receive(header(7), data(7, "question"), trailer(7));
    const [stream] = book.accepted;
    stream?.send(raw, text("a"));
    stream?.send(raw, text("b"));
    stream?.answer({ error: null });
    stream?.answer({ error: null });
    expect(book.sent()).toEqual(["header 7 M", "data 7 a", "data 7 b", "trailer 7"]);
  });

  it("answered by its handler drops what nobody read; who reads on learns that the handler has returned", () => {
    const book = new Playbook("server").receive(header(7), data(7, "a"), data(7, "b"));
    const [stream] = book.accepted;
    expect(stream?.answer({ error: null })).toBe(true);
    expect(stream?.inbox.bytes).toBe(0);
    expect(drain(stream as never)).toEqual([
      "[ttstream error, code=12012] [server-side stream] canceled by business handler returning",
    ]);
  });

  it("answered after the client's half-close reads to a good end", () => {
    const book = new Playbook("server").receive(header(7), data(7, "a"), trailer(7));
    book.accepted[0]?.answer({ error: null });
    expect(drain(book.accepted[0] as never)).toEqual(["end"]);
  });

  it("whose trailer does not fit the format answers that, instead of nothing", () => {
    const book = new Playbook("server").receive(header(7));
    book.accepted[0]?.answer({ error: null, strings: new Map([["k", "x".repeat(65536)]]) });
    expect(book.sent()[1]).toMatch(/^trailer 7 6 biz error: trailer could not be encoded: .*exceeded 65535B/);
  });

  it("reset by its handler drops what waits in both directions", () => {
    const book = new Playbook("server").receive(header(7), data(7, "a"));
    const [stream] = book.accepted;
    stream?.send(raw, text("queued"));
    expect(stream?.reset(plainCancel(), new Map([["ttscp", "B"]]))).toBe(true);
    expect(stream?.reset(plainCancel(), none)).toBe(false);
    expect(book.sent()).toEqual(["rst 7 ttscp=B 12008 stop"]);
    expect(drain(stream as never)).toEqual(["[ttstream error, code=12008] [client-side stream] stop"]);
  });

  it("takes the first half-close only, and no data behind it", () => {
    const book = new Playbook("server").receive(header(7), trailer(7), data(7, "late"));
    book.receive(trailer(7, new Map([["biz-status", "3"]])));
    expect(drain(book.accepted[0] as never)).toEqual(["end"]);
  });

  it("sends a header even when it only ends", () => {
    const book = new Playbook("server").receive(header(7));
    book.accepted[0]?.answer({ error: null });
    expect(book.sent()).toEqual(["header 7 M", "trailer 7"]);
  });

  it("sends nothing more after it has read an Rst, queued frames included", () => {
    const book = new Playbook("server").receive(header(7), header(8));
    const [stream, other] = book.accepted;
    stream?.send(raw, text("queued"));
    other?.send(raw, text("healthy"));
    book.receive(rst(7, 12007, "stop", "A"));
    expect(stream?.answer({ error: null })).toBe(false);
    expect(book.sent()).toEqual(["header 8 M", "data 8 healthy"]);
  });

  it("ignores an Rst after the end and a trailer after an Rst", () => {
    const book = new Playbook("server").receive(header(7));
    book.accepted[0]?.answer({ error: null });
    book.receive(rst(7, 12007, "late"), trailer(7));
    expect(book.told().filter((each) => each.includes("ended"))).toEqual(["7 ended by trailer"]);
  });

  it("lets a half-closed stream be cancelled", () => {
    const book = new Playbook("server").receive(header(7), trailer(7), rst(7, 12007, "stop", "A"));
    expect(drain(book.accepted[0] as never)).toEqual([
      "[ttstream error, code=12007] [server-side stream] [canceled path: A] stop",
    ]);
  });

  it("reads an Rst without payload as code 13, rst", () => {
    const book = new Playbook("server").receive(header(7), { type: "rst", streamId: 7, method: "M" });
    expect(drain(book.accepted[0] as never)).toEqual(["[ttstream error, code=13] [server-side stream] rst"]);
  });

  it("ends, alone, at a second header, with an answer", () => {
    const book = new Playbook("server").receive(header(7), header(8), header(7));
    expect(book.sent()).toEqual(["header 7 M", "trailer 7 6 stream[7] already set header"]);
    expect(drain(book.accepted[1] as never)).toEqual(["…"]);
  });

  it("ends with 12013 and the cause inside when bytes make no sense", () => {
    const book = new Playbook("server").receive(header(7));
    const bytes = Buffer.from("0000001e100000000000000100051000100002001b00013300090004426964690000", "hex");
    book.connection.receive(bytes);
    expect(drain(book.accepted[0] as never)).toEqual([
      "[ttstream error, code=12013] [ttstream error, code=12004] unexpected header flags: 0",
    ]);
    expect(book.commands).toEqual(["close: [ttstream error, code=12004] unexpected header flags: 0"]);
  });

  it("takes ids of any kind: 0 and negative ones", () => {
    const book = new Playbook("server").receive(header(0), header(-2147483648), data(-2147483648, "x"));
    expect(drain(book.accepted[1] as never)).toEqual(["x", "…"]);
  });
});

describe("windows between peers of this runtime", () => {
  const own = new Map([["sscap", "1000"]]);

  it("are answered only if offered", () => {
    expect(new Playbook("server").receive(header(1)).sent()).toEqual([]);
    expect(new Playbook("server").receive(header(1, own), header(2, own)).sent()).toEqual(["meta 1 sscap=65536"]);
  });

  it("stop a sender whose reader does not read, and let it go on when refilled", () => {
    const book = new Playbook("server").receive(header(1, own));
    const [stream] = book.accepted;
    stream?.send(raw, Buffer.alloc(1000));
    book.sent();
    expect(stream?.writable).toBe(false);
    book.told();
    book.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sswin", "1032"]]) });
    expect(stream?.writable).toBe(true);
    expect(book.told()).toEqual(["1 writable"]);
  });

  it("are refilled when half has been read", () => {
    const book = new Playbook("server", { windowBytes: 264 }).receive(
      header(1, own),
      ...["a", "b", "c", "d", "e"].map((each) => data(1, each)),
    );
    book.sent();
    drain(book.accepted[0] as never);
    expect(book.sent()).toEqual(["meta 1 sswin=132"]);
  });

  it("are not refilled when nothing more can come", () => {
    const messages = ["a", "b", "c", "d", "e"].map((each) => data(1, each));
    const book = new Playbook("server", { windowBytes: 264 }).receive(header(1, own), ...messages, trailer(1));
    book.sent();
    drain(book.accepted[0] as never);
    expect(book.sent()).toEqual([]);
  });

  it("are refilled by what was read since the last time, in bytes and 32 more for each message", () => {
    const book = new Playbook("server", { windowBytes: 100 }).receive(header(1, own));
    book.sent();
    for (const words of ["x".repeat(17), "y".repeat(18), "z".repeat(100)]) {
      book.receive(data(1, words));
      drain(book.accepted[0] as never);
    }
    expect(book.sent()).toEqual(["meta 1 sswin=99", "meta 1 sswin=132"]);
  });

  it.each(["0", "-5", "1x", "", "4294967296", "12345678901"])("ignore a refill of %j", (sswin) => {
    const book = new Playbook("server").receive(header(1, own));
    const [stream] = book.accepted;
    stream?.send(raw, Buffer.alloc(1000));
    book.told();
    book.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sswin", sswin]]) });
    expect([stream?.writable, book.told()]).toEqual([false, []]);
  });

  it.each(["0", "x", "", "2147483648"])("are not kept with a peer that offers %j", (sscap) => {
    const book = new Playbook("server").receive(header(1, new Map([["sscap", sscap]])));
    expect([book.accepted[0]?.windowed, book.sent()]).toEqual([false, []]);
  });

  it("tell a sender of a refill only once it may go on", () => {
    const book = new Playbook("server").receive(header(1, own));
    const [stream] = book.accepted;
    const refill = (bytes: number) =>
      book.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sswin", String(bytes)]]) });
    refill(5);
    expect(book.told()).toEqual([]);
    stream?.send(raw, Buffer.alloc(1000));
    refill(27);
    expect([stream?.writable, book.told()]).toEqual([false, []]);
    refill(1);
    expect([stream?.writable, book.told()]).toEqual([true, ["1 writable"]]);
  });

  it("are kept from the first byte on with a server that is known", () => {
    const book = new Playbook("client");
    book.open();
    book.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sscap", "100"]]) });
    const stream = book.open();
    expect([stream.windowed, stream.writable]).toEqual([true, true]);
    stream.send(raw, Buffer.alloc(68));
    expect(stream.writable).toBe(false);
  });

  it("are not learned from Meta frames that say nothing of them, nor by a server", () => {
    const client = new Playbook("client");
    const stream = client.open();
    client.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["k", "v"]]) });
    expect([client.connection.peerWindow, stream.windowed]).toEqual([null, false]);
    const server = new Playbook("server").receive(header(1));
    server.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sscap", "100"]]) });
    expect([server.connection.peerWindow, server.accepted[0]?.windowed]).toEqual([null, false]);
    client.receive({ ...header(1), strings: new Map([["sscap", "100"]]) });
    expect(client.connection.peerWindow).toBeNull();
  });

  it("are told once: what the server says later changes nothing", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sscap", "1000"]]) });
    book.receive({ type: "meta", streamId: 1, method: "M", strings: new Map([["sscap", "9"]]) });
    expect(book.connection.peerWindow).toBe(1000);
    stream.send(raw, Buffer.alloc(967));
    expect(stream.writable).toBe(true);
    stream.send(raw, Buffer.alloc(0));
    expect(stream.writable).toBe(false);
  });

  it("hold for streams opened before the peer was known, counting what they had sent", () => {
    const book = new Playbook("client");
    const stream = book.open();
    stream.send(raw, Buffer.alloc(968));
    book.sent();
    expect(stream.writable).toBe(true);
    book.receive({ type: "meta", streamId: 99, method: "M", strings: own });
    expect(stream.writable).toBe(false);
    expect(book.open().writable).toBe(true);
  });
});

describe("a reader that does not keep up with a peer without windows", () => {
  const limits = { streamBufferBytes: 1000 };

  it("pauses the socket while its stream is the only live one, and lets it go on when it has read", () => {
    const book = new Playbook("client", limits);
    const stream = book.open();
    book.receive(data(1, "x".repeat(600)));
    expect(book.commands).toEqual(["pause"]);
    drain(stream);
    expect(book.commands).toEqual(["pause", "resume"]);
  });

  it("never pauses a socket that others need: its stream is told to end at the limit", () => {
    const book = new Playbook("client", limits);
    book.open();
    book.open();
    book.receive(data(1, "x".repeat(600)), data(1, "x".repeat(600)));
    expect(book.commands).toEqual([]);
    expect(book.told()).toContain("1 overflowed 1000");
  });

  it.each<[string, (book: Playbook) => void]>([
    ["is reset by its peer", (book) => void book.receive(rst(1, 12007, "stop"))],
    ["is answered", (book) => void book.receive(trailer(1))],
    ["is cancelled by its reader", (book) => void book.connection.streams()[0]?.connectionLost(new Error("x"))],
  ])("is resumed when the stream it was paused for %s", (_how, end) => {
    const book = new Playbook("client", limits);
    book.open();
    book.receive(data(1, "x".repeat(600)));
    end(book);
    expect(book.commands).toEqual(["pause", "resume"]);
  });

  it("is paused at exactly half of the limit", () => {
    const book = new Playbook("client", limits);
    book.open();
    book.receive(data(1, "x".repeat(467)));
    expect(book.commands).toEqual([]);
    const other = new Playbook("client", limits);
    other.open();
    other.receive(data(1, "x".repeat(468)));
    expect(other.commands).toEqual(["pause"]);
  });

  it("is resumed by its own reader, not by another's", () => {
    const book = new Playbook("client", limits);
    const gone = book.open();
    book.receive(data(1, "a"), trailer(1));
    book.open();
    book.receive(data(2, "x".repeat(600)));
    expect(drain(gone)).toEqual(["a", "end"]);
    expect(book.commands).toEqual(["pause"]);
  });

  it("is paused at half of the limit and resumed at a quarter, once each", () => {
    const book = new Playbook("client", limits);
    const stream = book.open();
    book.receive(data(1, "x".repeat(467)));
    expect(book.commands).toEqual([]);
    book.receive(data(1, ""), data(1, ""));
    expect(book.commands).toEqual(["pause"]);
    book.receive(data(1, "x".repeat(218)));
    expect(book.commands).toEqual(["pause"]);
    stream.take();
    stream.take();
    stream.take();
    expect([stream.inbox.bytes, book.commands]).toEqual([250, ["pause"]]);
    stream.take();
    expect(book.commands).toEqual(["pause", "resume"]);
  });

  it("is never paused for a stream with windows, which hold its sender back themselves", () => {
    const book = new Playbook("server", limits).receive(
      header(1, new Map([["sscap", "1000"]])),
      data(1, "x".repeat(600)),
    );
    expect(book.commands).toEqual([]);
  });

  it("may get one message above the limit, but not a second one behind it", () => {
    const book = new Playbook("client", limits);
    book.open();
    book.open();
    book.receive(data(1, "x".repeat(5000)));
    expect(book.told()).toEqual([]);
    book.receive(data(1, ""));
    expect(book.told()).toEqual(["1 overflowed 1000"]);
  });

  it("is at its limit with exactly so many bytes, and over it with one more", () => {
    const book = new Playbook("client", limits);
    book.open();
    book.open();
    book.receive(data(1, "x".repeat(468)), data(1, "x".repeat(468)));
    expect(book.told()).toEqual([]);
    book.receive(data(2, "x".repeat(468)), data(2, "x".repeat(469)));
    expect(book.told()).toEqual(["2 overflowed 1000"]);
  });

  it("is resumed as soon as a second stream opens", () => {
    const book = new Playbook("client", limits);
    book.open();
    book.receive(data(1, "x".repeat(600)));
    book.open();
    expect(book.commands).toEqual(["pause", "resume"]);
  });
});

describe("whatever a peer sends", () => {
  it("each stream ends at most once and the process goes on", () => {
    const frame = fc
      .tuple(
        fc.constantFrom("header", "data", "trailer", "rst", "meta" as const),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<[string, string][]>([], [["sscap", "50"]], [["sswin", "7"]], [["biz-status", "3"]]),
        fc.boolean(),
      )
      .map(([type, streamId, pairs, payload]): FrameContent => {
        const content = { type, streamId, method: "M", strings: new Map(pairs) } as const;
        return payload ? { ...content, payload: encodeException("M", streamId, { code: 9, message: "no" }) } : content;
      });
    fc.assert(
      fc.property(fc.constantFrom("client", "server" as const), fc.array(frame, { maxLength: 30 }), (side, frames) => {
        const book = new Playbook(side);
        if (side === "client") for (let i = 0; i < 3; i += 1) book.open();
        for (const each of frames) {
          book.receive(each);
          if (side === "client") book.connection.streams().forEach((stream) => void stream.take());
          if (frames.length % 5 === 0) for (const stream of book.accepted) stream.answer({ error: null });
        }
        const ends = book.notices.filter((notice) => notice.includes("ended"));
        const streams = side === "client" ? 3 : book.accepted.length;
        expect(ends.length).toBeLessThanOrEqual(streams);
        book.connection.lost(null);
        expect(book.notices.filter((notice) => notice.includes("ended")).length).toBe(streams);
      }),
    );
  });
});
