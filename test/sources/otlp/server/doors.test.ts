import { describe, expect, it } from "vitest";
import { Doors } from "../../../../src/sources/otlp/server/doors.ts";
import { isLoopback, isOwnHost } from "../../../../src/sources/otlp/server/host-check.ts";
import { SnappyTooLarge, unsnappy } from "../../../../src/sources/otlp/server/snappy.ts";

describe("doors", () => {
  it("close the connection that was of no use for the longest time when there are too many", () => {
    const closed: string[] = [];
    let counted = 0;
    const doors = new Doors<{ destroy(): void }>(2, () => {
      counted += 1;
    });
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => ({ destroy: () => void closed.push(name) }));
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("unreachable");
    doors.admit(a);
    doors.admit(b);
    doors.used(a);
    doors.admit(c);
    expect(closed).toEqual(["b"]);
    doors.leave(a);
    doors.admit(d);
    expect(closed).toEqual(["b"]);
    expect(counted).toBe(1);
  });
});

describe("a Host header", () => {
  it.each(["localhost", "LOCALHOST:4318", "127.0.0.1:4318", "[::1]:4318", "host.docker.internal:4318", "a.localhost"])(
    "%s means this machine",
    (host) => expect(isOwnHost(host, [])).toBe(true),
  );
  it.each(["evil.example", "evil.example:4318", "127.0.0.1.evil.example", "localhost.evil.example", ""])(
    "%j does not",
    (host) => expect(isOwnHost(host, [])).toBe(false),
  );
  it("may have a name that was allowed", () => expect(isOwnHost("Collector.local:1", ["collector.local"])).toBe(true));
  it("is not asked for where the port is open to others", () =>
    expect(["127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "10.0.0.1"].map(isLoopback)).toEqual([
      ...[true, true, true],
      ...[false, false, false],
    ]));
});

describe("snappy", () => {
  // A literal of four bytes, and a copy of eight from four before: it overlaps itself
  const block = Buffer.from([12, 3 << 2, ..."abcd".split("").map((char) => char.charCodeAt(0)), (4 << 2) | 1, 4]);

  it("is undone as one block", () => {
    expect(unsnappy(block, 100).toString()).toBe("abcdabcdabcd");
  });

  it("is undone as a framed stream, whose padding is passed over", () => {
    const head = Buffer.from("\xff\x06\x00\x00sNaPpY", "latin1");
    const chunk = (type: number, content: Buffer): Buffer =>
      Buffer.concat([Buffer.from([type, content.length + 4, 0, 0, 0, 0, 0, 0]), content]);
    const framed = Buffer.concat([head, chunk(0, block), chunk(0xfe, Buffer.alloc(3)), chunk(1, Buffer.from("!"))]);
    expect(unsnappy(framed, 100).toString()).toBe("abcdabcdabcd!");
    expect(() => unsnappy(framed, 12)).toThrow(SnappyTooLarge);
    expect(() => unsnappy(framed.subarray(0, -1), 100)).toThrow(RangeError);
  });

  it("that is longer than allowed or damaged is refused, whatever is wrong", () => {
    expect(() => unsnappy(block, 11)).toThrow(SnappyTooLarge);
    for (let cut = 0; cut < block.length; cut += 1)
      expect(() => unsnappy(block.subarray(0, cut), 100)).toThrow(RangeError);
    expect(() => unsnappy(Buffer.from([12, (4 << 2) | 1, 4]), 100)).toThrow(RangeError);
    expect(() => unsnappy(Buffer.from([0xff, 0xff, 0xff, 0x7f, 0]), 2 ** 40)).toThrow(RangeError);
  });
});
