/**
 * OTLP requests in protobuf, decoded lazily: of a span that does not matter only its ids, times and a fingerprint of who calls whom are
 * read, of one that matters everything.
 */
import type { Instant } from "../../../model/index.ts";
import type { ShapeContext } from "../../formats/draft.ts";
import { BODY, type LogParts, mattersByName, SPAN_KINDS, type SpanParts } from "../../formats/otlp-record.ts";
import type { FieldNames } from "./field-names.ts";
import { IdTexts } from "./id-texts.ts";
import { Interned } from "./interned.ts";
import type { Hits } from "./needle-index.ts";
import { type Glance, Glancer } from "./span-peek.ts";
import { type Name, ValueReader } from "./values.ts";
import { Cursor, isBytes } from "./wire.ts";

/** Where something stands in the request. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Decodes one request after the other. */
export class OtlpDecoder {
  readonly #hits: Hits;
  readonly #cursor = new Cursor();
  readonly #values: ValueReader;
  readonly #glancer: Glancer;
  /** The texts of the span decoded last in which the prefilter found something. */
  readonly hitTexts: Set<string> = new Set();
  readonly #texts = new Interned<string>((text) => text);
  readonly #ids = new IdTexts();

  constructor(hits: Hits, callFields: FieldNames, context: ShapeContext) {
    this.#hits = hits;
    this.#glancer = new Glancer(this.#cursor, callFields);
    const names = new Interned<Name>((text) => ({ text, matters: mattersByName(text, context) }));
    this.#values = new ValueReader(this.#cursor, {
      name: (from, to) => names.of(this.#cursor.bytes, from, to),
      isHit: (from, to) => this.#hits.within(from, to),
      value: (from, to) => {
        // Values without a word of a cancel are numbers and addresses: all different
        if (!this.#hits.within(from, to)) return this.#cursor.text(from, to);
        return this.#hitText(from, to);
      },
    });
  }

  /** Puts a request in place; what was decoded lazily before must not be asked for any more. */
  load(chunks: readonly Uint8Array[], length: number): void {
    this.#cursor.reset(this.#hits.load(chunks, length));
  }

  /** The bytes of the request. */
  get bytes(): Buffer {
    return this.#cursor.bytes;
  }

  /** Calls back with each field of a message that has this number and holds bytes. The cursor may be moved meanwhile. */
  each(within: Range, field: number, onField: (from: number, to: number) => void): void {
    const cursor = this.#cursor;
    cursor.at = within.from;
    while (cursor.at < within.to) {
      const tag = cursor.varint(within.to);
      if (tag >>> 3 === field && isBytes(tag)) {
        const close = cursor.open(within.to);
        onField(cursor.at, close);
        cursor.at = close;
      } else cursor.skip(tag & 7, within.to);
    }
  }

  /** Where the first such field stands, or null. */
  find(within: Range, field: number): Range | null {
    const cursor = this.#cursor;
    cursor.at = within.from;
    while (cursor.at < within.to) {
      const tag = cursor.varint(within.to);
      if (tag >>> 3 === field && isBytes(tag)) {
        const to = cursor.open(within.to);
        return { from: cursor.at, to };
      }
      cursor.skip(tag & 7, within.to);
    }
    return null;
  }

