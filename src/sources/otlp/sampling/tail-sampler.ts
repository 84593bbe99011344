/**
 * Decides what of the received spans and logs becomes a record.
 *
 * A span or log matters where the prefilter finds something in it or where it says itself that something went wrong. It makes its whole
 * trace matter, what came before and what is still to come: those spans tell who called whom. All others stay in the ring for a while.
 */
import type { Prefilter, SourceRecord } from "../../../model/index.ts";
import type { ShapeContext } from "../../formats/draft.ts";
import { readEvent } from "../../formats/event.ts";
import { namesOf, ownerOf } from "../../formats/names.ts";
import { isOtlp, readOtlp } from "../../formats/otlp.ts";
import { recordOfLog, recordOfSpan, SPAN_KINDS } from "../../formats/otlp-record.ts";
import { OTLP_PATTERNS } from "../../formats/patterns.ts";
import { createShapeContext } from "../../formats/record-maker.ts";
import type { Zone } from "../../formats/zone.ts";
import { OtlpDecoder, type Range } from "../protobuf/decode.ts";
import { FieldNames } from "../protobuf/field-names.ts";
import { Hits } from "../protobuf/needle-index.ts";
import { WireError } from "../protobuf/wire.ts";
import { type Group, Groups } from "./resources.ts";
import { HotTraces } from "./sampled-traces.ts";
import { SeenSpans } from "./seen-spans.ts";
import { QuietRing } from "./span-ring.ts";
import { markOf, recordOfRow, wordsOf } from "./span-rows.ts";
import { SpanShapes } from "./span-shapes.ts";

/** What a request holds. */
export type Signal = "traces" | "logs";

/** How to take requests in. */
export interface IntakeOptions {
  readonly prefilter: Prefilter;
  /** The zone of times without one in the bodies of logs. */
  readonly zone: Zone;
  /** What the places of records without ids are called. */
  readonly source: string;
  /** Gets the records of a request, before it is answered. */
  readonly onRecords: (records: readonly SourceRecord[]) => void;
  /** How long spans of quiet traces are remembered; default 120,000. */
  readonly keepMs?: number;
  /** How many of them at most; default 1,048,576: about 60 MiB. */
  readonly rows?: number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/** What became of what was received; the figures grow. */
export interface IntakeCounts {
  spans: number;
  logs: number;
  /** Records handed on. */
  kept: number;
  /** Spans that had been handed on before. */
  duplicates: number;
}

/** Words that our own spans carry in the names of their attributes. */
const OWN_SPANS = "streamscope.cancel.";

/** The request is not what it says it is. */
export class MalformedRequest extends Error {}

/** Takes requests in, one after the other. */
export class Intake {
  readonly counts: IntakeCounts = { spans: 0, logs: 0, kept: 0, duplicates: 0 };
  readonly #options: Required<IntakeOptions>;
  readonly #context: ShapeContext;
  readonly #spanContext: ShapeContext;
  readonly #decoder: OtlpDecoder;
  readonly #groups = new Groups();
  readonly #shapes = new SpanShapes();
  readonly #ring: QuietRing;
  readonly #hits: Hits;
  readonly #hot: HotTraces;
  readonly #seen = new SeenSpans();
  #records: SourceRecord[] = [];

