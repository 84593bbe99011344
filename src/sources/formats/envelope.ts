/**
 * Records inside of JSON: what log stores, shippers and query APIs put around a record, however they call it.
 *
 * A value is opened where the objects around hold no message and no error of their own, and one thing inside holds a message and a time: an
 * object, or a list of such. So no product has to be known. A record that tells of another one (a request, a response, the cause of an error)
 * has words of its own, or more than one such thing inside, and stays as it is.
 */
import { isJsonObject, type JsonObject } from "./json-values.ts";
import { isLogLine } from "./log-line.ts";
import { roleOf, squeeze } from "./roles.ts";
import { objectOfPairs, rowsOfTable, rowsOfTuples } from "./tables.ts";

/** A record, and what stood around it: the objects outside without it, outermost first. */
export interface Envelope {
  readonly record: JsonObject;
  readonly around: readonly JsonObject[];
}

/** Fields in which a record says what happened, strongest first. */
const MESSAGES = (
  "log message msg textpayload jsonpayload body line raw text shortmessage logline logmessage logentry rawdata renderedmessage m " +
  "syslogmessage original event content nachricht meldung mensaje"
).split(" ");
const ERRORS = new Set("err error exception errormessage errmsg exceptionmessage stack stacktrace".split(" "));
const LEVELS = new Set("level lvl severity loglevel levelname".split(" "));
/** What is told below these is about the record, and no record of its own. */
const NEVER_BELOW = new Set(
  "err error errors exception exceptions cause causes stack stacktrace links innerexception".split(" "),
);
/** And below these, where the object around has a time of its own: others whom it tells of. */
const OTHERS = new Set(
  (
    "request req response res reply peer upstream downstream caller callee parent previous prev last next retry retries attempt attempts " +
    "related commit commits headcommit job task user history"
  ).split(" "),
);

/** What the name of a field says, as far as envelopes care. */
interface NameFacts {
  /** How well it fits a message: lower is better; null: not at all. */
  readonly message: number | null;
  readonly error: boolean;
  readonly level: boolean;
  readonly time: boolean;
  readonly about: boolean;
  readonly other: boolean;
}

const known = new Map<string, NameFacts>();

function factsOf(name: string): NameFacts {
  const before = known.get(name);
  if (before !== undefined) return before;
  const squeezed = squeeze(name);
  const rank = MESSAGES.indexOf(squeezed);
  const { name: role, rank: roleRank } = roleOf(name);
  const facts = {
    message: rank < 0 ? null : rank,
    error: ERRORS.has(squeezed),
    level: LEVELS.has(squeezed),
    time: role === "time" && roleRank < 100,
    about: NEVER_BELOW.has(squeezed),
    other: OTHERS.has(squeezed),
  };
  if (known.size < 4096 && name.length < 256) known.set(name, facts);
  return facts;
}

const MAX_DEPTH = 16;
const MAX_NODES = 200_000;
/** An object with more names is no envelope. */
const MAX_NAMES = 10_000;

/** How well the name of a field fits what a record says: lower is better; null where it does not. */
export function messageRank(name: string): number | null {
  return factsOf(name).message;
}

/** True for names of fields of which one holds a time and one a message: those of a record. */
export function namesRecord(names: readonly string[]): boolean {
  return names.some((name) => roleOf(name).name === "time") && names.some((name) => messageRank(name) !== null);
}

/** True for a field whose object or text is about the record, whatever it looks like. */
export function isAboutRecord(name: string): boolean {
  return factsOf(name).about;
}

