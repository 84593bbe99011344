/**
 * Text in which a record takes several lines, or has its names in another line -> lines of JSON, one a record, so that the rest of the reading
 * knows but one form. A record is followed by empty lines, as many as it took: the numbers of lines stay true.
 */

/** Takes lines one by one; gives lines of JSON and what is left as it is, each with its end. */
export interface LinesIntoRecords {
  readonly feed: (line: string) => string;
  /** What is still open: no more lines will come. */
  readonly finish: () => string;
}

/** No record of a log is longer; what is, ends there, and its rest is lines. In characters. */
export const MAX_RECORD_LENGTH: number = 4 * 1024 * 1024;
/** A longer line passes as it is: whoever reads lines says what becomes of it. */
const MAX_LINE_LENGTH: number = 8 * 1024 * 1024;

/** A record as a line of JSON, nothing for one without fields, and the ends of the lines that it took. */
export function recordLine(fields: readonly (readonly [name: string, value: string])[], lines: number): string {
  return (fields.length === 0 ? "" : JSON.stringify(Object.fromEntries(fields))) + "\n".repeat(lines);
}

/** Passes text through a reader of lines. */
export async function* convertLines(
  chunks: AsyncIterable<Uint8Array>,
  into: LinesIntoRecords | Promise<LinesIntoRecords>,
): AsyncGenerator<Uint8Array> {
  const reader = await into;
  const decoder = new TextDecoder();
  let text = "";
  let searched = 0;
  let passing = false;
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    let lines = "";
    let from = 0;
    for (let end = text.indexOf("\n", searched); end >= 0; end = text.indexOf("\n", from)) {
      if (passing) lines += text.slice(from, end + 1);
      else lines += reader.feed(text.slice(from, text[end - 1] === "\r" && end > from ? end - 1 : end));
      passing = false;
      from = end + 1;
    }
    text = text.slice(from);
    if (passing || text.length > MAX_LINE_LENGTH) {
      lines += (passing ? "" : reader.finish()) + text;
      passing = true;
      text = "";
    }
    searched = text.length;
    if (lines !== "") yield Buffer.from(lines);
  }
  text += decoder.decode();
  yield Buffer.from(passing ? text : (text === "" ? "" : reader.feed(text)) + reader.finish());
}
