import type { Cascade, Diagnosis, Diagnostic, Instant } from "../model/index.ts";
import type { Overrule, WarnAbout } from "../present/index.ts";
import type { AskPast, Past } from "./past.ts";

/** What is received at the moment. */
export interface Live {
  /** Where services may send: `http://127.0.0.1:4318`. */
  readonly address: string;
  /** Spans and logs a second. */
  readonly perSecond: number;
  /** Spans of traces without a cancel that were forgotten early. */
  readonly evicted: number;
  /** Requests that were not taken. */
  readonly refused: number;
  /** Requests that were passed on, that could not be, and the bytes that wait for it; null where nothing is passed on. */
  readonly passedOn: { readonly sent: number; readonly lost: number; readonly waitingBytes: number } | null;
  /** What was not taken or not passed on, and why, one sentence each. */
  readonly notes: readonly string[];
}

/** One input, and what became of it. Figures that nobody counts are null. */
export interface InputRow {
  /** `otlp http 127.0.0.1:4318`, `logs/gateway.log`, `standard input`. */
  readonly name: string;
  /** In a word: `live`, `waiting`, `reading`, `following`, `done`. */
  readonly state: string;
  /** Why it is not read, or not wholly; null where it is. */
  readonly problem: string | null;
  /** Records a second; null once it is done. */
  readonly perSecond: number | null;
  readonly records: number | null;
  /** How often something in it claims a cancel, and when it did so last. */
  readonly claims: number | null;
  readonly lastAt: Instant | null;
}

/** How far the reading has come. */
export interface Progress {
  /** What is read, in few words: a file's name, `3 inputs`, `stdin`. */
  readonly title: string;
  /** Records read so far. */
  readonly records: number;
  /** Records that look like cancellations but match no known format. */
  readonly unmatched: number;
  /** Some of them, each with its text as the message. */
  readonly unmatchedSample: readonly Diagnostic[];
  /** What was read of whom, and what would have told more; empty while it is read, and where a cancel was found. */
  readonly account?: readonly string[];
  /** Notes about bad input. */
  readonly problems: number;
  /** The last of them, one sentence each. */
  readonly notes: readonly string[];
  /** The conditions of the command line, one chip each: `since 15m`, `kind=deadline`. */
  readonly scope: readonly string[];
  /** Lines about cancels that those conditions leave out. */
  readonly leftOut: number;
  /** How old the picture is, in milliseconds; 0 where it shows all that was read. */
  readonly behindMs: number;
  /** How long nothing has come from what is still open, in milliseconds; 0 below ten seconds. */
  readonly silentMs: number;
  /** How much of the inputs is read, from 0 to 1; null where nobody knows how much there is. */
  readonly share: number | null;
  /** The first of them; `inputCount` counts all. */
  readonly inputs: readonly InputRow[];
  readonly inputCount: number;
  /** The ids of cascades that came or changed in the last seconds, and in the last one; empty where nothing is live. */
  readonly fresh: ReadonlySet<string>;
  readonly young: ReadonlySet<string>;
  /** The memory that the program takes. */
  readonly memoryBytes: number;
  /** What just happened, in a sentence; null where nobody tells. */
  readonly story: string | null;
  /** True once every input has come to its end; where they are followed, while nothing more is written to them. */
  readonly done: boolean;
  /** True once all that was there has been read, and what is written later is waited for. */
  readonly following: boolean;
  /** Null where nothing is listened to. */
  readonly live: Live | null;
}

/** What the screens show at one moment. A new object for every change. */
export interface Snapshot {
  readonly diagnosis: Diagnosis;
  readonly progress: Progress;
  /** What is known of a history; null where none is open. */
  readonly past: Past | null;
}

/** Where the screens get their data: they draw the snapshot and are called when there is a new one. */
export interface Feed {
  /** Says which warnings there are about some cascades: those that a filter keeps. */
  readonly warnAbout: WarnAbout;
  /** Takes what a person says about who started a cancel, or takes it back (`by` null). Returns the path of the file it is kept in. */
  readonly overrule: (
    about: Cascade,
    word: { readonly about: Overrule["about"]; readonly by: string | null; readonly note: string },
  ) => string;
  /** Asks the history, where one is open. */
  readonly askPast: AskPast;
  readonly snapshot: () => Snapshot;
  /** Calls back after each change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}
