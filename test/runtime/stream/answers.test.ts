import { describe, expect, it } from "vitest";
import { BusinessError, type StreamException } from "../../../src/runtime/index.ts";
import { answerOf, resetOf } from "../../../src/runtime/stream/answers.ts";
import { encodeException, type Frame } from "../../../src/runtime/wire/index.ts";

function frame(type: "trailer" | "rst", strings: Record<string, string>, payload: Uint8Array = Buffer.alloc(0)): Frame {
  return {
    type,
    streamId: 1,
    ints: new Map(),
    strings: new Map(Object.entries(strings)),
    payload,
    flags: 2,
    protocolId: 16,
  };
}

function exception(code: number, message: string): Buffer {
  return encodeException("M", 1, { code, message });
}

describe("a Trailer", () => {
  it.each<[Record<string, string>]>([
    [{}],
    [{ "biz-status": "0" }],
    [{ "biz-status": "+0", "biz-message": "all well" }],
    [{ "biz-status": "" }],
    [{ "biz-status": "x1" }],
    [{ "biz-status": "1x" }],
    [{ "biz-status": "1.5" }],
    [{ "biz-status": "0x5" }],
    [{ "biz-status": " 5" }],
    [{ "biz-status": "5 " }],
    [{ "biz-status": "1e3" }],
    [{ "biz-status": "2147483648" }],
    [{ "biz-status": "12345678901" }],
    [{ "biz-message": "no status" }],
  ])("with the keys %j is a good end", (strings) => {
    expect(answerOf(frame("trailer", strings), "client")).toBeNull();
  });

  it.each<[string, number]>([
    ["1", 1],
    ["+7", 7],
    ["-3", -3],
    ["2147483647", 2147483647],
    ["-2147483648", -2147483648],
  ])("with the status %s is a business error", (status, value) => {
    const error = answerOf(frame("trailer", { "biz-status": status, "biz-message": "no" }), "client");
    expect(BusinessError.is(error)).toBe(true);
    expect(error).toMatchObject({ status: value, text: "no", extra: null });
  });

  it("with a status and no words has none", () => {
    expect(answerOf(frame("trailer", { "biz-status": "5" }), "client")).toMatchObject({ status: 5, text: "" });
  });

  it.each<[string, unknown]>([
    ["", null],
    ["null", null],
    ["{}", {}],
    ['{"a":"b","c":""}', { a: "b", c: "" }],
  ])("with the extra %j has it", (raw, extra) => {
    expect(answerOf(frame("trailer", { "biz-status": "5", "biz-extra": raw }), "client")).toMatchObject({ extra });
  });

  it.each(["[]", "1", '"a"', '{"a":1}', '{"a":"b","c":null}', "{", "true"])(
    "with the extra %j is an illegal business error",
    (raw) => {
      expect(answerOf(frame("trailer", { "biz-status": "5", "biz-extra": raw }), "server")).toMatchObject({
        code: 12003,
        side: "server",
        text: `malformed header info, extra: ${raw}`,
        kind: "error",
        origin: null,
      });
    },
  );

  it("with an exception is 12001, whatever its status says", () => {
    const error = answerOf(frame("trailer", { "biz-status": "5" }, exception(6, "biz error: no")), "client");
    expect(error).toMatchObject({
      code: 12001,
      side: "client",
      text: "biz error: no",
      kind: "error",
      origin: null,
      cancelId: null,
      cancelledAt: null,
      nested: null,
    });
  });

  it("of a relay says what its text repeats: the innermost error and who started it", () => {
    const inner = "[ttstream error, code=12015] [client-side stream] [canceled path: a -> b] stream timeout";
    const text = `biz error: [ttstream error, code=12001] [client-side stream] biz error: call model: ${inner}`;
    expect(answerOf(frame("trailer", {}, exception(6, text)), "client")).toMatchObject({
      code: 12001,
      origin: "a",
      nested: { code: 12015, side: "client", path: ["a", "b"], message: "stream timeout" },
    });
    const keys = { ssorigin: "agent", sscid: "0123456789abcdef", ssat: "1795763741889152569" };
    expect(answerOf(frame("trailer", keys, exception(6, text)), "client")).toMatchObject({
      origin: "agent",
      cancelId: "0123456789abcdef",
      cancelledAt: 1_795_763_741_889_152_569n,
    });
  });

  it("repeats an error in the first 16 KiB of its text, not behind", () => {
    const inner = "[ttstream error, code=12015] x";
    const nested = (words: number) =>
      (answerOf(frame("trailer", {}, exception(6, `${" ".repeat(words)}${inner}`)), "client") as StreamException)
        .nested;
    expect(nested(16 * 1024 - inner.length)).toMatchObject({ code: 12015, message: "x" });
    expect(nested(16 * 1024)).toBeNull();
  });

  it("with bytes that are no exception is an illegal frame with the reason, and the cause inside", () => {
    const error = answerOf(frame("trailer", {}, Buffer.from([1, 2, 3])), "client") as StreamException;
    expect(error).toMatchObject({ code: 12004, side: "client", kind: "error", origin: null });
    expect(error.text).toBe("thrift exception message: buf too small");
    expect((error.cause as Error).message).toBe(error.text);
  });
});

