import { describe, expect, it } from "vitest";
import { connectionLimits } from "../../../src/runtime/connection/limits.ts";
import { raw, type StreamException } from "../../../src/runtime/index.ts";
import { ClientStream, headerInts } from "../../../src/runtime/stream/client-stream.ts";
import { drain, Playbook, plainCancel } from "../../support/playbook.ts";

const none: ReadonlyMap<string, string> = new Map();
const header = (streamId: number) => ({ type: "header", streamId, method: "M" }) as const;
const data = (streamId: number, text: string) =>
  ({ type: "data", streamId, method: "M", payload: Buffer.from(text) }) as const;
const garbage = Buffer.from("GET / HTTP/1.1\r\n\r\n");
const GARBAGE = "not TTHeader protocol (first4Bytes=0x47455420, second4Bytes=0x2f204854)";

describe("a connection", () => {
  it("knows its live streams, in the order they were opened, and tells when one has left", () => {
    const book = new Playbook("client");
    let gone = 0;
    book.connection.onStreamGone = () => {
      gone += 1;
    };
    const [first, second] = [book.open(), book.open()];
    expect(book.connection.streams()).toEqual([first, second]);
    first.cancel(plainCancel(), none);
    first.connectionLost(new Error("again"));
    expect([book.connection.streamCount, gone]).toEqual([1, 1]);
    expect(book.connection.streams()).toEqual([second]);
  });

  it("finds each stream by its id, whichever was asked for last", () => {
    const book = new Playbook("server").receive(header(1), header(2));
    book.receive(data(1, "a"), data(2, "b"), data(1, "c"), data(2, "d"), data(3, "nobody"));
    expect(book.accepted.map((stream) => drain(stream))).toEqual([
      ["a", "c", "…"],
      ["b", "d", "…"],
    ]);
  });

  it("gives a stream's id to a new one once the old one has ended", () => {
    const book = new Playbook("server").receive(header(1), data(1, "old"));
    book.accepted[0]?.answer({ error: null });
    book.receive(header(1), data(1, "new"));
    expect(drain(book.accepted[1] as never)).toEqual(["new", "…"]);
  });

  it("drops frames for nobody: a client takes no streams, a server no strangers", () => {
    const client = new Playbook("client").receive(header(9), data(9, "x"));
    expect([client.connection.streamCount, client.commands, client.sent()]).toEqual([0, [], []]);
    const server = new Playbook("server").receive(data(9, "x"), { type: "trailer", streamId: 9, method: "M" });
    expect([server.accepted, server.commands, server.sent()]).toEqual([[], [], []]);
  });

  it("is writable while less than its limit waits and the transport takes it", () => {
    const book = new Playbook("client", { writeBufferBytes: 200 });
    const { connection } = book;
    const stream = book.open();
    const head = () => connection.outbox.bytes;
    const before = head();
    stream.send(raw, Buffer.alloc(0));
    const empty = head() - before;
    stream.send(raw, Buffer.alloc(199 - head() - empty));
    expect([head(), connection.writable]).toEqual([199, true]);
    book.sent();
    stream.send(raw, Buffer.alloc(200 - empty));
    expect([head(), connection.writable]).toEqual([200, false]);
    book.sent();
    expect(connection.writable).toBe(true);
    connection.block();
    expect(connection.writable).toBe(false);
    connection.flushed();
    expect(connection.writable).toBe(true);
  });

  it("wakes each sender that waits once, and none that has no reason to wait", () => {
    const book = new Playbook("client");
    const [first, second] = [book.open(), book.open()];
    book.connection.block();
    first.awaitWritable();
    second.awaitWritable();
    expect(book.connection.hasWaiting).toBe(true);
    book.connection.flushed();
    expect(book.told()).toEqual(["1 writable", "2 writable"]);
    expect(book.connection.hasWaiting).toBe(false);
    book.connection.flushed();
    expect(book.told()).toEqual([]);
    first.awaitWritable();
    expect(book.connection.hasWaiting).toBe(false);
  });

  it.each<[string, "client" | "server", (book: Playbook) => void, string, string | null]>([
    ["lost", "client", (book) => book.connection.lost(null), "code=12004] EOF peer close", null],
    ["lost", "server", (book) => book.connection.lost(null), "code=12013] canceled by connection closed", null],
    ["closed", "client", (book) => book.connection.close("going"), "code=12006] going", "close"],
    [
      "broken",
      "client",
      (book) => book.connection.receive(garbage),
      `code=12004] ${GARBAGE}`,
      `close: [ttstream error, code=12004] ${GARBAGE}`,
    ],
    [
      "broken",
      "server",
      (book) => book.connection.receive(garbage),
      `code=12013] [ttstream error, code=12004] ${GARBAGE}`,
      `close: [ttstream error, code=12004] ${GARBAGE}`,
    ],
  ])("%s on a %s ends its streams with that, once, whatever happens afterwards", (_how, side, end, text, command) => {
    const book = new Playbook(side);
    if (side === "client") book.open();
    else book.receive(header(1));
    expect([book.connection.closed, book.connection.failure]).toEqual([null, null]);
    end(book);
    const error = book.connection.closed as StreamException;
    expect(error.message).toBe(`[ttstream error, ${text}`);
    expect(error).toMatchObject({ side: null, raisedAt: side, origin: null, kind: "disconnect" });
    expect(book.told().filter((each) => each.includes("ended"))).toEqual([`1 ended by connection: ${error.message}`]);
    expect(book.commands).toEqual(command === null ? [] : [command]);
    end(book);
    book.connection.lost(new Error("late"));
    book.connection.close("late");
    book.connection.fail(new Error("late"));
    book.receive(header(5));
    expect(book.connection.closed).toBe(error);
    expect(book.commands).toEqual(command === null ? [] : [command]);
    expect([book.told(), book.connection.streamCount]).toEqual([[], 0]);
  });

  it("has the error of the socket as the cause of its loss, and what broke it as its failure", () => {
    const lost = new Playbook("client");
    const cause = new Error("read ECONNRESET");
    lost.connection.lost(cause);
    expect([lost.connection.closed?.cause, lost.connection.failure]).toEqual([cause, null]);
    const quiet = new Playbook("client");
    quiet.connection.lost(null);
    expect(Object.hasOwn(quiet.connection.closed as Error, "cause")).toBe(false);
    const broken = new Playbook("server");
    broken.connection.receive(garbage);
    expect(broken.connection.failure?.code).toBe(12004);
    expect(broken.connection.closed?.cause).toBe(broken.connection.failure);
  });

  it("lets senders that wait go on when it ends", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.connection.block();
    stream.awaitWritable();
    book.connection.lost(null);
    expect(book.connection.hasWaiting).toBe(false);
  });

  it("ends, and its streams with it, at a bug in a listener; it does not throw into the transport", () => {
    const book = new Playbook("client");
    const stream = book.open();
    stream.listener = {
      ...stream.listener,
      headerArrived: () => {
        throw new Error("a bug");
      },
    };
    book.receive(header(1), data(1, "x"));
    expect(book.connection.closed?.message).toBe("[ttstream error, code=12004] a bug");
    expect(book.commands).toEqual(["close: [ttstream error, code=12004] a bug"]);
  });

  it("hears nothing of the rest of a chunk in whose middle it was closed", () => {
    const book = new Playbook("client");
    const [first, second] = [book.open(), book.open()];
    first.listener = { ...first.listener, headerArrived: () => book.connection.close("enough") };
    book.receive(header(1), data(2, "x"));
    expect(drain(second)).toEqual(["[ttstream error, code=12006] enough"]);
  });

  it("tells the caller of a header that does not fit, and opens nothing", () => {
    const book = new Playbook("client");
    const stream = new ClientStream("M", book.open().listener);
    const strings = new Map([["k", "x".repeat(65536)]]);
    expect(() => book.connection.open(stream, 7, { strings, ints: new Map() })).toThrow("exceeded 65535B");
    expect(book.connection.streamCount).toBe(1);
    expect(book.sent()).toEqual(["header 1 M sscap=65536"]);
  });
});

