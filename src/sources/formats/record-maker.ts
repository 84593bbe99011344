/**
 * Events of one source -> records: the shapes, and what only the source knows (its name, whose it is).
 */
import type { Instant, Place, Prefilter, ServiceName, SourceRecord } from "../../model/index.ts";
import { stripAnsi } from "./ansi.ts";
import { decodeBase64 } from "./base64.ts";
import { type Draft, type ShapeContext, tidyTexts } from "./draft.ts";
import { isRecord, openEnvelopes } from "./envelope.ts";
import { readEvent, readEvents } from "./event.ts";
import { readFlatObject } from "./flat-object.ts";
import { parseHeading } from "./headings.ts";
import { isJaeger, readJaeger } from "./jaeger.ts";
import { readJsonRecords } from "./json.ts";
import { parseJson } from "./json-text.ts";
import { isJsonObject, type JsonObject } from "./json-values.ts";
import { logsInJson } from "./logs-in-json.ts";
import { alsoNamed, ownerOf } from "./names.ts";
import { isOtlp, readOtlp } from "./otlp.ts";
import { literally, maybeSpans, shortestPatterns } from "./patterns.ts";
import { serviceOfPath } from "./service-name.ts";
import type { Clock } from "./times.ts";
import { readZipkin, zipkinSpansIn } from "./zipkin.ts";

/** The questions of a prefilter to texts and names: all inputs of a run have the same. */
type Questions = Pick<ShapeContext, "isHit" | "isField">;

const questions = new WeakMap<Prefilter, Questions>();

function questionsOf(prefilter: Prefilter): Questions {
  let found = questions.get(prefilter);
  if (found === undefined) {
    const patterns = shortestPatterns([...prefilter.needles, ...prefilter.smells]);
    const shortest = Math.min(...patterns.map(({ length }) => length));
    // One pattern of all takes a third of what it takes to look for each in small letters
    const any = new RegExp(patterns.map(literally).join("|") || "(?!)", "i");
    const fields = new Set([...prefilter.callFields, ...prefilter.fields]);
    found = {
      isHit: (text) => text.length >= shortest && any.test(text),
      isField: (name) => fields.has(name) || fields.has(name.toLowerCase()),
    };
    questions.set(prefilter, found);
  }
  return found;
}

/** The context of the shapes: the clock, and the prefilter's questions to texts and names. */
export function createShapeContext(prefilter: Prefilter, clock: Clock): ShapeContext {
  return { clock, wrapped: { filled: 0, worded: 0 }, ...questionsOf(prefilter) };
}

/** The records of one event, and how many lines or spans it stood for. */
export interface EventRecords {
  readonly records: readonly SourceRecord[];
  /** Spans and logs of an OTLP request beyond the one line it is. */
  readonly extra: number;
  /** Whether one of them held more values than are read. */
  readonly cut: boolean;
  /** Whether one of them is an object of JSON that ends in the middle. */
  readonly torn: boolean;
}

/** Brackets, rules and bars say nothing. */
const SIGNS_ONLY = /^[\s[\]{}(),;:.=*_#~|+<>-]*$/;

const NOTHING: EventRecords = { records: [], extra: 0, cut: false, torn: false };

/** Where a line says its time it does so within so many characters. */
const MAX_TIMED_LENGTH = 16_384;

interface SpanRecords {
  readonly records: readonly SourceRecord[];
  /** Spans and logs in the request, whether they became a record or not. */
  readonly seen: number;
}

/** Stores answer with the newest record first; one without a time stays behind the one it follows. */
function inOrder(records: readonly SourceRecord[]): readonly SourceRecord[] {
  let last = 0n;
  const keyed = records.map((record) => {
    last = record.at ?? last;
    return { record, key: last };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ record }) => record);
}

/** Makes records of one source's events. */
export class RecordMaker {
  readonly #source: string;
  readonly #context: ShapeContext;
  readonly #option: string | null;
  /** The file's name, as long as it may be that of the one service that writes there. */
  #file: ServiceName | null;
  /** The file's name is that of the file whose lines are printed below its name. */
  #inSections = false;
  /** A text in which people write between logs. */
  readonly #isPage: boolean;
  /** The service that the first line with a name named. */
  #lineOwner: string | null = null;

  /** `option`: the name that the user gave this source; `path`: null where the source has no name of its own (standard input). */
  constructor(source: string, path: string | null, option: string | null, context: ShapeContext) {
    this.#source = source;
    this.#context = context;
    this.#option = option;
    this.#isPage = path !== null && /\.(?:md|markdown|mdx|x?html?|mht|mhtml)$/i.test(path);
    const file = path === null ? null : serviceOfPath(path);
    this.#file = file === null ? null : { name: file, from: "file" };
  }

