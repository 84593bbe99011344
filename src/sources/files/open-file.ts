/**
 * One input -> a reader for it, or a diagnostic that says why there is none.
 *
 * A file is looked at twice: first at its beginning, to see what it is and when it starts (so that a run over rotated files opens one
 * after another), then, when its time comes, from its first byte.
 */
import { constants, createReadStream, fstatSync, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { Readable } from "node:stream";
import type { Prefilter } from "../../model/index.ts";
import type { ShapeContext } from "../formats/draft.ts";
import { readEvent } from "../formats/event.ts";
import { OTLP_PATTERNS } from "../formats/patterns.ts";
import { createShapeContext, RecordMaker } from "../formats/record-maker.ts";
import { serviceOfPath } from "../formats/service-name.ts";
import type { Clock } from "../formats/times.ts";
import type { Zone } from "../formats/zone.ts";
import type { ReadAhead } from "../scan/ahead/read-ahead.ts";
import { type ByteStream, chunksOf, FileBytes, type RandomBytes, streamOf } from "../scan/bytes.ts";
import { eager } from "../scan/eager.ts";
import { LineMarks, type Position } from "../scan/line-marks.ts";
import { type Past, type ReaderLimits, SourceReader } from "../scan/reader.ts";
import { Ring } from "../scan/ring.ts";
import type { Tally } from "../scan/tally.ts";
import type { ByteRange } from "../scan/time-search.ts";
import { tellDayOrder } from "./day-order.ts";
import { DocumentReader, maybeDocument } from "./document.ts";
import { parseGlob } from "./glob.ts";
import type { Input } from "./inputs.ts";
import { tellLastMoment } from "./last-moment.ts";
import type { Mergeable } from "./merge.ts";
import { movingClock } from "./moving-clock.ts";
import { bytesOfInput } from "./parts.ts";
import { otherPacking, type Sniffed, sniff } from "./sniff.ts";
import type { PastInput } from "./surroundings.ts";
import type { UnpackDamage } from "./unpack-worker.ts";
import { exportOf, firstOf, type OnDamage, unpacked } from "./unpacked.ts";

/** A name for the sources that match a glob (the whole path, or the file's name). */
export interface ServiceRule {
  readonly name: string;
  readonly glob: string;
}

/** The zone in which one service writes times without a zone. */
export interface ZoneRule {
  /** The name of the service, as its file or the user's option gives it. */
  readonly service: string;
  /** As `timezone` has it. */
  readonly zone: string;
}

/** What opening needs to know of the run. */
export interface OpenOptions {
  readonly prefilter: Prefilter;
  readonly services: readonly ServiceRule[];
  /** The zone of times without one in the logs of a service; null: of nobody in particular. */
  readonly zoneOf: (service: string | null) => Zone;
  readonly keepOpen: boolean;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly idleMs: number;
  /** Ends what never ends by itself. */
  readonly signal?: AbortSignal;
  readonly limits: ReaderLimits;
  /** What searches large files ahead; null where files are not read from front to back. */
  readonly ahead: ReadAhead | null;
  /** How much of each stream is kept so that it can be looked at again; 0: nothing, nor can files be. */
  readonly ringBytes: number;
  /** ByteBudget for the first bytes of one file after another. */
  readonly scratch: Buffer;
}

/** An input whose beginning has been looked at. */
export interface PreparedInput extends Mergeable {
  /** What is known of the times of its lines; null where each line has to say all of it. */
  readonly clock: Clock | null;
  /** Whether {@link startAt} stood there with its day and year. */
  readonly dated: boolean;
  /** What can be looked at again; null where nothing can. */
  readonly past: (PastInput & Past) | null;
}

function optionFor(rules: readonly ServiceRule[], source: string): string | null {
  const name = source.slice(source.lastIndexOf("/") + 1);
  for (const rule of rules) {
    const pattern = parseGlob(rule.glob.replace(/^\.\//, ""));
    if (pattern.test(source.replace(/^\.\//, "")) || pattern.test(name)) return rule.name;
  }
  return null;
}

const BEGINNING: Position = { byte: 0, line: 1 };
const UNDATED = { startAt: null, dated: false } as const;

const NOTHING_SOUGHT: Prefilter = { needles: [], smells: [], wordings: [], figures: [], callFields: [], fields: [] };

/** What reads the times of lines and nothing else of them. */
function timesOnly(clock: Clock): ShapeContext {
  return createShapeContext(NOTHING_SOUGHT, clock);
}

function firstTime(first: Buffer, clock: Clock): Pick<PreparedInput, "startAt" | "dated"> {
  const context = timesOnly(clock);
  const text = first.toString("utf8");
  // A request holds spans of several services in no order of time
  if (OTLP_PATTERNS.some((pattern) => text.includes(pattern))) return UNDATED;
  for (const line of text.split("\n", 21).slice(0, 20)) {
    const { at, dated } = readEvent(line.slice(0, 16_384), context);
    if (at !== null) return { startAt: at, dated };
  }
  return UNDATED;
}

const BINARY = "looks like a binary file and is left out";

/** Why a source that begins so is not read; null where it is. */
function refusalOf(what: Sniffed, first: Uint8Array): string | null {
  if (what === "binary") return BINARY;
  if (what !== "other-archive") return null;
  return `is packed with ${otherPacking(first)}, which is not read here (gzip, zstd and tar are); left out`;
}

/** So much is unpacked before it is read. */
const UNPACKED_BYTES: number = 4 * 1024 * 1024;
/** The header of an export is looked for in so many first bytes. */
const HEADER_BYTES = 8 * 1024;

/** A file is read in order and not at positions where its bytes are not the text. */
function isPacked(what: Sniffed): boolean {
  return what !== "text" && what !== "binary" && what !== "other-archive";
}

/** The event loop waits for a pipe's next bytes: a read that blocks a thread until they come would keep the process from ending. */
function openPipe(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return fstatSync(fd).isFIFO() ? new Socket({ fd, readable: true, writable: false }) : createReadStream(path, { fd });
}

/** The chunks of a pipe, which is opened when they are asked for and let go of when the signal is aborted: its writer may never end it. */
async function* chunksOfPipe(open: () => OpenOptions["stdin"], signal?: AbortSignal): OpenedChunks {
  const pipe = open();
  const letGo = (): void => {
    if (pipe instanceof Readable) pipe.destroy();
  };
  signal?.addEventListener("abort", letGo);
  try {
    yield* pipe;
  } finally {
    signal?.removeEventListener("abort", letGo);
  }
}

type OpenedChunks = AsyncGenerator<Uint8Array | string>;

/** What is wrong inside a packed input, said to the person. */
function onDamageOf(source: string, { diagnostics }: ReaderLimits): OnDamage {
  return (packing, message) =>
    diagnostics.cut(source, `the ${packing} data is damaged: ${message}; what is whole is read`);
}

/** A reader of a stream: of lines, or of one document where it begins as such. */
function createStreamReader(
  source: string,
  stream: ByteStream,
  maker: RecordMaker,
  limits: ReaderLimits,
  past: Past | null,
): DocumentReader {
  return new DocumentReader(stream, {
    maker,
    readLines: (all) => new SourceReader(source, all, maker, limits, BEGINNING, past),
    tell: (message) => limits.diagnostics.add({ source }, message),
    tellCut: (reason) => limits.diagnostics.cut(source, reason),
    leaveOut: (reason) => limits.diagnostics.leaveOut(source, reason),
    onRecords: (count, bytes) => {
      limits.counts.addRecords(count);
      limits.counts.addBytes(bytes);
    },
  });
}

/** The text of an input that is read once and in order, in chunks. */
export function textOfStream({ source, path }: Input, options: OpenOptions): AsyncIterable<Uint8Array> {
  const chunks = chunksOfPipe(() => (path === null ? options.stdin : openPipe(path)), options.signal);
  return unpacked(chunks, onDamageOf(source, options.limits));
}

/** The limits of a run for one of its inputs: what is read of it is counted by itself, too. */
export function limitsFor({ source, size }: Input, { limits }: OpenOptions): ReaderLimits {
  return { ...limits, counts: limits.counts.of(source, size) };
}

function openStream(input: Input, options: OpenOptions, maker: RecordMaker): PreparedInput {
  const { idleMs, signal, ringBytes } = options;
  const limits = limitsFor(input, options);
  const past = pastOfStream(input.source, maker, ringBytes);
  return {
    ...UNDATED,
    clock: null,
    past,
    endsWhenStopped: true,
    open: () => {
      const stream = streamOf(textOfStream(input, options), idleMs, signal);
      return createStreamReader(input.source, stream, maker, limits, past);
    },
  };
}

/** What a ring holds of a stream. */
function pastOfStream(source: string, maker: RecordMaker, ringBytes: number): PreparedInput["past"] {
  if (ringBytes === 0) return null;
  const ring = new Ring(ringBytes);
  const extent = (): Promise<ByteRange> => Promise.resolve({ from: ring.start, to: ring.end });
  return { source, maker, ring, bytes: ring, marks: new LineMarks(), extent };
}

/** A file, read again where it lies. */
function pastOfFile(input: Input, maker: RecordMaker, ringBytes: number): PreparedInput["past"] {
  const { source, path, parts, size } = input;
  if (ringBytes === 0 || path === null) return null;
  const extent = async (): Promise<ByteRange> => ({
    from: 0,
    to: parts === undefined ? (await stat(path)).size : (size ?? 0),
  });
  return { source, maker, ring: null, bytes: bytesOfInput(input, false), marks: new LineMarks(), extent };
}

/** The text of a packed file, as a stream; not kept open in between where `FileBytes` does not. */
export function unpackedFile(source: string, file: RandomBytes, limits: ReaderLimits): ByteStream {
  const stream = streamOf(
    eager(unpacked(chunksOf(counted(file, limits.counts)), onDamageOf(source, limits)), UNPACKED_BYTES),
    null,
  );
  return {
    read: (target) => stream.read(target),
    close: () => stream.close().finally(() => file.close()),
  };
}

/** Beside the program's bundle, or the source beside this one. */
function unpackWorkerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./unpack-worker.ts" : "./unpack-worker.js", import.meta.url);
}

/** The text of a packed file that a thread unpacks and searches; null where it is not large enough. */
function unpackedAhead(
  input: Input,
  path: string,
  { ahead, keepOpen }: OpenOptions,
  limits: ReaderLimits,
): ByteStream | null {
  const { source, size, parts } = input;
  if (parts !== undefined) return null;
  const onDamage = onDamageOf(source, limits);
  return (
    ahead?.openPacked(size, keepOpen, {
      worker: unpackWorkerUrl(),
      order: { path },
      onMessage: (message) => {
        const { packing, message: fault } = message as UnpackDamage;
        onDamage(packing, fault);
      },
      onTaken: (kibibytes) => limits.counts.reach(Math.min(size ?? 0, kibibytes * 1024)),
      otherwise: () => unpackedFile(source, new FileBytes(path, keepOpen), limits),
    }) ?? null
  );
}

/** The same bytes, and the tally knows how far they have been read. */
function counted(file: RandomBytes, counts: Tally): RandomBytes {
  return {
    async readAt(target, position) {
      const count = await file.readAt(target, position);
      counts.reach(position + count);
      return count;
    },
    close: () => file.close(),
  };
}

/** Some write down when a file was written to in whole seconds. */
const AHEAD_OF_DISK_MS = 1_000;

/** What makes records of an input, and what is known of the times in it. */
export function makerOf(
  { source, path, modifiedMs }: Input,
  options: OpenOptions,
): { maker: RecordMaker; clock: Clock } {
  const named =
    optionFor(options.services, path ?? "-") ?? (path === null ? optionFor(options.services, "stdin") : null);
  const zone = options.zoneOf(named ?? (path === null ? null : serviceOfPath(path)));
  const clock = movingClock(zone, modifiedMs);
  return { maker: new RecordMaker(source, path, named, createShapeContext(options.prefilter, clock)), clock };
}

/** What the beginning of a file says: what it is, and when it starts. */
export interface Beginning extends Pick<PreparedInput, "startAt" | "dated"> {
  /** Packed, or one document: it is read in order, and not at positions. */
  readonly packed: boolean;
  readonly document: boolean;
  /** Why it is left out; null where it is read. */
  readonly refusal: string | null;
  /** The first bytes of its text; they are overwritten by those of the next file. */
  readonly first: Buffer;
}

/** Looks at the beginning of a file. */
export async function readBeginning(
  bytes: RandomBytes,
  size: number,
  clock: Clock,
  scratch: Buffer,
): Promise<Beginning> {
  let first = scratch.subarray(0, await bytes.readAt(scratch, 0));
  const what = sniff(first);
  const packed = isPacked(what) || (what === "text" && exportOf(first.toString("utf8", 0, HEADER_BYTES)) !== null);
  if (packed) first = await firstOf(unpacked(chunksOf(bytes), () => undefined));
  const refusal = refusalOf(packed ? sniff(first) : what, first);
  const document = refusal === null && maybeDocument(first);
  // Positions in a packed file are none of its text
  if (refusal === null) await tellDayOrder(bytes, packed ? 0 : size, first, clock);
  const start = refusal !== null || document ? UNDATED : firstTime(first, clock);
  return { ...start, packed, document, refusal, first };
}

/** A reader for a file whose beginning has been looked at. */
export function openFile(
  source: string,
  bytes: RandomBytes,
  { packed, document }: Beginning,
  maker: RecordMaker,
  limits: ReaderLimits,
  past: Past | null = null,
): SourceReader | DocumentReader {
  if (!packed && !document) return new SourceReader(source, bytes, maker, limits, BEGINNING, past);
  return createStreamReader(source, unpackedFile(source, bytes, limits), maker, limits, past);
}

/** Looks at the beginning of an input. Null where it cannot be read or is no text; a diagnostic then says so. */
export async function prepareInput(input: Input, options: OpenOptions): Promise<PreparedInput | null> {
  const { source, path } = input;
  const { limits, keepOpen, scratch, ringBytes, ahead } = options;
  const { maker, clock } = makerOf(input, options);
  if (path === null || !input.regular) return openStream(input, options, maker);
  const refuse = (reason: string): null => {
    limits.diagnostics.leaveOut(source, reason);
    return null;
  };
  const probe = bytesOfInput(input, true);
  try {
    const beginning = await readBeginning(probe, input.size ?? 0, clock, scratch);
    const { refusal, packed, document, first } = beginning;
    let { startAt, dated } = beginning;
    if (refusal !== null) return refuse(refusal);
    if (startAt !== null && !dated) {
      if (!packed) await tellLastMoment(probe, input.size ?? 0, timesOnly(clock));
      // Of what is packed the last lines are not known: one that begins after it was written to began the day before
      else if (Number(startAt / 1_000_000n) > input.modifiedMs + AHEAD_OF_DISK_MS) clock.aheadMs = AHEAD_OF_DISK_MS;
      ({ startAt, dated } = firstTime(first, clock));
    }
    const past = packed || document ? pastOfStream(source, maker, ringBytes) : pastOfFile(input, maker, ringBytes);
    const counting = limitsFor(input, options);
    const whole = packed || document ? null : input.size;
    const open = () => {
      const text = packed && !document ? unpackedAhead(input, path, options, counting) : null;
      if (text !== null) return new SourceReader(source, text, maker, counting, BEGINNING, past);
      const searched = input.parts === undefined ? ahead?.open(path, whole, keepOpen) : null;
      const bytes = searched ?? bytesOfInput(input, keepOpen);
      return openFile(source, bytes, beginning, maker, counting, past);
    };
    return { startAt, dated, clock: document ? null : clock, past, open };
  } catch (error) {
    return refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await probe.close();
  }
}
