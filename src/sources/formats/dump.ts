/**
 * Objects as programming languages print them -> values: `{'a': 'b'}`, `{:a=>"b"}`, `map[a:b c:d]`, `{A:b C:d}`, `Event[a=b, c=d]`,
 * `Event { a: "b" }`, `Array ( [a] => b )`, and JSON with comments, bare keys or a comma too many.
 *
 * Values without quotes have no sign at their end: one ends where the next key begins. What could be a key inside a message is one only where
 * it is called as fields of records are.
 */
import { messageRank, namesRecord } from "./envelope.ts";
import type { JsonObject } from "./json-values.ts";
import { roleOf, tellsWhenOrWhose } from "./roles.ts";

/** More is no line of a log. */
const MAX_LENGTH: number = 4 * 1024 * 1024;
const MAX_DEPTH = 64;

const SPACE = /(?:[\s,;]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
/** What stands before an object: the name of its class, a sign of its language. */
const OPENING = /(?:(?:[%&#*]{0,2}|#<)(?:[A-Za-z_$][\w.$:*]{0,64})?[ \n]?)(?:(?<bracket>[{[(])|(?<=#<\w{1,64}[ \n]))/y;
const CLOSING = /[}\])>]/;
const CLOSED_BY: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")" };
/** A key and what stands behind it. */
const KEY =
  /(?:"(?<double>(?:[^"\\\n]|\\.){1,128})"|'(?<single>(?:[^'\\\n]|\\.){1,128})'|\[(?<listed>[A-Za-z_@][\w.@/-]{0,127})\]|[:@]?(?<bare>[A-Za-z_@][\w.@/-]{0,127}))(?:\s?=>\s?|\s?[:=]\s?)|:(?<keyword>[A-Za-z_][\w./-]{0,127}) /y;
/** A value with a quote, and what may stand before it: a tag, a prefix of the language. */
const QUOTED =
  /(?:#\w{1,16} |[bur]{1,2}(?=['"]))?(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`)/y;
const SIGIL = /^~[A-Z]\[(.*)\]$/s;
const PYTHON_TIME =
  /^datetime\.datetime\((\d{4}), (\d{1,2}), (\d{1,2}), (\d{1,2}), (\d{1,2})(?:, (\d{1,2}))?(?:, (\d{1,6}))?(?:, tzinfo=(.*))?\)$/s;

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, long, short, sign: string) => {
    const code: string | undefined = long ?? short;
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
    }
    return sign === "n" ? "\n" : sign === "t" ? "\t" : sign === "r" ? "\r" : sign === "e" ? "\u001b" : sign;
  });
}

function isTextName(name: string): boolean {
  return messageRank(name) !== null || roleOf(name).name === "text";
}

/** A walk through one text. */
class Dump {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The objects that stand there one behind the other, lists opened; null where something else does. */
  objects(): readonly JsonObject[] | null {
    const found: JsonObject[] = [];
    this.#skip(SPACE);
    while (this.#at < this.#text.length) {
      const value = this.#opened(0);
      if (value === null) return null;
      for (const each of Array.isArray(value) ? value : [value])
        if (typeof each === "object" && each !== null && !Array.isArray(each)) found.push(each as JsonObject);
      this.#skip(SPACE);
    }
    return found;
  }

  /** The object whose fields stand there without brackets around them; null where something else does. */
  pairs(): readonly JsonObject[] | null {
    const object = this.#object("", 0);
    return object === null || this.#at < this.#text.length ? null : [object];
  }