describe("an Rst", () => {
  it("has the code and words of its payload, and the path of its keys", () => {
    expect(resetOf(frame("rst", { ttscp: "a,b" }, exception(12008, "enough")), "server")).toMatchObject({
      code: 12008,
      side: "server",
      text: "enough",
      path: ["a", "b"],
      origin: "a",
      kind: "cancel",
      travelled: true,
      cancelId: null,
      cancelledAt: null,
      intent: null,
    });
  });

  it.each([Buffer.alloc(0), Buffer.from([9])])("without a payload that can be read (%j) is code 13, rst", (payload) => {
    const error = resetOf(frame("rst", {}, payload), "client");
    expect(error).toMatchObject({ code: 13, text: "rst", kind: "reset", path: [], origin: null });
  });

  it("between peers of this runtime has id, instant, kind and intent too", () => {
    const keys = { sscid: "id", ssat: "17", sskind: "shutdown", ssintent: "user-stop" };
    expect(resetOf(frame("rst", keys, exception(12007, "x")), "client")).toMatchObject({
      cancelId: "id",
      cancelledAt: 17n,
      kind: "shutdown",
      intent: "user-stop",
    });
  });

  it.each(["", "x1", "1x", "12345678901234567890", "-1"])("has no instant where %j should be one", (ssat) => {
    expect(resetOf(frame("rst", { ssat }), "client").cancelledAt).toBeNull();
  });

  it("has the kind of its code where its own is none", () => {
    expect(resetOf(frame("rst", { sskind: "whatever" }, exception(12015, "x")), "client").kind).toBe("deadline");
  });
});

describe("a long text that was received", () => {
  const long = "é".repeat(300_000);
  const payload = encodeException("M", 1, { code: 12007, message: long });
  const frame = { type: "rst", streamId: 1, ints: new Map(), payload, flags: 2, protocolId: 16 } as const;

  it("is kept up to 1 KiB where it goes on to others, and ends in an ellipsis then", () => {
    const { text } = resetOf({ ...frame, strings: new Map() }, "client");
    expect(text).toBe(`${"é".repeat(510)}…`);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
  });

  it("and a path of long names is, too", () => {
    const strings = new Map([["ttscp", `A,${"b".repeat(60_000)}`]]);
    expect(resetOf({ ...frame, strings }, "client").path).toEqual(["A", `${"b".repeat(1021)}…`]);
  });

  it("of an answer is kept up to 256 KiB", () => {
    const { message } = answerOf({ ...frame, type: "trailer", strings: new Map() }, "client") as Error;
    expect(message.endsWith("é…")).toBe(true);
    expect(message.length).toBeLessThan(140_000);
  });
});
