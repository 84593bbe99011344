/**
 * Events of one source -> records: the shapes, and what only the source knows (its name, whose it is).
 */
import type { Instant, Prefilter, ServiceName, SourceRecord } from "../../model/index.ts";
import { type ShapeContext, tidyTexts } from "./draft.ts";
import { readEvent } from "./event.ts";
import { isJaeger, readJaeger } from "./jaeger.ts";
import { parseJsonObject } from "./json.ts";
import { alsoNamed, ownerOf } from "./names.ts";
import { isOtlp, readOtlp } from "./otlp.ts";
import { OTLP_PATTERNS, shortestPatterns } from "./patterns.ts";
import { serviceOfPath } from "./service-name.ts";
import type { Clock } from "./times.ts";

/** The context of the shapes: the clock, and the prefilter's questions to texts and names. */
export function createShapeContext(prefilter: Prefilter, clock: Clock): ShapeContext {
  const patterns = shortestPatterns([...prefilter.needles, ...prefilter.smells]);
  const fields = new Set([...prefilter.callFields, ...prefilter.fields]);
  return {
    clock,
    isHit: (text) => {
      const small = text.toLowerCase();
      return patterns.some((pattern) => small.includes(pattern));
    },
    isField: (name) => fields.has(name) || fields.has(name.toLowerCase()),
  };
}

/** One JSON value, or several objects printed nicely one below the other, as `jq .` prints them: then a list of them. */
function parseDocument(text: string): unknown {
  const parts = text.split(/(?<=^[ \t]*\}[ \t]*)\r?\n(?=\{)/m);
  return parts.length > 1 ? parts.map((part): unknown => JSON.parse(part)) : JSON.parse(text);
}

/** The records of one event, and how many lines or spans it stood for. */
export interface EventRecords {
  readonly records: readonly SourceRecord[];
  /** Spans and logs of an OTLP request beyond the one line it is. */
  readonly extra: number;
}

/** Where a line says its time it does so within so many characters. */
const MAX_TIMED_LENGTH = 16_384;

/** Makes records of one source's events. */
export class RecordMaker {
  readonly #source: string;
  readonly #context: ShapeContext;
  readonly #option: string | null;
  /** The file's name, as long as it may be that of the one service that writes there. */
  #file: ServiceName | null;
  /** The service that the first line with a name named. */
  #lineOwner: string | null = null;

  /** `option`: the name that the user gave this source; `path`: null where the source has no name of its own (standard input). */
  constructor(source: string, path: string | null, option: string | null, context: ShapeContext) {
    this.#source = source;
    this.#context = context;
    this.#option = option;
    const file = path === null ? null : serviceOfPath(path);
    this.#file = file === null ? null : { name: file, from: "file" };
  }

  /** Reads one event; `line` and `byte` are where its first line stands. */
  read(text: string, line: number, byte: number): EventRecords {
    if (text.includes("resource") && OTLP_PATTERNS.some((pattern) => text.includes(pattern))) {
      const object = parseJsonObject(text);
      if (object !== null && isOtlp(object)) {
        const { records, seen } = readOtlp(
          object,
          this.#context,
          (body) => readEvent(body, this.#context),
          this.#source,
          line,
        );
        return { records: this.#option === null ? records : records.map((each) => this.#named(each)), extra: seen - 1 };
      }
      if (!this.#context.isHit(text)) return { records: [], extra: 0 };
    }
    const { at, dated, stepMs, names, texts, fields, traceId, spanId } = readEvent(text, this.#context);
    // What follows in the same file with less of a date was written soon after
    if (at !== null && dated) this.#context.clock.nearMs = Number(at / 1_000_000n);
    const place = { source: this.#source, line, byte };
    const { service, serviceFrom, otherNames } = ownerOf(names);
    const record = {
      at,
      ...(at === null || stepMs === 1 ? {} : { stepMs }),
      service,
      serviceFrom,
      otherNames,
      texts: tidyTexts(texts),
      fields,
      traceId,
      spanId,
      place,
    };
    return { records: [this.#named(record)], extra: 0 };
  }

  /** The time of a line; null where it has none. */
  timeOf(line: string): Instant | null {
    return readEvent(line.length > MAX_TIMED_LENGTH ? line.slice(0, MAX_TIMED_LENGTH) : line, this.#context).at;
  }

  /** Says whether a text holds something that the prefilter looks for. */
  isHit(text: string): boolean {
    return this.#context.isHit(text);
  }

  /** Reads an input that is one JSON document; null where it is none, or of no known shape. */
  readDocument(text: string): { readonly records: readonly SourceRecord[]; readonly seen: number } | null {
    let value: unknown;
    try {
      value = parseDocument(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    } catch {
      return null;
    }
    const all = Array.isArray(value) ? value : [value];
    const records: SourceRecord[] = [];
    let seen = 0;
    let known = Array.isArray(value) ? all.length : 0;
    for (const [i, object] of all.entries()) {
      if (typeof object !== "object" || object === null || Array.isArray(object)) continue;
      if (isOtlp(object)) {
        const found = readOtlp(object, this.#context, (body) => readEvent(body, this.#context), this.#source, 1);
        for (const record of found.records) records.push(this.#named(record));
        seen += found.seen;
        known += 1;
      } else if (isJaeger(object)) {
        const found = readJaeger(object, this.#context, this.#source);
        for (const record of found) records.push(this.#named(record));
        seen += found.length;
        known += 1;
      } else if (Array.isArray(value)) {
        seen += 1;
        const line = JSON.stringify(object);
        if (this.#context.isHit(line))
          records.push(
            ...this.read(line, i + 1, 0).records.map((each) => ({ ...each, place: { source: this.#source } })),
          );
      }
    }
    return known === 0 ? null : { records, seen };
  }

  #named(record: SourceRecord): SourceRecord {
    if (this.#option !== null) return alsoNamed(record, { name: this.#option, from: "option" });
    const { service } = record;
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
