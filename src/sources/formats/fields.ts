/** Named values (of a JSON object, of logfmt) -> a record in the making. */
import type { NameSource, ServiceName } from "../../model/index.ts";
import { stripAnsi } from "./ansi.ts";
import { createDraft, type Draft, type ShapeContext } from "./draft.ts";
import { maybeEscaped, undoEscapes } from "./escapes.ts";
import { rankNames, readName, withoutWeak } from "./names.ts";
import { type NameRole, parseSpanId, parseTraceId, type Role, type RoleName, roleOf } from "./roles.ts";
import { serviceOfLogGroup, serviceOfLogPath, serviceOfLogStream } from "./service-name.ts";
import { type Clock, parseTime, type TimeRead } from "./times.ts";

/** No honest log has more. */
const MAX_FIELDS = 512;

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
    if (value.length < 256) soleNames.set(value, names);
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
