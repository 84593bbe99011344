/**
 * What is counted over cascades, origins and warnings, in a form in which the counts of two lists of cascades add up.
 */
import { type Cascade, countOrigins, mergeOrigins, type OriginRow, type Warning } from "../../model/index.ts";
import { type Findings, findingsOf, mergeFindings, warningsOf } from "../judge/warnings.ts";

/** The counts of some cascades. */
export interface Tally {
  readonly origins: readonly OriginRow[];
  readonly findings: Findings;
}

/** Counts some cascades. */
export function tallyOf(cascades: readonly Cascade[]): Tally {
  return { origins: countOrigins(cascades), findings: findingsOf(cascades) };
}

/** The rows and warnings of all the cascades that were counted, each of them once. */
export function total(tallies: readonly Tally[]): { readonly origins: OriginRow[]; readonly warnings: Warning[] } {
  return {
    origins: mergeOrigins(tallies.map(({ origins }) => origins)),
    warnings: warningsOf(mergeFindings(tallies.map(({ findings }) => findings))),
  };
}
