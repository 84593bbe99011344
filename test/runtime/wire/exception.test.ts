import { describe, expect, it } from "vitest";
import { ByteWriter, decodeException, encodeException } from "../../../src/runtime/wire/index.ts";

/** An exception message with whatever fields a peer may write. */
function payload(fields: (writer: ByteWriter) => void, { version = 0x80010003, method = "M" } = {}): Buffer {
  const writer = new ByteWriter(64);
  writer.u32(version);
  writer.text32(method);
  writer.u32(1);
  fields(writer);
  return writer.toBytes();
}

const message = (writer: ByteWriter, text: string, id = 1): void => {
  writer.field(11, id);
  writer.text32(text);
};
const code = (writer: ByteWriter, value: number, id = 2): void => {
  writer.field(8, id);
  writer.u32(value);
};

describe("an exception payload", () => {
  it("is thrift's exception message, fields 1 and 2 in this order and nothing else", () => {
    expect(encodeException("Me", 7, { code: 12007, message: "hi" }).toString("hex")).toBe(
      "80010003000000024d65000000070b000100000002686908000200002ee700",
    );
  });

  it.each([
    ["", 0],
    ["plain", 1],
    ["漢字 😀", 12008],
    ["x".repeat(5000), -1],
    ["m", 2147483647],
    ["m", -2147483648],
  ])("comes back from bytes (%#)", (text, value) => {
    const decoded = decodeException(encodeException("Method", -5, { code: value, message: text }));
    expect(decoded.code).toBe(value);
    if (text !== "") expect(decoded.message).toBe(text);
  });

  it("is read from the middle of a larger buffer", () => {
    const bytes = encodeException("M", 1, { code: 3, message: "x" });
    const larger = Buffer.concat([Buffer.alloc(5), bytes, Buffer.alloc(5)]);
    expect(decodeException(larger.subarray(5, 5 + bytes.length))).toEqual({ code: 3, message: "x" });
  });

  it("may have its fields in any order, others beside them, or none", () => {
    const read = (fields: (writer: ByteWriter) => void) =>
      decodeException(
        payload((writer) => {
          fields(writer);
          writer.u8(0);
        }),
      );
    const swapped = read((writer) => {
      code(writer, 5);
      message(writer, "x");
    });
    expect(swapped).toEqual({ code: 5, message: "x" });
    const others = read((writer) => {
      message(writer, "not it", 3);
      message(writer, "x");
      code(writer, 9, 4);
      code(writer, 5);
      message(writer, "nor this", -1);
    });
    expect(others).toEqual({ code: 5, message: "x" });
    expect(read(() => {})).toEqual({ code: 0, message: "unknown application exception" });
  });

  it.each([
    [0, "unknown application exception"],
    [1, "unknown method"],
    [2, "invalid message type"],
    [3, "wrong method name"],
    [4, "bad sequence ID"],
    [5, "missing result"],
    [6, "unknown internal error"],
    [7, "unknown protocol error"],
    [8, "Invalid transform"],
    [9, "Invalid protocol"],
    [10, "Unsupported client type"],
    [11, "unknown exception type [11]"],
    [-1, "unknown exception type [-1]"],
  ])("without a message says of type %i: %s", (type, words) => {
    expect(decodeException(encodeException("M", 1, { code: type, message: "" }))).toEqual({
      code: type,
      message: words,
    });
  });

  it.each<[string, Buffer, string]>([
    ["of nothing", Buffer.alloc(0), "thrift exception message: buf too small"],
    ["of another version", payload(() => {}, { version: 0x80020003 }), "thrift message: bad version"],
    ["of no version", payload(() => {}, { version: 3 }), "thrift message: bad version"],
    ["of a call", payload(() => {}, { version: 0x80010001 }), "thrift message type want Exception, but got Call"],
    ["of a reply", payload(() => {}, { version: 0x80010002 }), "thrift message type want Exception, but got Reply"],
    ["of type 0", payload(() => {}, { version: 0x80010000 }), "thrift message type want Exception, but got INVALID"],
    ["of a oneway", payload(() => {}, { version: 0x80010004 }), "thrift message type want Exception, but got Oneway"],
    ["of type 9", payload(() => {}, { version: 0x80010009 }), "thrift message type want Exception, but got 9"],
    [
      "with a field of another type",
      payload((w) => w.field(2, 3)),
      "thrift exception message: field 3 of type 2 is not expected",
    ],
  ])("%s is refused in Kitex's words", (_what, bytes, words) => {
    try {
      decodeException(bytes);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: "BadExceptionPayload", message: words });
    }
  });

  it("that ends too early is refused wherever it ends", () => {
    const whole = encodeException("Method", 1, { code: 12007, message: "stop" });
    for (let end = 0; end < whole.length; end += 1) {
      expect(() => decodeException(whole.subarray(0, end))).toThrow("thrift exception message: buf too small");
    }
    expect(decodeException(whole)).toEqual({ code: 12007, message: "stop" });
  });
});
