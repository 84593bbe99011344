import { describe, expect, it } from "vitest";
import { DETECT_BYTES, detectProtocol } from "../../../src/runtime/wire/index.ts";

describe("the protocol of a connection", () => {
  it.each<[string, Buffer]>([
    ["ttheader-streaming", Buffer.from("0000002e10000002", "hex")],
    ["ttheader-streaming", Buffer.from("0000002e1000ffff", "hex")],
    ["ttheader-unary", Buffer.from("0000002e10000000", "hex")],
    ["ttheader-unary", Buffer.from("0000002e1000fffd", "hex")],
    ["http", Buffer.from("GET / HTTP/1.1")],
    ["http", Buffer.from("HEAD /x H")],
    ["http", Buffer.from("POST /xy")],
    ["http", Buffer.from("PUT /xyz")],
    ["http", Buffer.from("DELETE /")],
    ["http", Buffer.from("OPTIONS ")],
    ["http", Buffer.from("PATCH /x")],
    ["http", Buffer.from("CONNECT ")],
    ["http", Buffer.from("TRACE /x")],
    ["http2", Buffer.from("PRI * HTTP/2.0")],
    ["tls", Buffer.from("160301020001fc03", "hex")],
    ["thrift", Buffer.from("8001000100000005", "hex")],
    ["thrift", Buffer.from("0000004f80010001", "hex")],
    ["unknown", Buffer.alloc(8)],
    ["unknown", Buffer.from("a GET / x")],
    ["unknown", Buffer.from("0000002e11000002", "hex")],
    ["unknown", Buffer.from("0000002e10010002", "hex")],
    ["unknown", Buffer.from("1602010200010000", "hex")],
    ["unknown", Buffer.from("1703010200010000", "hex")],
    ["unknown", Buffer.from("8000000100000005", "hex")],
    ["unknown", Buffer.from("8101000100000005", "hex")],
    ["unknown", Buffer.from("0000004f80000001", "hex")],
    ["unknown", Buffer.from("0000004f00010001", "hex")],
  ])("is %s by the first bytes %j", (protocol, bytes) => {
    expect(detectProtocol(bytes)).toBe(protocol);
  });

  it("is not known before eight bytes have come", () => {
    const bytes = Buffer.from("GET / HTTP/1.1");
    expect(DETECT_BYTES).toBe(8);
    for (let length = 0; length < 8; length += 1) expect(detectProtocol(bytes.subarray(0, length))).toBeNull();
    expect(detectProtocol(bytes.subarray(0, 8))).toBe("http");
  });
});
