/**
 * What ansible prints of a playbook -> for each host that gave lines one line of JSON with them, as a document of whole logs has them. The result
 * of a task stands behind the name of its host, in one line or in several; all other lines stay as they are.
 */
import { stripAnsi } from "./ansi.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH } from "./lines-into-records.ts";

const BEGINS = /^\s*PLAY \[[^\]\n]{0,200}\] \*{3,}\s*$/m;
/** `ok: [chat] => {`, `failed: [chat] (item=x) => {`, `fatal: [chat -> agent]: FAILED! => {` */
const RESULT =
  /^(?:\x1b\[[\d;]*m)?(?:ok|changed|failed|fatal|skipping|included): \[([^\]\s]{1,128})(?: -> [^\]]{1,128})?\](?: \(item=[^\n]*?\))?:?(?: [A-Z]+!)? => (\{.*)$/;
/** Fields of a result that say what was run, and not what came of it. */
const NOT_SAID: ReadonlySet<string> = new Set(["cmd", "invocation", "argv", "warnings", "deprecations"]);
/** Fields of a text that a module gives, besides lists of lines; the last part of a name. */
const SAID = /(?:^|[._])(?:stdout|stderr|msg|content|log|logs|output)$/;
const MAX_DEPTH = 8;

/** The lines in a result. A text that is there as a list of its lines, too, counts once. */
function linesIn(value: unknown, depth = 0): string[] {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((each) => typeof each === "string")) return value as string[];
    return value.flatMap((each) => linesIn(each, depth + 1));
  }
  return Object.entries(value).flatMap(([name, held]) => {
    if (NOT_SAID.has(name)) return [];
    if (typeof held !== "string") return linesIn(held, depth + 1);
    return SAID.test(name) && !Object.hasOwn(value, `${name}_lines`) ? held.split(/\r?\n/) : [];
  });
}

class Playbook implements LinesIntoRecords {
  #host = "";
  /** The lines of a result that is open. */
  #open: string[] = [];
  /** What stands behind the arrow on the first of them. */
  #body = "";
  #length = 0;

  feed(line: string): string {
    if (this.#open.length > 0) {
      this.#length += line.length + 1;
      this.#open.push(line);
      if (/^\}/.test(line)) return this.#end();
      return this.#length > MAX_RECORD_LENGTH ? this.finish() : "";
    }
    const [, host, body] = RESULT.exec(line) ?? [];
    if (host === undefined || body === undefined) return `${line}\n`;
    this.#host = host;
    this.#open = [line];
    this.#body = body;
    this.#length = line.length;
    return body.trimEnd().length > 1 ? this.#end() : "";
  }

  finish(): string {
    const text = this.#open.map((line) => `${line}\n`).join("");
    this.#open = [];
    return text;
  }

  #end(): string {
    let lines: string[] = [];
    try {
      lines = linesIn(JSON.parse(stripAnsi([this.#body, ...this.#open.slice(1)].join("\n"))));
    } catch {
      // Left as it is
    }
    const said = lines.filter((line) => line.trim() !== "");
    if (said.length === 0) return this.finish();
    const text = JSON.stringify({ [this.#host]: said }) + "\n".repeat(this.#open.length);
    this.#open = [];
    return text;
  }
}

/** What reads the output of a playbook; null for an input that does not begin as one. */
export function readPlaybook(first: string): LinesIntoRecords | null {
  return BEGINS.test(first.slice(0, 4096)) ? new Playbook() : null;
}
