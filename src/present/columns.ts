/**
 * Text in columns of a terminal. How wide a sign is, is a matter of tables that change every year; they come with the package string-width.
 */
import stringWidth from "string-width";
import { printable } from "../model/index.ts";

/** Columns a printable text takes on a terminal. */
export function widthOf(text: string): number {
  // Asked for each cell of each picture, and nearly always of signs that take one column each
  for (let index = 0; index < text.length; index += 1)
    if (!isOneColumn(text.charCodeAt(index))) return stringWidth(text);
  return text.length;
}

/** Printable ASCII, Latin letters, the lines and blocks that screens are drawn with: one column, whatever stands beside them. */
function isOneColumn(unit: number): boolean {
  if (unit < 0x7f) return unit >= 0x20;
  return (unit >= 0xa1 && unit <= 0x2ff && unit !== 0xad) || unit === 0x2026 || (unit >= 0x2500 && unit <= 0x259f);
}

/** Fills with spaces up to a width; longer texts stay as they are. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Fills with spaces on the left side. */
export function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Cuts at a width, between graphemes; what was cut shows as the mark. */
export function cut(text: string, width: number, mark = "…"): string {
  if (width < 1) return "";
  if (text.length <= width * 16 && widthOf(text) <= width) return text;
  return take(text, Math.max(0, width - widthOf(mark))) + (widthOf(mark) <= width ? mark : "");
}

/** Cuts a name at a width, in its middle: names of one program begin alike, and what tells them apart stands at their ends. */
export function cutName(text: string, width: number, mark = "…"): string {
  const kept = width - widthOf(mark);
  if (kept < 4 || (text.length <= width * 16 && widthOf(text) <= width)) return cut(text, width, mark);
  const end = takeEnd(text, Math.floor(kept / 2));
  return take(text, kept - widthOf(end)) + mark + end;
}

/** Breaks into lines of at most a width, between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ")) {
    const next = line === "" ? word : `${line} ${word}`;
    if (widthOf(next) <= width) {
      line = next;
      continue;
    }
    if (line !== "") lines.push(line);
    while (widthOf(word) > width) {
      const head = take(word, width);
      if (head === "") break;
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  lines.push(line);
  return lines;
}

let graphemes: Intl.Segmenter | null = null;

/** The longest beginning that fits. */
function take(text: string, width: number): string {
  // A grapheme is rarely longer than a dozen units; without this bound a text of megabytes would be segmented for one row.
  const near = text.length > width * 16 ? text.slice(0, width * 16) : text;
  let used = 0;
  let end = 0;
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment, index } of graphemes.segment(near)) {
    used += widthOf(segment);
    if (used > width) break;
    end = index + segment.length;
  }
  return near.slice(0, end);
}

/** The longest end that fits. */
function takeEnd(text: string, width: number): string {
  const near = text.slice(-width * 16);
  let left = widthOf(near);
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment, index } of graphemes.segment(near)) {
    if (left <= width) return near.slice(index);
    left -= widthOf(segment);
  }
  return "";
}

/** A count with separators: `1,204`. */
export function count(value: number): string {
  // Intl.NumberFormat would take some milliseconds of the start.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 cascade`, `2 cascades`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`;
}

/** A name for print: safe, and visible where it is empty or not known. */
export function shownName(name: string | null): string {
  if (name === null) return "(unknown)";
  return name.trim() === "" ? `"${name}"` : printable(name);
}
