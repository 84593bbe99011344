/**
 * What the names of a record's fields say, before any value is looked at. Loggers repeat their names, and records are many, so each name is
 * found out once and each record is asked once.
 */
import { ATTRIBUTE } from "../model/index.ts";

/** The field says who is called: a service as others call it. */
export const PEER = 1;
/** How it is called. */
export const METHOD = 2;
/** The called service by its IDL's name. */
export const IDL_SERVICE = 4;
/** What a user wrote, or what was written for one. */
export const USERS = 8;
/** The same, unless it is the message of the program itself. */
export const MAYBE_USERS = 16;
/** Somebody's whole line. */
export const LINE = 32;
/** Our own tracer wrote it. */
export const OWN = 64;

const PEER_FIELDS =
  "peer peer.service peer_service peerservice peer_name peer.name callee to_service toservice to.service downstream downstream_service remote_service remote.service target_service dest_service destination_service server.service".split(
    " ",
  );
const METHOD_FIELDS = "method rpc.method rpc_method grpc.method fullmethod procedure".split(" ");
/** A client span of Kitex's tracing suite has the called service here; other instrumentations the IDL's name. */
const SERVICE_FIELD = "rpc.service";

/** Names of fields, in lower case, that say who is called, and how. */
export const CALL_FIELDS: readonly string[] = [...PEER_FIELDS, SERVICE_FIELD, ...METHOD_FIELDS];

/** Names, as a pattern, of what users write. */
export const USERS_NAMES =
  "q|query|search|search_?(?:term|query|text)|keywords?|title|subject|prompt|system_?prompt|question|answer|completion_text|utterance|comment|transcript|user_?(?:message|input|text|query|prompt)|(?:chat|last|slack)_?message|generated_?text|snippet";
/** Names that are also those of a message of the program itself: they quote where another field is the message. */
export const AMBIGUOUS_NAMES = "text|content|input|completion|response_text";

const USERS_FIELD = new RegExp(`(?:^|\\.)(?:${USERS_NAMES})$`, "i");
const AMBIGUOUS_FIELD = new RegExp(`(?:^|\\.)(?:${AMBIGUOUS_NAMES})$`, "i");
const LINE_FIELD =
  /^(?:(?:log|last|raw|bad|offending|original|input|sample)?[_-]?line|raw|raw_?log|original|entry|log_?entry|sample|example)$/i;

const peerFields = new Set(PEER_FIELDS);
const methodFields = new Set(METHOD_FIELDS);
const ownFields: ReadonlySet<string> = new Set(Object.values(ATTRIBUTE));

function findRoles(name: string): number {
  const small = name.toLowerCase();
  return (
    (peerFields.has(small) ? PEER : 0) |
    (methodFields.has(small) ? METHOD : 0) |
    (small === SERVICE_FIELD ? IDL_SERVICE : 0) |
    (USERS_FIELD.test(name) ? USERS : 0) |
    (AMBIGUOUS_FIELD.test(name) ? MAYBE_USERS : 0) |
    (LINE_FIELD.test(name) ? LINE : 0) |
    (ownFields.has(name) ? OWN : 0)
  );
}

const known = new Map<string, number>();
/** Names remembered at a time; then all are forgotten. */
const MOST = 4_096;

/** The roles of a field, as bits. */
export function rolesOf(name: string): number {
  let roles = known.get(name);
  if (roles === undefined) {
    roles = findRoles(name);
    if (known.size >= MOST) known.clear();
    known.set(name, roles);
  }
  return roles;
}

let lastFields: ReadonlyMap<string, string> | null = null;
let lastRoles = 0;

/** All roles that fields have, as bits. Several ask it of the same record, one after another. */
export function rolesIn(fields: ReadonlyMap<string, string>): number {
  if (fields === lastFields) return lastRoles;
  lastFields = fields;
  lastRoles = 0;
  fields.forEach(addRoles);
  return lastRoles;
}

/** What a loop over names would make for each of them is garbage. */
function addRoles(_: string, name: string): void {
  lastRoles |= rolesOf(name);
}
