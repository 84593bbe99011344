/**
 * Inputs -> records -> evidence -> cascades: the one place where the rooms are put together.
 *
 * The reading is a task of its own that can be looked at while it runs: the screens draw what is known so far, a scan waits for the end.
 */
import { type CascadeStore, createCascadeStore } from "../cascade/index.ts";
import { prefilter, readEvidence, smellsOfCancel } from "../dialects/index.ts";
import type { Cascade, Diagnosis, Diagnostic, Evidence, Instant, SourceRecord, Where } from "../model/index.ts";
import { meets, narrow } from "../model/index.ts";
import { readSources, type ServiceRule, type SourceSummary } from "../sources/index.ts";
import type { Findings } from "./report/findings.ts";

/** What to read, and what of it to show. */
export interface Scope {
  /** Files, folders, globs, `-`. */
  readonly inputs: readonly string[];
  readonly services: readonly ServiceRule[];
  /** The zone of times without one; undefined: this machine's. */
  readonly timezone: string | undefined;
  readonly since: Instant | undefined;
  readonly until: Instant | undefined;
  readonly where: readonly Where[];
}

/** A reading under way. */
export interface Reading {
  /** Reads to the end, or until the signal is aborted. Bad input is told in the findings; it never rejects because of it. */
  readonly run: (signal?: AbortSignal) => Promise<void>;
  /** What is known so far, the conditions of the scope applied. Costs time: ask when somebody looks. */
  readonly findings: () => Findings;
  /** Rises with everything that could change the findings. */
  readonly revision: () => number;
  /** The counts so far; cheap. */
  readonly summary: () => SourceSummary;
  readonly unmatched: () => number;
}

const UNMATCHED_SAMPLE = 20;

/** Verdicts need what happened just before and after: evidence that far outside the wanted time is still joined. */
const MARGIN_NS = 300_000_000_000n;

/**
 * Prepares a reading. Nothing is opened before it runs.
 *
 * @throws TypeError where the time zone is not known
 */
export function createReading(scope: Scope): Reading {
  const store: CascadeStore = createCascadeStore();
  const abort = new AbortController();
  const reading = readSources(scope.inputs, {
    prefilter,
    services: scope.services,
    signal: abort.signal,
    ...(scope.timezone === undefined ? {} : { timezone: scope.timezone }),
  });
  const sample: Diagnostic[] = [];
  let unmatched = 0;
  let revision = 0;

  const take = (record: SourceRecord): void => {
    const found = readEvidence(record);
    for (const evidence of found) if (inTime(evidence, scope)) store.add(evidence);
    if (found.length > 0 || !smellsOfCancel(record)) return;
    unmatched += 1;
    if (sample.length < UNMATCHED_SAMPLE) sample.push({ place: record.place, message: record.texts[0] ?? "" });
  };
  return {
    async run(signal) {
      signal?.addEventListener("abort", () => abort.abort());
      for await (const records of reading) {
        revision += 1;
        for (const record of records) take(record);
        if (signal?.aborted === true) return;
      }
      store.finish();
      revision += 1;
    },
    findings() {
      const { readable, records, diagnostics, diagnosticCount } = reading.summary;
      return {
        input: { inputs: readable, records, unmatched, unmatchedSample: sample.slice(), diagnostics, diagnosticCount },
        diagnosis: wanted(store.diagnose(), scope),
      };
    },
    revision: () => revision + store.revision,
    summary: () => reading.summary,
    unmatched: () => unmatched,
  };
}

function inTime(evidence: Evidence, { since, until }: Scope): boolean {
  const { at, happening } = evidence;
  // What only tells who is where stays true at any time.
  if (at === null || happening === "known") return true;
  if (since !== undefined && at < since - MARGIN_NS) return false;
  return until === undefined || at <= until + MARGIN_NS;
}

function wanted(diagnosis: Diagnosis, { since, until, where }: Scope): Diagnosis {
  if (since === undefined && until === undefined && where.length === 0) return diagnosis;
  const inWindow = ({ firstAt, lastAt }: Cascade): boolean =>
    !(since !== undefined && lastAt !== undefined && lastAt < since) &&
    !(until !== undefined && firstAt !== undefined && firstAt > until);
  return narrow(diagnosis, (cascade) => inWindow(cascade) && meets(cascade, where));
}