/** A list of one value is that value: stores that return fields write them so. */
function soleValue(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function messageOf(object: JsonObject): string | JsonObject | null {
  for (const name of Object.keys(object)) {
    if (messageRank(name) === null) continue;
    const value = soleValue(object[name]);
    if (typeof value === "string" && value !== "") return value;
    if (isJsonObject(value) && /^jsonPayload$/i.test(name)) return value;
  }
  return null;
}

/** True for an object that says what happened, be it without a time. */
export function hasMessage(object: JsonObject): boolean {
  return messageOf(object) !== null;
}

function hasError(object: JsonObject): boolean {
  return Object.keys(object).some((name) => {
    const value = object[name];
    return factsOf(name).error && ((typeof value === "string" && value !== "") || isJsonObject(value));
  });
}

function hasTime(object: JsonObject): boolean {
  return Object.keys(object).some((name) => {
    const value = object[name];
    return factsOf(name).time && value !== null && value !== "" && typeof value !== "boolean";
  });
}

function hasLevel(object: JsonObject): boolean {
  return Object.keys(object).some((name) => factsOf(name).level);
}

/** True for an object that says what happened, and when. */
export function isRecord(object: JsonObject): boolean {
  const message = messageOf(object);
  if (message !== null && typeof message === "string" && isLogLine(message)) return true;
  return (message !== null || hasError(object)) && hasTime(object);
}

/** A walk through one value, bounded. */
class Opening {
  #nodes = 0;

  find(value: unknown, depth: number): readonly Envelope[] | null {
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) return null;
    if (Array.isArray(value)) return this.#ofList(value, depth);
    return isJsonObject(value) ? this.#ofObject(value, depth) : null;
  }

  #ofObject(object: JsonObject, depth: number): readonly Envelope[] | null {
    if (Object.keys(object).length > MAX_NAMES) return null;
    if (depth > 0 && isRecord(object)) return [{ record: object, around: [] }];
    if (messageOf(object) !== null || hasError(object)) return null;
    const timed = hasTime(object);
    if (timed && hasLevel(object)) return null;
    const table = rowsOfTable(object);
    if (table !== null) return this.#within(object, table.names, this.#ofList(table.rows, depth));
    const single: [name: string, found: readonly Envelope[]][] = [];
    const lists: [name: string, found: readonly Envelope[]][] = [];
    for (const name of Object.keys(object)) {
      const child = object[name];
      if (typeof child !== "object" || child === null) continue;
      const { about, other } = factsOf(name);
      if (about || (timed && other)) continue;
      const found = this.find(child, depth + 1);
      if (found !== null) (Array.isArray(child) ? lists : single).push([name, found]);
    }
    const chosen =
      single.length === 0 ? lists : lists.length > 0 ? [] : timed && single.length > 1 ? [] : onlyOne(single);
    if (chosen.length === 0) return null;
    return this.#within(
      object,
      chosen.map(([name]) => name),
      chosen.flatMap(([, found]) => found),
    );
  }

  #ofList(list: readonly unknown[], depth: number): readonly Envelope[] | null {
    const [tag, entries] = list;
    // Fluentd forwards what one tag has: its name, then tuples
    if (list.length <= 3 && typeof tag === "string" && Array.isArray(entries) && rowsOfTuples(entries) !== null)
      return this.#within({ tag }, [], this.#ofList(entries, depth + 1));
    const rows = rowsOfTuples(list) ?? list;
    if (rows.length === 0) return null;
    const all: Envelope[] = [];
    for (const each of rows) {
      const found = this.find(objectOfPairs(each) ?? each, depth + 1);
      if (found === null) return null;
      for (const envelope of found) all.push(envelope);
    }
    return all;
  }

  #within(outer: JsonObject, names: readonly string[], found: readonly Envelope[] | null): readonly Envelope[] | null {
    if (found === null) return null;
    const rest = Object.fromEntries(Object.entries(outer).filter(([name]) => !names.includes(name)));
    if (Object.keys(rest).length === 0) return found;
    return found.map(({ record, around }) => ({ record, around: [rest, ...around] }));
  }
}

/** Of several things that look like records one is the record only where the others repeat its message. */
function onlyOne(
  found: readonly [name: string, found: readonly Envelope[]][],
): readonly [name: string, found: readonly Envelope[]][] {
  const messages = new Set(
    found.map(([, envelopes]) => JSON.stringify(envelopes.map(({ record }) => soleValue(messageOf(record))))),
  );
  return messages.size === 1 ? found.slice(0, 1) : [];
}

/** The records inside of a value that is none itself; null where it is one, or holds none. */
export function openEnvelopes(value: unknown): readonly Envelope[] | null {
  return new Opening().find(value, 0);
}
