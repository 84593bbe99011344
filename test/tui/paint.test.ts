import { describe, expect, it } from "vitest";
import { type Line, markedLine, span } from "../../src/tui/line.ts";
import { createPainter } from "../../src/tui/paint.ts";
import { createTheme, PALETTES } from "../../src/tui/theme.ts";

const painterOf = (options: Partial<Parameters<typeof createTheme>[0]> = {}): ((line: Line) => string) =>
  createPainter(createTheme({ theme: "dark", sixteen: false, ascii: false, ...options }));

/** The colours of xterm's 256 that are mixed of six steps each, and its greys. */
function colourOf(index: number): readonly [number, number, number] {
  if (index >= 232) return [0, 0, 0].map(() => 8 + 10 * (index - 232)) as [number, number, number];
  const steps = [0, 95, 135, 175, 215, 255];
  const at = index - 16;
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => steps[step]) as [number, number, number];
}

describe("a painted line", () => {
  it("writes a style once for pieces that share it, and leaves none behind", () => {
    const paint = painterOf({ theme: "mono" });
    expect(paint([span("plain")])).toBe("plain");
    expect(paint([span("a", "bold"), span("b", "bold"), span("c")])).toBe("\u001b[1mab\u001b[0mc");
    expect(paint([span("a"), span("b", "doubt")])).toBe("a\u001b[4mb\u001b[0m");
  });

  it("is inverse as a whole where it is the selected one, with its colours", () => {
    const painted = painterOf({ trueColour: true })(markedLine([span("a", "sure"), span("b")], 4, "…"));
    expect(painted).toBe("\u001b[7;38;2;135;215;255ma\u001b[0m\u001b[7mb  \u001b[0m");
  });

  it("has the nearest of 256 colours where the terminal has no more", () => {
    for (const theme of ["dark", "light"] as const) {
      for (const [style, hex] of Object.entries(PALETTES[theme])) {
        const painted = painterOf({ theme })([span("x", style as "dim")]);
        const index = Number(/38;5;(\d+)m/.exec(painted)?.[1]);
        const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
        for (const [channel, value] of colourOf(index).entries())
          expect(Math.abs(value - (wanted[channel] as number))).toBeLessThanOrEqual(32);
      }
    }
  });

  it("shows what would act on the terminal, also where its maker forgot to", () => {
    expect(painterOf({ theme: "mono" })([span("a\u001b[2Jb\u202ec")])).toBe("a\\x1b[2Jb\\u202ec");
  });
});