  /** All attributes of a message. */
  attributes(within: Range, field: number): Map<string, string> {
    const into = new Map<string, string>();
    this.#values.begin();
    this.each(within, field, (_, to) => this.#values.readPair(to, "", 0, into));
    return into;
  }

  /** Takes a short look at a span, see {@link Glancer.look}. The answer is good until the next look. */
  look(from: number, end: number, brief: boolean): Glance {
    return this.#glancer.look(from, end, brief);
  }

  /** Decodes a span; attributes that cannot matter are left out. */
  span(from: number, end: number): SpanParts {
    const cursor = this.#cursor;
    const attributes = new Map<string, string>();
    const events: { name: string; attributes: ReadonlyMap<string, string> }[] = [];
    let traceId: string | null = null;
    let spanId: string | null = null;
    let parentSpanId: string | null = null;
    let name = "";
    let kind = 0;
    let status = 0;
    let statusMessage = "";
    let startAt: Instant | null = null;
    let endAt: Instant | null = null;
    this.hitTexts.clear();
    this.#values.begin();
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case 0x0a:
          traceId = this.#hex(end, 16);
          break;
        case 0x12:
          spanId = this.#hex(end, 8);
          break;
        case 0x22:
          parentSpanId = this.#hex(end, 8);
          break;
        case 0x2a:
          name = this.#string(end);
          break;
        case 0x30:
          kind = cursor.varint(end);
          break;
        case 0x39:
          startAt = this.#instant(end);
          break;
        case 0x41:
          endAt = this.#instant(end);
          break;
        case 0x4a: {
          const close = cursor.open(end);
          this.#values.readPairThatMatters(close, attributes);
          cursor.at = close;
          break;
        }
        case 0x5a: {
          const close = cursor.open(end);
          events.push(this.#event(close));
          cursor.at = close;
          break;
        }
        case 0x7a: {
          const close = cursor.open(end);
          const range = { from: cursor.at, to: close };
          status = this.#glancer.readStatus(close);
          const message = this.find(range, 2);
          if (message !== null) statusMessage = this.#texts.of(cursor.bytes, message.from, message.to);
          cursor.at = close;
          break;
        }
        default:
          cursor.skip(tag & 7, end);
      }
    }
    return {
      traceId,
      spanId,
      parentSpanId,
      name,
      kind: SPAN_KINDS[kind] ?? "unspecified",
      startAt,
      endAt,
      status: status as SpanParts["status"],
      statusMessage,
      attributes,
      events,
    };
  }

  #event(end: number): { name: string; attributes: ReadonlyMap<string, string> } {
    const cursor = this.#cursor;
    const attributes = new Map<string, string>();
    let name = "";
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12) {
        name = this.#string(end);
      } else if (tag === 0x1a) {
        const close = cursor.open(end);
        this.#values.readPairThatMatters(close, attributes);
        cursor.at = close;
      } else cursor.skip(tag & 7, end);
    }
    return { name, attributes };
  }

  /** Decodes a whole log. */
  log(from: number, end: number): LogParts {
    const cursor = this.#cursor;
    const attributes = new Map<string, string>();
    const body = new Map<string, string>();
    let at: Instant | null = null;
    let observedAt: Instant | null = null;
    let number = 0;
    let severity = "";
    let traceId: string | null = null;
    let spanId: string | null = null;
    this.#values.begin();
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case 0x09:
          at = this.#instant(end);
          break;
        case 0x59:
          observedAt = this.#instant(end);
          break;
        case 0x10:
          number = cursor.varint(end);
          break;
        case 0x1a:
          severity = this.#string(end);
          break;
        case 0x2a:
        case 0x32: {
          const close = cursor.open(end);
          if (tag === 0x2a) this.#values.readValue(close, BODY, 0, body);
          else this.#values.readPair(close, "", 0, attributes);
          cursor.at = close;
          break;
        }
        case 0x4a:
          traceId = this.#hex(end, 16);
          break;
        case 0x52:
          spanId = this.#hex(end, 8);
          break;
        default:
          cursor.skip(tag & 7, end);
      }
    }
    if (severity === "" && number !== 0) severity = String(number);
    return { at: at ?? observedAt, severity, body, attributes, traceId, spanId };
  }

  #instant(end: number): Instant | null {
    const { view } = this.#cursor;
    const value = view.getBigUint64(this.#cursor.fixed64(end), true);
    return value === 0n ? null : value;
  }

  #hex(end: number, length: 8 | 16): string | null {
    const cursor = this.#cursor;
    const close = cursor.open(end);
    const id = close - cursor.at === length ? this.#ids.of(cursor.bytes, cursor.view, cursor.at, length) : null;
    cursor.at = close;
    return id;
  }

  #string(end: number): string {
    const cursor = this.#cursor;
    const close = cursor.open(end);
    const from = cursor.at;
    cursor.at = close;
    return this.#hits.within(from, close) ? this.#hitText(from, close) : this.#texts.of(cursor.bytes, from, close);
  }

  #hitText(from: number, to: number): string {
    const text = this.#texts.of(this.#cursor.bytes, from, to);
    this.hitTexts.add(text);
    return text;
  }
}
