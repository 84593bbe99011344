import { describe, expect, it } from "vitest";
import { readLook } from "../../../src/cli/terminal/look.ts";

const utf8 = { LANG: "en_US.UTF-8", TERM: "xterm-256color" };

describe("the look of the screens", () => {
  it("asks the terminal for its background, unless a theme or no colour is wanted", () => {
    expect(readLook({ colour: true }, utf8, "linux")).toMatchObject({ theme: "auto", sixteen: false, ascii: false });
    expect(readLook({ colour: false }, utf8, "linux").theme).toBe("mono");
    expect(readLook({ colour: false, theme: "light" }, utf8, "linux").theme).toBe("light");
  });

  it.each([
    [{ LANG: "C" }, true],
    [{}, true],
    [{ LANG: "de_DE.utf8" }, false],
    [{ LANG: "C", LC_ALL: "C.UTF-8" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }, true],
  ])("in the locale %j draws with ASCII alone: %s", (env, ascii) => {
    expect(readLook({ colour: true }, env, "linux").ascii).toBe(ascii);
  });

  it("draws with what was asked for, whatever the locale", () => {
    expect(readLook({ colour: true, ascii: true }, utf8, "linux").ascii).toBe(true);
    expect(readLook({ colour: true }, {}, "win32").ascii).toBe(false);
  });

  it.each([
    [{ TERM: "xterm" }, "16"],
    [{ TERM: "linux" }, "16"],
    [{ TERM: "screen-256color" }, "256"],
    [{ TERM: "xterm", COLORTERM: "truecolor" }, "any"],
    [{ TERM: "xterm-kitty" }, "any"],
  ])("of %j has these colours: %s", (env, colours) => {
    const { sixteen, trueColour } = readLook({ colour: true }, env, "linux");
    expect(sixteen ? "16" : trueColour ? "any" : "256").toBe(colours);
  });
});
