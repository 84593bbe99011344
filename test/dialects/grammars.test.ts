import { describe, expect, it } from "vitest";
import { findKitexErrors, grpcCodeName, readGrpcTail, sideOfGrpc, unquoteGo } from "../../src/dialects/grammars.ts";

const found = (text: string) => findKitexErrors(text).map(({ fields, message }) => [fields, message]);

describe("the errors in a text", () => {
  it.each([
    ["rpc error: code = 13 desc = boom", { dialect: "grpc", code: 13, word: false }, "boom"],
    ["rpc error: code = -1 desc = boom", { dialect: "grpc", code: -1, word: false }, "boom"],
    ["rpc error: code = Unauthenticated desc = boom", { dialect: "grpc", code: 16, word: true }, "boom"],
    ["rpc error: code = OK desc = boom", { dialect: "grpc", code: 0, word: true }, "boom"],
    ['connection error: desc = "EOF"', { dialect: "grpc-conn" }, 'EOF"'],
    ["biz error: code=-7, msg=quota", { dialect: "biz-status", code: -7 }, "quota"],
    [
      "[ttstream error, code=13] [server-side stream] rst",
      { dialect: "ttstream", code: 13, side: "server", path: null },
      "rst",
    ],
  ])("%s", (text, fields, message) => {
    expect(found(`call: ${text}`)).toEqual([[fields, message]]);
  });

  it.each([
    "rpc error: code = Nonsense desc = boom",
    "rpc error: code = 12345678901 desc = boom",
    "rpc error: code = 13 desc=boom",
    "rpc error: code = 13 desc",
    "biz error: code=x, msg=quota",
    "biz error: code=7",
    "no error at all",
  ])("%s is none", (text) => {
    expect(found(text)).toEqual([]);
  });

  it("stand in each other in any order", () => {
    const [outer, ...others] = findKitexErrors(
      "[ttstream error, code=12001] [client-side stream] biz error: rpc error: code = 13 desc = biz error: code=7, msg=no",
    );
    expect(others).toEqual([]);
    expect(outer?.inner?.fields).toMatchObject({ dialect: "grpc", code: 13 });
    expect(outer?.inner?.inner).toMatchObject({ fields: { dialect: "biz-status", code: 7 }, message: "no" });
  });
});

describe("the tail of a status", () => {
  it.each([
    ["boom", { message: "boom", triggeredBy: null, returned: 0, rstCode: null }],
    ["boom [biz error]", { message: "boom", triggeredBy: null, returned: 1, rstCode: null }],
    [
      "boom [triggered by A] [biz error] [biz error]",
      { message: "boom", triggeredBy: "A", returned: 2, rstCode: null },
    ],
    ["boom [triggered by ]", { message: "boom", triggeredBy: "", returned: 0, rstCode: null }],
    [
      "boom [triggered by A], rstCode: 8 [send RSTStream Frame]",
      { message: "boom", triggeredBy: "A", returned: 0, rstCode: 8 },
    ],
    ["boom, rstCode: 1000", { message: "boom", triggeredBy: null, returned: 0, rstCode: 1_000 }],
    [
      "boom, rstCode: 8 and more",
      { message: "boom, rstCode: 8 and more", triggeredBy: null, returned: 0, rstCode: null },
    ],
    [
      "boom [triggered by A] then",
      { message: "boom [triggered by A] then", triggeredBy: null, returned: 0, rstCode: null },
    ],
  ])("%s", (text, tail) => {
    expect(readGrpcTail(text)).toEqual(tail);
  });

  it("says which end of its stream the status speaks of", () => {
    expect(sideOfGrpc(1, readGrpcTail("context canceled, rstCode: 8"))).toBe("client");
    expect(sideOfGrpc(17, readGrpcTail("stream Recv timeout"))).toBe("client");
    expect(sideOfGrpc(1, readGrpcTail("transport: connection EOF [triggered by A]"))).toBe("server");
    expect(sideOfGrpc(1, readGrpcTail("transport: connection EOF"))).toBeNull();
    expect(sideOfGrpc(1, readGrpcTail("context canceled [triggered by A]"))).toBeNull();
  });
});

describe("Go's quoting", () => {
  it.each([
    ['a"', "a"],
    ["cut", "cut"],
    ['say \\"a\\" twice" and more', 'say "a" twice'],
    ['back\\\\" rest', "back\\"],
    ['a\\nb\\tc\\rd"', "a\nb\tc\rd"],
    ['\\x41"', "\\x41"],
    ["", ""],
  ])("of %j is undone", (quoted, text) => {
    expect(unquoteGo(quoted)).toBe(text);
  });
});

describe("the name of a code", () => {
  it("is gRPC's, or Kitex's own", () => {
    expect([0, 1, 4, 14, 16, 17, 18].map(grpcCodeName)).toEqual([
      "OK",
      "Canceled",
      "DeadlineExceeded",
      "Unavailable",
      "Unauthenticated",
      "RecvDeadlineExceeded",
      "code 18",
    ]);
  });
});

describe("a head that ends with its line", () => {
  const HEAD = "[ttstream error, code=12007] [server-side stream] [canceled path:";
  const pathOf = (text: string): unknown => findKitexErrors(text).map(({ fields }) => "path" in fields && fields.path);

  it.each([
    [`${HEAD} web-\ngateway -> chat] m`, ["web-gateway", "chat"]],
    [`${HEAD} web-gateway ->\nchat] m`, ["web-gateway", "chat"]],
    [`${HEAD} web-gateway\n-> chat] m`, ["web-gateway", "chat"]],
    [`${HEAD}\nweb-gateway] m`, ["web-gateway"]],
    [`${HEAD} Proxy \nEgress] m`, ["Proxy Egress"]],
    ["[ttstream error, code=7] [client-s\nide stream] [canceled path: a] m", ["a"]],
    ["[ttstream error, code=7] [client-side stream] [canceled\npath: a] m", ["a"]],
  ])("goes on in the next one where that makes it whole: %j", (text, path) => {
    expect(pathOf(text)).toEqual([path]);
  });

  it.each([
    `${HEAD} web-gatew\nay -> chat] m`,
    `${HEAD} web-\n    at gateway -> chat] m`,
    `${HEAD} web-\nno end of a path`,
  ])("is cut where nobody can know how it goes on: %j", (text) => {
    expect(findKitexErrors(text)).toMatchObject([{ truncated: true }]);
  });
});
