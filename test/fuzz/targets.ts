/**
 * What is fuzzed, and what must hold whatever comes: a target throws where it does not.
 */
import { DecodeError, field, struct, t, WireError } from "../../src/runtime/index.ts";
import {
  ByteWriter,
  encodeException,
  type FrameContent,
  FrameReader,
  writeFrame,
} from "../../src/runtime/wire/index.ts";
import { findTtstreamErrors, format, parse } from "../../src/ttstream/index.ts";
import { mutated, type Random } from "./mutate.ts";

/** Tries one input. Throws where something does not hold. */
export type Target = (random: Random) => void;

const LIMITS = { maxFrameBytes: 100_000, maxHeaderBytes: 2000 };

function frames(): Buffer[] {
  const method = "Method";
  const strings = new Map([
    ["isn", "Service"],
    ["RPC_PERSIST_k", "v"],
    ["RPC_TRANSIT_gdpr-token", "token"],
  ]);
  const contents: FrameContent[] = [
    { type: "header", streamId: 1, method, strings, ints: new Map([[12, "500"]]) },
    { type: "data", streamId: 1, method, payload: Buffer.from("payload") },
    { type: "meta", streamId: -1, method, strings: new Map([["sswin", "1"]]) },
    { type: "trailer", streamId: 1, method, strings: new Map([["biz-status", "5"]]) },
    { type: "rst", streamId: 1, method, payload: encodeException(method, 1, { code: 12007, message: "stop" }) },
  ];
  return contents.map((content) => {
    const writer = new ByteWriter();
    writeFrame(writer, content);
    return writer.toBytes();
  });
}

const FRAMES = frames();

/** What a reader makes of chunks, as lines. */
function read(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const reader = new FrameReader(LIMITS, {
    onData: (id, bytes, start, end) => lines.push(`data ${id} ${bytes.toString("latin1", start, end)}`),
    onFrame: ({ type, streamId, strings, payload }) =>
      lines.push(`${type} ${streamId} ${strings.size} ${payload.length}`),
    onOversized: (id, { message }) => lines.push(`oversized ${id} ${message}`),
  });
  try {
    for (const chunk of chunks) reader.push(chunk);
  } catch (error) {
    if (!WireError.is(error)) throw error;
    lines.push(`error ${error.message}`);
  }
  return lines;
}

/** Frames in one chunk and in many are the same frames or the same error. */
function frameReader(random: Random): void {
  const parts = Array.from({ length: 1 + random.below(4) }, () => random.one(FRAMES));
  const bytes = mutated(random, Buffer.concat(parts));
  const whole = read([Buffer.from(bytes)]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(40);
    chunks.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  const split = read(chunks);
  if (whole.join("\n") !== split.join("\n"))
    throw new Error(`chunks matter: ${whole.join(" | ")} // ${split.join(" | ")}`);
}

const Inner = struct({ id: field(1, t.i64), flag: field(2, t.bool) });
const Message = struct({
  text: field(1, t.string),
  bytes: field(2, t.binary),
  list: field(3, t.list(t.i32)),
  map: field(4, t.map(t.string, t.list(Inner.type))),
  inner: field(5, Inner.type, { optional: true }),
  real: field(6, t.double),
  set: field(7, t.set(t.i16)),
});
const MESSAGE = Buffer.from(
  Message.encode({
    text: "text",
    bytes: Buffer.from("bytes"),
    list: [1, -1, 70_000],
    map: new Map([["key", [{ id: 5n, flag: true }]]]),
    inner: { id: -5n, flag: false },
    real: 1.5,
    set: new Set([1, 2]),
  }),
);

/** A message is read or refused; what was read can be written and reads the same again. */
function thriftReader(random: Random): void {
  let message: ReturnType<typeof Message.decode>;
  try {
    message = Message.decode(mutated(random, MESSAGE));
  } catch (error) {
    if (error instanceof DecodeError) return;
    throw error;
  }
  const once = Buffer.from(Message.encode(message));
  const again = Buffer.from(Message.encode(Message.decode(once)));
  if (!once.equals(again)) throw new Error("what was read is written otherwise");
}

const TEXTS: readonly Buffer[] = [
  "[ttstream error, code=12007] [server-side stream] [canceled path: A -> B] user code invoking stream RPC",
  "[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12015] [client-side stream] stream timeout",
  "[ttstream error, code=12004] EOF peer close",
  "[ttstream error, code=-5] [canceled path: a] x] [ y",
].map((text) => Buffer.from(text));

/** A text is an error or none; one that is says what it says when it is written again. */
function errorGrammar(random: Random): void {
  const text = mutated(random, random.one(TEXTS)).toString("utf8");
  findTtstreamErrors(text);
  const error = parse(text);
  if (error === null) return;
  const written = format(error);
  if (JSON.stringify(parse(written)) !== JSON.stringify(error)) throw new Error(`not the same again: ${written}`);
}

/** All targets by name. */
export const TARGETS: Readonly<Record<string, Target>> = { frameReader, thriftReader, errorGrammar };
