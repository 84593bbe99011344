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

/** Names in words: `ServerStream to ServiceB: recv failed: `, `call ServiceB failed: `, `peer=ServiceB `. */
const PEER_WORDS =
  /(?:\b(?:to|from|call|calling|called)\s+|\b(?:peer|callee|to_service|target|downstream)[=:]\s*)["'`]?([\w][\w./-]*[\w])["'`]?(?=$|[\s:,;)\]"'])/i;

const OPERATIONS: readonly (readonly [Operation, RegExp])[] = [
  ["send", /\b(?:send|sending|write|writing)\b/i],
  ["open", /\b(?:open|opening|dial|dialing|create stream|creating stream)\b/i],
  ["context", /\b(?:context|ctx)\b/i],
  ["receive", /\b(?:recv|receive|receiving|read|reading)\b/i],
];

/** Facts found beside an error. */
export interface RecordFacts {
  readonly peer: string | null;
  readonly peerHint: string | null;
  readonly method: string | null;
  readonly operation: Operation | null;
}

/** Finds the facts in a record; `words` is the text that stands before the error, other texts of the record included. */
export function factsOfRecord(record: SourceRecord, words: string): RecordFacts {
  let peer: string | null = null;
  let method: string | null = null;
  let hint: string | null = null;
  for (const [key, value] of record.fields) {
    if (value === "" || value.length > 256) continue;
    const name = key.toLowerCase();
    if (peerFields.has(name)) peer ??= value;
    else if (methodFields.has(name)) method ??= value;
    else if (name === SERVICE_FIELD && record.span?.kind === "client") hint = value;
  }
  const near = words.length > 300 ? words.slice(-300) : words;
  const said = saidIn(near);
  return { peer, peerHint: hint ?? said.hint, method, operation: record.span === undefined ? said.operation : "span" };
}

const saidIn = remember((words): { readonly hint: string | null; readonly operation: Operation | null } => ({
  hint: PEER_WORDS.exec(words)?.[1] ?? null,
  operation: OPERATIONS.find(([, pattern]) => pattern.test(words))?.[0] ?? null,
}));
