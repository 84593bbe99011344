/**
 * Which bytes of an input may matter, declared here, made by the dialects and used by the sources, so that a source can skip a
 * gigabyte without understanding it.
 *
 * All needles are ASCII, and stand for any case of their letters. A line without any of them yields no record.
 */
export interface Prefilter {
  /** A line with one of these may be evidence. */
  readonly needles: readonly string[];
  /** A line with one of these smells of a cancel: if no dialect takes it, it is counted as unmatched. */
  readonly smells: readonly string[];
  /** Lines of logs with one of these may be evidence, too; they are too ordinary to tell spans and fields apart. */
  readonly wordings: readonly string[];
  /**
   * Whole numbers below 1000 that dialects tell apart: statuses, codes, levels. Two lines without a needle that differ in other figures only
   * are both evidence or both none.
   */
  readonly figures: readonly number[];
  /** Names of fields, in lower case, that say which service is called, and how. They count on every span of a trace that matters. */
  readonly callFields: readonly string[];
  /** Names of further fields that dialects read. Of a span no others are kept. */
  readonly fields: readonly string[];
  /** What {@link Prefilter.callFields} say of how a quiet span ended; absent: nothing. */
  readonly endingOf?: (fields: ReadonlyMap<string, string>) => QuietEnding;
  /** The same as data, for stores that search by themselves; absent: nothing. */
  readonly endings?: EndingSigns;
}

/** By which attributes of a span {@link Prefilter.endingOf} tells how it ended, most of it: a store that goes by them finds no trace less. */
export interface EndingSigns {
  /** Attributes with the status of a call, … */
  readonly codes: readonly string[];
  /** … and its values for one that was cut, in small letters and without `_`. */
  readonly cut: readonly string[];
  /** Attributes that an answered request has, … */
  readonly answered: readonly string[];
  /** … and those that every request has. */
  readonly asked: readonly string[];
}

/**
 * How a request ended that has no word about it and no error:
 *
 * - `cut`: with the status of a cancel, so that its trace matters
 * - `unanswered`: without any status, so that its trace matters if others of its requests have one
 * - `answered`: with a status
 */
export type QuietEnding = "cut" | "unanswered" | "answered" | null;