describe("limits of a connection", () => {
  it("have defaults, and are what is given beside them", () => {
    expect(connectionLimits()).toEqual({
      maxFrameBytes: 64 * 1024 * 1024,
      maxHeaderBytes: 64 * 1024,
      streamBufferBytes: 8 * 1024 * 1024,
      connectionBufferBytes: 32 * 1024 * 1024,
      totalBufferBytes: 128 * 1024 * 1024,
      windowBytes: 1024 * 1024,
      writeBufferBytes: 128 * 1024,
    });
    expect(connectionLimits({ windowBytes: 5 })).toEqual({ ...connectionLimits(), windowBytes: 5 });
    expect(connectionLimits({ streamBufferBytes: 50, windowBytes: 5 }).connectionBufferBytes).toBe(200);
    expect(() => connectionLimits({ windowByte: 5 } as never)).toThrow("limits.windowByte: there is no such limit");
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", undefined, null])("are not %j", (value) => {
    expect(() => connectionLimits({ windowBytes: value as never })).toThrow(
      new TypeError(`limits.windowBytes must be a positive integer, got ${String(value)}`),
    );
  });
});

describe("the int keys of a call's header", () => {
  it("are its caller and the milliseconds left, rounded up, at least one", () => {
    expect([...headerInts("A", 1500)]).toEqual([
      [3, "A"],
      [12, "1500"],
    ]);
    expect(headerInts("", 0.2).get(12)).toBe("1");
    expect(headerInts("", -5).get(12)).toBe("1");
    expect(headerInts("", 10.1).get(12)).toBe("11");
    expect([...headerInts("", null)]).toEqual([]);
  });
});

