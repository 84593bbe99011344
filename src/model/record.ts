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
 * What named a service, strongest first: the user's option, a field that the service itself wrote, a resource (OTLP, labels of a cluster),
 * the runtime of the service (`self`, the name it has in paths), the container, the unit or program that a journal or syslog names, the pod, the file, the host. A host is shared by many services: it
 * never names one, but its name may be an alias of the only one that writes there.
 */
export type NameSource = "option" | "field" | "resource" | "self" | "container" | "unit" | "pod" | "file" | "host";

/** A name of a service, and what gave it. */
export interface ServiceName {
  readonly name: string;
  readonly from: NameSource;
}

/**
 * One log line (or the lines of one event joined), one span, one span event or one OTLP log.
 *
 * Sources make records; dialects read evidence out of them. A record never outlives its evidence, so it may be large.
 */
export interface SourceRecord {
  /** When it was written; null where nothing says so. A span's instant is its end. */
  readonly at: Instant | null;
  /** How many milliseconds one step of {@link at} is, where its text is coarser than one: 1000 without a fraction of a second. */
  readonly stepMs?: number;
  /** The service that wrote it; null where nothing says so. */
  readonly service: string | null;
  /** What gave that name; never `host`, null where there is no name. */
  readonly serviceFrom: NameSource | null;
  /** Further names of the same writer, other than {@link service}, strongest first: its pod's beside its own, its file's, its host's. */
  readonly otherNames?: readonly ServiceName[];
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
  /** What it shares with lines that differ from it in figures and ids only; absent where that is not known. */
  readonly likeness?: number;
}
