/** What the conditions of a scope (a time, a filter, muted warnings) leave of evidence and of a diagnosis. */
import { warnAbout } from "../cascade/index.ts";
import type { Cascade, Diagnosis, Evidence } from "../model/index.ts";
import { narrow } from "../present/index.ts";
import type { Scope } from "./scope.ts";

/** Verdicts need what happened just before and after: evidence that far outside the wanted time is still joined. */
export const MARGIN_NS: bigint = 300_000_000_000n;

/** True where a piece of evidence may matter for the wanted time. */
export function inTime(evidence: Evidence, { since, until }: Scope): boolean {
  const { at, type } = evidence;
  // What only tells who is where stays true at any time.
  if (at === null || (type !== "claim" && type !== "answer")) return true;
  if (since !== undefined && at < since - MARGIN_NS) return false;
  return until === undefined || at <= until + MARGIN_NS;
}

/** How many lines the cascades of a diagnosis rest on. */
export function linesOf({ cascades }: Diagnosis): number {
  return cascades.reduce((sum, { evidenceCount }) => sum + evidenceCount, 0);
}

/** What is left of a diagnosis under the conditions of a scope. */
export function inScope(diagnosis: Diagnosis, scope: Scope): Diagnosis {
  return allowed(wanted(diagnosis, scope), scope);
}

function wanted(diagnosis: Diagnosis, { since, until, where }: Scope): Diagnosis {
  if (since === undefined && until === undefined && where.empty) return diagnosis;
  const inWindow = ({ firstAt, lastAt }: Cascade): boolean =>
    !(since !== undefined && lastAt !== undefined && lastAt < since) &&
    !(until !== undefined && firstAt !== undefined && firstAt > until);
  return narrow(diagnosis, (cascade) => inWindow(cascade) && where.keeps(cascade), warnAbout);
}

function allowed(diagnosis: Diagnosis, { allow }: Scope): Diagnosis {
  if (allow.size === 0) return diagnosis;
  return { ...diagnosis, warnings: diagnosis.warnings.filter(({ rule }) => !allow.has(rule)) };
}
