/**
 * A reading as the feed of the screens: a new snapshot now and then, never more often than the screens can use or the machine can bear.
 */
import type { Diagnosis } from "../../model/index.ts";
import { formatPlace } from "../../model/index.ts";
import { type Reading, type ReadingSource, shareOf, warnAbout } from "../../pipeline/index.ts";
import { accountLines, type Overrule, receiverNotes } from "../../present/index.ts";
import type { Feed, InputRow, Live, Progress, Snapshot } from "../../tui/index.ts";
import { createPace } from "./pace.ts";
import type { PastReader } from "./past.ts";
import { NOTHING_RECENT, RecentCascades } from "./recent-cascades.ts";

/** The feed of a reading under way. */
export interface ReadingFeed extends Feed {
  /** Reads to the end, or until the signal is aborted, and publishes on the way. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const PUBLISH_MS = 100;
/** A picture older than that says so. */
const TOLD_BEHIND_MS = 1_000;
const SILENT_MS = 10_000;
const MOST_NOTES = 20;
const MOST_INPUTS = 200;

/** What a feed is told besides the reading. */
export interface FeedOptions {
  /** The conditions of the command line, a chip each. */
  readonly scope?: readonly string[];
  /** What just happened, in a sentence; null where nobody tells. */
  readonly story?: () => string | null;
  /** Keeps what people say about who started which cancels, and returns the path of its file. */
  readonly keep?: (overrules: readonly Overrule[]) => string;
  readonly overrules?: readonly Overrule[];
  /** Is shown the diagnosis again and again, whether or not it has changed. */
  readonly watch?: (diagnosis: Diagnosis) => void;
  /** A history that is looked at besides. */
  readonly past?: PastReader | null;
  readonly now?: () => number;
}

const NOTHING: Diagnosis = { cascades: [], origins: [], warnings: [], counts: { evidence: 0, late: 0, dropped: 0 } };

const NO_LINES: readonly string[] = [];

const RATE_MS = 500;

/** How many a second, measured over half a second. */
function createRate(now: () => number): (total: number) => number {
  let since = now();
  let before = 0;
  let rate = 0;
  return (total) => {
    const elapsed = now() - since;
    if (elapsed < RATE_MS) return rate;
    rate = Math.round(((total - before) * 1000) / elapsed);
    before = total;
    since = now();
    return rate;
  };
}

/** How long a total has stood still, in steps of ten seconds, so that a quiet screen is hardly ever drawn anew. */
function createSilence(now: () => number): (total: number) => number {
  let since = now();
  let before = 0;
  return (total) => {
    if (total !== before) since = now();
    before = total;
    return Math.floor((now() - since) / SILENT_MS) * SILENT_MS;
  };
}

/** The last event of a file counts as complete, and comes, after a quarter of a second of silence: before that it is not all read. */
const SETTLE_MS = 600;

/** Whether a following has come to the end of all that was there, and whether it stands there: later only after a longer silence. */
function createRest(
  now: () => number,
): (resting: boolean, total: number) => { readonly rested: boolean; readonly over: boolean } {
  let rested = false;
  let enough = SETTLE_MS;
  let since = now();
  let before = -1;
  return (resting, total) => {
    if (total !== before || !resting) since = now();
    if (rested && total !== before) enough = SILENT_MS;
    before = total;
    const over = resting && now() - since >= enough;
    rested ||= over;
    return { rested, over };
  };
}

function liveOf(reading: Reading, rate: (total: number) => number): Live | null {
  const { receiver } = reading;
  const summary = reading.input.receiver;
  if (receiver === null || summary === undefined) return null;
  const { spans, logs } = receiver.counts();
  const { evicted, refused, malformed, forward } = summary;
  return {
    address: receiver.httpUrl ?? receiver.grpcAddress ?? "",
    perSecond: rate(spans + logs),
    evicted,
    refused: refused + malformed,
    passedOn:
      forward === null ? null : { sent: forward.sent, lost: forward.dropped, waitingBytes: forward.queuedBytes },
    notes: receiverNotes(summary),
  };
}

/** What an input does: a file is done, or followed, once all of it has been read. */
function stateOf(
  { kind, records, bytes }: ReadingSource,
  { done, follows }: { readonly done: boolean; readonly follows: boolean },
): string {
  if (kind === "received") return "live";
  if (done) return "done";
  if (bytes !== null && bytes.read >= bytes.all) return follows ? "following" : "done";
  return (records ?? 0) === 0 ? "waiting" : "reading";
}

/** Makes the feed; `title` says in few words what is read, and may change. */
export function createReadingFeed(
  reading: Reading,
  title: () => string,
  {
    scope = [],
    story = () => null,
    keep = () => "",
    overrules = [],
    watch = () => undefined,
    past = null,
    now = () => performance.now(),
  }: FeedOptions = {},
): ReadingFeed {
  let words = overrules;
  const listeners = new Set<() => void>();
  const rate = createRate(now);
  const silence = createSilence(now);
  const rest = createRest(now);
  /** All that was there has been read once. */
  let following = false;
  let diagnosis = NOTHING;
  /** The revision that {@link diagnosis} shows, since when, and when the next may be made. */
  let shown = { revision: -1, at: now(), nextAt: now() };
  const pause = createPace();
  const recent = new RecentCascades();
  let done = false;

  const rates = new Map<string, (total: number) => number>();
  const rateOf = (name: string, records: number): number => {
    const known = rates.get(name) ?? createRate(now);
    rates.set(name, known);
    return known(records);
  };
  const inputRow = (source: ReadingSource): InputRow => {
    const { name, problem, records, claims, lastAt } = source;
    const state = stateOf(source, { done, follows: reading.follows });
    const perSecond = records === null || state === "done" ? null : rateOf(name, records);
    return { name, state, problem, perSecond, records, claims, lastAt };
  };
  /** What is told where nothing was cancelled; made anew only where more was read. */
  let told: { readonly records: number; readonly lines: readonly string[] } = { records: -1, lines: NO_LINES };
  const accountNow = (): readonly string[] => {
    const { records } = reading.input;
    if (records !== told.records) told = { records, lines: accountLines(reading.account()) };
    return told.lines;
  };
  const progressNow = (): Progress => {
    const { input, revision, sources } = reading;
    const behindMs = revision === shown.revision ? 0 : now() - shown.at;
    const atRest = rest(reading.resting, input.records);
    following ||= atRest.rested;
    const over = done || (reading.receiver === null && atRest.over);
    return {
      title: title(),
      records: input.records,
      unmatched: input.unmatched,
      unmatchedSample: input.unmatchedSample,
      problems: input.diagnosticCount,
      notes: input.diagnostics.slice(-MOST_NOTES).map(({ place, message }) => `${formatPlace(place)}: ${message}`),
      scope,
      leftOut: reading.leftOut,
      account: over && diagnosis.cascades.length === 0 ? accountNow() : NO_LINES,
      behindMs: behindMs > TOLD_BEHIND_MS ? Math.round(behindMs / 100) * 100 : 0,
      silentMs: over ? 0 : silence(input.records),
      share: following ? null : shareOf(sources),
      inputs: sources.slice(0, MOST_INPUTS).map(inputRow),
      inputCount: sources.length,
      ...(over ? NOTHING_RECENT : recent.at(now())),
      memoryBytes: process.memoryUsage.rss(),
      story: story(),
      done: over,
      following: following && !done,
      live: liveOf(reading, rate),
    };
  };
  const diagnose = (): void => {
    const { revision } = reading;
    const at = now();
    diagnosis = reading.diagnose();
    recent.take(diagnosis.cascades, now(), reading.receiver === null && !following);
    shown = { revision, at, nextAt: now() + pause(now() - at) };
  };
  const pastNow = (): Snapshot["past"] => past?.past() ?? null;
  let snapshot: Snapshot = { diagnosis, progress: progressNow(), past: pastNow() };
  const publish = (): void => {
    if (reading.revision !== shown.revision && (done || now() >= shown.nextAt)) diagnose();
    watch(diagnosis);
    const progress = progressNow();
    const before = snapshot;
    const isOld = diagnosis === before.diagnosis && pastNow() === before.past && isSame(progress, before.progress);
    if (isOld) return;
    snapshot = { diagnosis, progress, past: pastNow() };
    for (const listener of listeners) listener();
  };
  return {
    warnAbout,
    overrule(cascade, { about, by, note }) {
      const same = (word: Overrule): boolean => JSON.stringify(word.about) === JSON.stringify(about);
      const others = words.filter((word) => !same(word) && !("id" in word.about && word.about.id === cascade.id));
      words = by === null ? others : [...others, { about, by, note }];
      reading.overrule(words);
      publish();
      return keep(words);
    },
    askPast: (subject, page) => past?.ask(subject, page),
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async run(signal) {
      const timer = setInterval(publish, PUBLISH_MS);
      const looking = past?.run(signal);
      try {
        await reading.run(signal);
      } finally {
        // A history is looked at for as long as somebody is there
        if (looking === undefined) clearInterval(timer);
        else void looking.finally(() => clearInterval(timer));
      }
      done = true;
      if (!signal.aborted) publish();
    },
  };
}

/** What a picture is drawn anew for; the rest of a progress changes with these only. */
const WATCHED = [
  "records",
  "unmatched",
  "problems",
  "leftOut",
  "behindMs",
  "silentMs",
  "share",
  "fresh",
  "young",
  "story",
  "done",
  "following",
] as const satisfies readonly (keyof Progress)[];

function isSame(one: Progress, other: Progress): boolean {
  const live = ({ live: each, inputs }: Progress): string =>
    JSON.stringify([each?.perSecond, each?.notes, inputs.map(({ perSecond }) => perSecond)]);
  return WATCHED.every((name) => one[name] === other[name]) && live(one) === live(other);
}
