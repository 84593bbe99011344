/**
 * Records as paragraphs, each line a name and a value -> lines of JSON: PowerShell's `Format-List`, `mlr --oxtab`.
 */
import { namesRecord } from "./envelope.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH, recordLine } from "./lines-into-records.ts";

/** `Name : value`, the colons below one another; `name   value`. */
const FORMS: readonly RegExp[] = [/^([A-Za-z_@][\w.@ ]{0,63}?) *: (.*)$/, /^([A-Za-z_@][\w.@]{0,63}) +(\S.*)$/];

class Paragraphs implements LinesIntoRecords {
  readonly #field: RegExp;
  /** Where values begin: what goes on with one is indented as far. */
  readonly #column: number;
  #fields: [name: string, value: string][] = [];
  #lines = 0;
  #length = 0;

  constructor(field: RegExp, column: number) {
    this.#field = field;
    this.#column = column;
  }

  feed(line: string): string {
    if (line.trim() === "") return `${this.finish()}\n`;
    const last = this.#fields.at(-1);
    const found = this.#field.exec(line);
    this.#length += line.length + 1;
    if (this.#length > MAX_RECORD_LENGTH) return `${this.finish()}${line}\n`;
    if (found !== null && isAligned(found, this.#column)) this.#fields.push([found[1] ?? "", found[2] ?? ""]);
    else if (last !== undefined && line.slice(0, this.#column).trim() === "")
      last[1] += `\n${line.slice(this.#column)}`;
    else return `${this.finish()}${line}\n`;
    this.#lines += 1;
    return "";
  }

  finish(): string {
    const text = recordLine(this.#fields, this.#lines);
    this.#fields = [];
    this.#lines = 0;
    this.#length = 0;
    return text;
  }
}

/** Whether the value of a field begins where those of all others do. */
function isAligned(field: RegExpExecArray, column: number): boolean {
  return field[0].length - (field[2] ?? "").length === column;
}

/** What reads the paragraphs that an input begins with; null where it begins otherwise. */
export function readParagraphs(first: string): LinesIntoRecords | null {
  const lines = first.split(/\r?\n/, 100);
  const from = lines.findIndex((line) => line.trim() !== "");
  const to = lines.findIndex((line, at) => at > from && line.trim() === "");
  if (from < 0 || to - from < 2) return null;
  const paragraph = lines.slice(from, to);
  for (const form of FORMS) {
    const head = form.exec(paragraph[0] ?? "");
    if (head === null) continue;
    const column = head[0].length - (head[2] ?? "").length;
    const fields = paragraph.map((line) => form.exec(line));
    const isWhole = paragraph.every((line, at) => {
      const field = fields[at] ?? null;
      return field === null ? line.slice(0, column).trim() === "" : isAligned(field, column);
    });
    const names = fields.flatMap((field) => field?.[1] ?? []);
    if (isWhole && namesRecord(names)) return new Paragraphs(form, column);
  }
  return null;
}