  constructor(options: IntakeOptions) {
    this.#options = { keepMs: 120_000, rows: 1 << 20, now: () => performance.now(), ...options };
    const { prefilter, zone, keepMs, rows } = this.#options;
    this.#context = createShapeContext(prefilter, { zone, nearMs: Date.now() });
    this.#hits = new Hits([...prefilter.needles, ...prefilter.smells, OWN_SPANS]);
    const decoder = new OtlpDecoder(this.#hits, new FieldNames(prefilter.callFields), this.#context);
    this.#decoder = decoder;
    this.#spanContext = { ...this.#context, isHit: (text) => decoder.hitTexts.has(text) };
    this.#ring = new QuietRing({ rows, keepMs }, (shape) => this.#shapes.release(shape));
    this.#hot = new HotTraces(keepMs);
  }

  /** Spans of quiet traces that are remembered, have been let go of in time, and had to go before. */
  get quiet(): { readonly held: number; readonly expired: number; readonly crowded: number } {
    return { held: this.#ring.held, ...this.#ring.counts };
  }

  /**
   * Takes a request in protobuf in.
   *
   * @throws MalformedRequest where it is not what it should be; nothing of it is handed on then
   */
  takeProtobuf(signal: Signal, chunks: readonly Uint8Array[], length: number): void {
    this.#take(() => {
      this.#decoder.load(chunks, length);
      this.#eachGroup(length, (group, item, from, to) => {
        if (item !== 2) return;
        if (signal === "traces") this.#takeSpan(group, from, to);
        else this.#takeLog(group, from, to);
      });
    });
  }

  /**
   * Takes a request in JSON in.
   *
   * @throws MalformedRequest where it is not what it should be
   */
  takeJson(text: string): void {
    this.#take(() => {
      const object: unknown = JSON.parse(text);
      if (typeof object !== "object" || object === null || Array.isArray(object))
        throw new MalformedRequest("the body is no JSON object");
      const request = object as Record<string, unknown>;
      if (!isOtlp(request)) {
        if (OTLP_PATTERNS.some((name) => name in request)) throw new MalformedRequest("a list of the request is none");
        return;
      }
      const readBody = (body: string): ReturnType<typeof readEvent> => readEvent(body, this.#context);
      const { records, seen } = readOtlp(request, this.#context, readBody, this.#options.source, 1);
      let spans = 0;
      for (const record of records) {
        if (record.span === undefined) this.#keepLog({ ...record, place: { source: this.#options.source } });
        else {
          spans += 1;
          this.#takeRecord(record);
        }
      }
      this.counts.spans += spans;
      this.counts.logs += seen - spans;
    });
  }

  #take(read: () => void): void {
    this.#records = [];
    this.#ring.advance(this.#options.now());
    this.#hot.advance(this.#options.now());
    try {
      read();
    } catch (error) {
      if (error instanceof MalformedRequest) throw error;
      if (error instanceof WireError || error instanceof SyntaxError || error instanceof RangeError)
        throw new MalformedRequest(error.message);
      throw error;
    }
    this.counts.kept += this.#records.length;
    if (this.#records.length > 0) this.#options.onRecords(this.#records);
    this.#records = [];
  }

  /** Traces and logs are built alike: groups (1) with a resource (1), in them scopes (2) with the items (2). */
  #eachGroup(length: number, onItem: (group: Group, field: number, from: number, to: number) => void): void {
    const decoder = this.#decoder;
    decoder.each({ from: 0, to: length }, 1, (from, to) => {
      const around: Range = { from, to };
      const resource = decoder.find(around, 1);
      decoder.each(around, 2, (scopeFrom, scopeTo) => {
        const within: Range = { from: scopeFrom, to: scopeTo };
        const group = this.#groups.read(decoder, resource);
        decoder.each(within, 2, (itemFrom, itemTo) => onItem(group, 2, itemFrom, itemTo));
      });
    });
  }

  #takeSpan(group: Group, from: number, to: number): void {
    const decoder = this.#decoder;
    this.counts.spans += 1;
    const matters = this.#hits.within(from, to);
    const { words, odd, mark, kind } = decoder.look(from, to, matters);
    if (matters || odd || this.#hot.has(words)) {
      if (matters || odd) this.#heat(words);
      if (this.#isNew(words, kind))
        this.#records.push(recordOfSpan(decoder.span(from, to), group, this.#spanContext, this.#place));
      return;
    }
    const shape = this.#shapes.numberOf(group, mark, () => {
      const { name, kind, status, attributes } = decoder.span(from, to);
      return { name, kind, status, calls: this.#callsOf(attributes) };
    });
    this.#ring.add(words, shape);
  }

  #takeLog(group: Group, from: number, to: number): void {
    this.counts.logs += 1;
    if (!this.#hits.within(from, to)) return;
    const readBody = (body: string): ReturnType<typeof readEvent> => readEvent(body, this.#context);
    const record = recordOfLog(this.#decoder.log(from, to), group, this.#context, readBody, this.#place);
    if (record !== null) this.#keepLog(record);
  }

  #keepLog(record: SourceRecord): void {
    this.#records.push(record);
    if (record.traceId !== null) this.#heat(wordsOf(record));
  }

  /** Takes a span in that is a record already. */
  #takeRecord(record: SourceRecord): void {
    const words = wordsOf(record);
    const { kind, name, status } = record.span as NonNullable<SourceRecord["span"]>;
    const matters = record.texts.length > 0 || status === 2;
    if (matters || this.#hot.has(words)) {
      if (matters) this.#heat(words);
      if (this.#isNew(words, SPAN_KINDS.indexOf(kind))) this.#records.push(record);
      return;
    }
    const calls = this.#callsOf(record.fields);
    const group = this.#groups.ofOwner(ownerOf(namesOf(record)));
    this.#ring.add(
      words,
      this.#shapes.numberOf(group, markOf(record, calls), () => ({ name, kind, status, calls })),
    );
  }

  /** From now on the trace matters, and what the ring remembers of it. */
  #heat(words: Uint32Array): void {
    if ((words[0] as number | 0) === 0 && words[1] === 0 && words[2] === 0 && words[3] === 0) return;
    if (!this.#hot.add(words)) return;
    this.#ring.takeTrace(words, (row, number) => {
      const shape = this.#shapes.get(number);
      if (this.#isNew(row, SPAN_KINDS.indexOf(shape.kind)))
        this.#records.push(recordOfRow(row, shape, this.#context, this.#place));
    });
  }

  /** A span without an id cannot be told from others. */
  #isNew(words: Uint32Array, kind: number): boolean {
    if ((words[4] === 0 && words[5] === 0) || this.#seen.add(words, kind)) return true;
    this.counts.duplicates += 1;
    return false;
  }

  #callsOf(fields: ReadonlyMap<string, string>): Map<string, string> {
    const calls = new Map<string, string>();
    for (const name of this.#options.prefilter.callFields) {
      const value = fields.get(name);
      if (value !== undefined) calls.set(name, value);
    }
    return calls;
  }

  get #place(): { readonly source: string } {
    return { source: this.#options.source };
  }
}
