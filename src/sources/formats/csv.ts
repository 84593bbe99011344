/**
 * Exports of log stores as CSV -> the same as lines of JSON, one a record, with the names of the header.
 */
import { namesRecord } from "./envelope.ts";
import { roleOf } from "./roles.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;
const MAX_HEADER = 4096;

/** How an export is written. */
export interface CsvShape {
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** Lines up to the first row. */
  readonly head: number;
}

function unquote(cell: string): string {
  const trimmed = cell.trim();
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
}

/** Tells spreadsheets what parts the cells, in a line of its own above the header. */
const SEPARATOR_LINE = /^\ufeff?sep=(.)\r?\n/i;

/** Reads the first line of an input as the header of an export: a time and a message are among its columns; null for any other line. */
export function parseCsvHeader(first: string): CsvShape | null {
  const above = SEPARATOR_LINE.exec(first)?.[0].length ?? 0;
  const end = first.indexOf("\n", above);
  if (end < 0) return null;
  const text = first
    .slice(above, end)
    .replace(/^\ufeff/, "")
    .replace(/\r$/, "");
  if (text.length > MAX_HEADER || !/^["\p{L}\w@#.$,;\t]/u.test(text)) return null;
  for (const delimiter of DELIMITERS) {
    // A table that a data frame wrote has numbers of its rows in front, without a name
    const columns = text.split(delimiter).map((name, i) => unquote(name) || (i === 0 ? "index" : ""));
    if (columns.length < 2 || !columns.every((name) => /^[\p{L}\w@#.$][\p{L}\w@#.$ /()[\]:-]{0,63}$/u.test(name)))
      continue;
    if (namesRecord(columns)) return { columns, delimiter, head: above > 0 ? 2 : 1 };
  }
  return null;
}

/** What is wrong with an export, told once each. */
export type OnFault = (message: string) => void;

/** The rows of an export as lines of JSON. A row over several lines is followed by empty ones, so that the numbers of lines stay true. */
export async function* linesOfCsv(
  chunks: AsyncIterable<Uint8Array>,
  shape: CsvShape,
  onFault: OnFault,
): AsyncGenerator<Uint8Array> {
  const { columns } = shape;
  const rows = new CsvRows(shape, onFault);
  const decoder = new TextDecoder();
  let text = "";
  let searched = 0;
  let { head } = shape;
  const take = (final: boolean): Buffer => {
    let lines = "";
    let from = 0;
    for (let end = text.indexOf("\n", searched); end >= 0; end = text.indexOf("\n", from)) {
      const line = text.slice(from, end);
      from = end + 1;
      if (head > 0) lines += "\n";
      else for (const row of rows.feed(line)) lines += jsonOfRow(row, columns);
      head -= 1;
    }
    text = text.slice(from);
    searched = text.length;
    if (final && text !== "" && head <= 0) for (const row of rows.feed(text)) lines += jsonOfRow(row, columns);
    if (final) for (const row of rows.finish()) lines += jsonOfRow(row, columns);
    return Buffer.from(lines);
  };
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const bytes = take(false);
    if (bytes.length > 0) yield bytes;
  }
  text += decoder.decode();
  yield take(true);
}

function jsonOfRow({ cells, lines }: CsvRow, columns: readonly string[]): string {
  const named = cells.flatMap((value, i) => (value === "" ? [] : [[columns[i] ?? `column${i + 1}`, value]]));
  return (named.length === 0 ? "" : JSON.stringify(Object.fromEntries(named))) + "\n".repeat(lines);
}

/** One row, and over how many lines it went. */
interface CsvRow {
  readonly cells: readonly string[];
  readonly lines: number;
}

/** A quote that is open for longer than this was never closed. */
const MAX_QUOTED: number = 1024 * 1024;

/**
 * Lines -> rows, as spreadsheets write them (RFC 4180); a quote that stands where none belongs is a sign like others.
 *
 * The trap: a quote that is never closed takes in all rows behind it. Where something says that it was not meant to be open (a quote in it that
 * is neither doubled nor at the end of a cell, or far too long a text), the first line in it that begins as the rows do begins a row.
 */
class CsvRows {
  readonly #delimiter: string;
  readonly #columns: number;
  readonly #timeColumn: number;
  readonly #onFault: OnFault;
  /** How the time of the first row looks; null where none has been seen. */
  #form: RegExp | null = null;
  #cells: string[] = [];
  /** The lines of the row so far, and the text of the cell whose quote is open. */
  #lines: string[] = [];
  #length = 0;
  #open: string | null = null;
  #broken = false;
  /** Which line of an open quote is the first that looks like a row; 0: none. */
  #candidate = 0;

  constructor({ columns, delimiter }: CsvShape, onFault: OnFault) {
    this.#delimiter = delimiter;
    this.#columns = columns.length;
    this.#timeColumn = columns.findIndex((name) => roleOf(name).name === "time");
    this.#onFault = onFault;
  }

  /** Takes the next line, without its end; gives the rows that are whole now. */
  feed(line: string): CsvRow[] {
    if (this.#open !== null && this.#candidate === 0 && this.#looksLikeRow(line)) this.#candidate = this.#lines.length;
    this.#take(line);
    if ((this.#broken && this.#candidate > 0) || this.#length > MAX_QUOTED) return this.#giveUp();
    return this.#open === null ? [this.#finishRow()] : [];
  }

  /** The rows that are still open: no more lines will come. */
  finish(): CsvRow[] {
    const rows: CsvRow[] = [];
    while (this.#open !== null) rows.push(...this.#giveUp());
    return rows;
  }

  #take(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
    const end = line.endsWith("\r") ? line.length - 1 : line.length;
    let at = 0;
    if (this.#open !== null) at = this.#takeQuoted(`${this.#open}\n`, line, 0, end);
    while (at >= 0) {
      if (line[at] === '"' && at < end) at = this.#takeQuoted("", line, at + 1, end);
      else {
        const next = line.indexOf(this.#delimiter, at);
        this.#cells.push(line.slice(at, next < 0 ? end : next));
        at = next < 0 ? -1 : next + 1;
      }
    }
  }

  /** Takes a quoted cell on from where it stands. Where the next cell begins; -1 at the end of the line. */
  #takeQuoted(before: string, line: string, from: number, end: number): number {
    let text = before;
    for (let at = from; ; ) {
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        this.#open = text + line.slice(at, end);
        return -1;
      }
      text += line.slice(at, quote);
      const next = line[quote + 1];
      if (quote + 1 >= end || next === this.#delimiter) {
        this.#cells.push(text);
        this.#open = null;
        if (!this.#broken) this.#candidate = 0;
        return quote + 1 >= end ? -1 : quote + 2;
      }
      text += '"';
      if (next !== '"') this.#broken = true;
      at = quote + (next === '"' ? 2 : 1);
    }
  }

  #finishRow(): CsvRow {
    if (this.#open !== null) this.#cells.push(this.#open);
    const row = { cells: this.#cells, lines: this.#lines.length };
    this.#form ??= formOf(row.cells[this.#timeColumn]);
    this.#reset();
    return row;
  }

  #reset(): void {
    this.#cells = [];
    this.#lines = [];
    this.#length = 0;
    this.#open = null;
    this.#broken = false;
    this.#candidate = 0;
  }

  #looksLikeRow(line: string): boolean {
    this.#form ??= formOf(this.#cells[this.#timeColumn]);
    if (this.#form === null) return false;
    const cells = line.split(this.#delimiter);
    return cells.length >= this.#columns && this.#form.test(unquote(cells[this.#timeColumn] ?? ""));
  }

  /** Ends the row before the line that looks like one; where none does, every line is a row. */
  #giveUp(): CsvRow[] {
    const lines = this.#lines;
    const count = this.#candidate === 0 ? 1 : this.#candidate;
    const alone = this.#candidate === 0;
    if (alone) this.#onFault("a quote is never closed: each line behind it is read as a row");
    this.#reset();
    for (const line of lines.slice(0, count)) this.#take(line);
    const rows = [this.#finishRow()];
    for (const line of lines.slice(count)) {
      if (!alone) rows.push(...this.feed(line));
      else {
        this.#take(line);
        rows.push(this.#finishRow());
      }
    }
    return rows;
  }
}

/** The form of a value with figures in it: how many there are in a row and which words stand between makes no difference. */
function formOf(value: string | undefined): RegExp | null {
  if (value === undefined || value.length > 64 || !/\d\D+\d/.test(value)) return null;
  const form = value.replace(/\d+|[A-Za-z]+|[^\dA-Za-z]/g, (part) =>
    /\d/.test(part) ? "\\d+" : /[A-Za-z]/.test(part) ? "[A-Za-z]+" : `\\${part}`,
  );
  return new RegExp(`^${form}$`);
}
