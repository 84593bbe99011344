/** Keeps the cascades of a reading in a history, once they have settled, and again when they have changed. */
import { HistoryError, type HistoryWriter } from "../../history/index.ts";
import { type Cascade, type Diagnosis, storyOf } from "../../model/index.ts";
import { Settling } from "../../pipeline/index.ts";
import { printable, type Redaction, redactData } from "../../present/index.ts";

/** What is kept while a reading goes on. */
export interface Keeper {
  /** Looks at a diagnosis; what has settled is kept. Cheap where it was looked at just before. */
  readonly look: (diagnosis: Diagnosis) => void;
  /** Keeps everything as it is now, and ends; null: nothing more is kept. */
  readonly finish: (diagnosis: Diagnosis | null) => void;
  /** Why nothing is kept any more; null as long as all is. */
  readonly problem: () => string | null;
  /** The same once, so that it is said once; null afterwards. */
  readonly news: () => string | null;
}

/** How long a cascade is quiet before it is kept. */
const SETTLE_MS = 10_000;
const LOOK_MS = 500;
/** So long the end of the program waits for the tidying of the file. */
const TIDY_MS = 1_000;

/** Keeps them in a history that is open, for so long after their end. `now` counts milliseconds. */
export function createKeeper(
  writer: HistoryWriter,
  keepMs: number,
  redaction: Redaction,
  now: () => number = () => performance.now(),
): Keeper {
  const settling = new Settling(SETTLE_MS, factsOf);
  let problem: string | null = null;
  let told = false;
  let nextAt = Number.NEGATIVE_INFINITY;

  const keep = ({ cascades, counts }: Diagnosis, last: boolean): void => {
    const settled = settling.take(cascades, now(), last);
    const kept = settled.map(({ cascade, revision }) => ({ cascade: redactData(cascade, redaction), revision }));
    const withdrawn = settling.withdraw(cascades, counts.dropped);
    writer.keep(kept, Date.now());
    writer.forget(withdrawn.map(({ id }) => id));
  };
  /** A full disk ends the keeping, not the diagnosis. */
  const guarded = (work: () => void): void => {
    if (problem !== null) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      problem = `${printable(error.message)}; nothing more is kept, the diagnosis goes on`;
    }
  };
  const tend = (): boolean => writer.tend(Date.now() - keepMs);
  return {
    look(diagnosis) {
      if (now() < nextAt) return;
      guarded(() => {
        keep(diagnosis, false);
        tend();
      });
      nextAt = now() + LOOK_MS;
    },
    finish(diagnosis) {
      guarded(() => {
        if (diagnosis !== null) keep(diagnosis, true);
        const from = now();
        while (tend() && now() - from < TIDY_MS);
      });
      writer.close();
    },
    problem: () => problem,
    news() {
      const news = told ? null : problem;
      told ||= news !== null;
      return news;
    },
  };
}

/** As long as these stay the same, nothing about a cascade has changed that is worth another revision. */
function factsOf(cascade: Cascade): string {
  const { count, evidenceCount, firstAt, lastAt, origin } = cascade;
  return `${storyOf(cascade)} ${count} ${evidenceCount} ${firstAt} ${lastAt} ${origin.overruled?.by}`;
}
