/**
 * Attributes and bodies of OTLP in protobuf -> texts by name, nested ones flattened.
 */
import { LONGEST_NAME, MOST_VALUES } from "../../formats/otlp-record.ts";
import { type Cursor, WireError } from "./wire.ts";

const DEEPEST = 32;

/** What is known of a name. */
export interface Name {
  readonly text: string;
  /** False where a value of this name matters only if a word of a cancel stands in it. */
  readonly matters: boolean;
}

/** Makes the texts. */
export interface Texts {
  /** A name, from where it stands. */
  readonly name: (from: number, to: number) => Name;
  /** A value. */
  readonly value: (from: number, to: number) => string;
  /** True where a word of a cancel stands. */
  readonly isHit: (from: number, to: number) => boolean;
}

const NO_NAME: Name = { text: "", matters: true };
const ARRAY = 0x2a;
const PAIRS = 0x32;

/** Reads attributes of one span, event or log. */
export class ValueReader {
  readonly #cursor: Cursor;
  readonly #texts: Texts;
  #left = MOST_VALUES;
  /** The pair that was opened last: its name, and where its value stands; from -1 where it has none. */
  #name = NO_NAME;
  #from = -1;
  #to = -1;

  constructor(cursor: Cursor, texts: Texts) {
    this.#cursor = cursor;
    this.#texts = texts;
  }

  /** Begins another list: its values are counted anew. */
  begin(): void {
    this.#left = MOST_VALUES;
  }

  /** Reads one KeyValue, from the cursor to `end`, unless neither its name nor its value matters. */
  readPairThatMatters(end: number, into: Map<string, string>): void {
    this.#openPair(end);
    const name = this.#name;
    const from = this.#from;
    if (from < 0) return;
    const first = this.#cursor.bytes[from];
    if (name.matters || first === ARRAY || first === PAIRS || this.#texts.isHit(from, this.#to))
      this.#readOpened(name.text, 0, into);
    else {
      this.#left -= 1;
      // Of two values of one name the later one counts
      if (into.size > 0) into.delete(name.text);
    }
  }

  /** Reads one KeyValue, from the cursor to `end`. */
  readPair(end: number, prefix: string, depth: number, into: Map<string, string>): void {
    this.#openPair(end);
    const { text } = this.#name;
    if (this.#from >= 0) this.#readOpened(prefix === "" ? text : `${prefix}.${text}`, depth, into);
  }

  #readOpened(name: string, depth: number, into: Map<string, string>): void {
    this.#cursor.at = this.#from;
    this.readValue(this.#to, name, depth, into);
  }

  #openPair(end: number): void {
    const cursor = this.#cursor;
    this.#name = NO_NAME;
    this.#from = -1;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) {
        const close = cursor.open(end);
        this.#name = this.#texts.name(cursor.at, close);
        cursor.at = close;
      } else if (tag === 0x12) {
        this.#to = cursor.open(end);
        this.#from = cursor.at;
        cursor.at = this.#to;
      } else cursor.skip(tag & 7, end);
    }
  }

  /** Reads one AnyValue, from the cursor to `end`. */
  readValue(end: number, name: string, depth: number, into: Map<string, string>): void {
    const cursor = this.#cursor;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      const nested = tag === ARRAY || tag === PAIRS;
      if (nested && depth < DEEPEST) this.#readNested(tag === ARRAY, cursor.open(end), name, depth, into);
      else if (nested) cursor.at = cursor.open(end);
      else this.#readScalar(tag, end, name, into);
    }
  }

  #readNested(isList: boolean, end: number, name: string, depth: number, into: Map<string, string>): void {
    const cursor = this.#cursor;
    for (let index = 0; cursor.at < end; ) {
      const tag = cursor.varint(end);
      if (tag !== 0x0a) {
        cursor.skip(tag & 7, end);
        continue;
      }
      const close = cursor.open(end);
      if (isList) this.readValue(close, `${name}.${index}`, depth + 1, into);
      else this.readPair(close, name, depth + 1, into);
      cursor.at = close;
      index += 1;
    }
  }

  #readScalar(tag: number, end: number, name: string, into: Map<string, string>): void {
    this.#left -= 1;
    const text = this.#scalar(tag, end);
    if (text !== null && this.#left >= 0 && name.length <= LONGEST_NAME) into.set(name, text);
  }

  #scalar(tag: number, end: number): string | null {
    const cursor = this.#cursor;
    switch (tag) {
      case 0x0a: {
        const close = cursor.open(end);
        const text = this.#texts.value(cursor.at, close);
        cursor.at = close;
        return text;
      }
      case 0x10:
        return cursor.varint(end) === 0 ? "false" : "true";
      case 0x18:
        return String(cursor.bigVarint(end));
      case 0x21:
        return String(cursor.view.getFloat64(cursor.fixed64(end), true));
      case 0x3a: {
        const close = cursor.open(end);
        const text = cursor.bytes.toString("base64", cursor.at, close);
        cursor.at = close;
        return text;
      }
      default:
        if (tag >> 3 === 0) throw new WireError("a field has no number");
        cursor.skip(tag & 7, end);
        return null;
    }
  }
}
