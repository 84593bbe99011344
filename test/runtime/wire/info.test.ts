import { describe, expect, it } from "vitest";
import { ByteWriter, WireError, writeFrame } from "../../../src/runtime/wire/index.ts";
import { readInfo, writeInfo } from "../../../src/runtime/wire/info.ts";

const TOKEN = "RPC_TRANSIT_gdpr-token";

function written(ints: readonly [number, string][], strings: readonly [string, string][]): string {
  const writer = new ByteWriter(16);
  writeInfo(writer, new Map(ints), new Map(strings));
  return writer.toBytes().toString("hex");
}

/** Reads blocks that stand behind two bytes of header, which stand behind three bytes of frame. */
function read(hex: string) {
  const bytes = Buffer.from(`ffffff1000${hex}ffff`, "hex");
  return readInfo(bytes, 3, 5, 5 + hex.length / 2);
}

function faultOf(work: () => unknown): WireError {
  try {
    work();
  } catch (error) {
    expect(WireError.is(error)).toBe(true);
    return error as WireError;
  }
  return expect.unreachable();
}

describe("info blocks", () => {
  it("are written as token, strings, ints; empty ones not at all", () => {
    expect(written([], [])).toBe("");
    expect(written([[9, "M"]], [])).toBe("100001000900014d");
    expect(written([], [["k", "v"]])).toBe("01000100016b000176");
    expect(written([], [[TOKEN, "t"]])).toBe("11000174");
    expect(
      written(
        [
          [1, ""],
          [2, "b"],
        ],
        [
          ["k", "v"],
          [TOKEN, "t"],
          ["", ""],
        ],
      ),
    ).toBe("11000174" + "01000200016b00017600000000" + "10000200010000" + "0002000162");
  });

  it("are read in any order, several times, with padding between them", () => {
    const { ints, strings } = read(
      "00" + "100001000900014d" + "0000" + "01000100016b000176" + "11000174" + "1000010009000158" + "00",
    );
    expect([...ints]).toEqual([[9, "X"]]);
    expect([...strings]).toEqual([
      ["k", "v"],
      [TOKEN, "t"],
    ]);
    expect(read("")).toEqual({ ints: new Map(), strings: new Map() });
    expect(read("000000")).toEqual({ ints: new Map(), strings: new Map() });
    expect(read("010000100000")).toEqual({ ints: new Map(), strings: new Map() });
  });

  it.each<[string, string, number, string, string]>([
    ["01", "error reading str kv info size: EOF", 3, "two more bytes", "the end of the header"],
    ["0100", "error reading str kv info size: EOF", 3, "two more bytes", "0x00"],
    ["010001", "error reading str kv info: EOF", 5, "two more bytes", "the end of the header"],
    ["01000100", "error reading str kv info: EOF", 5, "two more bytes", "0x00"],
    ["0100010002aa", "error reading str kv info: EOF", 7, "2 more bytes", "0xaa"],
    ["01000100016b", "error reading str kv info: EOF", 8, "two more bytes", "the end of the header"],
    ["01000100016b0001", "error reading str kv info: EOF", 10, "1 more bytes", "the end of the header"],
    ["10", "error reading int kv info size: EOF", 3, "two more bytes", "the end of the header"],
    ["100001", "error reading int kv info: EOF", 5, "two more bytes", "the end of the header"],
    ["1000010009", "error reading int kv info: EOF", 7, "two more bytes", "the end of the header"],
    ["10000100090001", "error reading int kv info: EOF", 9, "1 more bytes", "the end of the header"],
    ["11", "error reading acl token: EOF", 3, "two more bytes", "the end of the header"],
    ["110005aabb", "error reading acl token: EOF", 5, "5 more bytes", "0xaabb"],
    ["0002", "invalid infoIDType[0x2]", 3, "an info block or padding", "0x02"],
    ["12aabbccdd", "invalid infoIDType[0x12]", 2, "an info block or padding", "0x12aabbcc"],
  ])("of %s are refused in Kitex's words, with the place", (hex, why, offset, expected, found) => {
    const error = faultOf(() => read(hex));
    expect(error.message).toBe(`ttHeader read kv info failed, ${why}, headerInfo=0x1000${hex}`);
    expect(error).toMatchObject({ offset, expected, found });
  });

  it("show 512 bytes of a broken header and no more", () => {
    const hex = `02${"ab".repeat(600)}`;
    expect(faultOf(() => read(hex)).message).toBe(
      `ttHeader read kv info failed, invalid infoIDType[0x2], headerInfo=0x1000${hex.slice(0, 1020)}`,
    );
  });

  it("with a text of 65,535 bytes are written, with one of more they are not", () => {
    const fits = `${"é".repeat(32767)}x`;
    expect(() => written([], [["k", fits]])).not.toThrow();
    const error = faultOf(() => written([], [["k", `${fits}y`]]));
    expect(error.message).toBe(
      `ttHeader write kv info failed, string exceeded 65535B max size (actual: 65536B, preview: "${"é".repeat(100)}...")`,
    );
    expect(error).toMatchObject({ offset: 0, expected: "at most 65535 bytes", found: "65536" });
  });

  it("of 65,535 entries are written, of more they are not", () => {
    const entries = Array.from({ length: 65535 }, (_, i): [number, string] => [i, ""]);
    expect(written(entries, []).startsWith("10ffff")).toBe(true);
    const error = faultOf(() => written([...entries, [70_000, ""]], []));
    expect(error.message).toBe("ttHeader write kv info failed, 65536 entries in one block");
    expect(error).toMatchObject({ offset: 0, expected: "at most 65535 entries", found: "65536" });
  });

  it("that are too long together are refused as a frame, which leaves nothing behind", () => {
    const write = (bytes: number): ByteWriter => {
      const writer = new ByteWriter(16);
      writer.u8(1);
      const left = bytes - 2 - 13 - 3 - 4 * 5;
      const part = Math.floor(left / 4);
      const strings = [part, part, part, left - 3 * part].map((size, i): [string, string] => [
        `${i}`,
        "x".repeat(size),
      ]);
      try {
        writeFrame(writer, { type: "meta", streamId: 1, method: "M", strings: new Map(strings) });
      } finally {
        expect(writer.at === 1 || writer.at === 1 + 14 + bytes).toBe(true);
      }
      return writer;
    };
    expect(write(65535 * 4).bytes.readUInt16BE(1 + 12)).toBe(65535);
    const error = faultOf(() => write(65535 * 4 + 4));
    expect(error.message).toBe("header of 262144 bytes exceeds the format's 262140");
    expect(error).toMatchObject({ offset: 12, expected: "at most 262140 bytes of header", found: "262144" });
  });
});
