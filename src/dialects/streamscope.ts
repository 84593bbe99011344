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
} from "../model/index.ts";
import { classify } from "./classify.ts";
import { findKitexErrors } from "./grammars.ts";

/** The attributes that are read here. */
export const OWN_FIELDS: readonly string[] = [
  ...Object.values(ATTRIBUTE),
  CONVENTION.codeFile,
  CONVENTION.codeLine,
  CONVENTION.rpcMethod,
];

/** Evidence of a record that one of our cancel or ghost spans is; null for any other record. */
export function readStreamscope(record: SourceRecord): Evidence | null {
  const cancelId = record.fields.get(ATTRIBUTE.cancelId);
  if (cancelId === undefined) return null;
  return record.fields.has(ATTRIBUTE.ghostDuration) ? readGhost(record, cancelId) : readCancel(record, cancelId);
}

function readCancel(record: SourceRecord, cancelId: string): Evidence {
  const { fields } = record;
  const description = fields.get(ATTRIBUTE.cancelDescription) ?? "";
  const [error] = findKitexErrors(description);
  const claim = error === undefined ? null : classify(error);
  const side: Side = fields.get(ATTRIBUTE.cancelSide) === "server" ? "server" : "client";
  const kind = kindOf(fields) ?? claim?.kind ?? "cancel";
  // A server that lost the connection to its caller starts the cancel of what is below, and noticed the caller's end: that came from above.
  const noticed = side === "server" && kind === "disconnect";
  const started = fields.get(ATTRIBUTE.cancelRole) === "origin" && !noticed;
  const intent = fields.get(ATTRIBUTE.cancelIntent);
  const file = fields.get(CONVENTION.codeFile);
  return {
    ...unsaid(record, cancelId),
    dialect: claim?.dialect ?? "streamscope",
    happening: started ? "started" : side === "server" ? "received" : "relayed",
    kind,
    code: claim?.code ?? null,
    side,
    path: started ? null : (claim?.path ?? null),
    message: claim?.message ?? description,
    triggeredBy: claim?.triggeredBy ?? null,
    serves: side === "server",
    text: description,
    ...(intent === undefined ? {} : { intent }),
    ...(file === undefined ? {} : { callSite: `${file}:${fields.get(CONVENTION.codeLine) ?? "?"}` }),
  };
}

function readGhost(record: SourceRecord, cancelId: string): Evidence {
  const number = (name: string): number => Number(record.fields.get(name) ?? 0) || 0;
  const ghost = { durationMs: number(ATTRIBUTE.ghostDuration), messages: number(ATTRIBUTE.ghostMessages) };
  const text = `went on for ${ghost.durationMs} ms after the cancel, ${ghost.messages} messages`;
  return { ...unsaid(record, cancelId), side: "server", kind: kindOf(record.fields) ?? "cancel", text, ghost };
}

function kindOf(fields: SourceRecord["fields"]): Kind | null {
  const kind = fields.get(ATTRIBUTE.cancelKind);
  return KINDS.find((each) => each === kind) ?? null;
}

function unsaid(record: SourceRecord, cancelId: string): Evidence {
  return {
    dialect: "streamscope",
    happening: "known",
    kind: "cancel",
    code: null,
    side: null,
    path: null,
    message: "",
    told: null,
    operation: "span",
    service: record.service,
    peer: null,
    peerHint: null,
    triggeredBy: null,
    address: null,
    serves: false,
    method: record.fields.get(CONVENTION.rpcMethod) ?? null,
    at: record.at,
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.span?.parentSpanId ?? null,
    cancelId,
    echo: false,
    text: "",
    place: record.place,
  };
}
