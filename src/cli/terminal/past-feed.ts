/** A history alone as the feed of the screens: one cascade stands for each shape of cancel, with as many as the history holds of it. */
import { countOrigins, type Diagnosis } from "../../model/index.ts";
import { warnAbout } from "../../pipeline/index.ts";
import type { Progress, Snapshot } from "../../tui/index.ts";
import type { PastReader } from "./past.ts";
import type { ReadingFeed } from "./reading-feed.ts";
import { NOTHING_RECENT } from "./recent-cascades.ts";

const PUBLISH_MS = 50;

/** Makes the feed; `chips` are the conditions of the command line. */
export function createPastFeed(reader: PastReader, chips: readonly string[]): ReadingFeed {
  const listeners = new Set<() => void>();
  let examples = reader.examples();
  let diagnosis = diagnosisOf(examples);
  let snapshot: Snapshot = { diagnosis, progress: progressOf(reader, chips), past: reader.past() };
  const publish = (): void => {
    if (reader.past() === snapshot.past) return;
    if (reader.examples() !== examples) {
      examples = reader.examples();
      diagnosis = diagnosisOf(examples);
    }
    snapshot = { diagnosis, progress: progressOf(reader, chips), past: reader.past() };
    for (const listener of listeners) listener();
  };
  return {
    warnAbout,
    overrule: () => {
      throw new Error("what a history holds stays as it was judged");
    },
    askPast: (subject, page) => reader.ask(subject, page),
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async run(signal) {
      const timer = setInterval(publish, PUBLISH_MS);
      try {
        await reader.run(signal);
      } finally {
        clearInterval(timer);
      }
      if (!signal.aborted) publish();
    },
  };
}

function diagnosisOf(cascades: Diagnosis["cascades"]): Diagnosis {
  return {
    cascades,
    origins: countOrigins(cascades),
    warnings: warnAbout(cascades),
    counts: { evidence: 0, late: 0, dropped: 0 },
  };
}

function progressOf(reader: PastReader, scope: readonly string[]): Progress {
  const { file, counted } = reader.past();
  return {
    title: file,
    records: 0,
    unmatched: 0,
    unmatchedSample: [],
    problems: 0,
    notes: [],
    scope,
    leftOut: 0,
    behindMs: 0,
    silentMs: 0,
    share: null,
    inputs: [],
    inputCount: 0,
    ...NOTHING_RECENT,
    memoryBytes: process.memoryUsage.rss(),
    story: null,
    done: counted,
    following: false,
    live: null,
  };
}
