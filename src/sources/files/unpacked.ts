/**
 * Bytes of any packing -> lines: what is inside a gzip may be UTF-16, and standard input may be either. That shows only when the first bytes
 * arrive. Exports that are no lines (CSV, the journal's) are made lines here, too.
 */

import { readCast } from "../formats/asciicast.ts";
import { endsInReturns, linesOfReturns } from "../formats/carriage-returns.ts";
import { linesOfCsv, parseCsvHeader } from "../formats/csv.ts";
import { readExpanded } from "../formats/expanded.ts";
import { isJournalExport, linesOfJournal } from "../formats/journal-export.ts";
import { convertLines } from "../formats/lines-into-records.ts";
import { isMime, linesOfMime } from "../formats/mime.ts";
import { readPage } from "../formats/page.ts";
import { readParagraphs } from "../formats/paragraphs.ts";
import { readPlaybook } from "../formats/playbook.ts";
import { linesOfTar } from "../formats/tar.ts";
import { readTable } from "../formats/text-table.ts";
import { isXml, linesOfXml } from "../formats/xml.ts";
import { readYaml } from "../formats/yaml.ts";
import { decodeUtf16, gunzip, unzstd } from "../scan/unpack.ts";
import { sniff } from "./sniff.ts";

/** Takes what is wrong with packed data: how it is packed, and the fault. */
export type OnDamage = (packing: string, message: string) => void;

type Chunks = AsyncIterable<Uint8Array | string>;

/** More layers than that are no log. */
const MAX_LAYERS = 8;
/** So many bytes tell one packing from another. */
const MAGIC_BYTES = 4;

/** The first bytes of a stream; empty where there are none. */
export async function firstOf(stream: Chunks): Promise<Buffer> {
  for await (const chunk of stream) if (chunk.length > 0) return Buffer.from(chunk);
  return Buffer.alloc(0);
}

type Chunk = IteratorResult<Uint8Array | string>;

/** The beginning of a stream, and the chunk behind it where that is already waited for. */
interface Beginning {
  readonly bytes: Buffer;
  readonly coming: Promise<Chunk> | null;
}

/** The first bytes of a stream, put back before the others. */
async function* again(
  { bytes, coming }: Beginning,
  rest: AsyncIterator<Uint8Array | string>,
): AsyncGenerator<Uint8Array> {
  try {
    if (bytes.length > 0) yield bytes;
    for (let next = await (coming ?? rest.next()); next.done !== true; next = await rest.next())
      yield typeof next.value === "string" ? Buffer.from(next.value) : next.value;
  } finally {
    await rest.return?.();
  }
}

/** How an input is written that is text and no lines; null for lines. */
type Export = (chunks: AsyncIterable<Uint8Array>, onFault: (message: string) => void) => AsyncGenerator<Uint8Array>;

/** Text that is no lines, by how it begins. */
const RECORDS = [readPage, readPlaybook, readTable, readExpanded, readParagraphs, readCast];

/** Judges a text by its beginning, of which the first line must be whole. */
export function exportOf(first: string): Export | null {
  if (isJournalExport(first)) return linesOfJournal;
  if (endsInReturns(first)) return linesOfReturns;
  if (isXml(first)) return linesOfXml;
  if (isMime(first)) return linesOfMime;
  const load = readYaml(first);
  if (load !== null) return (chunks) => convertLines(chunks, load());
  for (const find of RECORDS) {
    const records = find(first);
    if (records !== null) return (chunks) => convertLines(chunks, records);
  }
  const shape = parseCsvHeader(first);
  return shape === null ? null : (chunks, onFault) => linesOfCsv(chunks, shape, onFault);
}

/** What may stand in a header or in the first field of a journal's export: names and signs between them, and no end of a line. */
const HEADER_PIECE = /^[\ufeff"\p{L}\w@#.$ ,;=\t\r()/[\]:*|│┃┌┏┬┳─━┐┓+-]*$/u;
const MAX_HEADER_BYTES = 4096;
/** A first line behind which it shows in the next ones what an export is. */
const BEGINS_RECORDS =
  /^(?:\s*(?:[|│┃┌┏╭]|\+[-=+]{3})|-\[ RECORD|\*{3,} \d+\. row|Row \d+:|\[\[[\w.-]+\]\]|-{3,}\s|sep=|\s*- +["'\w]+:|[\w@ .]+[|│]|[\w@.]+ {2,}[\w@. ]+$)/mu;

/** A mail whose header goes on. */
const BEGINS_MAIL =
  /^(?:From \S|(?:From|To|Subject|Date|Received|Return-Path|Delivered-To|Message-ID|MIME-Version|Content-[\w-]+|X-[\w-]+):)(?![\s\S]*\n\r?\n)/i;

/** Says whether more of the beginning is needed to tell what an input is. */
function needsMore(text: string): boolean {
  if (BEGINS_MAIL.test(text)) return true;
  const end = text.indexOf("\n");
  if (end < 0) return HEADER_PIECE.test(text) || text.startsWith("<?xml");
  return HEADER_PIECE.test(text.slice(0, end)) && BEGINS_RECORDS.test(text.slice(0, end + 1));
}

/** How long a whole line waits for the lines that tell what it is: those of an export come together. */
const PATIENCE_MS = 200;

/** What a promise gives; null where that takes too long. */
async function soon<Value>(promise: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first chunks of a stream: enough to tell its packing, and a first line that may still become a header. */
async function takeFirst(chunks: AsyncIterator<Uint8Array | string>): Promise<Beginning> {
  let bytes = Buffer.alloc(0);
  while (
    bytes.length < MAGIC_BYTES ||
    (bytes.length < MAX_HEADER_BYTES && needsMore(bytes.toString("utf8").replace(/\ufffd$/, "")))
  ) {
    const coming = chunks.next();
    const next = bytes.includes("\n") ? await soon(coming) : await coming;
    if (next === null) {
      // Whoever reads on hears of it, maybe later
      coming.catch(() => undefined);
      return { bytes, coming };
    }
    if (next.done === true) break;
    // A chunk may be overwritten by the next one
    bytes = Buffer.concat([bytes, Buffer.from(next.value)]);
  }
  return { bytes, coming: null };
}

/** The lines of a stream, whatever it is packed in. */
export async function* unpacked(chunks: Chunks, onDamage: OnDamage, layers = 0): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await takeFirst(iterator);
  const all = again(first, iterator);
  const what = sniff(first.bytes);
  if (layers >= MAX_LAYERS && (what === "gzip" || what === "zstd")) {
    onDamage(what, `it is packed more than ${MAX_LAYERS} times over`);
    await all.return(undefined);
    return;
  }
  switch (what) {
    case "gzip":
      yield* unpacked(
        gunzip(all, (message) => onDamage("gzip", message)),
        onDamage,
        layers + 1,
      );
      return;
    case "zstd":
      yield* unpacked(
        unzstd(all, (message) => onDamage("zstd", message)),
        onDamage,
        layers + 1,
      );
      return;
    case "tar":
      yield* linesOfTar(all, (message) => onDamage("tar", message));
      return;
    case "utf-16le":
    case "utf-16be":
      yield* unpacked(decodeUtf16(all, what), onDamage, layers + 1);
      return;
    default:
      yield* exportOf(first.bytes.toString("utf8"))?.(all, (message) => onDamage("exported", message)) ?? all;
  }
}
