/**
 * Records that a client prints with a field on each line -> lines of JSON: psql's expanded output, mysql's `\G` and `-E`, ClickHouse's
 * Vertical, tables of TOML, what the Collector's debug exporter writes.
 */
import { namesRecord } from "./envelope.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH, recordLine } from "./lines-into-records.ts";

/** How the records of one client begin, and how their fields are written. */
interface Form {
  readonly begins: RegExp;
  readonly field: RegExp;
  /** What a value goes on with on the next line. */
  readonly goesOn: RegExp | null;
  /** Whether a value stands in quotes where it is a text. */
  readonly quoted?: true;
}

const FORMS: readonly Form[] = [
  { begins: /^-\[ RECORD \d+ \][-+ ]*$/, field: /^([\w@#.$ -]{1,64}?) *\| ?(.*)$/, goesOn: /^ *\| ?(.*)$/ },
  { begins: /^\*{3,} \d+\. row \*{3,}$/, field: /^ *([\w@#.$-]{1,64}): ?(.*)$/, goesOn: null },
  { begins: /^Row \d+:$/, field: /^([\w@#.$()-]{1,64}): +(.*)$/, goesOn: null },
  { begins: /^\[\[[\w.-]+\]\]$/, field: /^([\w@#.$-]{1,64}) = (.*)$/, goesOn: null, quoted: true },
];
const FRAME = /^[─━-]+$/u;

function unquoted(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1);
  if (!/^".*"$/.test(value)) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value.slice(1, -1);
  }
}

class ExpandedRecords implements LinesIntoRecords {
  readonly #form: Form;
  /** The fields of the record that is read; null before the first one. */
  #fields: [name: string, value: string][] | null = null;
  #lines = 0;
  #length = 0;

  constructor(form: Form) {
    this.#form = form;
  }

  feed(line: string): string {
    const { begins, field, goesOn, quoted } = this.#form;
    if (begins.test(line)) {
      const before = this.finish();
      this.#fields = [];
      this.#lines = 1;
      this.#length = 0;
      return before;
    }
    const fields = this.#fields;
    if (fields === null) return `${line}\n`;
    this.#length += line.length + 1;
    if (this.#length > MAX_RECORD_LENGTH) return `${this.finish()}${line}\n`;
    this.#lines += 1;
    const last = fields.at(-1);
    const more = last === undefined ? null : goesOn?.exec(line);
    const found = more == null ? field.exec(line) : null;
    if (found !== null) {
      const value = found[2] ?? "";
      fields.push([(found[1] ?? "").trim(), quoted ? unquoted(value) : value]);
    } else if (last !== undefined && !FRAME.test(line)) {
      const text = more?.[1] ?? line;
      // psql marks a value that goes on
      last[1] =
        text === "" ? last[1] : `${goesOn === null ? last[1] : last[1].replace(/ *\+$/, "")}\n${text.trimEnd()}`;
    }
    return "";
  }

  finish(): string {
    if (this.#fields === null) return "";
    const text = recordLine(this.#fields, this.#lines);
    this.#fields = null;
    return text;
  }
}

/** What reads the records that an input begins with; null where it begins otherwise. */
export function readExpanded(first: string): LinesIntoRecords | null {
  const [head = "", ...others] = first.split(/\r?\n/, 40);
  const form = FORMS.find(({ begins }) => begins.test(head));
  if (form === undefined) return null;
  const names = others.flatMap((line) => form.field.exec(line)?.[1]?.trim() ?? []);
  return namesRecord(names) ? new ExpandedRecords(form) : null;
}
