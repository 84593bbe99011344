import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readable, toError } from "../../../src/runtime/errors/thrown-value.ts";
import { BusinessError, StreamException } from "../../../src/runtime/index.ts";
import { hostileValues } from "../../support/hostile-values.ts";

describe("a thrown value", () => {
  it("stays itself where all of it can be read", () => {
    const cancel = new StreamException({ code: 12007, side: "server", text: "x", origin: null });
    for (const value of [
      new Error("x"),
      new BusinessError(1, "x"),
      cancel,
      { intent: "stop" },
      "text",
      undefined,
      1n,
    ]) {
      expect(readable(value)).toBe(value);
    }
    const error = new TypeError("x", { cause: cancel });
    expect(toError(error)).toBe(error);
  });

  it("that is no error becomes one with its words, itself the cause", () => {
    expect(toError("no")).toMatchObject({ message: "no", cause: "no" });
    expect(toError(Symbol("s")).message).toBe("Symbol(s)");
    expect(toError(Object.create(null)).message).toBe("a value of type object that cannot be read");
  });

  it("with a part that is not what it should be is replaced, its message kept", () => {
    const named = Object.assign(new Error("x"), { name: 5 });
    const traced = Object.assign(new Error("y"), { stack: 5 });
    const deep = new Error("z", { cause: new Error("a", { cause: named }) });
    const branded = Object.assign(new BusinessError(1, "b"), { extra: { id: 1n } });
    for (const value of [named, traced, deep, branded]) {
      expect(readable(value)).not.toBe(value);
      expect(toError(value).message).toBe(value.message);
    }
  });

  it("of any kind can be read and made into an error with a text", () => {
    fc.assert(
      fc.property(hostileValues, (make) => {
        const error = toError(make());
        expect(error).toBeInstanceOf(Error);
        expect(typeof error.message).toBe("string");
        expect(typeof `${error.name} ${error.stack}`).toBe("string");
        StreamException.in(error);
        BusinessError.in(error);
      }),
    );
  });
});

describe("a BusinessError", () => {
  it("wants texts, as they travel as texts, and names what is none", () => {
    expect(() => new BusinessError(1, "x", { id: 10n } as never)).toThrow(
      new TypeError("BusinessError: extra.id must be a string, got bigint"),
    );
    expect(() => new BusinessError(1, 5 as never)).toThrow(
      new TypeError("BusinessError: text must be a string, got number"),
    );
  });
});
