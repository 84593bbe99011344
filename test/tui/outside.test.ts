import { describe, expect, it } from "vitest";
import { clipboardBytes } from "../../src/tui/clipboard.ts";
import { editorCommand } from "../../src/tui/editor.ts";
import { editorProblem } from "../../src/tui/outside.ts";

describe("the clipboard", () => {
  const xterm = { TERM: "xterm-256color" };

  it("is the one of the terminal a person sits at", () => {
    expect(clipboardBytes("héllo", xterm)).toBe(`\u001b]52;c;${Buffer.from("héllo").toString("base64")}\u0007`);
  });

  it("is also the one around tmux", () => {
    const bytes = clipboardBytes("x", { ...xterm, TMUX: "/tmp/tmux-0/default,1,0" }) ?? "";
    expect(bytes).toContain("\u001b]52;c;eA==\u0007");
    expect(bytes).toContain("\u001bPtmux;\u001b\u001b]52;c;eA==\u0007\u001b\\");
  });

  it("is none where the terminal takes nothing, or not as much", () => {
    expect(clipboardBytes("x", { TERM: "linux" })).toBeNull();
    expect(clipboardBytes("x", {})).toBeNull();
    expect(clipboardBytes("x", { ...xterm, TERM_PROGRAM: "Apple_Terminal" })).toBeNull();
    expect(clipboardBytes("x".repeat(60_000), xterm)).toBeNull();
  });
});

describe("the editor", () => {
  const place = { source: "a b.log", line: 7 };

  it.each([
    [{ EDITOR: "vim" }, "vim", ["+7", "a b.log"]],
    [{ EDITOR: "vim", VISUAL: "code -w" }, "code", ["-w", "--goto", "a b.log:7"]],
    [{ EDITOR: "/usr/bin/hx" }, "/usr/bin/hx", ["a b.log:7"]],
    [{ EDITOR: "" }, "vi", ["+7", "a b.log"]],
  ])("of %j opens at the line", (env, program, args) => {
    expect(editorCommand(place, env)).toEqual({ program, args });
  });

  it.each([
    [{ error: Object.assign(new Error("spawnSync vimm ENOENT"), { code: "ENOENT" }) }, "there is no program vimm: "],
    [{ error: Object.assign(new Error("spawnSync vimm EACCES"), { code: "EACCES" }) }, "vimm may not be run: "],
    [{ error: new Error("out of memory") }, "vimm: out of memory"],
    [{ status: 3 }, "vimm ended with exit code 3"],
    [{ status: null, signal: "SIGKILL" as const }, "vimm was ended by SIGKILL"],
  ])("that fails says how: %j", (over, said) => {
    expect(editorProblem("vimm", { status: 0, signal: null, ...over })).toContain(said);
  });

  it("that ends well says nothing", () => {
    expect(editorProblem("vim", { status: 0, signal: null })).toBeNull();
  });

  it("opens a file without a line at its beginning, and no span", () => {
    expect(editorCommand({ source: "a.log" }, { EDITOR: "nano" })).toEqual({ program: "nano", args: ["a.log"] });
    expect(editorCommand({ traceId: "a", spanId: "b" }, {})).toBeNull();
  });
});
