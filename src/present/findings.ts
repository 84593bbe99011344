import type { Diagnosis, Diagnostic } from "../model/index.ts";
import type { Account } from "./account.ts";
import { count, plural } from "./columns.ts";

/** Everything a report is made of. */
export interface Findings {
  readonly input: InputSummary;
  readonly diagnosis: Diagnosis;
}

/** What was read. */
export interface InputSummary {
  /** Inputs that could be opened. */
  readonly inputs: number;
  /** Inputs that could not be read, or not as a whole, or were left out; the diagnostics say why. */
  readonly unread: number;
  readonly records: number;
  /** Records that look like cancellations but match no known format. */
  readonly unmatched: number;
  /** Some of them, each with its text as the message. */
  readonly unmatchedSample: readonly Diagnostic[];
  /** Lines in free words of whose surroundings not all could be read; what they tell is never more than weak, except of themselves. */
  readonly alone?: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Lines about cancels that the conditions (a time, a filter) leave out; absent where nobody counted them. */
  readonly leftOut?: number;
  /** How many diagnostics there were in all; the list may be shorter. */
  readonly diagnosticCount: number;
  /** What a receiver got and did not take; absent where nothing listened. */
  readonly receiver?: ReceiverSummary;
  /** What the stores that were asked gave; absent where none was. */
  readonly stores?: readonly StoreSummary[];
  /** What was read of whom, and what would have told more; absent where nobody kept account. */
  readonly account?: Account;
}

/** What a store gave. */
export interface StoreSummary {
  /** `clickhouse db.example:8123`. */
  readonly name: string;
  /** Whether it answered, and wholly. */
  readonly state: "unanswered" | "answered" | "stopped" | "broken";
  /** Spans and lines that it gave. */
  readonly records: number;
  /** Traces that they belong to; null where nobody counts them. */
  readonly traces: number | null;
  /** Rows that it says it looked through; null where it does not say. */
  readonly rows: number | null;
  /** What it was not asked for, or does not know, a sentence each. */
  readonly limits: readonly string[];
}

/** What a store gave, and its limits, a sentence each. */
export function storeNotes({ state, records, traces, rows, limits }: StoreSummary): readonly string[] {
  const given = `${plural(records, "record")}${traces === null ? "" : ` of ${plural(traces, "trace")}`} read`;
  const looked = rows === null ? "" : `; it looked through ${plural(rows, "row")}`;
  return [`${given}${looked}${state === "answered" ? "" : "; not all of its answers came"}`, ...limits];
}

/** What senders gave a receiver, and what of it was not taken. */
export interface ReceiverSummary {
  readonly requests: number;
  /** Requests refused because the memory limit was reached; senders were told to try again. */
  readonly refused: number;
  /** Requests refused because of what they were: damaged, of another protocol, without the token. */
  readonly malformed: number;
  /** What was refused, by reason, with what to change; see ReceiverCounts of the sources. */
  readonly refusals: readonly RefusalSummary[];
  /** Spans of traces without a cancel forgotten before their time because the memory limit was reached. */
  readonly evicted: number;
  /** What could not be passed on; null where nothing is passed on. */
  readonly forward: {
    readonly sent: number;
    readonly dropped: number;
    readonly queuedBytes: number;
    readonly problem: string | null;
  } | null;
}

/** What a receiver refused for one reason. */
export interface RefusalSummary {
  readonly port: "http" | "grpc";
  /** What the sender was told; null where its connection was just closed. */
  readonly status: number | null;
  readonly reason: string;
  readonly count: number;
  /** What came and what to change, in printable ASCII. */
  readonly advice: string;
}

/** What a receiver did not take, one sentence each; empty where it took everything. */
export function receiverNotes({ refused, refusals, evicted, forward }: ReceiverSummary): readonly string[] {
  const notes = refusals.filter(({ reason }) => reason !== "memory-limit").map(refusalNote);
  if (refused > 0)
    notes.push(`${plural(refused, "request")} refused: memory limit reached (senders were told to try again)`);
  if (evicted > 0)
    notes.push(`${plural(evicted, "span")} of traces without a cancel forgotten early: memory limit reached`);
  if (forward !== null && forward.dropped > 0) {
    notes.push(
      `${plural(forward.dropped, "request")} not forwarded${forward.problem === null ? "" : ` (${forward.problem})`}`,
    );
  } else if (forward !== null && forward.problem !== null) notes.push(`forwarding: ${forward.problem}`);
  return notes;
}

function refusalNote({ port, status, count: times, advice }: RefusalSummary): string {
  if (status === null) return `${plural(times, "connection")} closed: ${advice}`;
  return `${plural(times, "request")} refused with ${port === "grpc" && status < 100 ? "gRPC status " : ""}${status}: ${advice}`;
}

/** What to say where there is no cascade: there may be some that the conditions leave out, and then it is no all-clear. */
export function nothingFound({ leftOut = 0, records }: Pick<InputSummary, "leftOut" | "records">): string {
  if (leftOut === 0 && records === 0) return "Nothing was read, which is no all-clear";
  if (leftOut === 0) return "No cancel found";
  const lines = `${plural(leftOut, "line")} about cancels ${leftOut === 1 ? "does" : "do"} not meet them`;
  return `No cancel meets the conditions (--since, --until, --where): ${lines}`;
}

/** What was read, in one line: `2 inputs (1 not read, or not as a whole), 40 records, 3 lines of evidence, 0 unmatched, 0 late, 0 dropped`. */
export function readLine({ input, diagnosis }: Findings): string {
  const { counts, cascades } = diagnosis;
  const left = input.unread === 0 ? "" : ` (${count(input.unread)} not read, or not as a whole)`;
  // Without a cascade, what was taken in mostly tells of calls: "evidence" would promise more.
  const evidence =
    cascades.length > 0
      ? `${plural(counts.evidence, "line")} of evidence`
      : `${count(counts.evidence)} about calls, errors or cancels`;
  return (
    `${plural(input.inputs, "input")}${left}, ${plural(input.records, "record")} read, ${evidence}, ` +
    `${count(input.unmatched)} unmatched, ${count(counts.late)} late, ${count(counts.dropped)} dropped`
  );
}