  /** Reads one event; `line` and `byte` are where its first line stands. */
  read(text: string, line: number, byte: number): EventRecords {
    const place = { source: this.#source, line, byte };
    const flat = readFlatObject(text, this.#context);
    if (flat !== null) return { records: [this.#recordOf(flat, place)], extra: 0, cut: false, torn: false };
    if (SIGNS_ONLY.test(text)) return NOTHING;
    const heading = parseHeading(stripAnsi(text), { page: this.#isPage, listing: this.#inSections || line === 1 });
    if (heading !== null) {
      this.#startSection(heading, text);
      return NOTHING;
    }
    if (maybeSpans(text)) {
      const value = parseJson(text);
      const spans = value === null ? null : this.#readSpans(value, place);
      if (spans !== null) return { records: spans.records, extra: spans.seen - 1, cut: false, torn: false };
      if (!this.#context.isHit(text)) return NOTHING;
    }
    const drafts = readEvents(text, this.#context);
    const [only] = drafts;
    if (only !== undefined && drafts.length === 1)
      return { records: [this.#recordOf(only, place)], extra: 0, cut: only.cut, torn: only.torn };
    return {
      records: drafts.map((draft) => this.#recordOf(draft, place)),
      extra: drafts.length - 1,
      cut: drafts.some(({ cut }) => cut),
      torn: drafts.some(({ torn }) => torn),
    };
  }

  #startSection(heading: string, text: string): void {
    const name = serviceOfPath(heading);
    // What tail prints below a name is that file's, whatever it is called; another heading may be about anything
    if (name === null && !text.startsWith("==> ")) return;
    this.#file = name === null ? null : { name, from: "file" };
    this.#inSections = true;
  }

  /** The time of a line; null where it has none. */
  timeOf(line: string): Instant | null {
    return readEvent(line.length > MAX_TIMED_LENGTH ? line.slice(0, MAX_TIMED_LENGTH) : line, this.#context).at;
  }

  /** Says whether a text holds something that the prefilter looks for. */
  isHit(text: string): boolean {
    return this.#context.isHit(text);
  }

  /** Reads an input that is one JSON document, sorted by time; null where it is none, or of no known shape. */
  readDocument(text: string): { readonly records: readonly SourceRecord[]; readonly seen: number } | null {
    const value = parseJson(decodeBase64(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, this.#context));
    if (value === null) return null;
    const place = { source: this.#source };
    const whole = Array.isArray(value) ? this.#readSpans(value, place) : null;
    if (whole !== null) return whole;
    const objects = (Array.isArray(value) ? value : [value]).filter(isJsonObject);
    const spans = objects.map((object) => this.#readSpans(object, place)).filter((found) => found !== null);
    if (spans.length > 0) {
      return {
        records: spans.flatMap(({ records }) => records),
        seen: spans.reduce((sum, { seen }) => sum + seen, 0),
      };
    }
    const opens = Array.isArray(value) || openEnvelopes(value) !== null || isRecord(value as JsonObject);
    if (!opens && logsInJson(value) === null) return null;
    const drafts = readJsonRecords(value, this.#context, (line) => readEvent(line, this.#context));
    if (drafts.length === 0) return null;
    const records = drafts.map((draft) => this.#recordOf(draft, place));
    return { records: inOrder(records), seen: drafts.length };
  }

  /** The spans of an OTLP request, an export of Jaeger or of Zipkin; null for anything else. */
  #readSpans(value: object, place: Place & { readonly line?: number }): SpanRecords | null {
    const zipkin = zipkinSpansIn(value);
    if (zipkin !== null) {
      const records = readZipkin(zipkin, this.#context, this.#source);
      return { records: this.#namedByOption(records), seen: records.length };
    }
    if (!isJsonObject(value)) return null;
    if (isOtlp(value)) {
      const readBody = (body: string): Draft => readEvent(body, this.#context);
      const { records, seen } = readOtlp(value, this.#context, readBody, this.#source, place.line ?? 1);
      return { records: this.#namedByOption(records), seen };
    }
    if (!isJaeger(value)) return null;
    const records = readJaeger(value, this.#context, this.#source);
    return { records: this.#namedByOption(records), seen: records.length };
  }

  #recordOf(draft: Draft, place: Place): SourceRecord {
    const { at, dated, stepMs, names, texts, fields, traceId, spanId } = draft;
    // What follows in the same file with less of a date was written soon after
    if (at !== null && dated) {
      const { clock } = this.#context;
      clock.nearMs = Math.floor(Number(at) / 1e6);
      if (clock.aheadMs !== undefined) delete clock.aheadMs;
    }
    const { service, serviceFrom, otherNames } = ownerOf(names);
    const tidy = tidyTexts(texts);
    // Two literals, and none spread into another: this is done for every record
    return this.#named(
      at === null || stepMs === 1
        ? { at, service, serviceFrom, otherNames, texts: tidy, fields, traceId, spanId, place }
        : { at, stepMs, service, serviceFrom, otherNames, texts: tidy, fields, traceId, spanId, place },
    );
  }

  /** Spans name their service themselves; only the user knows better. */
  #namedByOption(records: readonly SourceRecord[]): readonly SourceRecord[] {
    return this.#option === null ? records : records.map((each) => this.#named(each));
  }

  #named(record: SourceRecord): SourceRecord {
    if (this.#option !== null) return alsoNamed(record, { name: this.#option, from: "option" });
    const { service } = record;
    if (this.#inSections) return this.#file === null || service !== null ? record : alsoNamed(record, this.#file);
    if (service !== null) {
      this.#lineOwner ??= service;
      // Lines of two services: this file collects from many, so its own name is nobody's
      if (service !== this.#lineOwner) this.#file = null;
    }
    const file = this.#file;
    if (file === null || service === file.name) return record;
    // Beside lines that name another service, one without a name may be anybody's
    if (service === null && this.#lineOwner !== null && this.#lineOwner !== file.name) return record;
    return alsoNamed(record, file);
  }
}
