/**
 * What container runtimes, shippers and tools write before (or around) an application's line.
 *
 * `unwrapLine` takes one wrapper off one physical line. It is used twice: cheaply, on the head of a line, to see whether an event begins
 * there, and on whole lines when an event is read.
 */
import { Beginnings } from "./beginnings.ts";
import { undoEscapes } from "./escapes.ts";
import { unwrapFluentBit } from "./fluent-bit.ts";
import { PREFIXES, type Prefix } from "./prefixes.ts";
import type { Unwrapped } from "./unwrapped.ts";

/**
 * Docker's json-file: `{"log":"the line\n","stream":"stdout","time":"…"}`. What goes on in the next record has no end of a line; but shippers
 * take that off whole lines, too. Docker itself cuts lines at 16 KiB and nowhere else.
 */
const DOCKER_HEAD = /^\{"log":"([^"\\]*(?:\\.[^"\\]*)*)/;
const DOCKER_END = /"stream":"(?:stdout|stderr)".*"time":"[^"]*"\}\s*$/;

function unwrapDocker(line: string): Unwrapped | null {
  const whole = DOCKER_END.test(line.slice(-256)) ? parseWhole(line) : null;
  if (whole === null) {
    // An object of another kind
    if (line.trimEnd().endsWith("}")) return null;
    // the head of a line, or a line that was cut: what is there is enough to see how the application's line begins
    const head = DOCKER_HEAD.exec(line.slice(0, 512));
    return head === null ? null : { text: unescaped(head[1] ?? ""), time: null, fields: [], partial: false };
  }
  const { log, stream, time, attrs } = whole;
  const ended = log.endsWith("\n");
  const fields: [string, string][] = typeof stream === "string" ? [["stream", stream]] : [];
  if (typeof attrs === "object" && attrs !== null)
    for (const [name, value] of Object.entries(attrs)) fields.push([`attrs.${name}`, String(value)]);
  return {
    text: ended ? log.slice(0, log.endsWith("\r\n") ? -2 : -1) : log,
    time: typeof time === "string" ? time : null,
    fields,
    partial: !ended,
    ...(ended || isPiece(log) ? {} : { short: log.length }),
  };
}

/** The beginning of a text in JSON: what its last escape may lack is left out. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text.replace(CUT_ESCAPE, "$1")}"`) as string;
  } catch {
    return undoEscapes(text);
  }
}

/** An escape of a code unit without all of its digits, behind whole escapes. */
const CUT_ESCAPE = /((?:^|[^\\])(?:\\\\)*)\\u[0-9a-fA-F]{0,3}$/;

/** How long a piece of a line is at least, in bytes: the runtime cuts no sign of several bytes in two. */
const PIECE_BYTES = 16 * 1024 - 4;

function isPiece(log: string): boolean {
  return log.length * 3 >= PIECE_BYTES && Buffer.byteLength(log) >= PIECE_BYTES;
}

interface DockerLine {
  readonly log: string;
  readonly stream: unknown;
  readonly time: unknown;
  readonly attrs: unknown;
}

function parseWhole(line: string): DockerLine | null {
  try {
    const { log, stream, time, attrs } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof log === "string" ? { log, stream, time, attrs } : null;
  } catch {
    return null;
  }
}

/** A day at the end of what was taken for a prefix, before a time of day: the two are one time, and no prefix. */
const DAY_BEFORE =
  /(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:19|20)\d{6}|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[-. ]?\d{1,2}|\d[-. ]?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?:[-. ]?\d{2,4})?)[\s:|\])-]*$/;
