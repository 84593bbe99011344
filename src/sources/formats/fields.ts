/**
 * Named values (of a JSON object, of logfmt) -> a record in the making.
 *
 * The walk uses a list of its own and not the call stack: an object a hundred thousand levels deep is an unkind log, not a crash.
 */
import type { NameSource, ServiceName } from "../../model/index.ts";
import { stripAnsi } from "./ansi.ts";
import { createDraft, type Draft, type ShapeContext } from "./draft.ts";
import { maybeEscaped, undoEscapes } from "./escapes.ts";
import { parseEmbedded } from "./json-text.ts";
import { bytesAsText, type JsonObject } from "./json-values.ts";
import { rankNames, readName, withoutWeak } from "./names.ts";
import { type NameRole, parseSpanId, parseTraceId, type Role, type RoleName, roleOf } from "./roles.ts";
import { serviceOfLogGroup, serviceOfLogPath, serviceOfLogStream } from "./service-name.ts";
import { type Clock, parseTime, type TimeRead } from "./times.ts";

/** Bounds that no honest log reaches. */
const MAX_NODES = 50_000;
/** One more than is read tells that there is more; what is behind that need not wait. */
const MOST_WAITING: number = MAX_NODES + 1;
const MAX_FIELDS = 512;
const MANY_VALUES = 5_000;
const MAX_NAME_LENGTH = 512;

const NAMES_IN_ORDER: readonly (readonly [role: NameRole, from: NameSource])[] = [
  ["service", "field"],
  ["resource", "resource"],
  ["container", "container"],
  ["unit", "unit"],
  ["pod", "pod"],
  ["host", "host"],
];

/** Fields that name what was read (a log's stream, group, file): they only tell something where nothing better does, many services may share them. */
const READ_FROM: readonly NameRole[] = ["stream", "group", "file"];

interface Best {
  readonly role: RoleName;
  rank: number;
  value: string;
}

/** A list with one item more. Most lists of a record get one or two: they are made as long as they are, where a list that grows takes room for many. */
function withOneMore<Item>(list: Item[], item: Item): Item[] {
  const [only] = list;
  if (only === undefined) return [item];
  if (list.length === 1) return [only, item];
  list.push(item);
  return list;
}

/** Times are tried in their order until one can be read; no record has more than a few. */
const MAX_TIMES = 6;

/** Collects fields one by one and knows, at the end, which of them tell time, service and ids. */
export class FieldReader {
  readonly draft: Draft = createDraft();
  readonly #context: ShapeContext;
  /** One of each role, of which a record has a few. */
  #found: Best[] = [];
  #times: Best[] = [];

  constructor(context: ShapeContext) {
    this.#context = context;
  }

