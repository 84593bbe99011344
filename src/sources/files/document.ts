/**
 * Files that are one JSON document and not lines: an OTLP request printed nicely, an export of Jaeger, a list of log records.
 *
 * Such a file has to be in memory as a whole, so there is a bound.
 */
import type { SourceRecord } from "../../model/index.ts";
import type { RecordMaker } from "../formats/record-maker.ts";
import type { FileBytes } from "../scan/bytes.ts";

/** A longer document is not read. */
const MAX_DOCUMENT_BYTES: number = 32 * 1024 * 1024;

/** Says whether a file that begins so is one document: its first line opens something and does not close it. */
export function looksLikeDocument(first: string): boolean {
  const start = first.replace(/^\ufeff?\s*/, "");
  if (/^\{\s*"(?:data|resourceSpans|resourceLogs)"\s*:\s*\[\s*\{\s*"(?:traceID|spans)"/.test(start.slice(0, 400)))
    return true;
  if (/^[[{]\s*\r?\n/.test(start)) return true;
  if (!/^\[\s*\{/.test(start)) return /^\{\s*"[^"]+"\s*:\s*(?:[[{]\s*)?\r?\n/.test(start);
  // a list on one line, however long
  return true;
}

/** Reads a whole document when its turn comes. It has the habits of a reader of lines. */
export function createDocumentReader(
  source: string,
  file: FileBytes,
  maker: RecordMaker,
  onDamage: (message: string) => void,
  onRecords: (count: number, bytes: number) => void,
): { read(): Promise<readonly SourceRecord[] | null>; close(): Promise<void> } {
  let done = false;
  return {
    async read() {
      if (done) return null;
      done = true;
      try {
        const bytes = Buffer.allocUnsafe(MAX_DOCUMENT_BYTES + 1);
        const length = await file.readAt(bytes, 0);
        if (length > MAX_DOCUMENT_BYTES) {
          onDamage(
            `is one JSON document of more than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB; left out (one record a line can be of any length)`,
          );
          return null;
        }
        const found = maker.readDocument(bytes.toString("utf8", 0, length));
        if (typeof found === "string") {
          onDamage(found);
          return null;
        }
        onRecords(found.seen, length);
        return found.records;
      } catch (error) {
        onDamage(`${source} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      } finally {
        await file.close();
      }
    },
    close: () => file.close(),
  };
}
