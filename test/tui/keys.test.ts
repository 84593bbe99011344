import { readFileSync } from "node:fs";
import type { Key } from "ink";
import { describe, expect, it } from "vitest";
import { readPresses } from "../../src/tui/input.ts";
import { actionFor, BINDINGS, bindingsIn, keysDocument, VIEWS } from "../../src/tui/keys.ts";
import { takeMouse } from "../../src/tui/mouse.ts";

const NO_FLAGS = { ctrl: false, meta: false } as Key;

describe("the table of keys", () => {
  it("is what docs/keys.md says (node scripts/keys.ts writes it)", () => {
    expect(readFileSync(new URL("../../docs/keys.md", import.meta.url), "utf8")).toBe(keysDocument());
  });

  it.each(VIEWS)("gives no key two meanings in %s", (view) => {
    const keys = bindingsIn(view).flatMap((binding) => binding.keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it.each(VIEWS)("has a way out of, a way back from and help in %s", (view) => {
    expect(actionFor("q", view)).toBe("quit");
    expect(actionFor("ctrl-c", view)).toBe("leave");
    expect(actionFor("esc", view)).toBe("back");
    expect(actionFor("?", view)).toBe("help");
  });

  it("knows arrows and vim alike", () => {
    for (const [arrow, letter] of [
      ["up", "k"],
      ["down", "j"],
      ["left", "h"],
      ["right", "l"],
    ] as const) {
      expect(actionFor(arrow, "origins")).toBe(actionFor(letter, "origins"));
    }
  });

  it("names each action once", () => {
    expect(new Set(BINDINGS.map((binding) => binding.action)).size).toBe(BINDINGS.length);
  });
});

describe("key presses", () => {
  it("come one by one also where several arrive together", () => {
    expect(readPresses("jjG", NO_FLAGS).map((press) => press.name)).toEqual(["j", "j", "G"]);
    expect(readPresses("kind=x\r", NO_FLAGS).map((press) => press.name)).toEqual([..."kind=x", "enter"]);
  });

  it("have names for keys without text", () => {
    expect(readPresses("", { ...NO_FLAGS, upArrow: true })).toEqual([{ name: "up", text: "" }]);
    expect(readPresses("c", { ...NO_FLAGS, ctrl: true })).toEqual([{ name: "ctrl-c", text: "" }]);
    expect(readPresses(" ", NO_FLAGS)).toEqual([{ name: "space", text: " " }]);
  });

  it("keep controls that come in a burst, and type none of them", () => {
    expect(readPresses("a\u0004b", NO_FLAGS).map((press) => press.name)).toEqual(["a", "ctrl-d", "b"]);
    expect(readPresses("a\u0001\u001cb", NO_FLAGS).map((press) => press.text)).toEqual(["a", "", "b"]);
  });

  it("are two where escape and a key come in one read", () => {
    expect(readPresses("j", { ...NO_FLAGS, meta: true }).map((press) => press.name)).toEqual(["esc", "j"]);
    expect(readPresses("", { ...NO_FLAGS, meta: true, upArrow: true }).map((press) => press.name)).toEqual([
      "esc",
      "up",
    ]);
    expect(readPresses("", { ...NO_FLAGS, meta: true, escape: true }).map((press) => press.name)).toEqual(["esc"]);
  });

  it("are the mouse's wheel and its first button, and none of its other reports", () => {
    const wheel = { name: "wheel-up", text: "", at: { column: 9, row: 4 } };
    expect(takeMouse("a\u001b[<64;10;5Mb")).toEqual({ presses: [wheel], rest: "ab", begun: "" });
    expect(takeMouse("\u001b[<0;1;1M\u001b[<0;1;1m\u001b[<2;1;1M").presses.map(({ name }) => name)).toEqual(["click"]);
    expect(takeMouse("j\u001b[<64;1")).toEqual({ presses: [], rest: "j", begun: "\u001b[<64;1" });
  });
});
