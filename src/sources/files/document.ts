/**
 * Inputs that are one JSON document and not lines: an OTLP request printed nicely, an export of Jaeger, what the API of a log store
 * answered, a list of log records.
 *
 * Such an input has to be in memory as a whole, so there is a bound. What turns out to be none, or of a shape that nobody knows, is read as
 * lines: nothing of it is lost.
 */
import type { Instant, SourceRecord } from "../../model/index.ts";
import type { RecordMaker } from "../formats/record-maker.ts";
import { type ByteStream, putBack } from "../scan/bytes.ts";
import { closedDocuments } from "./cut-document.ts";
import { JsonExtent } from "./json-extent.ts";
import type { MergedReader } from "./merge.ts";

/** A longer document is read as lines. */
const MAX_DOCUMENT_BYTES: number = 32 * 1024 * 1024;
/** A value on one line that is no longer than this is a line like others: nobody waits for what follows it. */
const MAX_LINE_VALUE_BYTES: number = 1024 * 1024;
const CHUNK_BYTES: number = 64 * 1024;

type Reader = MergedReader;

function isLines(extent: JsonExtent, bytes: number): boolean {
  if (extent.state === "broken" || extent.state === "followed" || bytes > MAX_DOCUMENT_BYTES) return true;
  return extent.state === "whole" && extent.ended && !extent.manyLines && bytes <= MAX_LINE_VALUE_BYTES;
}

/** Says whether an input that begins so may be one document. */
export function maybeDocument(first: Uint8Array): boolean {
  const extent = new JsonExtent();
  extent.feed(first);
  return first.length > 0 && !isLines(extent, first.length);
}

/** What reading a document needs of the run. */
export interface DocumentContext {
  readonly maker: RecordMaker;
  /** A reader for the same bytes as lines. */
  readonly readLines: (stream: ByteStream) => Reader;
  /** Takes what the person should know. */
  readonly tell: (message: string) => void;
  /** Takes why a part of it is not read. */
  readonly tellCut: (reason: string) => void;
  /** Takes why nothing of it is read. */
  readonly leaveOut: (reason: string) => void;
  readonly onRecords: (count: number, bytes: number) => void;
}

/** Reads a stream as one document as long as it can be one, else as lines. It has the habits of a reader of lines. */
export class DocumentReader implements Reader {
  readonly #stream: ByteStream;
  readonly #context: DocumentContext;
  readonly #extent = new JsonExtent();
  readonly #taken: Buffer[] = [];
  #chunk: Buffer | null = null;
  #bytes = 0;
  #lines: Reader | null = null;
  #done = false;
  #resting = false;

  constructor(stream: ByteStream, context: DocumentContext) {
    this.#stream = stream;
    this.#context = context;
  }

  async read(): Promise<readonly SourceRecord[] | null> {
    while (this.#lines === null && !this.#done) {
      this.#chunk ??= Buffer.allocUnsafe(CHUNK_BYTES);
      const count = await this.#stream.read(this.#chunk).catch((error: unknown) => {
        this.#context.tellCut(`cannot be read on: ${error instanceof Error ? error.message : String(error)}`);
        return 0;
      });
      this.#resting = count < 0;
      if (count < 0) return [];
      if (count === 0) return this.#whole();
      const taken = Buffer.from(this.#chunk.subarray(0, count));
      this.#taken.push(taken);
      this.#bytes += count;
      this.#extent.feed(taken);
      if (isLines(this.#extent, this.#bytes)) this.#readLines();
    }
    return this.#lines === null ? null : this.#lines.read();
  }

  /** True where the last turn found that nothing has come for a while. */
  get resting(): boolean {
    return this.#lines?.resting ?? this.#resting;
  }

  /** As a reader of lines has it. */
  get reachedAt(): Instant | null {
    return this.#lines?.reachedAt ?? null;
  }

  async close(): Promise<void> {
    this.#done = true;
    await (this.#lines ?? this.#stream).close();
  }

  #readLines(): void {
    this.#chunk = null;
    this.#lines = this.#context.readLines(putBack(this.#taken.splice(0), this.#stream));
  }

  /** Reads what is whole of a document that was cut; null where that is nothing. */
  #readCut(text: string): ReturnType<RecordMaker["readDocument"]> {
    const { maker, tellCut } = this.#context;
    for (const closed of closedDocuments(text)) {
      const found = maker.readDocument(closed);
      if (found === null) continue;
      tellCut("is a JSON document that ends in the middle; what is whole in it is read");
      return found;
    }
    if (this.#extent.manyLines) tellCut("is a JSON document that ends in the middle; it is read as lines");
    return null;
  }

  async #whole(): Promise<readonly SourceRecord[] | null> {
    const { maker, tell, leaveOut, onRecords } = this.#context;
    const isJson = this.#extent.state === "whole";
    const isCut = this.#extent.state === "open";
    const text = isJson || isCut ? Buffer.concat(this.#taken).toString("utf8") : "";
    const found = isJson ? maker.readDocument(text) : isCut ? this.#readCut(text) : null;
    if (found === null && isJson && maker.isHit(text)) {
      tell("is one JSON document in which no records were found; it is read as lines");
    }
    if (found === null && (!isJson || maker.isHit(text))) {
      this.#readLines();
      return this.read();
    }
    this.#done = true;
    await this.#stream.close();
    if (found === null) leaveOut("is a JSON document in which no records were found; left out");
    else onRecords(found.seen, this.#bytes);
    return found?.records ?? null;
  }
}
