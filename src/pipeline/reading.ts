/**
 * Inputs -> records -> evidence -> cascades: the one place where the rooms are put together.
 *
 * The reading is a task of its own that can be looked at while it runs: the screens draw what is known so far, a scan waits for the end.
 */
import { type CascadeStore, createCascadeStore } from "../cascade/index.ts";
import { prefilter, readEvidence, smellsOfCancel } from "../dialects/index.ts";
import type { Cascade, Diagnosis, Diagnostic, Evidence, SourceRecord } from "../model/index.ts";
import { type Findings, type InputSummary, meets, narrow } from "../present/index.ts";
import {
  type JaegerReading,
  type Receiver,
  readJaegerTraces,
  readSources,
  type SourceSummary,
} from "../sources/index.ts";
import { openReceiver } from "./receiver.ts";
import type { Scope } from "./scope.ts";

/** A reading under way. */
export interface Reading {
  /** Starts to listen where the scope wants it; call it before `run`. Rejects with a ListenError where that is not possible. */
  readonly open: () => Promise<Receiver | null>;
  /**
   * Reads to the end, or until the signal is aborted. A reading that listens ends when its time is over or by `stop`. Bad input is told in
   * the findings; it never rejects because of it.
   */
  readonly run: (signal?: AbortSignal) => Promise<void>;
  /** What is known so far, the conditions of the scope applied. Costs time: ask when somebody looks. */
  readonly findings: () => Findings;
  /** The counts, which cost nothing, and the diagnosis for who wants it. */
  readonly progress: () => { readonly input: InputSummary; readonly diagnose: () => Diagnosis };
  /** Rises with everything that could change the findings. */
  readonly revision: () => number;
  /** The counts so far; cheap. */
  readonly summary: () => SourceSummary;
  readonly unmatched: () => number;
  /** What listens; null where nothing does. */
  readonly receiver: () => Receiver | null;
  /** Ends the listening; everything is judged then. */
  readonly stop: () => void;
}

/** How far back a Jaeger is asked where the scope does not say. */
const JAEGER_WINDOW_MS = 60 * 60 * 1000;
const UNMATCHED_SAMPLE = 20;
/** How long the end of a reading waits for what is still to be forwarded. */
const FORWARD_MS = 2_000;

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
  const stopping = new AbortController();
  const jaeger = askJaeger(scope, abort.signal);
  let receiver: Receiver | null = null;
  const takeAll = (records: readonly SourceRecord[]): void => {
    revision += 1;
    for (const record of records) take(record);
  };
  const readInputs = async (signal: AbortSignal | undefined): Promise<void> => {
    for (const source of [...(scope.inputs.length === 0 ? [] : [reading]), ...(jaeger === null ? [] : [jaeger])]) {
      for await (const records of source) {
        takeAll(records);
        if (signal?.aborted === true) return;
      }
    }
  };
  const summarize = (): InputSummary => {
    const { readable, records, diagnostics, diagnosticCount } = reading.summary;
    const received = receiver?.counts();
    const asked = jaeger?.diagnostics() ?? [];
    return {
      inputs: readable + (receiver === null ? 0 : 1) + (jaeger?.reached() === true ? 1 : 0),
      records: records + (received === undefined ? 0 : received.spans + received.logs) + (jaeger?.spans() ?? 0),
      unmatched,
      unmatchedSample: sample.slice(),
      diagnostics: [...diagnostics, ...asked],
      diagnosticCount: diagnosticCount + asked.length,
    };
  };
  return {
    async open() {
      if (scope.listen !== null) receiver = await openReceiver(scope.listen, prefilter, scope.timezone, takeAll);
      return receiver;
    },
    async run(signal) {
      signal?.addEventListener("abort", () => abort.abort());
      try {
        const listening = receiver === null ? [] : [ended(scope.listen?.forMs ?? null, stopping.signal, signal)];
        await Promise.all([readInputs(signal), ...listening]);
      } finally {
        await receiver?.close(signal?.aborted === true ? 0 : FORWARD_MS);
      }
      if (signal?.aborted === true) return;
      store.finish();
      revision += 1;
    },
    findings: () => ({ input: summarize(), diagnosis: wanted(store.diagnose(), scope) }),
    progress: () => ({ input: summarize(), diagnose: () => wanted(store.diagnose(), scope) }),
    receiver: () => receiver,
    stop: () => stopping.abort(),
    revision: () => revision + store.revision,
    summary: () => reading.summary,
    unmatched: () => unmatched,
  };
}

function askJaeger({ jaeger, since, until }: Scope, signal: AbortSignal): JaegerReading | null {
  if (jaeger === null) return null;
  const toMs = until === undefined ? Date.now() : Number(until / 1_000_000n);
  const fromMs = since === undefined ? toMs - JAEGER_WINDOW_MS : Number(since / 1_000_000n);
  return readJaegerTraces({ ...jaeger, prefilter, fromMs, toMs, signal });
}

/** Resolves when so much time has gone by, or one of the signals is aborted. */
async function ended(ms: number | null, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  await new Promise<void>((done) => {
    const timer = ms === null ? undefined : setTimeout(done, ms);
    for (const signal of signals) {
      const end = (): void => {
        clearTimeout(timer);
        done();
      };
      if (signal?.aborted === true) end();
      else signal?.addEventListener("abort", end, { once: true });
    }
  });
}

function inTime(evidence: Evidence, { since, until }: Scope): boolean {
  const { at, type } = evidence;
  // What only tells who is where stays true at any time.
  if (at === null || (type !== "claim" && type !== "answer")) return true;
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