describe("a frame beyond a limit", () => {
  const strings = new Map([["k", "x".repeat(500)]]);
  const limits = { maxHeaderBytes: 300 };

  it("ends its own stream and no other", () => {
    for (const side of ["client", "server"] as const) {
      const book = new Playbook(side, limits);
      if (side === "client") book.open();
      else book.receive(header(1));
      const id = book.connection.streams()[0]?.streamId ?? 0;
      book.told();
      book.receive({ ...header(id), strings });
      expect(book.told()).toEqual([
        expect.stringMatching(/breached: header of 5\d\d bytes exceeds the limit of 300 bytes/),
      ]);
      expect(book.connection.closed).toBe(null);
    }
  });

  it("that may have begun a call is answered with a reset that says why; a client's stranger with nothing", () => {
    const server = new Playbook("server", limits).receive({ ...header(7), strings });
    expect(server.sent()).toEqual([expect.stringContaining("rst 7")]);
    const client = new Playbook("client", limits).receive({ ...header(7), strings });
    expect(client.sent()).toEqual([]);
  });
});

describe("a stream that has ended while its sender waited for room", () => {
  it("is not kept for the day the peer reads", () => {
    const book = new Playbook("client");
    const stream = book.open();
    book.connection.block();
    stream.awaitWritable();
    stream.cancel(plainCancel(), none);
    expect(book.connection.hasWaiting).toBe(false);
  });
});

describe("a window that is larger than what other peers may leave unread", () => {
  it("may be filled by a peer that keeps it", () => {
    const book = new Playbook("server", { streamBufferBytes: 1000, windowBytes: 16_000 });
    const strings = new Map([["sscap", "1000000"]]);
    book.receive({ ...header(1), strings }, header(2));
    for (let i = 0; i < 10; i += 1) book.receive(data(1, "x".repeat(1500)));
    expect(book.told()).toEqual([]);
    book.receive(data(2, "x".repeat(1500)), data(2, "x"));
    expect(book.told()).toEqual(["2 overflowed 1000"]);
  });
});
