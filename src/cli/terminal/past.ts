/** A history for the screens: days are counted and pages are read a few milliseconds at a time, so that no key waits. */
import { HistoryError, type HistoryReader, type Mark, type Part, partsOf, type Subject } from "../../history/index.ts";
import type { Cascade } from "../../model/index.ts";
import { type Clock, count, printable } from "../../present/index.ts";
import { type AskPast, type Past, type PastPage, pageOf } from "../../tui/index.ts";
import { MOST_EXAMPLES, PastCounts } from "./past-counts.ts";

/** A history that is looked at. */
export interface PastReader {
  /** What is known so far; the same object until something changes. */
  readonly past: () => Past;
  readonly ask: AskPast;
  /** The newest cascade of each shape, with as many cancels as the shape has: what stands for the whole history. */
  readonly examples: () => readonly Cascade[];
  /** Counts the days, and today again and again, until the signal is aborted; pages are read meanwhile. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

/** What a reader is told besides the file. */
export interface PastOptions {
  /** The file, as people named it. */
  readonly file: string;
  readonly clock: Clock;
  /** Why nothing is kept in it; null where it is. */
  readonly note?: string | null;
  /** True where nothing else is read. */
  readonly alone?: boolean;
  /** Nothing before, and nothing from this instant on, is looked at; milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Lets others work between two steps. */
  readonly rest?: () => Promise<void>;
}

/** Days of a trend. */
const TREND_DAYS = 28;
const DAY_MS = 86_400_000;
/** Cascades of a page, and of a step. */
const PAGE = 100;
const STEP = 10;
const MOST_PAGES = 6;
/** A day with more cancels is followed by one in pieces: a step counts some thousand a millisecond. */
const MANY = 10_000;
const PIECES = 24;
const TODAY_MS = 5_000;
/** Years of four digits: what lies outside of them is the time of a broken clock, and no calendar has days for all of it. */
const EARLIEST_MS = Date.UTC(1000, 0, 2);
const LATEST_MS = Date.UTC(9999, 11, 31);

/** A page that is being read, and how far. */
interface Draft {
  readonly page: PastPage;
  readonly mark: Mark | null;
}

/** Looks at a history that is open. */
export function createPast(reader: HistoryReader, options: PastOptions): PastReader {
  const { file, clock, note = null, alone = false, now = Date.now } = options;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  const rest = options.rest ?? ((): Promise<void> => new Promise((resolve) => setImmediate(resolve)));
  const counts = new PastCounts(reader, alone);
  /** Where each page begins, as far as the page before it has been read. */
  const marks = new Map<string, Mark>();
  let pages: readonly PastPage[] = [];
  let draft: Draft | null = null;
  let examples: readonly Cascade[] = [];
  let wake = (): void => undefined;
  let past: Past = { file, note, alone, days: [], trends: new Map(), counted: false, from: null, to: null, pages };
  const change = (more: Partial<Past>): void => {
    past = { ...past, ...more };
  };
  let pieces = 1;
  let closed = false;

  /** A file that cannot be read any more is no reason for the screens to go. */
  const guarded = (work: () => void): boolean => {
    if (closed) return false;
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      change({ note: `${printable(error.message)}; nothing more is read of it` });
      closed = true;
      return false;
    }
  };

  const publishTrends = (): void => {
    if (alone) examples = counts.examples();
    change({ trends: counts.trends() });
  };

  /** A day, or its pieces one after the other, the newest first; false where that is to end. */
  const countDay = async (part: Part, signal: AbortSignal): Promise<boolean> => {
    let all = 0;
    for (const piece of piecesOf(part, pieces).toReversed()) {
      const going = guarded(() => {
        all += counts.add(part.name, piece);
      });
      if (signal.aborted || !going) return false;
      await rest();
    }
    if (all > MANY) pieces = PIECES;
    return true;
  };

  const piecesOf = ({ from: start, to: end }: Part, number: number): readonly Pick<Part, "from" | "to">[] => {
    const length = (end - start) / number;
    return Array.from({ length: number }, (_, index) => {
      const [first, last] = [Math.round(start + index * length), Math.round(start + (index + 1) * length)];
      return { from: Math.max(first, from), to: Math.min(last, to) };
    }).filter((piece) => piece.from < piece.to);
  };

  const trendDays = (): readonly Part[] => partsOf(now() - TREND_DAYS * DAY_MS, now(), "day", clock.offset, TREND_DAYS);

