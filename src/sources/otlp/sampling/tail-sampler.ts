/**
 * Decides what of the received spans and logs becomes a record.
 *
 * A span or log matters where the prefilter finds something in it or where it says itself that something went wrong. It makes its whole
 * trace matter, what came before and what is still to come: those spans tell who called whom. All others stay in the ring for a while.
 */
import { ATTRIBUTE, type Prefilter, type QuietEnding, type SourceRecord } from "../../../model/index.ts";
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
import { REQUEST, RESOURCE_GROUP, SCOPE_GROUP } from "../protobuf/messages.ts";
import { NeedleIndex } from "../protobuf/needle-index.ts";
import { SPAN_WORDS } from "../protobuf/span-words.ts";
import { ProtobufError } from "../protobuf/wire.ts";
import { outlives } from "./end-order.ts";
import { ResourceCache, type ResourceGroup } from "./resources.ts";
import { SampledTraces } from "./sampled-traces.ts";
import { SeenSpans } from "./seen-spans.ts";
import { SpanRing } from "./span-ring.ts";
import { fingerprintOf, recordOfRow, wordsOf } from "./span-rows.ts";
import { type SpanShape, SpanShapes } from "./span-shapes.ts";

/** What a request holds. */
export type Signal = "traces" | "logs";

/** How to take requests in. */
export interface TailSamplerOptions {
  readonly prefilter: Prefilter;
  /** The zone of times without one in the bodies of logs. */
  readonly zone: Zone;
  /** What the places of records without ids are called. */
  readonly source: string;
  /** Gets the records of a request, before it is answered. */
  readonly onRecords: (records: readonly SourceRecord[]) => void;
  /** How long spans wait for something in their trace to be cancelled; default 120,000. */
  readonly decisionWaitMs?: number;
  /** How many of them wait at most, a power of two; default 1,048,576: about 60 MiB. */
  readonly maxHeldSpans?: number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/** What became of what was received; the figures grow. */
export interface SamplerCounts {
  spans: number;
  logs: number;
  /** Records handed on. */
  kept: number;
  /** Spans that had been handed on before. */
  duplicates: number;
}

/** Words that our own spans carry in the names of their attributes. */
const OWN_SPANS = "streamscope.cancel.";

/** A decoder of requests, and where the words stand that matter in them. */
interface Searched {
  readonly needles: NeedleIndex;
  readonly decoder: OtlpDecoder;
}

/** The request is not what it says it is. */
export class MalformedRequest extends Error {}

/** Takes requests in, one after the other. */
export class TailSampler {
  readonly counts: SamplerCounts = { spans: 0, logs: 0, kept: 0, duplicates: 0 };
  readonly #options: Required<TailSamplerOptions>;
  /** Of records without ids. */
  readonly #place: { readonly source: string };
  readonly #context: ShapeContext;
  readonly #spans: Searched;
  /** Made with the first logs: most senders send none. */
  #logs: Searched | null = null;
  readonly #resources: ResourceCache;
  readonly #shapes = new SpanShapes();
  readonly #ring: SpanRing;
  /** Names of the fields that are kept of spans that wait. */
  readonly #shapeFields: readonly string[];
  readonly #sampled: SampledTraces;
  readonly #seen = new SeenSpans();
  /** The ids and times of the span that was decoded last. */
  readonly #words = new Uint32Array(SPAN_WORDS);
  #records: SourceRecord[] = [];

  constructor(options: TailSamplerOptions) {
    this.#options = { decisionWaitMs: 120_000, maxHeldSpans: 1 << 20, now: () => performance.now(), ...options };
    this.#place = { source: this.#options.source };
    const { prefilter, zone, decisionWaitMs: keepMs, maxHeldSpans: rows } = this.#options;
    this.#context = createShapeContext(prefilter, { zone, nearMs: Date.now() });
    this.#resources = new ResourceCache(this.#context);
    // A service's own name is needed of every span of a trace, as whom it calls is
    this.#shapeFields = [...prefilter.callFields, ATTRIBUTE.serviceName];
    this.#spans = this.#searched([...prefilter.needles, ...prefilter.smells, OWN_SPANS]);
    this.#ring = new SpanRing({ rows, keepMs }, (shape) => this.#shapes.release(shape));
    this.#sampled = new SampledTraces(keepMs);
  }

