/**
 * OTLP requests in protobuf, decoded lazily: of a span that does not matter only its ids, times and a fingerprint of who calls whom are
 * read, of one that matters everything.
 */
import type { Instant } from "../../../model/index.ts";
import { AttributeMap, type AttributeName, readAttributeName } from "../../formats/attributes.ts";
import type { ShapeContext } from "../../formats/draft.ts";
import { BODY, type LogParts, SPAN_KINDS, type SpanParts } from "../../formats/otlp-record.ts";
import { SpanContent } from "../../formats/span-content.ts";
import type { FieldNames } from "./field-names.ts";
import { IdTexts } from "./id-texts.ts";
import { Interned } from "./interned.ts";
import { EVENT, LOG, RESOURCE, SPAN, STATUS } from "./messages.ts";
import type { NeedleIndex } from "./needle-index.ts";
import { kindOf, type SpanPeek, SpanPeeker } from "./span-peek.ts";
import { SPAN_WORD } from "./span-words.ts";
import { ValueReader } from "./values.ts";
import { Cursor, ProtobufError } from "./wire.ts";

/** Where something stands in the request. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const BODY_NAME: AttributeName = { text: BODY, isField: false, isText: true };

/** Decodes one request after the other. */
export class OtlpDecoder {
  readonly #needles: NeedleIndex;
  readonly #cursor = new Cursor();
  readonly #values: ValueReader;
  readonly #peeker: SpanPeeker;
  readonly #texts = new Interned<string>((text) => text);
  readonly #ids = new IdTexts();

