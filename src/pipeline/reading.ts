/**
 * Inputs -> records -> evidence -> cascades: the one place where the rooms are put together.
 *
 * The reading is a task of its own that can be looked at while it runs: the screens draw what is known so far, a scan waits for the end.
 */
import { type CascadeStore, type CascadeStoreOptions, createCascadeStore } from "../cascade/index.ts";
import { createDialects, type Dialects } from "../dialects/index.ts";
import type { Diagnosis, Diagnostic, Evidence, Instant, Sighting, SourceRecord } from "../model/index.ts";
import { type Account, type Findings, type InputSummary, type Overrule, overruled } from "../present/index.ts";
import {
  followSources,
  type Metric,
  type Receiver,
  readSources,
  type SourceReading,
  type StoreReading,
} from "../sources/index.ts";
import { Accountant } from "./accountant.ts";
import { ClaimCounts, type Way } from "./claim-counts.ts";
import { Context } from "./context.ts";
import { inScope, inTime, linesOf } from "./in-scope.ts";
import { OrdinaryLines } from "./ordinary-lines.ts";
import { ended, Turns, withPauses } from "./pauses.ts";
import { askStores, inTurn, KUBECTL, streamsOf, summaryOf } from "./pods-and-stores.ts";
import { type ReadingSource, sourcesOf } from "./reading-sources.ts";
import { openReceiver } from "./receiver.ts";
import type { Scope } from "./scope.ts";

/** How much of the inputs is read line by line: small logs have their context in ordinary lines. */
const CONTEXT_BYTES = 8 * 1024 * 1024;
/** How much of streams is kept, because what is around a line is read when it has gone by. */
const RING_BYTES = 64 * 1024 * 1024;
const MAX_NOTES = 100;
/** How long the end of a reading waits for what is still to be forwarded. */
const FORWARD_MS = 2_000;

/** A reading: make it, `open` it where the scope listens, `run` it, and look at the findings at any time. */
export class Reading {
  readonly #scope: Scope;
  readonly #dialects: Dialects;
  readonly #store: CascadeStore;
  readonly #stopping = new AbortController();
  readonly #files: SourceReading;
  readonly #stores: readonly StoreReading[];
  readonly #accountant = new Accountant();
  readonly #claims = new ClaimCounts();
  #receiver: Receiver | null = null;
  #metrics: () => readonly Metric[] = () => [];
  readonly #ordinary: OrdinaryLines;
  /** Pieces of evidence that were read by their words. */
  #worded = 0;
  readonly #context: Context;
  readonly #notes: Diagnostic[] = [];
  #noteCount = 0;
  #resting = false;
  #batches = 0;
  #outside = 0;
  #unwanted = 0;
  #overrules: readonly Overrule[];

