import { describe, expect, it } from "vitest";
import { readLook } from "../../../src/cli/terminal/look.ts";

const utf8 = { LANG: "en_US.UTF-8", TERM: "xterm-256color" };

describe("the look of the screens", () => {
  it("asks the terminal for its background, unless a theme or no colour is wanted", () => {
    expect(readLook({ colour: true }, utf8, "linux")).toEqual({ theme: "auto", sixteen: false, ascii: false });
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
    [{ TERM: "xterm" }, true],
    [{ TERM: "linux" }, true],
    [{ TERM: "screen-256color" }, false],
    [{ TERM: "xterm", COLORTERM: "truecolor" }, false],
  ])("of %j has 16 colours: %s", (env, sixteen) => {
    expect(readLook({ colour: true }, env, "linux").sixteen).toBe(sixteen);
  });
});