const TIME_OF_DAY = /^\[?\d\d:\d\d:\d\d/;

const LABEL = /"?([\w./-]+)"?[=:](?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

function unwrapPrefix(line: string, { pattern, partial }: Prefix): Unwrapped | null {
  const match = pattern.exec(line);
  if (match === null) return null;
  const { time, labels, part, ...groups } = match.groups ?? {};
  const text = line.slice(match[0].length);
  // The name of a file may end with a day
  if (time === undefined && groups["file"] === undefined && TIME_OF_DAY.test(text) && DAY_BEFORE.test(match[0]))
    return null;
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(groups)) {
    // Groups may be numbered where two forms of a prefix have the same part
    if (value !== undefined && value !== "-") fields.push([name.replace(/\d$/, ""), value.trimEnd()]);
  }
  for (const [, name = "", quoted, bare = ""] of labels?.matchAll(LABEL) ?? [])
    fields.push([`labels.${name}`, quoted ?? bare]);
  return {
    text,
    time: time ?? null,
    fields,
    partial: partial !== undefined && part === partial,
  };
}

/** Prefixes that may be tried on a line; and whether any of them is there, which costs as much as one. */
interface Choice {
  readonly prefixes: readonly Prefix[];
  readonly any: RegExp;
}

function choiceOf(prefixes: readonly Prefix[]): Choice {
  const sources = prefixes.map(({ pattern }) => pattern.source.slice(1).replaceAll(/\(\?<\w+>/g, "(?:"));
  // Most begin with one of a few forms of a time, which is looked at once for all of them
  const groups = Map.groupBy(sources, firstGroup);
  const any = [...groups].map(
    ([group, all]) => `${group}(?:${all.map((source) => source.slice(group.length)).join("|")})`,
  );
  return { prefixes, any: new RegExp(any.length === 0 ? "(?!)" : `^(?:${any.join("|")})`) };
}

/** The group that a pattern begins with and has to match once; empty where there is none. */
function firstGroup(source: string): string {
  if (!source.startsWith("(?:")) return "";
  let depth = 0;
  for (const { 0: sign, index } of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()]/g)) {
    if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    if (depth > 0) continue;
    const end = index + 1;
    return /[?*+{]/.test(source[end] ?? "") ? "" : source.slice(0, end);
  }
  return "";
}

/** Prefixes that a line which begins so may have, so that few are tried on a line: by the signs in it that they need. */
class Choices {
  readonly #prefixes: readonly Prefix[];
  /** What some of them need, each once. */
  readonly #needs: readonly string[];
  /** By the needs that a line meets, as bits. */
  readonly #known: (Choice | undefined)[] = [];

  constructor(begin: string) {
    this.#prefixes = PREFIXES.filter(({ begins }) => begins.test(begin));
    // What begins with a letter may be words alone; what begins with a time has most signs
    const usual = /^[A-Za-z]/.test(begin) ? "" : ".-:=";
    const needs = new Set(this.#prefixes.map((prefix) => prefix.needs));
    this.#needs = [...needs].filter((signs) => signs !== "" && !usual.includes(signs));
  }

  of(line: string): Choice {
    let met = 0;
    for (let i = 0; i < this.#needs.length; i += 1) if (hasAny(line, this.#needs[i] as string)) met |= 1 << i;
    let choice = this.#known[met];
    if (choice === undefined) {
      const missing = this.#needs.filter((_, i) => ((met >> i) & 1) === 0);
      choice = choiceOf(this.#prefixes.filter(({ needs }) => !missing.includes(needs)));
      this.#known[met] = choice;
    }
    return choice;
  }
}

function hasAny(line: string, signs: string): boolean {
  for (let i = 0; i < signs.length; i += 1) if (line.includes(signs[i] as string)) return true;
  return false;
}

const CHOICES = new Beginnings((begin) => new Choices(begin));

/**
 * Takes the wrapper off a physical line; null where it has none. Wrappers of wrappers are taken off by asking again.
 * How it begins decides which formats are tried: this runs for every line near a hit.
 */
export function unwrapLine(line: string): Unwrapped | null {
  const first = line.charCodeAt(0);
  if (first === 0x7b && line.startsWith('{"log":"')) return unwrapDocker(line);
  const { prefixes, any } = CHOICES.at(line, 0).of(line);
  if (any.test(line)) {
    for (const prefix of prefixes) {
      const unwrapped = unwrapPrefix(line, prefix);
      if (unwrapped !== null) return unwrapped;
    }
  }
  return first === 0x5b ? unwrapFluentBit(line) : null;
}
