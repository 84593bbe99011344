/**
 * Logs that stand as they are inside of a JSON document: in one text, as a list of lines, or by the names of those who wrote them.
 */
import { isJsonObject, type JsonObject, textOfJson } from "./json-values.ts";
import { isLogLine } from "./log-line.ts";
import { unwrapLine } from "./wrapper.ts";

/** A log, and what stands beside it or above it; what stands beside logs comes by itself, too. */
export interface InnerLog {
  readonly text: string | null;
  readonly around: JsonObject;
}

const MAX_DEPTH = 16;
const MAX_LOGS = 10_000;
/** So many lines of a text are looked at to see whether it is a log. */
const LOOKED_AT = 20;

function beginsLine(line: string): boolean {
  return isLogLine(line) || unwrapLine(line) !== null;
}

/** The text of a log; null for any other value. A text of one line may be a message, and is a log beside others only. */
function logOf(value: unknown, least: number): string | null {
  if (typeof value === "string") {
    const lines = value.trimEnd().split("\n", LOOKED_AT);
    return lines.length >= least && lines.some(beginsLine) ? value : null;
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const lines: readonly unknown[] = value;
  return lines.every((line) => typeof line === "string") && lines.slice(0, LOOKED_AT).some((line) => beginsLine(line))
    ? lines.join("\n")
    : null;
}

/** A walk through one document. */
class Search {
  readonly found: InnerLog[] = [];
  readonly #least: number;

  /** `least`: how many lines a text must have. */
  constructor(least: number) {
    this.#least = least;
  }

  /** `above`: the name below which the value stands, which may be that of the log. */
  walk(value: unknown, above: string | null, depth: number): void {
    if (depth > MAX_DEPTH || this.found.length > MAX_LOGS) return;
    const log = logOf(value, this.#least);
    if (log !== null) this.#add(log, above, {});
    else if (Array.isArray(value)) for (const each of value) this.walk(each, null, depth + 1);
    else if (isJsonObject(value)) this.#object(value, above, depth);
  }

  #object(object: JsonObject, above: string | null, depth: number): void {
    const scalars = Object.entries(object).filter(
      ([, value]) => logOf(value, this.#least) === null && textOfJson(value) !== "",
    );
    // Beside fields of its own a log belongs to whom they name; alone, to what it is called
    const around = Object.fromEntries(scalars);
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(object)) {
      const log = logOf(value, this.#least);
      if (log === null) {
        if (typeof value === "object") this.walk(value, name, depth + 1);
        continue;
      }
      // Some write a text and its lines
      const same = log.trimEnd();
      if (seen.has(same)) continue;
      seen.add(same);
      this.#add(log, scalars.length > 0 ? above : name, around);
    }
    if (seen.size > 0 && scalars.length > 0) this.found.push({ text: null, around });
  }

  #add(text: string, name: string | null, around: JsonObject): void {
    this.found.push({ text, around: name === null ? around : { filename: `${name}.log`, ...around } });
  }
}

/** The logs in a document; null where none is. */
export function logsInJson(value: unknown): readonly InnerLog[] | null {
  const strict = new Search(2);
  strict.walk(value, null, 0);
  if (strict.found.length === 0) return null;
  const search = new Search(1);
  search.walk(value, null, 0);
  return search.found;
}
