/**
 * Records in YAML, as `gcloud`, `kubectl -o yaml` and scripts write them -> lines of JSON: documents behind `---`, or the items of a list.
 */
import { namesRecord } from "./envelope.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH } from "./lines-into-records.ts";

const KEY = /^(?:"((?:[^"\\]|\\.){1,128})"|'([^']{1,128})'|([A-Za-z_@$.][\w.@/$ -]{0,127}?)) *:(?: |$)/;
const ITEM = /^( *)- +(?=\S)|^( *)-$/;

/** Some that fold a text part a word behind its hyphen, where no space had been. */
const PARTED = /(?<=\w-)\n +(?=\w)/g;

/** What reads a text of YAML; null where it is none. */
type ReadText = (text: string) => unknown;

/**
 * The reader of the package, loaded when the first such input comes. Values stay the texts they are (the failsafe schema): a parser of numbers
 * would round ids. A name that is repeated keeps its last value.
 */
async function loadReader(): Promise<ReadText> {
  const { parseDocument } = await import("yaml");
  return (text) => {
    try {
      const document = parseDocument(text.replace(PARTED, ""), {
        schema: "failsafe",
        uniqueKeys: false,
        logLevel: "silent",
      });
      return document.errors.length > 0 ? null : document.toJS();
    } catch {
      // Nested too deep, or aliases of aliases
      return null;
    }
  };
}

class YamlRecords implements LinesIntoRecords {
  /** How deep the dashes of the records stand; null where records are documents. */
  readonly #dash: string | null;
  readonly #readText: ReadText;
  #lines: string[] = [];
  #length = 0;

  constructor(dash: string | null, readText: ReadText) {
    this.#dash = dash;
    this.#readText = readText;
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
    const value = this.#readText(this.#lines.join("\n"));
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
export function readYaml(first: string): (() => Promise<LinesIntoRecords>) | null {
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
  if (!namesRecord(keys)) return null;
  return async () => new YamlRecords(dash === null ? null : (dash[1] ?? dash[2] ?? ""), await loadReader());
}