  constructor(needles: NeedleIndex, callFields: FieldNames, context: ShapeContext) {
    this.#needles = needles;
    this.#peeker = new SpanPeeker(this.#cursor, callFields);
    const learnName = (text: string): AttributeName => readAttributeName(text, context);
    const names = new Interned<AttributeName>(learnName);
    this.#values = new ValueReader(this.#cursor, {
      name: (from, to) => names.of(this.#cursor.bytes, this.#cursor.view, from, to),
      nestedName: learnName,
      isHit: (from, to) => this.#needles.within(from, to),
      // What dialects read are mostly names of methods and peers, which come again; other values are all different
      value: (from, to, interned) =>
        interned ? this.#texts.of(this.#cursor.bytes, this.#cursor.view, from, to) : this.#cursor.text(from, to),
    });
  }

  /** Puts a request in place; what was decoded lazily before must not be asked for any more. */
  load(chunks: readonly Uint8Array[], length: number): void {
    this.#cursor.reset(this.#needles.load(chunks, length));
  }

  /** The bytes of the request. */
  get bytes(): Buffer {
    return this.#cursor.bytes;
  }

  /**
   * Calls back with each field of a message that has this tag and holds bytes. The cursor may be moved meanwhile.
   *
   * @throws ProtobufError where the field is there, but of another type
   */
  each(within: Range, field: number, onField: (from: number, to: number) => void): void {
    const cursor = this.#cursor;
    cursor.at = within.from;
    while (cursor.at < within.to) {
      const tag = cursor.varint(within.to);
      if (tag === field) {
        const close = cursor.open(within.to);
        onField(cursor.at, close);
        cursor.at = close;
      } else if (tag >>> 3 === field >>> 3) throw new ProtobufError(`field ${tag >>> 3} is of another type`);
      else cursor.skip(tag, within.to);
    }
  }

  /** Where the first such field stands, or null. */
  find(within: Range, field: number): Range | null {
    const cursor = this.#cursor;
    cursor.at = within.from;
    while (cursor.at < within.to) {
      const tag = cursor.varint(within.to);
      if (tag === field) {
        const to = cursor.open(within.to);
        return { from: cursor.at, to };
      }
      cursor.skip(tag, within.to);
    }
    return null;
  }

  /** All attributes of a resource. */
  resource(within: Range): ReadonlyMap<string, string> {
    const attributes = new AttributeMap();
    this.#values.begin();
    this.each(within, RESOURCE.attributes, (_, to) => this.#values.readPair(to, "", 0, attributes));
    return attributes.values;
  }

  /** Takes a short look at a span, see {@link SpanPeeker.peek}. The answer is good until the next look. */
  peek(from: number, end: number): SpanPeek {
    return this.#peeker.peek(from, end);
  }

  /**
   * Decodes the span that stands in `[from, end)`; attributes that cannot matter are left out.
   *
   * @param resource the fields of the resource around it
   * @param words gets its ids and times, see {@link SPAN_WORD}
   */
  span(from: number, end: number, resource: ReadonlyMap<string, string>, words: Uint32Array): SpanParts {
    const cursor = this.#cursor;
    const content = new SpanContent(resource);
    let traceId: string | null = null;
    let spanId: string | null = null;
    let parentSpanId: string | null = null;
    let name = "";
    let kind = 0;
    let status: SpanParts["status"] = 0;
    let startAt: Instant | null = null;
    let endAt: Instant | null = null;
    words.fill(0);
    this.#values.begin();
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case SPAN.traceId:
          traceId = this.#id(end, 16, words, SPAN_WORD.traceId);
          break;
        case SPAN.spanId:
          spanId = this.#id(end, 8, words, SPAN_WORD.spanId);
          break;
        case SPAN.parentSpanId:
          parentSpanId = this.#id(end, 8, words, SPAN_WORD.parentSpanId);
          break;
        case SPAN.name:
          name = this.#string(end);
          break;
        case SPAN.kind:
          kind = kindOf(cursor.varint(end));
          break;
        case SPAN.startAt:
          startAt = this.#instant(end, words, SPAN_WORD.startAt);
          break;
        case SPAN.endAt:
          endAt = this.#instant(end, words, SPAN_WORD.endAt);
          break;
        case SPAN.attributes: {
          const close = cursor.open(end);
          this.#values.readPairThatMatters(close, content);
          cursor.at = close;
          break;
        }
        case SPAN.events: {
          const close = cursor.open(end);
          this.#event(close, content);
          cursor.at = close;
          break;
        }
        case SPAN.status: {
          const close = cursor.open(end);
          status = this.#status(close, content);
          cursor.at = close;
          break;
        }
        default:
          cursor.skip(tag, end);
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
      status,
      fields: content.fields,
      texts: content.texts(),
    };
  }

  #event(end: number, content: SpanContent): void {
    const cursor = this.#cursor;
    let name = "";
    let isHit = false;
    content.beginEvent();
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === EVENT.name) {
        const close = cursor.open(end);
        isHit = this.#needles.within(cursor.at, close);
        name = this.#texts.of(cursor.bytes, cursor.view, cursor.at, close);
        cursor.at = close;
      } else if (tag === EVENT.attributes) {
        const close = cursor.open(end);
        this.#values.readPairThatMatters(close, content);
        cursor.at = close;
      } else cursor.skip(tag, end);
    }
    content.endEvent(name, isHit);
  }

  #status(end: number, content: SpanContent): SpanParts["status"] {
    const cursor = this.#cursor;
    let code = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === STATUS.code) code = cursor.varint(end);
      else if (tag === STATUS.message) content.setStatus(this.#string(end));
      else cursor.skip(tag, end);
    }
    return code === 1 || code === 2 ? code : 0;
  }

  /** Decodes the log that stands in `[from, end)`, all of it. */
  log(from: number, end: number): LogParts {
    const cursor = this.#cursor;
    const attributes = new AttributeMap();
    const body = new AttributeMap();
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
        case LOG.at:
          at = this.#instant(end);
          break;
        case LOG.observedAt:
          observedAt = this.#instant(end);
          break;
        case LOG.severityNumber:
          number = cursor.varint(end);
          break;
        case LOG.severityText:
          severity = this.#string(end);
          break;
        case LOG.body:
        case LOG.attributes: {
          const close = cursor.open(end);
          if (tag === LOG.body) this.#values.readValue(close, BODY_NAME, 0, body);
          else this.#values.readPair(close, "", 0, attributes);
          cursor.at = close;
          break;
        }
        case LOG.traceId:
          traceId = this.#id(end, 16);
          break;
        case LOG.spanId:
          spanId = this.#id(end, 8);
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    if (severity === "" && number !== 0) severity = String(number);
    return { at: at ?? observedAt, severity, body: body.values, attributes: attributes.values, traceId, spanId };
  }

  /** Reads a time, as words too where they are wanted. */
  #instant(end: number, words?: Uint32Array, word = 0): Instant | null {
    const { view } = this.#cursor;
    const at = this.#cursor.fixed64(end);
    if (words !== undefined) {
      words[word] = view.getUint32(at, true);
      words[word + 1] = view.getUint32(at + 4, true);
    }
    const value = view.getBigUint64(at, true);
    return value === 0n ? null : value;
  }

  /** Reads an id of so many bytes, as words too where they are wanted; null for one of another length. */
  #id(end: number, length: 8 | 16, words?: Uint32Array, word = 0): string | null {
    const cursor = this.#cursor;
    const from = cursor.at;
    if (words !== undefined) {
      cursor.readWords(end, words, word, length / 4);
      cursor.at = from;
    }
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
    return this.#texts.of(cursor.bytes, cursor.view, from, close);
  }
}
