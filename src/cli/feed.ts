/**
 * A reading as the feed of the screens: a new snapshot now and then, never more often than the screens can use or the machine can bear.
 */
import type { Diagnosis } from "../model/index.ts";
import { formatPlace } from "../model/index.ts";
import type { Feed, Snapshot } from "../tui/index.ts";
import type { Reading } from "./reading.ts";

/** The feed of a reading under way. */
export interface ReadingFeed extends Feed {
  /** Reads to the end, or until the signal is aborted, and publishes on the way. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const PUBLISH_MS = 100;
/** A diagnosis of a big store takes time: at most this part of it is spent on drawing what is not finished. */
const SHARE = 5;

const NOTHING: Diagnosis = { cascades: [], origins: [], warnings: [], counts: { evidence: 0, late: 0, dropped: 0 } };

/** Makes the feed; `title` says in few words what is read. */
export function createReadingFeed(reading: Reading, title: string): ReadingFeed {
  const listeners = new Set<() => void>();
  let snapshot: Snapshot = {
    diagnosis: NOTHING,
    progress: { title, records: 0, unmatched: 0, problems: 0, lastProblem: null, done: false },
  };
  let shown = -1;

  const publish = (done: boolean): void => {
    const revision = reading.revision();
    if (revision === shown && done === snapshot.progress.done) return;
    shown = revision;
    const { diagnosis, input } = reading.findings();
    const last = input.diagnostics.at(-1);
    snapshot = {
      diagnosis,
      progress: {
        title,
        records: input.records,
        unmatched: input.unmatched,
        problems: input.diagnosticCount,
        lastProblem: last === undefined ? null : `${formatPlace(last.place)}: ${last.message}`,
        done,
      },
    };
    for (const listener of listeners) listener();
  };
  return {
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async run(signal) {
      let timer: NodeJS.Timeout;
      const tick = (): void => {
        const before = performance.now();
        publish(false);
        timer = setTimeout(tick, Math.max(PUBLISH_MS, (performance.now() - before) * SHARE));
      };
      timer = setTimeout(tick, PUBLISH_MS);
      try {
        await reading.run(signal);
      } finally {
        clearTimeout(timer);
      }
      if (!signal.aborted) publish(true);
    },
  };
}
