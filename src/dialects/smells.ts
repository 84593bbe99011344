/** The words that cancels are told with: a record that has one and no evidence is counted, so that nobody takes silence for an answer. */
import type { SourceRecord } from "../model/index.ts";

/** Those that every input is searched for, spans included; in any case. */
export const SMELLS: readonly string[] = [
  "cancel",
  "deadline exceeded",
  "deadlineexceeded",
  "deadline_exceeded",
  "rst_stream",
];

/** Further ones, in small letters; a line is looked at for them once it is read. */
const MORE: readonly string[] = [
  "abort",
  "timed out",
  "timed-out",
  "timedout",
  "timeouterror",
  "timeoutexception",
  "timeout exceeded",
  "premature",
  "client closed",
  "client left",
  "clientdisconnect",
  "disconnected",
  "hung up",
  "hang up",
  "broken pipe",
  "brokenpipe",
  "reset by peer",
  "connection reset",
  "connectionreset",
  "econnreset",
  "epipe",
  "stream removed",
  "stream reset",
  "stream closed",
  "stream error",
  "side closed",
  "goaway",
  "unexpected eof",
];
/** Names of errors, and not of settings: no value follows. */
const TIMER_ERROR = /(?:read|write|pool|connect)timeout\b(?!["']?\s*[=:])/i;
const STATUS = /(?:status|code|http|responded|answered|")\W{0,3}(?:499|460|504)\b/i;

/** True where a record has a word that cancels are told with. */
export function smellsOfCancel(record: SourceRecord): boolean {
  return record.texts.some((text) => {
    const small = text.toLowerCase();
    const has = (smell: string): boolean => small.includes(smell);
    return SMELLS.some(has) || MORE.some(has) || STATUS.test(text) || TIMER_ERROR.test(text);
  });
}
