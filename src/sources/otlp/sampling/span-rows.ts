/** Records to the rows of the ring and back. */
import type { Place, SourceRecord } from "../../../model/index.ts";
import type { ShapeContext } from "../../formats/draft.ts";
import { recordOfSpan } from "../../formats/otlp-record.ts";
import { SPAN_WORDS } from "../protobuf/span-words.ts";
import type { SpanShape } from "./span-shapes.ts";

const scratch = new Uint32Array(SPAN_WORDS);
const bytes = Buffer.from(scratch.buffer);

/** The words of a record's span or log; good until the next call. */
export function wordsOf({ traceId, spanId, span }: SourceRecord): Uint32Array {
  scratch.fill(0);
  if (traceId !== null) bytes.write(traceId.padStart(32, "0").slice(0, 32), 0, "hex");
  if (spanId !== null) bytes.write(spanId, 16, "hex");
  if (span !== undefined) {
    if (span.parentSpanId !== null) bytes.write(span.parentSpanId, 24, "hex");
    bytes.writeBigUInt64LE(BigInt.asUintN(64, span.startAt ?? 0n), 32);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, span.endAt ?? 0n), 40);
  }
  return scratch;
}

/** A fingerprint of what quiet spans may have in common. */
export function markOf(record: SourceRecord, calls: ReadonlyMap<string, string>): number {
  const text = JSON.stringify([record.span?.name, record.span?.kind, record.span?.status, ...calls]);
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x5bd1e995) ^ (high >>> 13);
  }
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

/** The record of a row. */
export function recordOfRow(row: Uint32Array, shape: SpanShape, context: ShapeContext, place: Place): SourceRecord {
  const own = Buffer.from(row.buffer, row.byteOffset, SPAN_WORDS * 4);
  const id = (from: number, to: number): string | null => {
    const hex = own.toString("hex", from, to);
    return /^0+$/.test(hex) ? null : hex;
  };
  const { name, kind, status, calls, group } = shape;
  return recordOfSpan(
    {
      traceId: id(0, 16),
      spanId: id(16, 24),
      parentSpanId: id(24, 32),
      name,
      kind,
      startAt: own.readBigUInt64LE(32) || null,
      endAt: own.readBigUInt64LE(40) || null,
      status,
      statusMessage: "",
      attributes: calls,
      events: [],
    },
    group,
    context,
    place,
  );
}
