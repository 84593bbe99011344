/**
 * Records in YAML, as `gcloud`, `kubectl -o yaml` and scripts write them -> lines of JSON: documents behind `---`, or the items of a list.
 *
 * As much of YAML as records are written in: maps and lists by their indent, texts in quotes and without, of one line and of several, folded
 * (`>`) and kept (`|`). Anchors, tags and maps in braces are texts.
 */
import { namesRecord } from "./envelope.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH } from "./lines-into-records.ts";

const KEY = /^(?:"((?:[^"\\]|\\.){1,128})"|'([^']{1,128})'|([A-Za-z_@$.][\w.@/$ -]{0,127}?)) *:(?: +|$)(.*)$/;
const BLOCK = /^([|>])([+-]?\d?|\d[+-]?)\s*(?:#.*)?$/;
const ITEM = /^( *)- +(?=\S)|^( *)-$/;
const MAX_DEPTH = 64;

interface Line {
  readonly indent: number;
  readonly text: string;
}

function lineOf(text: string): Line {
  const indent = text.search(/\S/);
  return { indent: indent < 0 ? 0 : indent, text };
}

/** Reads the lines of one record. */
class Yaml {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines.map(lineOf);
  }

  value(depth = 0): unknown {
    this.#skipEmpty();
    const line = this.#lines[this.#at];
    if (line === undefined || depth > MAX_DEPTH) return null;
    if (/^ *- ?/.test(line.text) && /^ *-(?: |$)/.test(line.text)) return this.#list(line.indent, depth);
    return KEY.test(line.text.slice(line.indent))
      ? this.#map(line.indent, depth)
      : this.#scalar(line.text.trim(), line.indent - 1);
  }

  #skipEmpty(): void {
    while (this.#at < this.#lines.length && /^\s*(?:#.*)?$/.test(this.#lines[this.#at]?.text ?? "")) this.#at += 1;
  }

  #list(indent: number, depth: number): readonly unknown[] {
    const values: unknown[] = [];
    for (;;) {
      this.#skipEmpty();
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent !== indent || !/^ *-(?: |$)/.test(line.text)) return values;
      // What stands behind the dash is as deep as what follows below it
      this.#lines[this.#at] = lineOf(line.text.replace("-", " "));
      values.push(this.value(depth + 1));
    }
  }

  #map(indent: number, depth: number): Record<string, unknown> {
    const pairs: [string, unknown][] = [];
    for (;;) {
      this.#skipEmpty();
      const line = this.#lines[this.#at];
      const found = line === undefined || line.indent !== indent ? null : KEY.exec(line.text.slice(indent));
      if (found === null) {
        // What is no pair where one must stand is passed over
        if (line !== undefined && line.indent > indent) this.#at += 1;
        else return Object.fromEntries(pairs);
        continue;
      }
      const [, double, single, bare, rest = ""] = found;
      const name = double ?? single ?? bare ?? "";
      this.#at += 1;
      pairs.push([name, rest === "" ? this.#below(indent, depth) : this.#scalar(rest, indent)]);
    }
  }

  /** What stands below a key without a value of its own. */
  #below(indent: number, depth: number): unknown {
    this.#skipEmpty();
    const line = this.#lines[this.#at];
    if (line === undefined) return null;
    const isList = /^ *-(?: |$)/.test(line.text);
    return line.indent > indent || (isList && line.indent === indent) ? this.value(depth + 1) : null;
  }

  /** A text, which may go on in the lines below that are deeper. */
  #scalar(first: string, indent: number): string {
    const block = BLOCK.exec(first);
    const lines = block === null ? [first] : [];
    const start = this.#lines[this.#at];
    if (block === null && start !== undefined && start.text.trim() === first) this.#at += 1;
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at] as Line;
      if (line.text.trim() !== "" && line.indent <= indent) break;
      lines.push(line.text);
    }
    if (block !== null) return blockText(lines, block[1] === ">");
    const text = folded(lines.map((line) => line.trim()));
    if (/^".*"$/s.test(text)) return fromQuotes(text);
    return /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text.replace(/ #.*$/, "");
  }
}

function fromQuotes(text: string): string {
  try {
    // A line may end with a backslash where it goes on without a space
    return String(
      JSON.parse(
        text
          .replace(/\\ /g, "")
          .replace(/\\x([0-9a-fA-F]{2})/g, "\\u00$1")
          .replaceAll("\\e", "\\u001b"),
      ),
    );
  } catch {
    return text.slice(1, -1).replaceAll('\\"', '"');
  }
}

function blockText(lines: readonly string[], isFolded: boolean): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  const texts = lines.map((line) => line.slice(indent));
  return (isFolded ? folded(texts) : texts.join("\n")).trimEnd();
}

/** Lines joined as a folded text is: by spaces, but for what is indented more; an empty line is a new one. */
function folded(lines: readonly string[]): string {
  let text = lines[0] ?? "";
  for (const [at, line] of lines.entries()) {
    if (at === 0) continue;
    const before = lines[at - 1] ?? "";
    if (line === "") text += "\n";
    else if (before === "") text += line;
    // Some part a word behind its hyphen, where no space had been
    else if (/\w-$/.test(before) && /^\w/.test(line)) text += line;
    else text += `${line.startsWith(" ") || before.startsWith(" ") ? "\n" : " "}${line}`;
  }
  return text;
}

class YamlRecords implements LinesIntoRecords {
  /** How deep the dashes of the records stand; null where records are documents. */
  readonly #dash: string | null;
  #lines: string[] = [];
  #length = 0;

  constructor(dash: string | null) {
    this.#dash = dash;
  }

  feed(line: string): string {
    const begins = this.#dash === null ? line.startsWith("---") : line.startsWith(`${this.#dash}- `);
    this.#length += line.length + 1;
    if (!begins && this.#length < MAX_RECORD_LENGTH) {
      this.#lines.push(line);
      return "";
    }
    const before = this.finish();
    this.#lines = [begins && this.#dash === null ? line.slice(3) : line];
    this.#length = line.length;
    return before;
  }

  finish(): string {
    const count = this.#lines.length;
    if (count === 0) return "";
    const value = new Yaml(this.#lines).value();
    const records = (Array.isArray(value) ? value : [value]).filter(
      (each) => typeof each === "object" && each !== null,
    );
    // What is no record stays as it is
    const text =
      records.length === 0 ? this.#lines.join("\n") : JSON.stringify(records.length === 1 ? records[0] : records);
    const lines = records.length === 0 ? 1 : count;
    this.#lines = [];
    return text + "\n".repeat(lines);
  }
}

/** What reads the records in YAML that an input begins with; null where it begins otherwise. */
export function readYaml(first: string): LinesIntoRecords | null {
  const lines = first.split(/\r?\n/);
  const at = lines.findIndex((line) => !/^\s*(?:#.*)?$/.test(line));
  const head = lines[at] ?? "";
  const dash = ITEM.exec(head);
  if (dash === null && head !== "---") return null;
  const keys = lines.slice(at, at + 200).flatMap((line) => {
    const found = KEY.exec(line.replace(/^ *- +/, "").trim());
    return found === null ? [] : [found[1] ?? found[2] ?? found[3] ?? ""];
  });
  // A list in a page has dashes too, and what a program says has colons
  const second = lines[at + 1] ?? "";
  if (dash !== null && !(KEY.test(head.replace(/^ *- +/, "")) && /^ {2,}["'\w@]/.test(second))) return null;
  return namesRecord(keys) ? new YamlRecords(dash === null ? null : (dash[1] ?? dash[2] ?? "")) : null;
}
