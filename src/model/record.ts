import type { Instant } from "./instant.ts";
import type { Place } from "./place.ts";

/** What a span adds to a record. */
export interface SpanFacts {
  readonly kind: "client" | "server" | "internal" | "producer" | "consumer" | "unspecified";
  readonly name: string;
  readonly startAt: Instant | null;
  readonly endAt: Instant | null;
  /** Lower-case hex, null at a root. */
  readonly parentSpanId: string | null;
  /** The status code of the span: 0 unset, 1 ok, 2 error. */
  readonly status: 0 | 1 | 2;
}

/**
 * One log line (or the lines of one event joined), one span, one span event or one OTLP log.
 *
 * Sources make records; dialects read evidence out of them. A record never outlives its evidence, so it may be large.
 */
export interface SourceRecord {
  /** When it was written; null where nothing says so. A span's instant is its end. */
  readonly at: Instant | null;
  /** The service that wrote it; null where nothing says so. */
  readonly service: string | null;
  /** What named the service, strongest first: the user's option, a field of the record, the name of its file. */
  readonly serviceFrom: "option" | "field" | "file" | null;
  /**
   * The texts in which an error may stand, each whole, ANSI sequences and JSON escapes already undone, longest form first and without
   * repetitions: an error field, the message, a span's status message, an exception event. A plain line has one.
   */
  readonly texts: readonly string[];
  /** Other fields by their full dotted name, as text: of a span those that the prefilter names. Empty for a plain line. */
  readonly fields: ReadonlyMap<string, string>;
  /** Lower-case hex without dashes; null where the record carries none. */
  readonly traceId: string | null;
  readonly spanId: string | null;
  /** Present where the record is a span. */
  readonly span?: SpanFacts;
  readonly place: Place;
}
