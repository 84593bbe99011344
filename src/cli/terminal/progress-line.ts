/** How far a long reading has come, as a line on the terminal that goes away: only while a person waits, never in what is kept. */
import { count } from "../../present/index.ts";
import type { Output } from "./output.ts";

/** What of a reading is counted. */
export interface Amounts {
  /** In bytes as they lie there, how much has been read and how much there is; null where nobody knows that. */
  readonly bytes: { readonly read: number; readonly all: number } | null;
  readonly records: number;
}

/** Who waits for less needs no line. */
const PATIENCE_MS = 1_000;
const DRAW_MS = 200;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${(bytes / 2 ** (10 * power)).toFixed(power < 3 ? 0 : 1)} ${UNITS[power]}`;
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** The line: how much of how much, how fast, how long it will take; no longer than `columns`. */
export function progressText({ bytes, records }: Amounts, elapsedMs: number, columns: number): string {
  const perSecond = (amount: number): number => (amount * 1000) / Math.max(1, elapsedMs);
  const parts: string[] = [];
  if (bytes === null) parts.push(`${count(records)} lines read`, `${count(Math.round(perSecond(records)))}/s`);
  else {
    const { read, all } = bytes;
    parts.push(`${size(read)} of ${size(all)} read`, `${size(perSecond(read))}/s`);
    if (read > 0) parts.push(timeLeft(((all - read) * elapsedMs) / read));
  }
  // A full last column would begin another line
  return `streamscope: ${parts.join(", ")}`.slice(0, Math.max(0, columns - 1));
}

/** Draws the line from its first second on, where the output is a terminal; call what it returns before anything else is printed. */
export function startProgressLine(look: () => Amounts, output: Output): () => void {
  const { columns } = output;
  if (columns === null) return () => undefined;
  const from = performance.now();
  let drawn = 0;
  const draw = (text: string): void => {
    output.write(`\r${text.padEnd(drawn)}`);
    drawn = text.length;
  };
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - from;
    if (elapsedMs >= PATIENCE_MS) draw(progressText(look(), elapsedMs, columns));
  }, DRAW_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (drawn === 0) return;
    draw("");
    output.write("\r");
  };
}
