import { describe, expect, it } from "vitest";
import { readListen, splitListen } from "../../../src/cli/options/listen.ts";

function ports(listen: string | true): readonly unknown[] {
  const scope = readListen({ listen }, false);
  return [scope?.host, scope?.httpPort, scope?.grpcPort];
}

describe("--listen", () => {
  it.each([
    [true, ["127.0.0.1", 4318, 4317]],
    ["0.0.0.0", ["0.0.0.0", 4318, 4317]],
    [":14318,14317", ["127.0.0.1", 14318, 14317]],
    [":14318", ["127.0.0.1", 14318, 14317]],
    [":0", ["127.0.0.1", 0, 0]],
    ["[::1]:9,8", ["::1", 9, 8]],
  ] as const)("%j is read", (listen, wanted) => expect(ports(listen)).toEqual(wanted));

  it.each(["logs/", "no/such.log", "-", "pod-*.log", "package.json"])("takes %s for an input", (word) => {
    expect(splitListen(["b.log"], { listen: word })).toEqual([[word, "b.log"], { listen: true }]);
  });

  it.each([":14318", "localhost", "10.0.0.1", "host:1,2", "[::1]"])("takes %s for an address", (word) => {
    expect(splitListen([], { listen: word })).toEqual([[], { listen: word }]);
  });

  it.each(["notanaddress:x,y", "host:", "nosuchfile"])("refuses %s, which is neither", (word) => {
    expect(() => splitListen([], { listen: word })).toThrow(`--listen ${word}: it is no address`);
  });

  it("listens to nothing by itself, and misses it for what needs it", () => {
    expect(readListen({}, false)).toBeNull();
    expect(readListen({ token: "t" }, false)).toBeNull();
    expect(readListen({}, true)?.httpPort).toBe(4318);
    expect(() => readListen({ cors: "*" }, false)).toThrow("--cors needs --listen");
  });
});
