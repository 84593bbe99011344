/** An id that a line carries: `req=f1c2`, `request_id=9e7b…`. Two lines with one value belong together, whatever they call it. */
export interface Mark {
  /** What the line calls it, in lower case without punctuation: of two lines with different values of one key each is about something else. */
  readonly key: string;
  readonly value: string;
  /** True for an id that the writer gave by itself: equal ones join, different ones say nothing. */
  readonly own?: true;
  /** True for a count that each process keeps for itself; key and value hold the writer's name, so that they mean nothing elsewhere. */
  readonly local?: true;
}

/** The request an access line is about. */
export interface Route {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/**
 * What a line in the free words of any program shows beside its claim. No grammar says whose stream such a line is about, so it is joined to
 * others by what is here.
 */
export interface Sighting {
  readonly marks: readonly Mark[];
  /** How long what ended had taken, each figure of the line; milliseconds. */
  readonly durationsMs: readonly number[];
  /** Timers that the writing software is known to have by default and never mentions when they fire; milliseconds. */
  readonly silentTimersMs: readonly number[];
  /** True for a claim that rests on ordinary words and not on a text that only one program writes. */
  readonly generic: boolean;
  /** True for a line that ends nobody's stream by itself: only beside others does it tell of a cancel. */
  readonly dependent?: true;
  /** True where the writer says that it went on without what failed: that ended none of the requests it was serving. */
  readonly survived?: true;
  /** True where the line says of one end that the writer ended what it had called, too: it is no leaf. */
  readonly handsOn?: true;
  /** True if the writer passes requests on to others: a proxy, a router of models. */
  readonly proxy: boolean;
  /** True if the text says that the client at the other end was one of the public network. */
  readonly publicClient: boolean;
  readonly route: Route | null;
  /** The status of the answer, where the line tells of one. */
  readonly status?: number;
  /**
   * What the service that was called said, as its answer brought it: whole, and without the words that it may have put in front for its
   * caller. Null where that is a sentence that many say.
   */
  readonly answered: readonly string[] | null;
  /** True if the ordinary lines around it were not read: a service that seems to say nothing may only not have been looked at. */
  readonly alone: boolean;
  /** Names, hosts and `host:port` of services that the writer calls. */
  readonly calls: readonly string[];
  /** The same of services that call the writer. */
  readonly calledBy: readonly string[];
  /** The `host:port` at which the writer can be called; null if the line does not say it. */
  readonly listens: string | null;
}
