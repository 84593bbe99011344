import { describe, expect, it } from "vitest";
import { createTheme, PALETTES } from "../../src/tui/theme.ts";

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const BACKGROUNDS = { dark: ["#000000", "#1e1e1e"], light: ["#ffffff", "#fafafa"] } as const;

describe.each(["dark", "light"] as const)("the colours on a %s background", (name) => {
  it.each(Object.entries(PALETTES[name]))("%s has a contrast of at least 4.5 : 1", (_, colour) => {
    for (const background of BACKGROUNDS[name]) expect(contrast(colour, background)).toBeGreaterThanOrEqual(4.5);
  });
});

describe("a look", () => {
  const coloursOf = (options: Parameters<typeof createTheme>[0]): string[] => {
    const { styles } = createTheme(options);
    return Object.values(styles).flatMap(({ colour }) => (colour === undefined ? [] : [colour]));
  };

  it("without colours has none, and marks danger by inverse", () => {
    expect(coloursOf({ theme: "mono", sixteen: false, ascii: false })).toEqual([]);
    expect(createTheme({ theme: "mono", sixteen: false, ascii: false }).styles.danger.inverse).toBe(true);
  });

  it("of 16 colours uses those two that can be read on black and on white", () => {
    expect(new Set(coloursOf({ theme: "dark", sixteen: true, ascii: false }))).toEqual(new Set(["magenta", "cyan"]));
  });
});
