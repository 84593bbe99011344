/**
 * A short look at a span in protobuf: its ids, its times, whether it says by itself that something went wrong, and a fingerprint of who
 * calls whom. Most spans are never read any further.
 */

import type { FieldNames } from "./field-names.ts";
import { SPAN_WORDS } from "./span-words.ts";
import type { Cursor } from "./wire.ts";

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

/** Looks at spans, one after the other. */
export class Glancer {
  readonly #cursor: Cursor;
  readonly #callFields: FieldNames;
  readonly #glance: Glance = { words: new Uint32Array(SPAN_WORDS), odd: false, kind: 0, mark: 0 };
  #low = 0;
  #high = 0;

  constructor(cursor: Cursor, callFields: FieldNames) {
    this.#cursor = cursor;
    this.#callFields = callFields;
  }

  /** Takes a short look at a span; a `brief` one leaves out who is called, for spans that are read in full anyway. */
  look(from: number, end: number, brief: boolean): Glance {
    const cursor = this.#cursor;
    const glance = this.#glance;
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
          status = this.readStatus(cursor.open(end));
          break;
        default:
          cursor.skip(tag & 7, end);
      }
    }
    this.#stirNumber((glance.kind & 7) * 4 + status + 64);
    glance.mark = (this.#high & 0x1fffff) * 0x1_0000_0000 + (this.#low >>> 0);
    return glance;
  }

  #id(end: number, word: number, count: number): void {
    const cursor = this.#cursor;
    const close = cursor.open(end);
    if (close - cursor.at === count * 4) {
      for (let i = 0; i < count; i += 1) this.#glance.words[word + i] = cursor.view.getUint32(cursor.at + i * 4, true);
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
        if (close - cursor.at === 9 && cursor.text(cursor.at, close) === "exception") this.#glance.odd = true;
        break;
      }
      cursor.skip(tag & 7, end);
    }
    cursor.at = end;
  }

  /** Reads a status from the cursor to `end`; an error or a text makes the span odd. */
  readStatus(end: number): number {
    const cursor = this.#cursor;
    let code = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x18) code = cursor.varint(end);
      else if (tag === 0x12) {
        const close = cursor.open(end);
        if (close > cursor.at) this.#glance.odd = true;
        cursor.at = close;
      } else cursor.skip(tag & 7, end);
    }
    if (code === 2) this.#glance.odd = true;
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
}