  /**
   * Prepares a reading; nothing is opened. `limits` bound what is kept of it; `onNote` takes what a program that it runs has to say.
   *
   * @throws TypeError where the time zone is not known
   */
  constructor(scope: Scope, limits: CascadeStoreOptions = {}, onNote: (text: string) => void = () => undefined) {
    const { inputs, services, timezone, zones, follow } = scope;
    const { signal } = this.#stopping;
    this.#scope = scope;
    this.#overrules = scope.overrules;
    this.#ordinary = new OrdinaryLines(follow !== null);
    this.#dialects = createDialects(scope.dialects);
    const { prefilter } = this.#dialects;
    this.#store = createCascadeStore(limits);
    const how = {
      prefilter,
      services,
      zones,
      contextBytes: CONTEXT_BYTES,
      ringBytes: RING_BYTES,
      signal,
      ...(timezone === undefined ? {} : { timezone }),
    };
    const onRest = (resting: boolean): void => {
      this.#resting = resting;
    };
    const takeNote = (text: string): void => {
      this.#noteCount += 1;
      if (this.#notes.length < MAX_NOTES) this.#notes.push({ place: { source: KUBECTL }, message: text });
      onNote(text);
    };
    const streams = follow === null ? [] : streamsOf(scope, signal, takeNote);
    this.#files = follow === null ? readSources(inputs, how) : followSources(inputs, { ...how, onRest, streams });
    this.#context = new Context(this.#files, this.#dialects, (evidence) => this.#store.add(evidence));
    this.#stores = askStores(scope, prefilter, signal);
  }

  /**
   * Starts to listen where the scope wants it; call it before `run`.
   *
   * @throws ListenError where a port cannot be opened
   */
  async open(): Promise<Receiver | null> {
    const { listen, timezone } = this.#scope;
    const onRecords = (records: readonly SourceRecord[]): void => this.#takeAll(records, "received");
    if (listen !== null)
      this.#receiver = await openReceiver(listen, {
        prefilter: this.#dialects.prefilter,
        timezone,
        onRecords,
        metrics: () => this.#metrics(),
      });
    return this.#receiver;
  }

  /**
   * Reads to the end, or until the signal is aborted. A reading that listens ends when its time is over or by `stop`. Bad input is told in
   * the findings; it never rejects because of it.
   */
  async run(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) this.stop();
    signal?.addEventListener("abort", () => this.stop());
    const { listen, follow } = this.#scope;
    const forMs = listen?.forMs ?? follow?.forMs ?? null;
    const timer = follow === null || forMs === null ? undefined : setTimeout(() => this.stop(), forMs);
    try {
      const listening = this.#receiver === null ? [] : [ended(forMs, this.#stopping.signal)];
      await Promise.all([this.#readInputs(signal), ...listening]);
    } finally {
      clearTimeout(timer);
      await this.#receiver?.close(signal?.aborted === true ? 0 : FORWARD_MS);
    }
    if (signal?.aborted === true) return;
    await this.#releaseHeld();
    this.#takeContext();
    this.#store.finish();
    this.#batches += 1;
  }

  /** What is told besides to who asks a receiver for metrics. */
  tell(metrics: () => readonly Metric[]): void {
    this.#metrics = metrics;
  }

  /** Ends the listening, and the reading of inputs before their ends; what has come by then is judged. */
  stop(): void {
    this.#stopping.abort();
  }

  /** What is known so far, the conditions of the scope applied. Costs time: ask when somebody looks. */
  findings(): Findings {
    const diagnosis = this.diagnose();
    return { input: { ...this.input, account: this.account(), leftOut: this.leftOut }, diagnosis };
  }

  /** The diagnosis so far, the conditions of the scope applied. Costs time. */
  diagnose(): Diagnosis {
    const all = overruled(this.#store.diagnose(), this.#overrules);
    const kept = inScope(all, this.#scope);
    this.#unwanted = kept.cascades === all.cascades ? 0 : linesOf(all) - linesOf(kept);
    return kept;
  }

  /** What people said about who started which cancels, from now on. */
  overrule(words: readonly Overrule[]): void {
    this.#overrules = words;
    this.#batches += 1;
  }

  /** What was read of whom so far, and what would have told more. Costs time: ask where nothing was found. */
  account(): Account {
    const { everyLine } = this.#files.summary;
    return this.#accountant.account({
      everyLine: everyLine || this.#scope.inputs.length === 0,
      stores: this.#stores.flatMap(({ limits }) => limits),
    });
  }

  /** The counts so far, which cost nothing. */
  get input(): InputSummary {
    const files = this.#files.summary;
    const received = this.#receiver?.counts() ?? null;
    const asked = this.#stores.flatMap((store) => store.diagnostics());
    const states = this.#stores.map((store) => store.state());
    const whole = states.filter((state) => state === "answered").length;
    const some = states.filter((state) => state === "answered" || state === "stopped").length;
    const given = this.#stores.reduce((sum, store) => sum + store.progress().records, 0);
    return {
      inputs: files.readable + (received === null ? 0 : 1) + some,
      unread: files.unreadable + this.#stores.length - whole,
      records: files.records + (received === null ? 0 : received.spans + received.logs) + given,
      unmatched: this.#accountant.unmatched + files.passedOver,
      alone: this.#context.alone,
      unmatchedSample: this.#accountant.unmatchedSample.slice(),
      diagnostics: [...files.diagnostics, ...this.#notes, ...asked],
      diagnosticCount: files.diagnosticCount + this.#noteCount + asked.length,
      ...(received === null ? {} : { receiver: received }),
      ...(this.#stores.length === 0 ? {} : { stores: this.#stores.map(summaryOf) }),
    };
  }

  /** True while all that is there of what is followed has been read. */
  get resting(): boolean {
    return this.#resting;
  }

  /** True where inputs are followed: their end is not the end. */
  get follows(): boolean {
    return this.#scope.follow !== null;
  }

  /** What is read and received, and of what nothing could be read. */
  get sources(): readonly ReadingSource[] {
    return sourcesOf(this.#scope, {
      files: this.#files.summary,
      receiver: this.#receiver,
      stores: this.#stores,
      claims: this.#claims,
    });
  }

  /** Rises with everything that could change the findings. */
  get revision(): number {
    return this.#batches + this.#store.revision;
  }

  /** Lines about cancels that the conditions of the scope leave out, as of the last diagnosis. */
  get leftOut(): number {
    return this.#outside + this.#unwanted;
  }

  /** What listens; null where nothing does. */
  get receiver(): Receiver | null {
    return this.#receiver;
  }

  async #readInputs(signal: AbortSignal | undefined): Promise<void> {
    const { inputs, follow } = this.#scope;
    const turns = new Turns();
    if (follow !== null) {
      for await (const records of this.#files) {
        this.#takeAll(records, "files");
        await turns.share();
      }
    } else if (inputs.length > 0) {
      for await (const records of withPauses(this.#files)) {
        if (signal?.aborted === true) return;
        if (records === null) await this.#releaseHeld();
        else await this.#takeFromFiles(records, turns);
      }
    }
    for await (const { store, records } of inTurn(this.#stores)) {
      if (signal?.aborted === true) return;
      this.#takeAll(records, `store ${store.name}`);
      await turns.share();
    }
  }

  async #takeFromFiles(records: readonly SourceRecord[], turns: Turns): Promise<void> {
    this.#batches += 1;
    await turns.share();
    for (const record of records) {
      if (record.at !== null && this.#isDue(record.at)) await this.#context.release(record.at);
      this.#take(record, "files", true);
    }
    const { reachedAt } = this.#files.summary;
    if (reachedAt !== null && this.#isDue(reachedAt)) await this.#context.release(reachedAt);
  }

  /** True as long as every line of the inputs has been read, and is kept. */
  get #isSmall(): boolean {
    return this.#ordinary.isWhole && this.#files.summary.everyLine;
  }

  /** True where what is around a claim can be read, once an instant has come. Asked of every record, so nothing waits for the answer. */
  #isDue(at: Instant): boolean {
    return at > this.#context.dueAt && !this.#isSmall;
  }

  async #releaseHeld(): Promise<void> {
    if (this.#isSmall) this.#context.letGo();
    else await this.#context.release(null);
  }

  #takeAll(records: readonly SourceRecord[], way: Way): void {
    this.#batches += 1;
    for (const record of records) this.#take(record, way, false);
    // What is followed has no end at which to look back
    if (this.#scope.follow !== null) this.#takeContext();
  }

  /** `again`: whether the source can be asked for what is around the record. */
  #take(record: SourceRecord, way: Way, again: boolean): void {
    const reading = this.#dialects.readRecord(record);
    this.#accountant.take(record, reading);
    const { evidence: found, unexplained } = reading;
    for (const evidence of found) {
      this.#claims.take(way, evidence);
      if (!inTime(evidence, this.#scope)) this.#outside += 1;
      else if (evidence.sighting === undefined) this.#store.add(evidence);
      else this.#takeWorded(evidence, evidence.sighting, again);
    }
    if (found.length > 0) return;
    if (this.#ordinary.isWhole) this.#ordinary.keep(record, this.#files.summary.everyLine);
    if (again && !this.#isSmall && this.#dialects.isOrdinary(record)) this.#files.passOver(record, unexplained);
  }

  #takeWorded(evidence: Evidence, sighting: Sighting, again: boolean): void {
    this.#worded += 1;
    const { follow } = this.#scope;
    if (follow !== null && this.#files.summary.everyLine) this.#store.add(evidence);
    else if (!again) this.#store.add({ ...evidence, sighting: { ...sighting, alone: true } });
    else {
      this.#context.hold(evidence);
      if (evidence.type === "decision") this.#context.remember(evidence);
    }
  }

  /** Who started, who stopped and who asked whom, where evidence in free words needs it. */
  #takeContext(): void {
    if (this.#worded === 0) return;
    for (const record of this.#ordinary.take())
      for (const fact of this.#dialects.readRecord(record).context) this.#store.add(fact);
  }
}