  /** Takes one scalar. `depth` is how deep it stood: of two like fields the shallower one wins. */
  add(name: string, value: string, depth: number): void {
    const { draft } = this;
    if (draft.fields.size < MAX_FIELDS || draft.fields.has(name)) draft.fields.set(name, value);
    const role: Role = roleOf(name);
    if (role.name === "text" || role.name === "other") {
      // A short value of an unknown name cannot hold an error; most fields end here.
      if (value.length < 4) return;
      const isOther = role.name === "other";
      const isHit = (isOther || maybeEscaped(value)) && this.#context.isHit(value);
      if (isHit || !isOther) draft.texts = withOneMore(draft.texts, stripAnsi(isHit ? undoEscapes(value) : value));
      return;
    }
    if (value === "") return;
    // Whatever a field is called, a sentence about a cancel is one: it is no time, no id and no name
    if (value.length > 8 && /\s/.test(value) && this.#context.isHit(value)) {
      draft.texts = withOneMore(draft.texts, stripAnsi(undoEscapes(value)));
      return;
    }
    const rank = role.rank + depth * 1000;
    if (role.name === "time") {
      if (this.#times.length < MAX_TIMES) this.#times = withOneMore(this.#times, { role: "time", rank, value });
      return;
    }
    const best = this.#best(role.name);
    if (best === undefined) this.#found = withOneMore(this.#found, { role: role.name, rank, value });
    else if (rank < best.rank) {
      best.rank = rank;
      best.value = value;
    }
  }

  #best(role: RoleName): Best | undefined {
    for (const best of this.#found) if (best.role === role) return best;
    return undefined;
  }

  /** Decides what the fields say about time, service and ids. */
  finish(): Draft {
    const { draft } = this;
    const read = this.#readTime();
    if (read !== null) {
      draft.at = read.at;
      draft.zoned = read.zoned;
      draft.stepMs = read.stepMs;
      draft.dated = read.dated;
    }
    draft.names = this.#names();
    const trace = this.#best("trace");
    if (trace !== undefined) draft.traceId = parseTraceId(trace.value);
    const span = this.#best("span");
    if (span !== undefined) draft.spanId = parseSpanId(span.value);
    return draft;
  }

  #readTime(): TimeRead | null {
    const times = this.#times;
    if (times.length > 1) times.sort((a, b) => a.rank - b.rank);
    const zone = zoneField(this.draft.fields);
    const parse = (value: string): TimeRead | null => parseIn(zone, value, this.#context.clock);
    const isOnly = times.length === 1 && this.#best("day") === undefined;
    for (const { value } of times) {
      const read = parse(value);
      if (read !== null && (read.dated || isOnly)) return read;
    }
    // A day and a time of day in two fields
    const days = [this.#best("day"), ...times].filter((each) => each !== undefined && DAY.test(each.value));
    for (const day of days) {
      for (const { value } of times) {
        const read = DAY.test(value) ? null : parse(`${day?.value}T${value}`);
        if (read !== null) return read;
      }
    }
    for (const { value } of times) {
      const read = parse(value);
      if (read !== null) return read;
    }
    return null;
  }

  #names(): readonly ServiceName[] {
    const { fields } = this.draft;
    const [only] = this.#found;
    if (only?.role === "service" && this.#found.length === 1) {
      return isNoService(only.value, fields) ? NO_NAMES : soleName(only.value);
    }
    const names: ServiceName[] = [];
    for (const [role, from] of NAMES_IN_ORDER) {
      const best = this.#best(role);
      const isNone = best === undefined || (role === "service" && isNoService(best.value, this.draft.fields));
      const name = isNone ? null : readName(best.value, from);
      if (name !== null) names.push(name);
    }
    // bunyan and pino write the application's name as `name`, always beside pid and hostname
    if (this.#best("service") === undefined && fields.has("pid") && fields.has("hostname")) {
      const name = readName(fields.get("name") ?? "", "field");
      if (name !== null) names.unshift(name);
    }
    for (const role of READ_FROM) {
      const best = this.#best(role);
      const name = best === undefined ? null : serviceOfWhatWasRead(best.value, role);
      if (name === null) continue;
      names.push({ name, from: "file" });
      break;
    }
    return rankNames(withoutWeak(names));
  }
}

const ZONE =
  /^(?:(?:UTC|GMT)?[+-]\d\d:?\d\d|UTC|GMT|Z|(?:Africa|America|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[\w/+-]+)$/;

/** The zone of a record's time where it stands in a field of its own, as firewalls write it; null where none does. */
function zoneField(fields: ReadonlyMap<string, string>): string | null {
  const zone = fields.get("tz") ?? fields.get("timezone");
  return zone !== undefined && ZONE.test(zone) ? zone : null;
}

function parseIn(zone: string | null, text: string, clock: Clock): TimeRead | null {
  const read = parseTime(text, clock);
  if (read === null || read.zoned || zone === null) return read;
  const zoned = parseTime(`${text} ${zone}`, clock);
  return zoned?.zoned === true ? zoned : read;
}

const NO_NAMES: readonly ServiceName[] = [];
const soleNames = new Map<string, readonly ServiceName[]>();
const MOST_NAMES = 1_000;

/** The names of a record that one field names; most records of a service have the same. */
function soleName(value: string): readonly ServiceName[] {
  let names = soleNames.get(value);
  if (names === undefined) {
    const name = readName(value, "field");
    names = name === null ? NO_NAMES : [name];
    if (soleNames.size >= MOST_NAMES) soleNames.clear();
    if (value.length < MAX_NAME_LENGTH) soleNames.set(value, names);
  }
  return names;
}

/** What has the name of a service's field and names none: how long a router waited for one, and whom Traefik called. */
function isNoService(value: string, fields: ReadonlyMap<string, string>): boolean {
  return /^\d+(?:\.\d+)?(?:[nµu]?s|ms)$/.test(value) || fields.has("DownstreamStatus");
}

const DAY = /^\d{4}[-/]\d\d[-/]\d\d$/;

function serviceOfWhatWasRead(value: string, role: NameRole): string | null {
  if (role === "stream") return serviceOfLogStream(value);
  return role === "group" ? serviceOfLogGroup(value) : serviceOfLogPath(value);
}

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
