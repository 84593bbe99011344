/**
 * A JSON object -> its named values, whatever their depth.
 *
 * The walk uses a list of its own and not the call stack: an object a hundred thousand levels deep is an unkind log, not a crash.
 */
import type { FieldReader } from "./fields.ts";
import { parseEmbedded } from "./json-text.ts";
import { bytesAsText, type JsonObject } from "./json-values.ts";

/** Bounds that no honest log reaches. */
const MAX_NODES = 50_000;
/** One more than is read tells that there is more; what is behind that need not wait. */
const MOST_WAITING: number = MAX_NODES + 1;
const MANY_VALUES = 5_000;
const MAX_NAME_LENGTH = 512;

interface Pending {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
  /** The JSON in a text, where somebody has looked. */
  readonly embedded?: object;
}

function joinName(parent: string, key: string): string {
  if (parent === "") return key;
  return parent.length > MAX_NAME_LENGTH ? parent : `${parent}.${key}`;
}

/** A value with the name of its type beside it, as queues write attributes; null for another object. */
function typedValue(value: object): string | null {
  const names = Object.keys(value);
  if (names.length !== 2 || !names.some((name) => /^(?:data)?type$/i.test(name))) return null;
  const held = (value as JsonObject)[names.find((name) => /^(?:string)?value$/i.test(name)) ?? ""];
  return typeof held === "string" ? held : null;
}

/** PHP's DateTime: `{"date": "2026-11-23 06:57:00.783910", "timezone_type": 3, "timezone": "Europe/Berlin"}`. */
function timeOfPhp(value: object): string | null {
  const { date, timezone, timezone_type: type } = value as JsonObject;
  return typeof date === "string" && typeof timezone === "string" && typeof type === "number"
    ? `${date} ${timezone}`
    : null;
}

/** Instants that are written as an object: of MongoDB, of log4j, of protobuf, of PHP. */
function timeOfObject(value: object): string | null {
  const names = Object.keys(value);
  if (names.length === 3) return timeOfPhp(value);
  if (names.length === 0 || names.length > 2) return null;
  const [first, second] = Object.entries(value) as [[string, unknown], [string, unknown] | undefined];
  if (first[0] === "$date" && second === undefined) {
    const date = first[1];
    if (typeof date !== "object" || date === null) return String(date);
    return String((date as Readonly<Record<string, unknown>>)["$numberLong"] ?? "");
  }
  if (second === undefined || !/^(?:seconds|epochSecond)$/.test(first[0])) return null;
  if (!/^(?:nanos|nanoseconds|nanoOfSecond)$/.test(second[0])) return null;
  return `${String(first[1])}.${String(second[1]).padStart(9, "0")}`;
}

/** `["service:chat", "pod_name:…"]`: labels that are written as a list of texts. */
const TAG = /^([A-Za-z][\w./-]*):(\S.*)$/;

function pushTags(pending: Pending[], value: readonly unknown[], depth: number): boolean {
  const tags = value.map((each) => (typeof each === "string" ? TAG.exec(each) : null));
  if (tags.length === 0 || tags.includes(null)) return false;
  for (const tag of tags) pending.push({ name: `tags.${tag?.[1]}`, value: tag?.[2], depth: depth + 1 });
  return true;
}

/** Reads every scalar of an object, whatever its depth, JSON inside strings included; the first 50,000 values, then it is told as cut. */
export function addObject(reader: FieldReader, root: object, rootName = ""): void {
  new Walk(reader).take({ name: rootName, value: root, depth: -1 });
}

/** Of thousands of figures none is the time or an id. */
function namesIn(object: JsonObject): readonly string[] {
  const names = Object.keys(object);
  return names.length > MANY_VALUES ? names.filter((name) => typeof object[name] !== "number") : names;
}

/** A walk through one value. */
class Walk {
  readonly #reader: FieldReader;
  readonly #pending: Pending[] = [];
  #nodes = 0;

  constructor(reader: FieldReader) {
    this.#reader = reader;
  }

  take(root: Pending): void {
    const pending = this.#pending;
    pending.push(root);
    while (this.#nodes < MAX_NODES) {
      const next = pending.pop();
      if (next === undefined) return;
      this.#nodes += 1;
      const { name, value, depth } = next;
      if (typeof value === "string") {
        const embedded = next.embedded ?? embeddedIn(value);
        if (embedded === null) this.#reader.add(name, value, depth);
        else this.#enter(name, embedded, depth);
      } else if (typeof value === "object" && value !== null) {
        const text = Array.isArray(value) ? bytesAsText(value) : (timeOfObject(value) ?? typedValue(value));
        if (text === null) this.#enter(name, value, depth);
        else this.#reader.add(name, text, depth);
      } else if (value !== undefined && value !== null) this.#reader.add(name, String(value), depth);
    }
    this.#reader.draft.cut ||= pending.length > 0;
  }

  /** Takes what stands in a value, plain values before what is nested: a huge one hides no field beside it. */
  #enter(name: string, value: object, depth: number): void {
    if (Array.isArray(value)) this.#enterList(name, value, depth);
    else this.#enterObject(name, value as JsonObject, depth + 1);
  }

  #enterList(name: string, value: readonly unknown[], depth: number): void {
    const pending = this.#pending;
    // A list of one value is that value
    if (value.length === 1) {
      pending.push({ name, value: value[0], depth });
      return;
    }
    if (/(?:^|[._])(?:dd)?tags$/i.test(name) && pushTags(pending, value, depth)) return;
    for (let i = Math.min(value.length, MOST_WAITING) - 1; i >= 0; i -= 1) {
      pending.push({ name: joinName(name, String(i)), value: value[i], depth: depth + 1 });
    }
  }

  /** Plain values are taken at once, up to one that holds JSON: what is inside of that comes before those behind it. */
  #enterObject(parent: string, object: JsonObject, depth: number): void {
    const plain: Pending[] = [];
    const nested: Pending[] = [];
    for (const key of namesIn(object)) {
      const value = object[key];
      const name = joinName(parent, key);
      if (typeof value === "object" && value !== null) {
        if (nested.length < MOST_WAITING) nested.push({ name, value, depth });
      } else if (plain.length > 0 || this.#nodes >= MAX_NODES) {
        if (plain.length < MOST_WAITING) plain.push({ name, value, depth });
      } else {
        const embedded = typeof value === "string" ? embeddedIn(value) : null;
        if (embedded !== null) plain.push({ name, value, depth, embedded });
        else {
          this.#nodes += 1;
          if (value !== undefined && value !== null) this.#reader.add(name, String(value), depth);
        }
      }
    }
    for (const list of [nested, plain])
      for (let i = list.length - 1; i >= 0; i -= 1) this.#pending.push(list[i] as Pending);
  }
}

/** The JSON in a string; null where it holds none. */
function embeddedIn(value: string): object | null {
  return value.length > 6 ? parseEmbedded(value) : null;
}
