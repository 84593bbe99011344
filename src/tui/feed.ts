import type { Diagnosis } from "../model/index.ts";

/** What is received at the moment. */
export interface Live {
  /** Where services may send: `http://127.0.0.1:4318`. */
  readonly address: string;
  /** Spans and logs a second. */
  readonly perSecond: number;
  /** Spans of quiet traces that were forgotten early. */
  readonly crowded: number;
  /** Requests refused for want of room. */
  readonly refused: number;
  /** What is passed on; null where nothing is. */
  readonly forwarding: {
    readonly dropped: number;
    readonly queuedBytes: number;
    readonly problem: string | null;
  } | null;
}

/** How far the reading has come. */
export interface Progress {
  /** What is read, in few words: a file's name, `3 inputs`, `stdin`. */
  readonly title: string;
  /** Records read so far. */
  readonly records: number;
  /** Lines that smell of a cancel and that no dialect took. */
  readonly unmatched: number;
  /** Notes about bad input. */
  readonly problems: number;
  /** The last of them, as one sentence. */
  readonly lastProblem: string | null;
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