  #skip(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  /** What an opening bracket holds; null where none stands here, and where nothing in it can be read. */
  #opened(depth: number): object | null {
    const from = this.#at;
    const opening = depth > MAX_DEPTH ? null : this.#skip(OPENING);
    if (opening === null) return null;
    const close = CLOSED_BY[opening.groups?.["bracket"] ?? ""] ?? ">";
    this.#skip(SPACE);
    const value = this.#keyHere() === null ? this.#list(close, depth) : this.#object(close, depth);
    if (value === null) this.#at = from;
    return value;
  }

  #keyHere(): { readonly name: string; readonly end: number } | null {
    KEY.lastIndex = this.#at;
    const groups = KEY.exec(this.#text)?.groups;
    if (groups === undefined) return null;
    const quoted = groups["double"] ?? groups["single"];
    const name =
      quoted === undefined ? (groups["listed"] ?? groups["bare"] ?? groups["keyword"]) : withoutEscapes(quoted);
    return name === undefined ? null : { name, end: KEY.lastIndex };
  }

  #object(close: string, depth: number): JsonObject | null {
    const pairs: [string, unknown][] = [];
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === close) {
        this.#at += 1;
        break;
      }
      const key = this.#keyHere();
      if (key === null || pairs.length > 10_000) return pairs.length > 0 && close !== "(" ? this.#end(pairs) : null;
      this.#at = key.end;
      pairs.push([key.name, this.#value(key.name, close, depth)]);
      this.#skip(SPACE);
    }
    return Object.fromEntries(pairs);
  }

  /** What is there of an object that goes on in a way nobody knows. */
  #end(pairs: readonly [string, unknown][]): JsonObject {
    this.#at = this.#text.length;
    return Object.fromEntries(pairs);
  }

  #list(close: string, depth: number): readonly unknown[] | null {
    const values: unknown[] = [];
    while (this.#at < this.#text.length && this.#text[this.#at] !== close) {
      const value = this.#opened(depth + 1) ?? this.#quoted();
      if (value === null) return null;
      values.push(value);
      this.#skip(SPACE);
    }
    this.#at += 1;
    return values;
  }

  #value(name: string, close: string, depth: number): unknown {
    while (this.#text.charCodeAt(this.#at) <= 0x20) this.#at += 1;
    const quoted = this.#quoted();
    if (quoted !== null) return quoted;
    if (!isTextName(name)) {
      const opened = this.#opened(depth + 1);
      if (opened !== null) return opened;
    }
    return this.#bare(isTextName(name), close);
  }

  /** A text in quotes; such as follow one another are one, as Python and C have it. */
  #quoted(): string | null {
    let text: string | null = null;
    for (let match = this.#skip(QUOTED); match !== null; match = this.#skip(QUOTED)) {
      const whole = match[0];
      text = (text ?? "") + withoutEscapes(whole.slice(whole.search(/["'`]/) + 1, -1));
      const before = this.#at;
      this.#skip(/\s*/y);
      if (!/["'bur]/.test(this.#text[this.#at] ?? "")) {
        this.#at = before;
        break;
      }
    }
    return text;
  }

  /** A value without quotes: up to the next key, or the bracket that closes the object. */
  #bare(isText: boolean, close: string): string {
    const text = this.#text;
    const from = this.#at;
    const open: string[] = [];
    for (; this.#at < text.length; this.#at += 1) {
      const sign = text[this.#at] as string;
      if (open.length === 0 && (sign === "," || sign === " " || sign === "\n") && this.#isBehind(isText)) break;
      if (sign in CLOSED_BY) open.push(CLOSED_BY[sign] as string);
      else if (sign === open.at(-1)) open.pop();
      else if (open.length === 0 && sign === close && this.#closes(isText)) break;
    }
    return readBare(text.slice(from, this.#at).trim());
  }

  /** Whether the next pair begins behind the sign that stands here. */
  #isBehind(isText: boolean): boolean {
    const at = this.#at;
    const between = this.#skip(SPACE)?.[0] ?? "";
    const key = this.#keyHere();
    const sign = this.#text[this.#at] ?? "";
    this.#at = at;
    if (between.includes("\n") && (key !== null || CLOSING.test(sign))) return true;
    if (key === null) return false;
    // `message:text` and not `words: text`
    const isTight = !/\s$/.test(this.#text.slice(key.end - 1, key.end)) || between.includes(",");
    return isTight && (!isText || tellsWhenOrWhose(key.name));
  }

  /** Whether a closing bracket is the object's: of a message only the last one is. */
  #closes(isText: boolean): boolean {
    return !isText || /^[}\])>\s,;]*$/.test(this.#text.slice(this.#at, this.#at + 64).split("\n", 1)[0] ?? "");
  }
}

function readBare(text: string): string {
  const [, year, ...parts] = PYTHON_TIME.exec(text) ?? [];
  if (year === undefined) return SIGIL.exec(text)?.[1] ?? text;
  const [month = "", day = "", hour = "", minute = "", second = "0", micros, zone] = parts;
  const two = (part: string): string => part.padStart(2, "0");
  const seconds = Number(/^datetime\.timezone\(datetime\.timedelta\(seconds=(\d+)\)\)$/.exec(zone ?? "")?.[1]);
  const utc = zone !== undefined && /utc/i.test(zone);
  const offset = utc
    ? "Z"
    : Number.isNaN(seconds)
      ? ""
      : `+${two(String(Math.floor(seconds / 3600)))}:${two(String(Math.floor((seconds % 3600) / 60)))}`;
  const fraction = micros === undefined ? "" : `.${micros.padStart(6, "0")}`;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${offset}`;
}

/** Fields of a message of protobuf on one line, without a bracket around them. */
const PAIRS = /^[A-Za-z_]\w{0,63}:\s?"/;
/** Only what begins so is worth a look. */
const BEGINS =
  /^\s*(?:\/[/*]|[%&#*]{0,2}[{[(]|[A-Za-z_]\w{0,63}:\s?"|[%&#*<]{0,2}[A-Za-z_$][\w.$:*]{0,64}\s?[{[(]|#<\w)/;

/** Records as a language printed them; null for a text that holds none, which most are that begin with a bracket. */
export function readDump(text: string): readonly JsonObject[] | null {
  if (text.length > MAX_LENGTH || !BEGINS.test(text)) return null;
  const dump = new Dump(text);
  const objects = PAIRS.test(text) ? dump.pairs() : dump.objects();
  if (objects === null || objects.length === 0) return null;
  // An object that a program prints about another one has words and a service, too; what a logger writes has a time
  return objects.every((object) => namesRecord(Object.keys(object))) ? objects : null;
}
