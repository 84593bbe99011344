/**
 * A reading as the feed of the screens: a new snapshot now and then, never more often than the screens can use or the machine can bear.
 */
import type { Diagnosis } from "../../model/index.ts";
import { formatPlace } from "../../model/index.ts";
import type { Reading } from "../../pipeline/index.ts";
import { receiverNotes } from "../../present/index.ts";
import type { Feed, Live, Snapshot } from "../../tui/index.ts";

/** The feed of a reading under way. */
export interface ReadingFeed extends Feed {
  /** Reads to the end, or until the signal is aborted, and publishes on the way. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const PUBLISH_MS = 100;
/** A diagnosis of a big store takes time: at most this part of it is spent on drawing what is not finished. */
const SHARE = 5;

const NOTHING: Diagnosis = { cascades: [], origins: [], warnings: [], counts: { evidence: 0, late: 0, dropped: 0 } };

const RATE_MS = 500;

/** How many a second, measured over half a second. */
function createRate(): (total: number) => number {
  let since = performance.now();
  let before = 0;
  let rate = 0;
  return (total) => {
    const elapsed = performance.now() - since;
    if (elapsed < RATE_MS) return rate;
    rate = Math.round(((total - before) * 1000) / elapsed);
    before = total;
    since = performance.now();
    return rate;
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
    notForwarded: forward?.dropped ?? 0,
    notes: receiverNotes(summary),
  };
}

function sameLive(one: Live | null, other: Live | null): boolean {
  return one?.perSecond === other?.perSecond && one?.notes.join() === other?.notes.join();
}

/** Makes the feed; `title` says in few words what is read, and may change. */
export function createReadingFeed(reading: Reading, title: () => string): ReadingFeed {
  const listeners = new Set<() => void>();
  let snapshot: Snapshot = {
    diagnosis: NOTHING,
    progress: { title: title(), records: 0, unmatched: 0, problems: 0, lastProblem: null, done: false, live: null },
  };
  let shown = -1;
  let diagnosis = NOTHING;
  const rate = createRate();

  const publish = (done: boolean): void => {
    const { revision } = reading;
    const live = liveOf(reading, rate);
    const before = snapshot.progress;
    if (revision === shown && done === before.done && sameLive(live, before.live)) return;
    const { input } = reading;
    if (revision !== shown) diagnosis = reading.diagnose();
    shown = revision;
    const last = input.diagnostics.at(-1);
    snapshot = {
      diagnosis,
      progress: {
        title: title(),
        records: input.records,
        unmatched: input.unmatched,
        problems: input.diagnosticCount,
        lastProblem: last === undefined ? null : `${formatPlace(last.place)}: ${last.message}`,
        done,
        live,
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
