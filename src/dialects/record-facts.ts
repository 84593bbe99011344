/**
 * What a record says about its stream besides the error: the peer, the method, what was being done. Loggers have no common words for
 * these, so fields are found by their usual names and words by their usual place, right before the error.
 */
import type { Operation, SourceRecord } from "../model/index.ts";
import { remember } from "./remember.ts";

const PEER_FIELDS =
  "peer peer.service peer_service peerservice peer_name peer.name callee to_service toservice to.service downstream downstream_service remote_service remote.service target_service dest_service destination_service server.service".split(
    " ",
  );
const METHOD_FIELDS = "method rpc.method rpc_method grpc.method fullmethod procedure".split(" ");
/** A client span of Kitex's tracing suite has the called service here; other instrumentations the IDL's name. */
const SERVICE_FIELD = "rpc.service";

/** Names of fields, in lower case, that say who is called, and how. */
export const CALL_FIELDS: readonly string[] = [...PEER_FIELDS, SERVICE_FIELD, ...METHOD_FIELDS];

const peerFields = new Set(PEER_FIELDS);
const methodFields = new Set(METHOD_FIELDS);

/** What the name of a field says of a call; loggers repeat their names. */
const callRoleOf = remember((field): "peer" | "method" | "service" | "none" => {
  const name = field.toLowerCase();
  if (peerFields.has(name)) return "peer";
  if (methodFields.has(name)) return "method";
  return name === SERVICE_FIELD ? "service" : "none";
});

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

/** Finds the facts in a record; `words` is the text that stands before the error, other texts of the record included, or what it says. */
export function factsOfRecord(record: SourceRecord, words: string | WordFacts): RecordFacts {
  let peer: string | null = null;
  let method: string | null = null;
  let hint: string | null = null;
  for (const name of record.fields.keys()) {
    const role = callRoleOf(name);
    if (role === "none") continue;
    const value = record.fields.get(name) ?? "";
    if (value === "" || value.length > 256) continue;
    if (role === "peer") peer ??= value;
    else if (role === "method") method ??= value;
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
