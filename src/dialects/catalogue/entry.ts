/**
 * The catalogue: how programs word the end of a stream. Data only; `read-line.ts` makes evidence of it, `src/explain` sentences.
 */
import type { Kind, Side } from "../../model/index.ts";

/**
 * What a text says, seen from the program that wrote it:
 *
 * - `timer`: its own timer ended the stream
 * - `act`: it ended the stream itself, on purpose
 * - `limit`: it ended the stream because something was too large or too much
 * - `caller`: whoever called it went away or cancelled
 * - `callee`: the service it called went away
 * - `lost`: the other end of its connection went away, its caller or the service it called
 * - `answer`: the service it called answered with this, and may itself only pass it on
 * - `refusal`: the handler it called answered with an error of its own; nobody was cancelled
 * - `between`: something between it and the service it called answered
 * - `reset`: its stream was reset, and nothing says by which side
 * - `word`: a context or a status was cancelled or too late, and nothing says whose doing that was
 * - `guess`: a text that names somebody and is known to be wrong about it
 * - `stopping`, `crashed`: the end of a process
 * - `nothing`: it only looks like a cancel
 */
export const SAYS = [
  "timer",
  "act",
  "limit",
  "caller",
  "callee",
  "lost",
  "answer",
  "refusal",
  "between",
  "reset",
  "word",
  "guess",
  "stopping",
  "crashed",
  "nothing",
] as const;

/** One of {@link SAYS}. */
export type Says = (typeof SAYS)[number];

/** What decides whether a text has a wording: a regular expression, or another program that does the same. */
export interface Pattern {
  test(text: string): boolean;
  /** The part that fits stands first; null where none does. */
  exec(text: string): readonly string[] | null;
}

/** One wording of one program. */
export interface Entry {
  /** As reports and tests name it. */
  readonly id: string;
  /** The software that writes it. */
  readonly product: string;
  /** ASCII in small letters: every text of the entry contains one of them, in any case. They are searched for first. */
  readonly stems: readonly string[];
  /** Decides near a stem. Linear: it is run on text of any length. */
  readonly pattern: Pattern;
  readonly says: Says;
  readonly kind: Kind;
  /** The end of the stream that the text speaks of, where only one of the two can write it. */
  readonly side?: Side;
  /** True for a timer whose text is only ever written when it fires. */
  readonly specific?: true;
  /** True for a text that goes up with a status from service to service: whoever writes it may have been handed it. */
  readonly travels?: true;
  /** True for a text that is ordinary by itself, and tells of a cancel only beside others. */
  readonly dependent?: true;
  /** True where the ids in the text are the program's own, which no other program knows. */
  readonly ownIds?: true;
  /** True for programs that pass requests on. */
  readonly proxy?: true;
  /** Default timers of the software that end a stream in silence, milliseconds. */
  readonly silentTimersMs?: readonly number[];
  /** The party outside the logs that acted, in a few words; `{service}` stands for the writer. */
  readonly external?: string;
  /** What the software means by it. */
  readonly meaning: string;
  /** Who can have caused it, and what it does not prove; empty where the meaning says all. */
  readonly caution: string;
  /** Texts of the program itself or of its source. */
  readonly samples: readonly string[];
  /** A text that looks like it and is something else. */
  readonly others: readonly string[];
}

/** What the client of a program that passes requests on is called beside a verdict: it left no log. */
export const ITS_CLIENT = "the client in front of {service}";
