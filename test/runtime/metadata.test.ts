import { describe, expect, it } from "vitest";
import { createClient, createScope, createServer, memoryTransport } from "../../src/runtime/index.ts";
import { Chat } from "../support/chat.ts";

describe("the name of a service", () => {
  it("may be anything that fits into a path: blanks, brackets, other scripts", () => {
    for (const name of ["chat", "my app", "svc[blue]", "ＡＢ", "a>b", "a - b"]) {
      expect(createServer({ name, log: null }).name).toBe(name);
    }
  });

  it("is refused where it could not be told apart in a path, by the argument's name", () => {
    const transport = memoryTransport();
    const refused: readonly [string, string][] = [
      ["a,b", "must not contain a comma"],
      ["a -> b", 'must not contain "->"'],
      ["a->b", 'must not contain "->"'],
      ["a] b", 'must not contain "] "'],
      ["a\nb", "must not contain characters that do not print"],
      ["a\u001b[1m", "must not contain characters that do not print"],
    ];
    for (const [name, words] of refused) {
      expect(() => createServer({ name })).toThrow(TypeError);
      expect(() => createServer({ name })).toThrow(`name ${words}`);
      expect(() => createClient(Chat, { target: "x", transport, name })).toThrow(`name ${words}`);
      expect(() => createScope({ service: name })).toThrow(`service ${words}`);
      expect(() => createScope({ service: "ok", caller: name })).toThrow(`caller ${words}`);
    }
  });
});
