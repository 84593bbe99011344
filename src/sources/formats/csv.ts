/**
 * Exports of log stores as CSV -> the same as lines of JSON, one a record, with the names of the header.
 */
import { messageRank } from "./envelope.ts";
import { roleOf } from "./roles.ts";

const DELIMITERS = [",", ";", "\t"] as const;
const MAX_HEADER = 4096;

/** How an export is written. */
export interface CsvShape {
  readonly columns: readonly string[];
  readonly delimiter: string;
}

function unquote(cell: string): string {
  const trimmed = cell.trim();
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
}

/** Reads the first line of an input as the header of an export: a time and a message are among its columns; null for any other line. */
export function parseCsvHeader(line: string): CsvShape | null {
  const text = line.replace(/^\ufeff/, "").replace(/\r$/, "");
  if (text.length > MAX_HEADER || !/^["\w@#.$]/.test(text)) return null;
  for (const delimiter of DELIMITERS) {
    const columns = text.split(delimiter).map(unquote);
    if (columns.length < 2 || !columns.every((name) => /^[\w@#.$][\w@#.$ /()[\]:-]{0,63}$/.test(name))) continue;
    const hasTime = columns.some((name) => roleOf(name).name === "time");
    if (hasTime && columns.some((name) => messageRank(name) !== null)) return { columns, delimiter };
  }
  return null;
}

/** The rows of an export as lines of JSON. A row over several lines is followed by empty ones, so that the numbers of lines stay true. */
export async function* linesOfCsv(
  chunks: AsyncIterable<Uint8Array>,
  { columns, delimiter }: CsvShape,
): AsyncGenerator<Uint8Array> {
  const { parse } = await import("csv-parse");
  const parser = parse({ bom: true, delimiter, relax_column_count: true, relax_quotes: true, info: true });
  let rows: CsvRow[] = [];
  let fault: Error | null = null;
  parser.on("data", (row: CsvRow) => rows.push(row));
  parser.on("error", (error: Error) => {
    fault = error;
  });
  let lines = 0;
  const take = (): Buffer => {
    let text = "";
    for (const { record, info } of rows) {
      // The header is a line, too
      if (lines > 0) text += jsonOfRow(record, columns);
      text += "\n".repeat(Math.max(1, info.lines - lines));
      lines = Math.max(info.lines, lines + 1);
    }
    rows = [];
    return Buffer.from(text);
  };
  for await (const chunk of chunks) {
    // The parser keeps what is not whole yet, and the chunk is overwritten by the next one
    await new Promise<void>((done) => parser.write(Buffer.from(chunk), () => done()));
    const bytes = take();
    if (bytes.length > 0) yield bytes;
    if (fault !== null) throw fault;
  }
  await new Promise<void>((done) => parser.once("error", done).once("end", done).end());
  yield take();
}

function jsonOfRow(record: readonly string[], columns: readonly string[]): string {
  const cells = record.flatMap((value, i) => (value === "" ? [] : [[columns[i] ?? `column${i + 1}`, value]]));
  return JSON.stringify(Object.fromEntries(cells));
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}
