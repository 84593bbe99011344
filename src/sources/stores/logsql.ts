/** The prefilter in LogsQL: which lines a VictoriaLogs is asked for. */
import type { Prefilter } from "../../model/index.ts";
import { shortestPatterns } from "../formats/patterns.ts";

/** A shorter piece of a word stands in too many others. */
const MIN_PIECE = 5;

/**
 * The query for the lines that may matter, and more: with one of the words in any of their fields (`*:`), since loggers put the error beside the
 * message. `deep`: all lines, because ordinary words are too many for a query. `filter`: what lines have to meet besides; null: nothing.
 */
export function queryFor({ needles, smells }: Prefilter, deep: boolean, filter: string | null): string {
  if (deep) return filter ?? "*";
  const pieces = [...needles.flatMap((needle) => [needle, needle.toLowerCase()]), ...piecesOf(smells)];
  const words = `*:(${[...new Set(pieces)].map((piece) => `*${JSON.stringify(piece)}*`).join(" or ")})`;
  return filter === null ? words : `(${filter}) ${words}`;
}

/**
 * LogsQL finds a part of a word only as it is written, and a regular expression for any case of letters costs it thirty times as much. So
 * `cancel`, `Cancelled` and `CANCELED` are found by `ancel` and `ANCEL`, and `DeadlineExceeded` by the first word in it.
 */
function piecesOf(words: readonly string[]): readonly string[] {
  const pieces = words.map((word) => {
    const whole = word.slice(1).toLowerCase();
    const first = /^[a-z]+/.exec(whole)?.[0] ?? "";
    return first.length >= MIN_PIECE ? first : whole;
  });
  const shortest = shortestPatterns(pieces);
  return [...shortest, ...shortest.map((piece) => piece.toUpperCase())];
}
