/** Records to the rows of the ring and back. */
import type { Place, SourceRecord } from "../../../model/index.ts";
import { recordOfSpan } from "../../formats/otlp-record.ts";
import { SPAN_WORD, SPAN_WORDS } from "../protobuf/span-words.ts";
import type { SpanShape } from "./span-shapes.ts";

/** Where the bytes of each part of a row begin. */
const BYTE = {
  traceId: SPAN_WORD.traceId * 4,
  spanId: SPAN_WORD.spanId * 4,
  parentSpanId: SPAN_WORD.parentSpanId * 4,
  startAt: SPAN_WORD.startAt * 4,
  endAt: SPAN_WORD.endAt * 4,
} as const;

/** The words of a record's span or log, see {@link SPAN_WORD}. */
export function wordsOf({ traceId, spanId, span }: SourceRecord): Uint32Array {
  const words = new Uint32Array(SPAN_WORDS);
  const bytes = Buffer.from(words.buffer);
  if (traceId !== null) bytes.write(traceId.padStart(32, "0").slice(0, 32), BYTE.traceId, "hex");
  if (spanId !== null) bytes.write(spanId, BYTE.spanId, "hex");
  if (span !== undefined) {
    if (span.parentSpanId !== null) bytes.write(span.parentSpanId, BYTE.parentSpanId, "hex");
    bytes.writeBigUInt64LE(BigInt.asUintN(64, span.startAt ?? 0n), BYTE.startAt);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, span.endAt ?? 0n), BYTE.endAt);
  }
  return words;
}

/** A hash of what spans may have in common: name, kind, status, whom they call. */
export function fingerprintOf(record: SourceRecord, fields: ReadonlyMap<string, string>): number {
  const text = JSON.stringify([record.span?.name, record.span?.kind, record.span?.status, ...fields]);
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x5bd1e995) ^ (high >>> 13);
  }
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

/** The record of a row. */
export function recordOfRow(row: Uint32Array, shape: SpanShape, place: Place): SourceRecord {
  const own = Buffer.from(row.buffer, row.byteOffset, SPAN_WORDS * 4);
  const id = (from: number, length: 8 | 16): string | null => {
    const hex = own.toString("hex", from, from + length);
    return /^0+$/.test(hex) ? null : hex;
  };
  const { name, kind, status, fields, group } = shape;
  return recordOfSpan(
    {
      traceId: id(BYTE.traceId, 16),
      spanId: id(BYTE.spanId, 8),
      parentSpanId: id(BYTE.parentSpanId, 8),
      name,
      kind,
      startAt: own.readBigUInt64LE(BYTE.startAt) || null,
      endAt: own.readBigUInt64LE(BYTE.endAt) || null,
      status,
      fields,
      texts: [],
    },
    group,
    place,
  );
}
