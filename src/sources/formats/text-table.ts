/**
 * Tables as clients of databases, clouds and pages print them -> the same as lines of JSON, one a row, with the names of the heading: psql,
 * mysql, sqlite, ClickHouse's Pretty formats, Markdown, CloudWatch Insights, az and gcloud.
 *
 * A heading is one only where a time and a message are among its columns. A message may hold the sign that parts the columns: it takes what is
 * too much of a row.
 */
import { messageRank, namesRecord } from "./envelope.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH, recordLine } from "./lines-into-records.ts";
import { roleOf } from "./roles.ts";

const BARS = /[|│┆┃║]/;
/** A line of a frame, without words. */
const RULE = /^[\s|│┃║+:=─━═—\-┌┬┐├┼┤└┴┘┏┳┓┡╇┩╭╮╰╯╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛┠╂┨┗┻┛]+$/u;
/** A frame that has the names of the columns in it, and the number of the rows before it. */
const NAMED_FRAME = /^\s*[┌┏╭][─━]*(?<names>[^─━┌┏┬┳].*?)[─━]*[┐┓╮]\s*$/u;
const ROW_NUMBER = /^\s*\d+\. (?=[│┃])/u;
const NAME = /^[\p{L}\w@#.$][\p{L}\w@#.$ /()[\]:-]{0,63}$/u;

const ROW_NUMBERS = "#";

/** How the columns of a table are told apart. */
interface Table {
  readonly columns: readonly string[];
  /** Whether bars stand between them; else blanks do. */
  readonly barred: boolean;
  /** Whether a bar stands before the first one, too. */
  readonly framed: boolean;
  /** Where the columns begin, of a table without bars. */
  readonly starts: readonly number[];
}

function tableOf(cells: readonly string[], shape: Omit<Table, "columns">): Table | null {
  // The numbers of the rows stand below no name
  const columns = cells.map((cell, i) => (i === 0 && cell === "" ? ROW_NUMBERS : cell.replace(/^[`*_]+|[`*_]+$/g, "")));
  return columns.length > 1 && columns.every((name) => NAME.test(name)) && namesRecord(columns)
    ? { ...shape, columns }
    : null;
}

/** The cells of a row with bars, without the frame around it. */
function barredCells(line: string, framed: boolean): string[] {
  const row = line.replace(ROW_NUMBER, "");
  const inner = framed ? row.replace(/^\s*[|│┆┃║]/, "").replace(/[|│┆┃║]\s*$/, "") : row;
  return inner.split(BARS).map((cell) => cell.trim());
}

/** Words with two blanks between them, and where they begin. */
function spacedCells(line: string): { readonly cells: string[]; readonly starts: number[] } {
  const cells: string[] = [];
  const starts: number[] = [];
  for (const match of line.matchAll(/\S+(?: \S+)*/g)) {
    cells.push(match[0]);
    starts.push(match.index);
  }
  return { cells, starts };
}

/** A line below the names with the types of the columns, as data frames and DuckDB have it. */
function isTyped(line: string): boolean {
  return (
    BARS.test(line) &&
    /^[\s|│┆┃║]*(?:(?:u?(?:tiny|small|big|huge)?int(?:eger|\d{1,3})?|[uif]\d{1,3}|u?varchar|str(?:ing)?|text|object|timestamp[\w ()]*|datetime[\w[\]µ, ]*|double|float|bool(?:ean)?|date|time|json)[\s|│┆┃║]+)+$/iu.test(
      line,
    )
  );
}

/** The table whose heading stands at the beginning of a text, and how many lines it takes; null where none does. */
function findTable(first: string): { readonly table: Table; readonly heading: number } | null {
  const lines = first.split(/\r?\n/, 6);
  const at = lines.findIndex((line) => line.trim() !== "" && (!RULE.test(line) || NAMED_FRAME.test(line)));
  const head = lines[at];
  if (head === undefined || head.length > 4096) return null;
  const names = NAMED_FRAME.exec(head)?.groups?.["names"];
  if (names !== undefined) {
    const table = tableOf(
      names.split(/[┬┳]/u).map((name) => name.replace(/^[─━ ]+|[─━ ]+$/gu, "")),
      {
        barred: true,
        framed: true,
        starts: [],
      },
    );
    return table === null ? null : { table, heading: at + 1 };
  }
  const typed = BARS.test(head) && isTyped(lines[at + 1] ?? "") ? 1 : 0;
  const below = lines[at + 1 + typed] ?? "";
  if (BARS.test(head) && below.trim() !== "" && RULE.test(below)) {
    const framed = /^\s*[|│┆┃║]/.test(head);
    const table = tableOf(barredCells(head, framed), { barred: true, framed, starts: [] });
    return table === null ? null : { table, heading: at + 2 + typed };
  }
  const { cells, starts } = spacedCells(head);
  const isRuled = /^-+(?: +-+)+\s*$/.test(below);
  // Without a line below it a heading is told from words by its capitals
  if (at > 0 || (!isRuled && !/^[A-Z][A-Z_ .]+$/.test(head.trim()))) return null;
  const ruled = isRuled ? [...below.matchAll(/-+/g)].map(({ index }) => index) : starts;
  const numbered = isRuled && ruled.length === cells.length + 1 && head.slice(0, ruled[1]).trim() === "";
  const table = tableOf(numbered ? ["", ...cells] : cells, { barred: false, framed: false, starts: ruled });
  return table === null ? null : { table, heading: isRuled ? 2 : 1 };
}

/** Before a line of a cell that is known to be one of its own. */
const NEW_LINE = "\n";
/** No client wraps cells that are narrower. */
const LEAST_WRAPPED = 20;

/** The value of a cell: where it was wrapped at its width, or between the words that have no room, its lines are one. */
function joined(lines: readonly string[], width: number): string {
  const [first = "", ...more] = lines;
  if (more.length === 0) return first;
  const isWrapped = width >= LEAST_WRAPPED && !more.some((line) => line.startsWith(NEW_LINE));
  if (isWrapped && lines.slice(0, -1).every((line) => line.length >= width - 1)) {
    return lines.reduce((text, line, i) => text + ((lines[i - 1] ?? "").length < width ? " " : "") + line);
  }
  const hasNoRoom = (line: string, i: number): boolean =>
    (lines[i] ?? "").length + 1 + (line.split(" ", 1)[0] ?? "").length > width;
  if (isWrapped && more.every(hasNoRoom)) return lines.join(" ");
  return [first, ...more.map((line) => (line.startsWith(NEW_LINE) ? line.slice(1) : line))].join("\n");
}

/** Reads the rows of one table; what is no row stays a line. */
class TableRows implements LinesIntoRecords {
  readonly #table: Table;
  readonly #text: number;
  readonly #time: number;
  #heading: number;
  /** The lines of each cell of the row that is open. */
  #row: string[][] | null = null;
  /** How wide the cells of that row are; empty where that cannot be told. */
  #widths: readonly number[] = [];
  #lines = 0;
  #length = 0;

  constructor(table: Table, heading: number) {
    this.#table = table;
    this.#heading = heading;
    const ranks = table.columns.map((name) => messageRank(name) ?? Number.POSITIVE_INFINITY);
    this.#text = ranks.indexOf(Math.min(...ranks));
    this.#time = table.columns.findIndex((name) => roleOf(name).name === "time");
  }

  feed(line: string): string {
    if (this.#heading > 0) {
      this.#heading -= 1;
      return "\n";
    }
    const cells = RULE.test(line) ? null : this.#cells(line);
    if (cells === null) return `${this.finish()}${RULE.test(line) || NAMED_FRAME.test(line) ? "" : line}\n`;
    this.#length += line.length + 1;
    const goesOn = this.#row !== null && cells[this.#time] === "" && this.#table.barred;
    if (this.#row !== null && goesOn && this.#length < MAX_RECORD_LENGTH) {
      this.#goOn(this.#row, cells, line);
      this.#lines += 1;
      return "";
    }
    const before = this.finish();
    this.#row = cells.map((cell) => [cell]);
    this.#widths = this.#widthsIn(line);
    this.#lines = 1;
    this.#length = line.length;
    return before;
  }

  finish(): string {
    if (this.#row === null) return "";
    const values = this.#row.map((lines, i) => joined(lines, this.#widths[i] ?? 0));
    const named = values.flatMap((value, i) => (value === "" ? [] : [[this.#table.columns[i] ?? "", value] as const]));
    const text = recordLine(named, this.#lines);
    this.#row = null;
    return text;
  }

  /** Takes the next line of a row whose cells have several. */
  #goOn(row: readonly string[][], cells: readonly string[], line: string): void {
    const whole = this.#wholeCells(line);
    for (const [i, cell] of cells.entries()) {
      const lines = row[i];
      if (cell === "" || lines === undefined) continue;
      const above = lines.at(-1) ?? "";
      // psql marks a cell that goes on, where a value has a new line and where it was wrapped
      if (/[.…]$/.test(above)) lines[lines.length - 1] = above.slice(0, -1) + cell.replace(/^[.…]/, "");
      else if (/[+↵]$/.test(above)) lines.splice(-1, 1, above.replace(/\s*[+↵]$/, ""), NEW_LINE + cell);
      // A blank at which a full cell was wrapped
      else lines.push(whole[i]?.startsWith("  ") && above.length >= (this.#widths[i] ?? 0) ? ` ${cell}` : cell);
    }
  }

  /** How wide each cell of a row is, of which a blank stands on both sides. */
  #widthsIn(line: string): readonly number[] {
    return this.#wholeCells(line).map((cell) => cell.length - 2);
  }

  /** The cells with all blanks; none where it cannot be told which sign parts them. */
  #wholeCells(line: string): readonly string[] {
    const { columns, barred, framed } = this.#table;
    if (!barred || !framed) return [];
    const cells = line.replace(/^\s*[|│┆┃║]|[|│┆┃║]\s*$/g, "").split(BARS);
    return cells.length === columns.length ? cells : [];
  }

  /** The cells of a row, as many as there are columns; null for a line that is none. */
  #cells(line: string): string[] | null {
    const { columns, barred, framed, starts } = this.#table;
    if (barred) return BARS.test(line) ? this.#fitted(barredCells(line, framed), " | ") : null;
    const isNumbered = columns[0] === ROW_NUMBERS && /^ *\d+ /.test(line);
    if (line.trim() === "" || (line.startsWith(" ") && !isNumbered)) return null;
    const fits = starts.every((start) => start === 0 || (line[start - 1] === " " && line[start] !== " "));
    if (fits) return starts.map((start, i) => line.slice(start, starts[i + 1]).trim());
    const cells = this.#fitted(line.trim().split(/ {2,}/), "  ");
    return cells === null || cells.length < columns.length ? null : cells;
  }

  /** The cells without what a message has too many of. */
  #fitted(cells: string[], sign: string): string[] | null {
    const more = cells.length - this.#table.columns.length;
    if (more < 0) return null;
    if (more > 0) cells.splice(this.#text, more + 1, cells.slice(this.#text, this.#text + more + 1).join(sign));
    return cells.map((cell) => cell.replace(/^`(.*)`$/, "$1"));
  }
}

/** What reads the table that an input begins with; null where it begins with none. */
export function readTable(first: string): LinesIntoRecords | null {
  const found = findTable(first);
  return found === null ? null : new TableRows(found.table, found.heading);
}
