/** Cells of a terminal as an SVG of texts. */
import type { IBufferCell, Terminal } from "@xterm/headless";

/** Signs in a row that look alike. */
export interface Run {
  readonly text: string;
  readonly column: number;
  readonly width: number;
  readonly colour: string;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** A screen as it was at one moment. */
export interface ScreenPicture {
  readonly rows: readonly (readonly Run[])[];
}

const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const CELL = { width: 8.4, height: 18, size: 14 };
const EDGE = 12;
const PAPER = "#16181d";
const INK = "#d5d8de";
const FRAME = "#3a3f4a";
const BASE = [
  "#1d1f21",
  "#e06c75",
  "#98c379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#d5d8de",
  "#7f848e",
  "#ff7a85",
  "#b5e890",
  "#ffd58a",
  "#82c4ff",
  "#dd9bf0",
  "#7fd6e0",
  "#ffffff",
];

/** Reads the screen of a terminal emulator. */
export function screenOf(terminal: Terminal): ScreenPicture {
  const buffer = terminal.buffer.active;
  const rows = Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    const runs: Run[] = [];
    for (let column = 0; column < terminal.cols; column += 1) {
      const cell = line?.getCell(column);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const look = lookOf(cell);
      const text = cell.getChars() || " ";
      const last = runs.at(-1);
      if (last !== undefined && alike(last, look)) {
        runs[runs.length - 1] = { ...last, text: last.text + text, width: last.width + cell.getWidth() };
      } else {
        runs.push({ ...look, text, column, width: cell.getWidth() });
      }
    }
    return runs;
  });
  return { rows };
}

/** Draws screens below each other; empty rows before a screen's last one are left out. */
export function drawScreens(screens: readonly ScreenPicture[], columns: number): string {
  const width = Math.round(columns * CELL.width + 2 * EDGE);
  const body: string[] = [];
  let top = EDGE / 2;
  for (const { rows } of screens) {
    const full = rows.filter((runs) => runs.some(({ text, background }) => text.trim() !== "" || background !== null));
    const height = full.length * CELL.height + EDGE;
    body.push(
      `<rect x="${EDGE / 2}" y="${top}" width="${width - EDGE}" height="${height}" rx="6" fill="${PAPER}" stroke="${FRAME}"/>`,
    );
    full.forEach((runs, row) => {
      for (const run of runs) body.push(...drawRun(run, top + EDGE / 2 + row * CELL.height));
    });
    top += height + EDGE / 2;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-label="The screens of streamscope demo">
<g font-family="${FONT}" font-size="${CELL.size}" xml:space="preserve">
${body.join("\n")}
</g>
</svg>
`;
}

function drawRun({ text, column, width, colour, background, bold, dim }: Run, top: number): string[] {
  const drawn: string[] = [];
  const left = (EDGE + column * CELL.width).toFixed(1);
  const length = (width * CELL.width).toFixed(1);
  if (background !== null) {
    drawn.push(`<rect x="${left}" y="${top}" width="${length}" height="${CELL.height}" fill="${background}"/>`);
  }
  if (text.trim() === "") return drawn;
  const weight = bold ? ' font-weight="bold"' : "";
  const faint = dim ? ' opacity="0.65"' : "";
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  drawn.push(
    `<text x="${left}" y="${top + CELL.size}" textLength="${length}" fill="${colour}"${weight}${faint} xml:space="preserve">${escaped}</text>`,
  );
  return drawn;
}

function alike(one: Run, other: Omit<Run, "text" | "column" | "width">): boolean {
  return (
    one.colour === other.colour &&
    one.background === other.background &&
    one.bold === other.bold &&
    one.dim === other.dim
  );
}

function lookOf(cell: IBufferCell): Omit<Run, "text" | "column" | "width"> {
  const ink = cell.isFgRGB() ? hex(cell.getFgColor()) : cell.isFgPalette() ? paletteColour(cell.getFgColor()) : INK;
  const paper = cell.isBgRGB() ? hex(cell.getBgColor()) : cell.isBgPalette() ? paletteColour(cell.getBgColor()) : null;
  const inverse = cell.isInverse() !== 0;
  return {
    colour: inverse ? (paper ?? PAPER) : ink,
    background: inverse ? ink : paper,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
}

function hex(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, "0")}`;
}

/** The 256 colours: 16 named ones, a cube of 6 steps, 24 greys. */
function paletteColour(index: number): string {
  if (index < 16) return BASE[index] ?? INK;
  if (index >= 232) return hex((8 + (index - 232) * 10) * 0x010101);
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return hex((step(Math.floor(cube / 36)) << 16) | (step(Math.floor(cube / 6) % 6) << 8) | step(cube % 6));
}
