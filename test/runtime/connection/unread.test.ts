import { describe, expect, it } from "vitest";
import { Budget } from "../../../src/runtime/connection/budget.ts";
import { drain, Playbook } from "../../support/playbook.ts";

const header = (streamId: number, window?: number) =>
  ({
    type: "header",
    streamId,
    method: "M",
    strings: new Map(window === undefined ? [] : [["sscap", String(window)]]),
  }) as const;
const data = (streamId: number, bytes: number) =>
  ({ type: "data", streamId, method: "M", payload: Buffer.alloc(bytes) }) as const;

describe("what a connection holds unread", () => {
  it("is counted until it is read, whichever way it goes", () => {
    const book = new Playbook("server").receive(header(1), header(2), data(1, 500), data(1, 500), data(2, 500));
    expect(book.connection.held).toBe(3 * 596);
    drain(book.accepted[0] as never);
    expect(book.connection.held).toBe(596);
    book.accepted[1]?.answer({ error: null });
    expect(book.connection.held).toBe(0);
  });

  it("ends the streams that hold most beyond the limit of all, and no other", () => {
    const limits = { streamBufferBytes: 100_000, connectionBufferBytes: 10_000 };
    const book = new Playbook("server", limits).receive(header(1), header(2), header(3));
    book.receive(data(1, 10), data(1, 10));
    for (let i = 0; i < 6; i += 1) book.receive(data(2, 1000));
    for (let i = 0; i < 2; i += 1) book.receive(data(3, 1000));
    expect(book.told()).toEqual([]);
    book.receive(data(1, 2000));
    expect(book.told()[0]).toMatch(/^2 overflowed /);
  });

  it("ends streams that have one message each, too, once there are many of them", () => {
    const limits = { connectionBufferBytes: 10_000, maxFrameBytes: 5000 };
    const book = new Playbook("server", limits);
    for (let id = 1; id <= 3; id += 1) book.receive(header(id), data(id, 4000));
    // No connection may end a stream for the only message of it that the frame limit allows, beside a buffer that is full.
    expect(book.told()).toEqual([]);
    book.receive(header(4), data(4, 4500));
    expect(book.told()[0]).toMatch(/^4 overflowed /);
  });

  it("is dropped as it comes once nobody will read it, and the peer may send on", () => {
    const book = new Playbook("server", { windowBytes: 1000 }).receive(header(1, 1000), data(1, 300));
    book.accepted[0]?.discard();
    for (let i = 0; i < 10; i += 1) book.receive(data(1, 300));
    expect(book.connection.held).toBe(0);
    expect(book.sent().filter((each) => each.startsWith("meta 1 sswin")).length).toBeGreaterThan(3);
  });
});

describe("what all connections hold unread", () => {
  it("ends even the only message of the only stream of the connection that holds most", () => {
    const limits = { totalBufferBytes: 10_000 };
    const budget = new Budget(limits.totalBufferBytes);
    const books = [1, 2].map(() => new Playbook("server", limits, budget).receive(header(1)));
    books[0]?.receive(data(1, 4000));
    books[1]?.receive(data(1, 5000));
    expect(books.flatMap((book) => book.told())).toEqual([]);
    books[0]?.receive(data(1, 3000));
    expect(books.map((book) => book.told().length)).toEqual([1, 0]);
    books[1]?.receive(data(1, 3000));
    expect(books.map((book) => book.told().length)).toEqual([0, 1]);
  });
});

describe("a window", () => {
  it("begins small and grows to its whole size once its reader reads", () => {
    const book = new Playbook("server").receive(header(1, 1_000_000));
    expect(book.sent()).toEqual(["meta 1 sscap=65536"]);
    book.receive(data(1, 40_000));
    drain(book.accepted[0] as never);
    expect(book.sent()).toEqual([`meta 1 sswin=${40_032 + 1024 * 1024 - 65_536}`]);
    book.receive(data(1, 600_000));
    drain(book.accepted[0] as never);
    expect(book.sent()).toEqual(["meta 1 sswin=600032"]);
  });
});

describe("the budget of all connections", () => {
  it("asks whoever holds most to let go, once what all hold is too much", () => {
    const budget = new Budget(100);
    const asked: string[] = [];
    for (const [name, held] of Object.entries({ small: 10, large: 90 })) {
      budget.join({ held, relieve: () => void asked.push(name) });
    }
    budget.add(100);
    expect(asked).toEqual([]);
    budget.add(1);
    budget.add(-50);
    budget.add(1);
    expect(asked).toEqual(["large"]);
  });
});

describe("a call whose first frame has not left when its connection is lost", () => {
  it("may begin again, with what was sent so far; one that has left may not", () => {
    for (const left of [false, true]) {
      const book = new Playbook("client");
      const stream = book.open();
      const asked: string[] = [];
      stream.listener = { ...stream.listener, refused: (why) => asked.push(why) > 0 };
      if (left) book.sent();
      book.connection.lost(null);
      expect([asked, stream.end === null]).toEqual(left ? [[], false] : [["lost"], true]);
    }
  });
});

describe("peers of this runtime", () => {
  it("answer a ping, and hear that a server drains; others are told nothing", () => {
    const server = new Playbook("server").receive(header(1, 1000));
    server.sent();
    const ping = { type: "meta", streamId: 0, method: "", strings: new Map([["ssping", "1"]]) } as const;
    expect(server.receive(ping).sent()).toEqual(["meta 0 sspong=1"]);
    const stranger = new Playbook("server").receive(header(1));
    stranger.connection.peer.say("draining");
    expect(stranger.receive(ping).sent()).toEqual([]);
    const client = new Playbook("client");
    let drains = 0;
    client.connection.onDraining = () => {
      drains += 1;
    };
    const drain = { ...ping, strings: new Map([["ssdrain", "1"]]) };
    client.receive(drain, drain);
    expect(drains).toBe(1);
  });
});
