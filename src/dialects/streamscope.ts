/**
 * Spans of streamscope's own tracer: a cancel span says for a fact whether its service started the cancel or passed it on, a ghost span
 * how long work went on after it. Their attributes are the table in `model/attributes.ts`.
 */
import {
  ATTRIBUTE,
  CONVENTION,
  type Evidence,
  KINDS,
  type Kind,
  type Side,
  type SourceRecord,
  type Testimony,
} from "../model/index.ts";
import { type CancelText, classify, subjectOf, THIS_EDGE } from "./classify.ts";
import { OWN, rolesIn } from "./field-roles.ts";
import { findKitexErrors } from "./grammars.ts";
import { NO_FACTS, testimonyOf } from "./testimony.ts";

/** The attributes that are read here. */
export const OWN_FIELDS: readonly string[] = [
  ...Object.values(ATTRIBUTE),
  CONVENTION.codeFile,
  CONVENTION.codeLine,
  CONVENTION.rpcMethod,
  CONVENTION.httpMethod,
  CONVENTION.clientService,
];

/** Evidence of a record that one of our cancel or ghost spans is; null for any other record. */
export function readStreamscope(record: SourceRecord): Evidence | null {
  const cancelId = (rolesIn(record.fields) & OWN) === 0 ? undefined : record.fields.get(ATTRIBUTE.cancelId);
  if (cancelId === undefined) return null;
  return record.fields.has(ATTRIBUTE.ghostDuration) ? readGhost(record, cancelId) : readCancel(record, cancelId);
}

function readCancel(record: SourceRecord, cancelId: string): Evidence {
  const { fields } = record;
  const description = fields.get(ATTRIBUTE.cancelDescription) ?? "";
  const [error] = findKitexErrors(description);
  const said = error === undefined ? null : classify(error);
  const claim = said?.type === "claim" ? said : null;
  const side: Side = fields.get(ATTRIBUTE.cancelSide) === "server" ? "server" : "client";
  const kind = kindOf(fields) ?? said?.kind ?? "cancel";
  const told = fields.get(ATTRIBUTE.cancelExternal);
  const isOrigin = fields.get(ATTRIBUTE.cancelRole) === "origin";
  // A server that lost the connection to its caller starts the cancel of what is below, and noticed the caller's end: that came from above.
  const noticed = side === "server" && kind === "disconnect";
  const started = isAtEdge(fields, side) || (isOrigin && !noticed) || isOwnRelay(fields, claim, kind);
  const external = told ?? (claim?.path === null ? undefined : claim?.external);
  // A client's stream that its server has ended: that came from below
  const fromBelow = !started && side === "client" && said?.type === "claim" && said.about === "callee";
  const observation = started ? "started" : side === "server" || fromBelow ? "received" : "relayed";
  const intent = fields.get(ATTRIBUTE.cancelIntent);
  const file = fields.get(CONVENTION.codeFile);
  return {
    ...spanOf(record, cancelId, description),
    type: "claim",
    dialect: said?.dialect ?? "streamscope",
    observation,
    about: fromBelow ? "callee" : subjectOf(observation),
    knowledge: "fact",
    kind,
    code: said?.code ?? null,
    side,
    path: started ? null : (claim?.path ?? null),
    foreignPath: started ? false : (claim?.foreignPath ?? false),
    message: said?.message ?? description,
    caller: claim?.caller ?? null,
    carriesDeadlines: said?.carriesDeadlines ?? false,
    ownSetting: claim?.ownSetting ?? false,
    breaksConnection: false,
    serves: side === "server",
    ...(external === undefined ? {} : { external }),
    ...(intent === undefined ? {} : { intent }),
    ...(file === undefined ? {} : { callSite: `${file}:${fields.get(CONVENTION.codeLine) ?? "?"}` }),
  };
}

/**
 * What an HTTP client ended began here: nothing above its request is a stream, whatever the span calls its role. A caller that was lost is
 * told of in the same way, and may have been somebody's callee.
 */
function isAtEdge(fields: SourceRecord["fields"], side: Side): boolean {
  const told = fields.get(ATTRIBUTE.cancelExternal);
  if (told === undefined) return false;
  if (side === "client" && told.startsWith(THIS_EDGE)) return true;
  return fields.get(ATTRIBUTE.cancelRole) === "origin" && fields.has(CONVENTION.httpMethod);
}

/** A stream that ends with its service's own request, which that service had ended itself: nothing of it came from above. */
function isOwnRelay(fields: SourceRecord["fields"], claim: CancelText | null, kind: Kind): boolean {
  const own = fields.get(ATTRIBUTE.serviceName);
  const alone = claim !== null && claim.path === null && !claim.foreignPath && kind !== "disconnect";
  return alone && own !== undefined && fields.get(ATTRIBUTE.cancelOrigin) === own;
}

function readGhost(record: SourceRecord, cancelId: string): Evidence {
  const number = (name: string): number => Number(record.fields.get(name) ?? 0) || 0;
  const durationMs = number(ATTRIBUTE.ghostDuration);
  const messages = number(ATTRIBUTE.ghostMessages);
  const text = `went on for ${durationMs} ms after the cancel, ${messages} messages`;
  return { ...spanOf(record, cancelId, text), type: "ghost", side: "server", durationMs, messages };
}

function kindOf(fields: SourceRecord["fields"]): Kind | null {
  const kind = fields.get(ATTRIBUTE.cancelKind);
  return KINDS.find((each) => each === kind) ?? null;
}

/** What a span of the runtime says of itself. */
function spanOf(record: SourceRecord, cancelId: string, text: string): Testimony {
  const facts = { ...NO_FACTS, operation: "span", method: record.fields.get(CONVENTION.rpcMethod) ?? null } as const;
  return { ...testimonyOf(withOwnName(record), "streamscope", text, facts), request: null, cancelId };
}

/** The record with the name that its runtime has in paths: an attribute says so, and at an origin the origin is itself. */
export function withOwnName(record: SourceRecord): SourceRecord {
  const { fields } = record;
  if ((rolesIn(fields) & OWN) === 0) return record;
  const asOrigin = fields.get(ATTRIBUTE.cancelRole) === "origin" ? fields.get(ATTRIBUTE.cancelOrigin) : undefined;
  const name = fields.get(ATTRIBUTE.serviceName) ?? asOrigin ?? "";
  if (name === "" || name === record.service) return record;
  if (record.service === null) return { ...record, service: name, serviceFrom: "self" };
  return { ...record, otherNames: [{ name, from: "self" }, ...(record.otherNames ?? [])] };
}
