/**
 * What a shape reads out of an event: a record without its place and without what only the file knows.
 */
import type { Instant, ServiceName } from "../../model/index.ts";
import { rankNames, withoutWeak } from "./names.ts";
import type { Clock } from "./times.ts";
import type { WrapWidth } from "./wrapped-lines.ts";

/** A record in the making. */
export interface Draft {
  at: Instant | null;
  /** Whether the text of the time named its zone. */
  zoned: boolean;
  /** How coarse the text of the time is, see {@link TimeRead.stepMs}; 1 where there is none. */
  stepMs: number;
  /** Whether the text of the time named its day and year. */
  dated: boolean;
  /** The writer's names, see {@link rankNames}. */
  names: readonly ServiceName[];
  /** In order of finding, repetitions included. */
  texts: string[];
  fields: Map<string, string>;
  traceId: string | null;
  spanId: string | null;
  /** Whether it held more values than are read. */
  cut: boolean;
  /** Whether it is an object of JSON that ends in the middle: what its last names and values were nobody knows. */
  torn: boolean;
}

/** What shapes need to know besides the text. */
export interface ShapeContext {
  readonly clock: Clock;
  /** How lines were wrapped so far. */
  readonly wrapped: WrapWidth;
  /** Says whether a text holds something that the prefilter looks for. */
  readonly isHit: (text: string) => boolean;
  /** Says whether a dialect reads the field of this name, whatever its value is. */
  readonly isField: (name: string) => boolean;
}

/** An empty record in the making. */
export function createDraft(): Draft {
  return {
    at: null,
    zoned: false,
    stepMs: 1,
    dated: false,
    names: [],
    texts: [],
    fields: new Map(),
    traceId: null,
    spanId: null,
    cut: false,
    torn: false,
  };
}

const QUARTER_NS = 900_000_000_000n;
const NEAR_NS = 60_000_000_000n;

function isWithin(difference: bigint, tolerance: bigint): boolean {
  return difference < tolerance && difference > -tolerance;
}

/**
 * Joins what a wrapper (a container runtime, a log shipper) says with what the application's own line says. The line wins. Only where its
 * time has no zone and the wrapper's has one, the line's wall clock is moved by whole quarters of an hour to agree with the wrapper:
 * containers mostly run in UTC, whatever the zone of the reader is.
 */
export function wrapDraft(outer: Draft, inner: Draft): Draft {
  let at = inner.at ?? outer.at;
  let { zoned, stepMs, dated } = inner.at === null ? outer : inner;
  if (inner.at !== null && outer.at !== null && !inner.zoned && outer.zoned) {
    const difference = outer.at - inner.at;
    const quarters = (difference + (difference < 0n ? -QUARTER_NS : QUARTER_NS) / 2n) / QUARTER_NS;
    const moved = inner.at + quarters * QUARTER_NS;
    if (isWithin(outer.at - moved, NEAR_NS)) {
      at = moved;
      // Both mean the same moment, so the day that the wrapper names is the line's
      dated ||= outer.dated;
    }
    zoned = true;
  }
  // A wrapper that counts finer, or knows the day, says better when it was; where both mean the same moment the finer one is right
  const isNear = at !== null && outer.at !== null && isWithin(outer.at - at, NEAR_NS);
  if (outer.at !== null && (outer.stepMs < stepMs || (outer.dated && !dated && !isNear)))
    ({ at, zoned, stepMs, dated } = outer);
  else dated ||= outer.dated && isNear;
  const fields = outer.fields;
  for (const [name, value] of inner.fields) fields.set(name, value);
  return {
    at,
    zoned,
    stepMs,
    dated,
    names: rankNames(withoutWeak([...inner.names, ...outer.names])),
    texts: [...inner.texts, ...outer.texts],
    fields,
    traceId: inner.traceId ?? outer.traceId,
    spanId: inner.spanId ?? outer.spanId,
    cut: inner.cut || outer.cut,
    torn: inner.torn || outer.torn,
  };
}

/** Longest first, no empty ones, none that another one contains; at most 32. */
export function tidyTexts(texts: readonly string[]): string[] {
  if (texts.length === 1 && texts[0] !== "") return [texts[0] as string];
  if (texts.length === 2) {
    const [one, other] = texts as [string, string];
    const [longer, shorter] = one.length < other.length ? [other, one] : [one, other];
    if (shorter !== "") return longer.includes(shorter) ? [longer] : [longer, shorter];
  }
  const kept: string[] = [];
  for (const text of [...texts].sort((a, b) => b.length - a.length)) {
    if (text !== "" && kept.length < 32 && !kept.some((longer) => longer.includes(text))) kept.push(text);
  }
  return kept;
}
