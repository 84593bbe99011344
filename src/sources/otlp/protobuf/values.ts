/**
 * Attributes and bodies of OTLP in protobuf -> texts by name, nested ones flattened.
 */
import { type AttributeName, type AttributeSink, MAX_NAME_LENGTH, MAX_VALUES } from "../../formats/attributes.ts";
import { ANY_VALUE, KEY_VALUE, VALUE_LIST } from "./messages.ts";
import type { Cursor } from "./wire.ts";

/** Values nested deeper are left out. */
const MAX_DEPTH = 32;

/** Makes the texts. */
export interface ValueTexts {
  /** A name, from where it stands. */
  readonly name: (from: number, to: number) => AttributeName;
  /** The name of a nested value. */
  readonly nestedName: (text: string) => AttributeName;
  /** A value; `interned`: it will come again. */
  readonly value: (from: number, to: number, interned: boolean) => string;
  /** True where the prefilter finds something. */
  readonly isHit: (from: number, to: number) => boolean;
}

const NO_NAME: AttributeName = { text: "", isField: false, isText: false };

/** Reads attributes of one span, event or log. */
export class ValueReader {
  readonly #cursor: Cursor;
  readonly #texts: ValueTexts;
  #left = MAX_VALUES;
  /** The pair that was opened last: its name, and where its value stands; from -1 where it has none. */
  #name = NO_NAME;
  #from = -1;
  #to = -1;

  constructor(cursor: Cursor, texts: ValueTexts) {
    this.#cursor = cursor;
    this.#texts = texts;
  }

  /** Begins another list: its values are counted anew. */
  begin(): void {
    this.#left = MAX_VALUES;
  }

  /**
   * Reads one KeyValue, from the cursor to `end`, unless neither its name nor its value matters. A nested one is read whatever its own name
   * is.
   */
  readPairThatMatters(end: number, into: AttributeSink): void {
    this.#openPair(end);
    const name = this.#name;
    const from = this.#from;
    if (from < 0) return;
    const first = this.#cursor.bytes[from];
    const nested = first === ANY_VALUE.array || first === ANY_VALUE.pairs;
    if (name.isField || name.isText || nested || this.#texts.isHit(from, this.#to)) this.#readOpened(name, 0, into);
    else this.#left -= 1;
  }

  /** Reads one KeyValue, from the cursor to `end`, whose name begins with `prefix`. */
  readPair(end: number, prefix: string, depth: number, into: AttributeSink): void {
    this.#openPair(end);
    const name = this.#name;
    if (this.#from < 0) return;
    this.#readOpened(prefix === "" ? name : this.#texts.nestedName(`${prefix}.${name.text}`), depth, into);
  }

  #readOpened(name: AttributeName, depth: number, into: AttributeSink): void {
    this.#cursor.at = this.#from;
    this.readValue(this.#to, name, depth, into);
  }

  #openPair(end: number): void {
    const cursor = this.#cursor;
    this.#name = NO_NAME;
    this.#from = -1;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === KEY_VALUE.key) {
        const close = cursor.open(end);
        this.#name = this.#texts.name(cursor.at, close);
        cursor.at = close;
      } else if (tag === KEY_VALUE.value) {
        this.#to = cursor.open(end);
        this.#from = cursor.at;
        cursor.at = this.#to;
      } else cursor.skip(tag, end);
    }
  }

  /** Reads one AnyValue, from the cursor to `end`. */
  readValue(end: number, name: AttributeName, depth: number, into: AttributeSink): void {
    const cursor = this.#cursor;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      const nested = tag === ANY_VALUE.array || tag === ANY_VALUE.pairs;
      if (!nested) this.#readScalar(tag, end, name, into);
      else if (depth < MAX_DEPTH) this.#readNested(tag === ANY_VALUE.array, cursor.open(end), name, depth, into);
      else cursor.at = cursor.open(end);
    }
  }

  #readNested(isList: boolean, end: number, name: AttributeName, depth: number, into: AttributeSink): void {
    const cursor = this.#cursor;
    for (let index = 0; cursor.at < end; ) {
      const tag = cursor.varint(end);
      if (tag !== VALUE_LIST.values) {
        cursor.skip(tag, end);
        continue;
      }
      const close = cursor.open(end);
      if (isList) this.readValue(close, this.#texts.nestedName(`${name.text}.${index}`), depth + 1, into);
      else this.readPair(close, name.text, depth + 1, into);
      cursor.at = close;
      index += 1;
    }
  }

  #readScalar(tag: number, end: number, name: AttributeName, into: AttributeSink): void {
    this.#left -= 1;
    const takes = this.#left >= 0 && name.text.length <= MAX_NAME_LENGTH;
    if (tag === ANY_VALUE.string) {
      const cursor = this.#cursor;
      const close = cursor.open(end);
      const from = cursor.at;
      cursor.at = close;
      if (!takes) return;
      const isHit = this.#texts.isHit(from, close);
      into.add(name, this.#texts.value(from, close, isHit || name.isField), isHit);
      return;
    }
    const text = this.#number(tag, end);
    if (text !== null && takes) into.add(name, text, false);
  }

  /** A value that is no text, as text; null for a field that is none of AnyValue's. */
  #number(tag: number, end: number): string | null {
    const cursor = this.#cursor;
    switch (tag) {
      case ANY_VALUE.bool:
        return cursor.varint(end) === 0 ? "false" : "true";
      case ANY_VALUE.int:
        return String(cursor.bigVarint(end));
      case ANY_VALUE.double:
        return String(cursor.view.getFloat64(cursor.fixed64(end), true));
      case ANY_VALUE.bytes: {
        const close = cursor.open(end);
        const text = cursor.bytes.toString("base64", cursor.at, close);
        cursor.at = close;
        return text;
      }
      default:
        cursor.skip(tag, end);
        return null;
    }
  }
}
