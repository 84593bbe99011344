import { describe, expect, it } from "vitest";
import { isPlainData } from "../../../src/runtime/wire/plain-data.ts";

/** A header with something on both sides, as it stands in a chunk. */
function plain(header: string, more = "ff"): boolean {
  const bytes = Buffer.from(`ffff${header}${more}`, "hex");
  return isPlainData(bytes, 2, 2 + header.length / 2);
}

const BEGINNING = "1000100002";
const TYPE = "001b000133";
const METHOD = "000900024d65";

describe("the header of an ordinary Data frame", () => {
  it.each([
    ["the type first", BEGINNING + TYPE + METHOD],
    ["the method first", BEGINNING + METHOD + TYPE],
    ["one byte of padding", `${BEGINNING + TYPE + METHOD}00`],
    ["three bytes of padding", `${BEGINNING + METHOD + TYPE}000000`],
    ["an empty method", `${BEGINNING}00090000${TYPE}`],
    ["an empty method last", `${BEGINNING + TYPE}00090000`],
    ["a long method", `${BEGINNING + TYPE}00090100${"41".repeat(256)}`],
    ["a long method first", `${BEGINNING}00090100${"41".repeat(256)}${TYPE}`],
  ])("has %s", (_what, header) => {
    expect(plain(header)).toBe(true);
  });

  it.each([
    ["another protocol id", `0000100002${TYPE}${METHOD}`],
    ["transforms", `1001100002${TYPE}${METHOD}`],
    ["a string block", `1000010002${TYPE}${METHOD}`],
    ["one entry", `1000100001${TYPE}${METHOD}`],
    ["three entries", `1000100003${TYPE}${METHOD}`],
    ["258 entries", `1000100102${TYPE}${METHOD}`],
    ["the type of a Trailer", `${BEGINNING}001b000134${METHOD}`],
    ["the type of a Trailer last", `${BEGINNING}${METHOD}001b000134`],
    ["a type of two digits", `${BEGINNING}001b00023333${METHOD}`],
    ["a type of 257 digits", `${BEGINNING}${METHOD}001b010133${"33".repeat(256)}`],
    ["a type under another key", `${BEGINNING}001c000133${METHOD}`],
    ["a type under another key last", `${BEGINNING}${METHOD}011b000133`],
    ["a method under another key", `${BEGINNING}${TYPE}000a00024d65`],
    ["a method under a key with a high byte", `${BEGINNING}${TYPE}010900024d65`],
    ["two types", `${BEGINNING}${TYPE}${TYPE}`],
    ["two methods", `${BEGINNING}${METHOD}${METHOD}`],
    ["a type and no method", BEGINNING + TYPE],
    ["a method and no type", BEGINNING + METHOD],
    ["more info behind", `${BEGINNING}${TYPE}${METHOD}01`],
    ["more info behind padding", `${BEGINNING}${TYPE}${METHOD}000001`],
    ["nothing", ""],
  ])("has not %s", (_what, header) => {
    expect(plain(header, "0".repeat(600))).toBe(false);
  });

  it("ends where it says: nothing is read for it from the payload", () => {
    for (const header of [BEGINNING + TYPE + METHOD, BEGINNING + METHOD + TYPE]) {
      for (let cut = 2; cut <= header.length; cut += 2) {
        expect(plain(header.slice(0, -cut), header.slice(-cut))).toBe(false);
      }
    }
  });

  it("is none at the end of the bytes", () => {
    const whole = Buffer.from(BEGINNING + METHOD + TYPE, "hex");
    for (let end = 0; end < whole.length; end += 1) expect(isPlainData(whole.subarray(0, end), 0, end)).toBe(false);
  });
});
