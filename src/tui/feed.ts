import type { Diagnosis, Diagnostic } from "../model/index.ts";

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
  /** Requests that could not be passed on. */
  readonly notForwarded: number;
  /** What was not taken or not passed on, and why, one sentence each. */
  readonly notes: readonly string[];
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
  /** True once every input has come to its end. */
  readonly done: boolean;
  /** Null where nothing is listened to. */
  readonly live: Live | null;
}

/** What the screens show at one moment. A new object for every change. */
export interface Snapshot {
  readonly diagnosis: Diagnosis;
  readonly progress: Progress;
}

/** Where the screens get their data: they draw the snapshot and are called when there is a new one. */
export interface Feed {
  readonly snapshot: () => Snapshot;
  /** Calls back after each change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}
