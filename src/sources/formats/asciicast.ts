/** What a terminal showed while asciinema recorded it -> the lines that stood there. A line may come in several pieces. */
import { parseJson } from "./json-text.ts";
import { type LinesIntoRecords, MAX_RECORD_LENGTH } from "./lines-into-records.ts";

const HEADER = /^\{"version": ?[123], ?[^\n]*"(?:width|term|timestamp)":/;

class Cast implements LinesIntoRecords {
  #open = "";

  feed(line: string): string {
    const event: unknown = line.startsWith("[") ? parseJson(line) : null;
    if (!Array.isArray(event) || event[1] !== "o" || typeof event[2] !== "string") return "\n";
    const text = this.#open + event[2].replaceAll("\r\n", "\n");
    const end = text.length > MAX_RECORD_LENGTH ? text.length : text.lastIndexOf("\n") + 1;
    this.#open = text.slice(end);
    return written(text.slice(0, end));
  }

  finish(): string {
    return this.#open === "" ? "" : written(this.#open);
  }
}

/** One line as it is; several as a list, so that the numbers of lines stay those of the recording. */
function written(text: string): string {
  const lines = text.replace(/\n$/, "");
  return `${lines.includes("\n") ? JSON.stringify({ output: lines.split("\n") }) : lines}\n`;
}

/** What reads a recording; null for any other input. */
export function readCast(first: string): LinesIntoRecords | null {
  return HEADER.test(first) ? new Cast() : null;
}
