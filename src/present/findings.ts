import type { Diagnosis, Diagnostic } from "../model/index.ts";

/** Everything a report is made of. */
export interface Findings {
  readonly input: InputSummary;
  readonly diagnosis: Diagnosis;
}

/** What was read. */
export interface InputSummary {
  /** Inputs that could be opened. */
  readonly inputs: number;
  readonly records: number;
  /** Records that smell of a cancel and that no dialect took. */
  readonly unmatched: number;
  /** Some of them, each with its text as the message. */
  readonly unmatchedSample: readonly Diagnostic[];
  readonly diagnostics: readonly Diagnostic[];
  /** How many diagnostics there were in all; the list may be shorter. */
  readonly diagnosticCount: number;
}
