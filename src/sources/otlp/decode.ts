/**
 * OTLP requests in protobuf, decoded lazily: of a span that does not matter only its ids, times and a fingerprint of who calls whom are
 * read, of one that matters everything.
 *
 * Knows: wire, values, hits. Known by: intake.
 */
import type { Instant } from "../../model/index.ts";
import type { ShapeContext } from "../shapes/draft.ts";
import { BODY, type LogParts, mattersByName, SPAN_KINDS, type SpanParts } from "../shapes/otlp-record.ts";
import type { FieldNames } from "./field-names.ts";
import type { Hits } from "./hits.ts";
import { IdTexts } from "./id-texts.ts";
import { Interned } from "./interned.ts";
import { SPAN_WORDS } from "./quiet-ring.ts";
import { type Name, ValueReader } from "./values.ts";
import { Cursor, isBytes } from "./wire.ts";

/** Where something stands in the request. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is known of a span after a short look. Reused for the next one. */
export interface Glance {
  /** Ids and times, as the ring of quiet spans keeps them. */
  readonly words: Uint32Array;
  /** Says by itself that something went wrong: an error status, a status text, an exception event. */
  odd: boolean;
  /** The number of its kind. */
  kind: number;
  /** Fingerprint of name, kind, status and the attributes that say who is called. */
  mark: number;
}

/** Decodes one request after the other. */
export class OtlpDecoder {
  readonly #hits: Hits;
  readonly #cursor = new Cursor();
  readonly #values: ValueReader;
  readonly glance: Glance = { words: new Uint32Array(SPAN_WORDS), odd: false, kind: 0, mark: 0 };
  /** The texts of the span decoded last in which the prefilter found something. */
  readonly hitTexts: Set<string> = new Set();
  readonly #texts = new Interned<string>((text) => text);
  readonly #ids = new IdTexts();
  readonly #callFields: FieldNames;
  #low = 0;
  #high = 0;

  constructor(hits: Hits, callFields: FieldNames, context: ShapeContext) {
    this.#hits = hits;
    this.#callFields = callFields;
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

  /** A text field of a message; empty where it is absent. */
  text(within: Range, field: number): string {
    const found = this.find(within, field);
    return found === null ? "" : this.#cursor.text(found.from, found.to);
  }

  /** All attributes of a message. */
  attributes(within: Range, field: number): Map<string, string> {
    const into = new Map<string, string>();
    this.#values.begin();
    this.each(within, field, (_, to) => this.#values.readPair(to, "", 0, into));
    return into;
  }

  /** Takes a short look at a span; a `brief` one leaves out who is called, for spans that are read in full anyway. */
  look(from: number, end: number, brief: boolean): void {
    const cursor = this.#cursor;
    const { glance } = this;
    const { words } = glance;
    words.fill(0);
    glance.odd = false;
    glance.kind = 0;
    this.#low = 0x811c9dc5;
    this.#high = 0x9747b28c;
    let status = 0;
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case 0x0a:
          this.#id(end, 0, 4);
          break;
        case 0x12:
          this.#id(end, 4, 2);
          break;
        case 0x22:
          this.#id(end, 6, 2);
          break;
        case 0x2a: {
          const close = cursor.open(end);
          this.#stir(cursor.at, close);
          cursor.at = close;
          break;
        }
        case 0x30:
          glance.kind = cursor.varint(end);
          break;
        case 0x39:
        case 0x41: {
          const at = cursor.fixed64(end);
          const word = tag === 0x39 ? 8 : 10;
          words[word] = cursor.view.getUint32(at, true);
          words[word + 1] = cursor.view.getUint32(at + 4, true);
          break;
        }
        case 0x4a: {
          const close = cursor.open(end);
          if (!brief) this.#lookAtPair(close);
          cursor.at = close;
          break;
        }
        case 0x5a:
          this.#lookAtEvent(cursor.open(end));
          break;
        case 0x7a:
          status = this.#lookAtStatus(cursor.open(end));
          break;
        default:
          cursor.skip(tag & 7, end);
      }
    }
    this.#stirNumber((glance.kind & 7) * 4 + status + 64);
    glance.mark = (this.#high & 0x1fffff) * 0x1_0000_0000 + (this.#low >>> 0);
  }

  #id(end: number, word: number, count: number): void {
    const cursor = this.#cursor;
    const close = cursor.open(end);
    if (close - cursor.at === count * 4) {
      for (let i = 0; i < count; i += 1) this.glance.words[word + i] = cursor.view.getUint32(cursor.at + i * 4, true);
    }
    cursor.at = close;
  }

  #lookAtPair(end: number): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const at = cursor.at;
    // The usual form: the key first, of less than 128 bytes
    if (bytes[at] === 0x0a && (bytes[at + 1] as number) < 0x80) {
      const from = at + 2;
      const to = from + (bytes[at + 1] as number);
      const field = to > end ? -1 : this.#callFields.at(bytes, from, to);
      if (field >= 0) {
        this.#stirNumber(field + 32);
        this.#stir(to, end);
      }
    }
  }

  #lookAtEvent(end: number): void {
    const cursor = this.#cursor;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12) {
        const close = cursor.open(end);
        if (close - cursor.at === 9 && cursor.text(cursor.at, close) === "exception") this.glance.odd = true;
        break;
      }
      cursor.skip(tag & 7, end);
    }
    cursor.at = end;
  }

  #lookAtStatus(end: number): number {
    const cursor = this.#cursor;
    let code = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x18) code = cursor.varint(end);
      else if (tag === 0x12) {
        const close = cursor.open(end);
        if (close > cursor.at) this.glance.odd = true;
        cursor.at = close;
      } else cursor.skip(tag & 7, end);
    }
    if (code === 2) this.glance.odd = true;
    return code === 1 || code === 2 ? code : 0;
  }

  /** Two hashes at a time: together they are wide enough not to meet by chance. */
  #stir(from: number, to: number): void {
    const { bytes } = this.#cursor;
    let low = this.#low;
    let high = this.#high;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] as number;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte, 0x5bd1e995) ^ (high >>> 13);
    }
    this.#low = low;
    this.#high = high;
  }

  #stirNumber(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high ^ value, 0x5bd1e995) ^ (this.#high >>> 13);
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
          status = this.#lookAtStatus(close);
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