  /** Spans that wait, that waited in vain, and that were evicted before their time was over. */
  get waiting(): { readonly held: number; readonly expired: number; readonly evicted: number } {
    return { held: this.#ring.held, ...this.#ring.counts };
  }

  /**
   * Takes a request in protobuf in.
   *
   * @throws MalformedRequest where it is not what it should be; nothing of it is handed on then
   */
  takeProtobuf(signal: Signal, chunks: readonly Uint8Array[], length: number): void {
    this.#take(() => {
      const searched = signal === "traces" ? this.#spans : this.#searchedLogs();
      searched.decoder.load(chunks, length);
      this.#eachItem(searched.decoder, length, (group, from, to) => {
        if (signal === "traces") this.#takeSpan(group, from, to);
        else this.#takeLog(searched, group, from, to);
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
        const name = OTLP_PATTERNS.find((each) => each in request);
        if (name !== undefined) throw new MalformedRequest(`${name} is no list`);
        return;
      }
      const readBody = (body: string): ReturnType<typeof readEvent> => readEvent(body, this.#context);
      const { records, seen, noLists } = readOtlp(request, this.#context, readBody, this.#options.source, 1);
      if (noLists[0] !== undefined) throw new MalformedRequest(`${noLists[0]} is no list`);
      let spans = 0;
      for (const record of records) {
        if (record.span === undefined) {
          if (this.#mayMatter(record)) this.#keepLog({ ...record, place: this.#place });
        } else {
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
    this.#sampled.advance(this.#options.now());
    try {
      read();
    } catch (error) {
      if (error instanceof MalformedRequest) throw error;
      if (error instanceof ProtobufError || error instanceof SyntaxError || error instanceof RangeError)
        throw new MalformedRequest(error.message);
      throw error;
    }
    this.counts.kept += this.#records.length;
    if (this.#records.length > 0) this.#options.onRecords(this.#records);
    this.#records = [];
  }

  #searchedLogs(): Searched {
    const { needles, smells, wordings } = this.#options.prefilter;
    this.#logs ??= this.#searched([...needles, ...smells, ...wordings]);
    return this.#logs;
  }

  #searched(patterns: readonly string[]): Searched {
    const needles = new NeedleIndex(patterns);
    return { needles, decoder: new OtlpDecoder(needles, new FieldNames(this.#shapeFields), this.#context) };
  }

  #eachItem(
    decoder: OtlpDecoder,
    length: number,
    onItem: (group: ResourceGroup, from: number, to: number) => void,
  ): void {
    decoder.each({ from: 0, to: length }, REQUEST.groups, (from, to) => {
      const around: Range = { from, to };
      const resource = decoder.find(around, RESOURCE_GROUP.resource);
      decoder.each(around, RESOURCE_GROUP.scopes, (scopeFrom, scopeTo) => {
        const group = this.#resources.read(decoder, resource);
        decoder.each({ from: scopeFrom, to: scopeTo }, SCOPE_GROUP.items, (itemFrom, itemTo) =>
          onItem(group, itemFrom, itemTo),
        );
      });
    });
  }

  #takeSpan(group: ResourceGroup, from: number, to: number): void {
    const { decoder, needles } = this.#spans;
    this.counts.spans += 1;
    if (needles.within(from, to)) {
      this.#keepSpan(group, from, to, true);
      return;
    }
    const { words, failed, fingerprint } = decoder.peek(from, to);
    if (failed || this.#sampled.has(words)) {
      this.#keepSpan(group, from, to, failed);
      return;
    }
    const shape = this.#shapes.numberOf(group, fingerprint, () => {
      const { name, kind, status, fields } = decoder.span(from, to, group.fields, this.#words);
      return this.#shapeOf(name, kind, status, this.#shapeFieldsOf(group, fields));
    });
    this.#hold(words, shape);
  }

  /** Hands a span on; one that `matters` makes its trace matter. */
  #keepSpan(group: ResourceGroup, from: number, to: number, matters: boolean): void {
    const words = this.#words;
    const span = this.#spans.decoder.span(from, to, group.fields, words);
    if (matters) this.#sample(words);
    if (this.#isNew(words, SPAN_KINDS.indexOf(span.kind))) this.#records.push(recordOfSpan(span, group, this.#place));
  }

  #takeLog({ decoder, needles }: Searched, group: ResourceGroup, from: number, to: number): void {
    this.counts.logs += 1;
    if (!needles.within(from, to)) return;
    const readBody = (body: string): ReturnType<typeof readEvent> => readEvent(body, this.#context);
    this.#keepLog(recordOfLog(decoder.log(from, to), group, this.#context, readBody, this.#place));
  }

  #mayMatter({ texts, fields }: SourceRecord): boolean {
    const { needles } = this.#searchedLogs();
    const bytes = Buffer.from([...texts, ...fields.values()].join("\n"));
    needles.load([bytes], bytes.length);
    return needles.within(0, bytes.length);
  }

  #keepLog(record: SourceRecord): void {
    this.#records.push(record);
    if (record.traceId !== null) this.#sample(wordsOf(record));
  }

  /** Takes a span in that is a record already. */
  #takeRecord(record: SourceRecord): void {
    const words = wordsOf(record);
    const { kind, name, status } = record.span as NonNullable<SourceRecord["span"]>;
    const matters = record.texts.length > 0 || status === 2;
    if (matters || this.#sampled.has(words)) {
      if (matters) this.#sample(words);
      if (this.#isNew(words, SPAN_KINDS.indexOf(kind))) this.#records.push(record);
      return;
    }
    const group = this.#resources.ofOwner(ownerOf(namesOf(record)));
    const fields = this.#shapeFieldsOf(group, record.fields);
    this.#hold(
      words,
      this.#shapes.numberOf(group, fingerprintOf(record, fields), () => this.#shapeOf(name, kind, status, fields)),
    );
  }

  /** A span waits, unless its end or an unusual order of ends makes its trace matter. */
  #hold(words: Uint32Array, number: number): void {
    this.#ring.add(words, number);
    const { kind, group, ending } = this.#shapes.get(number);
    if (kind !== "server" && kind !== "client") return;
    if (ending === "cut") {
      this.#sample(words);
      return;
    }
    const isUnusual = this.#ring.someOfTrace(words, (rows, at, other) => {
      const shape = this.#shapes.get(other);
      if (isHalfAnswered(ending, shape.ending)) return true;
      if (shape.group !== group || shape.kind === kind) return false;
      if (kind === "client") return shape.kind === "server" && outlives(words, 0, rows, at);
      return shape.kind === "client" && outlives(rows, at, words, 0);
    });
    if (isUnusual) this.#sample(words);
  }

  /** From now on the trace matters, and what the ring remembers of it. */
  #sample(words: Uint32Array): void {
    if ((words[0] as number | 0) === 0 && words[1] === 0 && words[2] === 0 && words[3] === 0) return;
    if (!this.#sampled.add(words)) return;
    this.#ring.takeTrace(words, (row, number) => {
      const shape = this.#shapes.get(number);
      if (this.#isNew(row, SPAN_KINDS.indexOf(shape.kind))) this.#records.push(recordOfRow(row, shape, this.#place));
    });
  }

  /** A span without an id cannot be told from others. */
  #isNew(words: Uint32Array, kind: number): boolean {
    if ((words[4] === 0 && words[5] === 0) || this.#seen.add(words, kind)) return true;
    this.counts.duplicates += 1;
    return false;
  }

  #shapeFieldsOf(group: ResourceGroup, fields: ReadonlyMap<string, string>): Map<string, string> {
    const kept = new Map(group.fields);
    for (const name of this.#shapeFields) {
      const value = fields.get(name);
      if (value !== undefined) kept.set(name, value);
    }
    return kept;
  }

  #shapeOf(name: string, kind: SpanShape["kind"], status: SpanShape["status"], fields: SpanShape["fields"]): ShapeRead {
    return { name, kind, status, fields, ending: this.#options.prefilter.endingOf?.(fields) ?? null };
  }
}

type ShapeRead = Omit<SpanShape, "group">;

/** True where one request of a trace has a status and another has none. */
function isHalfAnswered(one: QuietEnding, other: QuietEnding): boolean {
  return (one === "unanswered" && other === "answered") || (one === "answered" && other === "unanswered");
}
