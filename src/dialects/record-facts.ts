/**
 * What a record says about its stream besides the error: the peer, the method, what was being done. Loggers have no common words for
 * these, so fields are found by their usual names and words by their usual place, right before the error.
 */
import type { Operation, SourceRecord } from "../model/index.ts";
import { IDL_SERVICE, METHOD, PEER, rolesIn, rolesOf } from "./field-roles.ts";
import { remember } from "./remember.ts";

/** Names in words: `ServerStream to ServiceB: recv failed: `, `call ServiceB failed: `, `peer=ServiceB `. */
const PEER_WORDS =
  /(?:\b(?:to|from|call|calling|called)\s+|\b(?:peer|callee|to_service|target|downstream)[=:]\s*)["'`]?([\w][\w./-]*[\w])["'`]?(?=$|[\s:,;)\]"'])/i;

const OPERATIONS: readonly (readonly [Operation, RegExp])[] = [
  ["send", /\b(?:send|sending|write|writing)\b/i],
  ["open", /\b(?:open|opening|dial|dialing|create stream|creating stream)\b/i],
  ["context", /\b(?:context|ctx)\b/i],
  ["receive", /\b(?:recv|receive|receiving|read|reading)\b/i],
];

/** Any of their words. */
const OPERATION = new RegExp(OPERATIONS.map(([, { source }]) => source).join("|"), "i");

/** Facts found beside an error. */
export interface RecordFacts {
  readonly peer: string | null;
  readonly peerHint: string | null;
  readonly method: string | null;
  readonly operation: Operation | null;
}

/** What words before an error say of it. */
export interface WordFacts {
  readonly hint: string | null;
  readonly operation: Operation | null;
}

const CALL: number = PEER | METHOD | IDL_SERVICE;
const NO_NAMES: readonly string[] = [];

/** Finds the facts in a record; `words` is the text that stands before the error, other texts of the record included, or what it says. */
export function factsOfRecord(record: SourceRecord, words: string | WordFacts): RecordFacts {
  let peer: string | null = null;
  let method: string | null = null;
  let hint: string | null = null;
  const { fields } = record;
  for (const name of (rolesIn(fields) & CALL) === 0 ? NO_NAMES : fields.keys()) {
    const roles = rolesOf(name) & CALL;
    if (roles === 0) continue;
    const value = fields.get(name) ?? "";
    if (value === "" || value.length > 256) continue;
    if ((roles & PEER) !== 0) peer ??= value;
    else if ((roles & METHOD) !== 0) method ??= value;
    else if (record.span?.kind === "client") hint = value;
  }
  const said = typeof words === "string" ? wordFactsOf(words) : words;
  return { peer, peerHint: hint ?? said.hint, method, operation: record.span === undefined ? said.operation : "span" };
}

/** What the last of some words say. */
export function wordFactsOf(words: string): WordFacts {
  return saidIn(words.length > NEAR ? words.slice(-NEAR) : words);
}

/** How near to an error words are about it. */
export const NEAR = 300;

const saidIn = remember(
  (words): WordFacts => ({
    hint: PEER_WORDS.exec(words)?.[1] ?? null,
    operation: OPERATION.test(words) ? (OPERATIONS.find(([, pattern]) => pattern.test(words))?.[0] ?? null) : null,
  }),
);
