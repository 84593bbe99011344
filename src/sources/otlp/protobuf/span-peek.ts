/**
 * A short look at a span in protobuf: its ids, its times, whether it says by itself that something went wrong, and a fingerprint of who
 * calls whom. Most spans are never read any further.
 */
import { SPAN_KINDS } from "../../formats/otlp-record.ts";
import type { FieldNames } from "./field-names.ts";
import { EVENT, KEY_VALUE, SPAN, STATUS } from "./messages.ts";
import { SPAN_WORD, SPAN_WORDS } from "./span-words.ts";
import type { Cursor } from "./wire.ts";

/** What is known of a span after a short look. Reused for the next one. */
export interface SpanPeek {
  /** Ids and times, as the ring keeps them, see {@link SPAN_WORD}. */
  readonly words: Uint32Array;
  /** Says by itself that something went wrong: an error status, a status text, an exception event. */
  failed: boolean;
  /** The number of its kind. */
  kind: number;
  /** A hash of name, kind, status and the attributes that say who is called. */
  fingerprint: number;
}

/** Peeks at spans, one after the other. */
export class SpanPeeker {
  readonly #cursor: Cursor;
  readonly #callFields: FieldNames;
  readonly #peek: SpanPeek = { words: new Uint32Array(SPAN_WORDS), failed: false, kind: 0, fingerprint: 0 };
  /** The two halves of the fingerprint. */
  #low = 0;
  #high = 0;

  constructor(cursor: Cursor, callFields: FieldNames) {
    this.#cursor = cursor;
    this.#callFields = callFields;
  }

  /** Takes a short look at the span that stands in `[from, end)`. */
  peek(from: number, end: number): SpanPeek {
    const cursor = this.#cursor;
    const peek = this.#peek;
    const { words } = peek;
    words.fill(0);
    peek.failed = false;
    peek.kind = 0;
    this.#low = 0x811c9dc5;
    this.#high = 0x9747b28c;
    let status = 0;
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case SPAN.traceId:
          cursor.readWords(end, words, SPAN_WORD.traceId, 4);
          break;
        case SPAN.spanId:
          cursor.readWords(end, words, SPAN_WORD.spanId, 2);
          break;
        case SPAN.parentSpanId:
          cursor.readWords(end, words, SPAN_WORD.parentSpanId, 2);
          break;
        case SPAN.name: {
          const close = cursor.open(end);
          this.#hash(cursor.at, close);
          cursor.at = close;
          break;
        }
        case SPAN.kind:
          peek.kind = kindOf(cursor.varint(end));
          break;
        case SPAN.startAt:
        case SPAN.endAt: {
          const at = cursor.fixed64(end);
          const word = tag === SPAN.startAt ? SPAN_WORD.startAt : SPAN_WORD.endAt;
          words[word] = cursor.view.getUint32(at, true);
          words[word + 1] = cursor.view.getUint32(at + 4, true);
          break;
        }
        case SPAN.attributes: {
          const close = cursor.open(end);
          this.#hashCallField(close);
          cursor.at = close;
          break;
        }
        case SPAN.events:
          this.#peekAtEvent(cursor.open(end));
          break;
        case SPAN.status:
          status = this.#peekAtStatus(cursor.open(end));
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    this.#hashNumber(peek.kind * 4 + status + 64);
    peek.fingerprint = (this.#high & 0x1fffff) * 0x1_0000_0000 + (this.#low >>> 0);
    return peek;
  }

  #hashCallField(end: number): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const at = cursor.at;
    // The usual form: the key first, of less than 128 bytes
    if (bytes[at] === KEY_VALUE.key && (bytes[at + 1] as number) < 0x80) {
      const from = at + 2;
      const to = from + (bytes[at + 1] as number);
      const field = to > end ? -1 : this.#callFields.at(bytes, from, to);
      if (field >= 0) {
        this.#hashNumber(field + 32);
        this.#hash(to, end);
      }
    }
  }

  #peekAtEvent(end: number): void {
    const cursor = this.#cursor;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === EVENT.name) {
        const close = cursor.open(end);
        if (close - cursor.at === 9 && cursor.text(cursor.at, close) === "exception") this.#peek.failed = true;
        break;
      }
      cursor.skip(tag, end);
    }
    cursor.at = end;
  }

  #peekAtStatus(end: number): number {
    const cursor = this.#cursor;
    let code = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === STATUS.code) code = cursor.varint(end);
      else if (tag === STATUS.message) {
        const close = cursor.open(end);
        if (close > cursor.at) this.#peek.failed = true;
        cursor.at = close;
      } else cursor.skip(tag, end);
    }
    if (code === 2) this.#peek.failed = true;
    return code === 1 || code === 2 ? code : 0;
  }

  /** Two hashes at a time: together they are wide enough not to meet by chance. */
  #hash(from: number, to: number): void {
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

  #hashNumber(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high ^ value, 0x5bd1e995) ^ (this.#high >>> 13);
  }
}

/** The number of a kind; 0, unspecified, for numbers that are none. */
export function kindOf(number: number): number {
  return number < SPAN_KINDS.length ? number : 0;
}
