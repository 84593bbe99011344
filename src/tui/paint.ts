/**
 * Lines with styles to the bytes that a terminal draws them with: SGR, ECMA-48 8.3.117.
 */
import { printable } from "../present/index.ts";
import type { Line } from "./line.ts";
import type { Ink, Style, Theme } from "./theme.ts";

const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2026\u2500-\u259f]*$/;
const RESET = "\u001b[0m";

/** Makes what paints lines in a look. Each line begins and ends without a style. */
export function createPainter({ styles, trueColour }: Pick<Theme, "styles" | "trueColour">): (line: Line) => string {
  const codes = new Map<Style, { readonly plain: string; readonly marked: string }>();
  for (const [style, ink] of Object.entries(styles) as [Style, Ink][])
    codes.set(style, { plain: codeOf(ink, trueColour), marked: codeOf({ ...ink, inverse: true }, trueColour) });
  return (line) => {
    let painted = "";
    let before = "";
    for (const { text, style, marked = false } of line) {
      const code = codes.get(style)?.[marked ? "marked" : "plain"] ?? "";
      if (code !== before) painted += before === "" ? code : RESET + code;
      // Whoever made a line made its text safe; this is for the one that was forgotten.
      painted += PLAIN.test(text) ? text : printable(text);
      before = code;
    }
    return before === "" ? painted : painted + RESET;
  };
}

function codeOf({ bold = false, underline = false, inverse = false, colour }: Ink, trueColour: boolean): string {
  const parts = [
    ...(bold ? ["1"] : []),
    ...(underline ? ["4"] : []),
    ...(inverse ? ["7"] : []),
    ...(colour === undefined ? [] : [colourCode(colour, trueColour)]),
  ];
  return parts.length === 0 ? "" : `\u001b[${parts.join(";")}m`;
}

/** `cyan` and `magenta` are of the 16; `#rrggbb` is drawn as it is, or by the nearest of the 256. */
function colourCode(colour: NonNullable<Ink["colour"]>, trueColour: boolean): string {
  if (colour === "cyan") return "36";
  if (colour === "magenta") return "35";
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return trueColour ? `38;2;${red};${green};${blue}` : `38;5;${nearest(red, green, blue)}`;
}

/** The nearest colour of xterm's 256: the cube of 6 x 6 x 6 from 16 on, the greys from 232 on. */
function nearest(red: number, green: number, blue: number): number {
  if (red === green && green === blue) return 232 + Math.max(0, Math.min(23, Math.round((red - 8) / 10)));
  const steps = [0, 95, 135, 175, 215, 255];
  const stepOf = (value: number): number =>
    steps.reduce((best, step, index) => {
      return Math.abs(step - value) < Math.abs((steps[best] as number) - value) ? index : best;
    }, 0);
  return 16 + 36 * stepOf(red) + 6 * stepOf(green) + stepOf(blue);
}
