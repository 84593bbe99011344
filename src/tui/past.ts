/** Cancels of earlier days out of a history, as the screens get them: what has been read so far, and a way to ask for more. */
import type { Cascade } from "../model/index.ts";

/** How often a subject cancelled, or was reached, on each of the last days. */
export interface Trend {
  /** As many as {@link Past.days}; the last is that of today. */
  readonly counts: readonly number[];
  /** Cancels on all days that have been counted. */
  readonly total: number;
  /** The oldest of these days on which there was one, `2026-11-23`. */
  readonly first: string;
  /** The newest day with one before the last week; null where there is none. */
  readonly before: string | null;
}

/** Some old cascades of one subject. */
export interface PastPage {
  readonly subject: string;
  /** Counts from 0, the page with the newest. */
  readonly page: number;
  /** Newest first. */
  readonly cascades: readonly Cascade[];
  /** True once all of the page has been read. */
  readonly done: boolean;
  /** True where an older page follows. */
  readonly more: boolean;
  /** How many were too damaged to be read. */
  readonly damaged: number;
}

/** What is known of a history. A new object for every change. */
export interface Past {
  /** The file, as people named it. */
  readonly file: string;
  /** Why this program keeps nothing in it, or reads nothing of it any more, in a sentence; null where all is well. */
  readonly note: string | null;
  /** True where nothing is read but the history. */
  readonly alone: boolean;
  /** The days of the trends by the clock of the screens, `2026-11-23`, the oldest first. */
  readonly days: readonly string[];
  /** By their subjects, see {@link starterSubject} and {@link serviceSubject}. */
  readonly trends: ReadonlyMap<string, Trend>;
  /** True once all days of the history have been counted. */
  readonly counted: boolean;
  /** The oldest and the newest day of it; null while it holds nothing. */
  readonly from: string | null;
  readonly to: string | null;
  /** The pages that were asked for last. */
  readonly pages: readonly PastPage[];
}

/** Asks a history for what a screen shows; the answer comes with a later snapshot. */
export type AskPast = (subject: string, page: number) => void;

/** Names all cancels of one starter and deed; it is the key of a row of the first screen. */
export function starterSubject(service: string | null, starter: string, kind: string): string {
  return JSON.stringify([service, starter, kind]);
}

/** Names all cancels that a service started or was reached by. */
export function serviceSubject(service: string): string {
  return JSON.stringify([service]);
}

/** The page of a subject, as far as it is there. */
export function pageOf(past: Past | null, subject: string | null, page: number): PastPage | null {
  return past?.pages.find((each) => each.subject === subject && each.page === page) ?? null;
}

/** A cascade of the pages; null where none holds it. */
export function pastCascade(past: Past | null, id: string | null): Cascade | null {
  for (const { cascades } of past?.pages ?? []) for (const cascade of cascades) if (cascade.id === id) return cascade;
  return null;
}