  /** Takes the last days for those of the trends; returns today. */
  const beginDays = (): Part | undefined => {
    const parts = trendDays();
    const days = parts.map(({ name }) => name);
    counts.begin(days);
    if (days.at(-1) !== past.days.at(-1)) change({ days });
    return parts.at(-1);
  };

  /** The last day before an instant on which a cancel happened; null where there is none, or where the file cannot be read. */
  const dayBefore = (end: number): Part | null => {
    let at: number | null = null;
    guarded(() => {
      at = reader.lastBefore(end);
    });
    if (at === null || at < Math.max(from, EARLIEST_MS)) return null;
    return partsOf(at, at, "day", clock.offset, 1)[0] ?? null;
  };

  /** All days with a cancel, the newest first. */
  const countAll = async (signal: AbortSignal): Promise<void> => {
    beginDays();
    let end = Math.min(to, LATEST_MS);
    for (let seen = 0; ; seen += 1) {
      const part = dayBefore(end);
      if (part === null) break;
      if (!(await countDay(part, signal))) return;
      change({ from: part.name, to: past.to ?? part.name });
      end = part.from;
      // After one day, two, four, eight: the first pictures soon, and not many of a year
      if ((seen & (seen + 1)) === 0) publishTrends();
    }
    publishTrends();
    if (counts.isCut)
      change({
        note: `of ${file} only ${count(MOST_EXAMPLES)} shapes of cancel have a row: --since bounds what is looked at`,
      });
    if (!closed) change({ counted: true });
  };

  /** Today goes on; a new day moves the others. */
  const countToday = async (signal: AbortSignal): Promise<void> => {
    const today = beginDays();
    if (today === undefined) return;
    if (!(await countDay(today, signal))) return;
    const { from: first, to: last } = past;
    if (!counts.isEmpty)
      change({ from: first ?? today.name, to: last === null || last < today.name ? today.name : last });
    publishTrends();
  };

  /** One step of the page that is wanted. What was read of it before stays until all of it has been read anew. */
  const readPage = ({ page, mark }: Draft): void => {
    const { subject, cascades: before } = page;
    const limit = Math.min(STEP, PAGE - before.length);
    const step = reader.older(reader.shapesOf(subjectOf(subject)), mark, Math.max(from, 0), limit);
    const cascades = [...before, ...step.cascades];
    const isFull = cascades.length >= PAGE;
    const done = isFull || step.next === null;
    const more = isFull && step.next !== null;
    const read = { ...page, cascades, damaged: page.damaged + step.damaged, done, more };
    if (more && step.next !== null) marks.set(pageKey(subject, page.page + 1), step.next);
    draft = done ? null : { page: read, mark: step.next };
    const known = pageOf(past, subject, page.page);
    if (known?.done === true && !done) return;
    // The pages behind one that was read anew begin elsewhere now
    const others = pages.filter((each) => each !== known && !(known?.done === true && each.subject === subject));
    pages = [read, ...others].slice(0, MOST_PAGES);
    change({ pages });
  };

  return {
    past: () => past,
    examples: () => examples,
    ask(subject, page) {
      const known = pageOf(past, subject, page);
      // What is new stands on the first page
      if (known?.done === true && page > 0) return;
      const mark = marks.get(pageKey(subject, page)) ?? (Number.isFinite(to) ? { at: to, key: 0 } : null);
      const asked = { subject, page, cascades: [], done: false, more: false, damaged: 0 };
      draft = { page: asked, mark };
      if (known === null) {
        pages = [asked, ...pages].slice(0, MOST_PAGES);
        change({ pages });
      }
      wake();
    },
    async run(signal) {
      signal.addEventListener("abort", () => wake(), { once: true });
      const counting = countAll(signal);
      let countedAt = performance.now();
      while (!signal.aborted && !closed) {
        const reading = draft;
        if (reading !== null) {
          guarded(() => readPage(reading));
          await rest();
        } else if (past.counted && performance.now() - countedAt >= TODAY_MS) {
          await countToday(signal);
          countedAt = performance.now();
        } else
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, TODAY_MS);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
            if (signal.aborted || draft !== null) wake();
          });
      }
      await counting;
    },
    close() {
      closed = true;
      reader.close();
    },
  };
}

function pageKey(subject: string, page: number): string {
  return JSON.stringify([subject, page]);
}

function subjectOf(text: string): Subject {
  const parts = JSON.parse(text) as readonly (string | null)[];
  if (parts.length === 1) return { service: parts[0] ?? "" };
  const [service = null, starter = "?", kind = "error"] = parts as [string | null, string, string];
  return { starter: { service, starter, kind } };
}
