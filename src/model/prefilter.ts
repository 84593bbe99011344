/**
 * Which bytes of an input may matter, declared here, made by the dialects and used by the sources, so that a source can skip a
 * gigabyte without understanding it.
 *
 * All needles are ASCII and case-sensitive. A line without any of them yields no record.
 */
export interface Prefilter {
  /** A line with one of these may be evidence. */
  readonly needles: readonly string[];
  /** A line with one of these smells of a cancel: if no dialect takes it, it is counted as unmatched. */
  readonly smells: readonly string[];
}
