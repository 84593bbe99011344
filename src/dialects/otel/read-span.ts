/** A span of any tracer to the request that it tells of: who served or sent it, towards whom, from when to when, and how it ended. */
import type { Protocol, RequestFact, SourceRecord, SpanFacts } from "../../model/index.ts";
import { factsOfRecord, type RecordFacts } from "../record-facts.ts";
import { extentOf, testimonyOf } from "../testimony.ts";
import { attributeOf } from "./attributes.ts";
import { outcomeOf } from "./outcome.ts";
import { codeOfFields } from "./status-codes.ts";

/** The request, or the step of work, that a span tells of. Never throws. */
export function readSpan(record: SourceRecord, span: SpanFacts): RequestFact {
  const request = extentOf(span);
  const { role } = request;
  const { fields } = record;
  const protocol = protocolOf(fields);
  const outcome = outcomeOf(record, role, protocol);
  const text = outcome?.message ?? "";
  const side = role === "served" ? "server" : role === "sent" ? "client" : null;
  return {
    ...testimonyOf(record, "otel", text, ownFacts(record, role === "sent")),
    type: "request",
    request,
    side,
    serves: role === "served",
    echo: true,
    address: role === "step" ? null : addressOf(fields, role === "sent"),
    status: codeOfFields(fields) === "OK" && !isWrittenAnyhow(fields, role) ? "ok" : STATUSES[span.status],
    protocol,
    answer: answerOf(fields),
    outcome,
    host: attributeOf(fields, "host"),
    language: attributeOf(fields, "language"),
    caller: role === "served" ? attributeOf(fields, "callerName") : null,
    carriesDeadlines: protocol === "rpc" || (codeOfFields(fields) !== null && role !== "step"),
    endsWithCaller: role === "served" && protocol === "http" && attributeOf(fields, "language") === "nodejs",
    waitedInVain: isInVain(span, fields),
  };
}

/** An ASGI application's wait for the next event of its client, which is only given up once nobody needs it. */
function isInVain({ kind, name, status }: SpanFacts, fields: SourceRecord["fields"]): boolean {
  if (kind !== "internal" || status === 2 || !name.endsWith(" http receive")) return false;
  return attributeOf(fields, "asgiEvent") === null && attributeOf(fields, "errorType") === null;
}

/** grpcio's instrumentation writes OK into the span of a call that its own service cancelled. */
function isWrittenAnyhow(fields: SourceRecord["fields"], role: RequestFact["request"]["role"]): boolean {
  return role === "sent" && attributeOf(fields, "language") === "python";
}

const STATUSES = ["unset", "ok", "error"] as const;

/** Only a client's span names a peer that the service calls. */
function ownFacts(record: SourceRecord, sent: boolean): RecordFacts {
  const facts = factsOfRecord(record, "");
  return sent ? facts : { ...facts, peer: null, peerHint: null };
}

function protocolOf(fields: SourceRecord["fields"]): Protocol | null {
  if (attributeOf(fields, "rpcSystem") !== null || attributeOf(fields, "rpcMethod") !== null) return "rpc";
  if (
    attributeOf(fields, "httpMethod") !== null ||
    attributeOf(fields, "httpStatus") !== null ||
    attributeOf(fields, "url") !== null
  )
    return "http";
  return attributeOf(fields, "messaging") === null ? null : "messaging";
}

function answerOf(fields: SourceRecord["fields"]): string | null {
  const status = attributeOf(fields, "httpStatus");
  return status === null || status === "0" ? null : status;
}

/** `host:port` of the server: the one that was called, or this one. */
function addressOf(fields: SourceRecord["fields"], sent: boolean): string | null {
  const host = attributeOf(fields, sent ? "serverAddress" : "ownAddress");
  const port = attributeOf(fields, sent ? "serverPort" : "ownPort");
  if (host !== null && port !== null)
    return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
  const peer = sent ? attributeOf(fields, "peerAddress") : null;
  return peer ?? hostOfUrl(attributeOf(fields, "url")) ?? host;
}

/** Host and port of a URL, its scheme's port where it names none. */
function hostOfUrl(url: string | null): string | null {
  const match = url === null ? null : /^(https?):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)(?::(\d{1,5}))?/.exec(url);
  if (match === null) return null;
  return `${match[2]}:${match[3] ?? (match[1] === "https" ? "443" : "80")}`;
}
