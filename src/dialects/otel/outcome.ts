/**
 * How a request ended, as its span tells it: codes, statuses and error texts to an outcome.
 *
 * A library of HTTP only ever tells of its own end of a request: an abort or a timer in a client span is this service's. A status of an RPC
 * travels: the services above hand on what the ones below returned, word for word.
 */
import type { Kind, Outcome, Protocol, RequestExtent, SourceRecord } from "../../model/index.ts";
import { STOP_INTENT, saysStop } from "../stop-words.ts";
import { attributeOf } from "./attributes.ts";
import { codeOfFields, readStatusText, type StatusCode } from "./status-codes.ts";
import {
  type Cause,
  causeOf,
  isLocalWording,
  isOfALibrary,
  isOfAnApplication,
  isOfCallersCancel,
  remoteIn,
} from "./wording.ts";

/** What is looked at in a span to learn how it ended. */
interface Ending {
  readonly role: RequestExtent["role"];
  readonly protocol: Protocol | null;
  readonly failed: boolean;
  readonly code: StatusCode | null;
  readonly httpStatus: number;
  readonly cause: Cause | null;
  readonly type: string | null;
  readonly message: string;
  readonly language: string | null;
  readonly system: string | null;
}

/** The outcome of a span; null if it ended well or says nothing of its end. */
export function outcomeOf(
  record: SourceRecord,
  role: RequestExtent["role"],
  protocol: Protocol | null,
): Outcome | null {
  const { fields, span } = record;
  if (attributeOf(fields, "asgiEvent") !== null) {
    // The server says this to an application whose response is complete, too
    return attributeOf(fields, "asgiEvent") === "http.disconnect" ? callerLeft("http.disconnect", "reading") : null;
  }
  const flags = attributeOf(fields, "responseFlags");
  const flagged = flags === null ? null : ofFlags(flags);
  if (flagged !== null) return flagged;
  const ending = endingOf(record, role, protocol);
  if (ending.httpStatus === CLIENT_CLOSED_REQUEST && role === "served")
    return callerLeft(`status ${CLIENT_CLOSED_REQUEST}`, "fact");
  if (protocol === "rpc" || ending.code !== null) return withIntent(ofCall(ending));
  const silent = protocol === "http" && ending.httpStatus === 0 ? ofTypeAlone(ending, role, span?.status === 2) : null;
  if (silent !== null) return silent;
  if (!ending.failed) return null;
  return withIntent(role === "sent" ? ofHttpClient(ending) : ofWork(ending));
}

/** The reason that an application gave its own abort may say what was meant. */
function withIntent(outcome: Outcome | null): Outcome | null {
  return outcome?.about === "self" && saysStop(outcome.message) ? { ...outcome, intent: STOP_INTENT } : outcome;
}

/** nginx's own status, and that of others since, for a client that did not wait for the answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** The answer of a proxy whose own timer ended the wait for its upstream. */
const GATEWAY_TIMEOUT = 504;

function endingOf(record: SourceRecord, role: Ending["role"], protocol: Protocol | null): Ending {
  const { fields, span } = record;
  const texts = record.texts.map(readStatusText);
  const type = attributeOf(fields, "errorType");
  const stack = attributeOf(fields, "stack");
  // Of errors in a group only the stack tells: the last one is the one that came first
  const grouped = type?.endsWith("ExceptionGroup") === true && stack !== null ? [stack.slice(-1_500)] : [];
  const messages = texts.map(({ message }) => message);
  const message = messages[0] ?? "";
  return {
    role,
    protocol,
    failed: span?.status === 2 || (role !== "sent" && type !== null && !/^\d{3}$/.test(type)),
    code: codeOfFields(fields) ?? texts.find(({ code }) => code !== null)?.code ?? null,
    httpStatus: Number(attributeOf(fields, "httpStatus") ?? 0) || 0,
    cause: causeOf([...messages, ...grouped], type),
    type,
    message: message.length > 300 ? `${message.slice(0, 300)}…` : message,
    language: attributeOf(fields, "language"),
    system: attributeOf(fields, "rpcSystem"),
  };
}

/** What the Java agent writes of a subscription that the program itself ended, and what instrumentations write of their own timers. */
const OWN_END_TYPE = /^(?:cancell?ed|timeout)$/i;
/** An error that nobody names, https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/#error-type */
const UNNAMED = "_OTHER";

/** A request without a status, of whose end only the type of an error tells: a server never came to its answer, a client gave up. */
function ofTypeAlone({ type, message, cause }: Ending, role: Ending["role"], failed: boolean): Outcome | null {
  // A source may have taken the type for the text
  if (type === null || failed || (message !== "" && message !== type)) return null;
  if (role === "served" && type === UNNAMED) return callerLeft("no answer was sent", "reading");
  if (role !== "sent" || !OWN_END_TYPE.test(type)) return null;
  const kind = cause === "timer" ? "deadline" : "cancel";
  return { ...SAID_HERE, observation: "started", about: "self", kind, message: `error.type ${type}` };
}

const SAID_HERE = { remote: null, knowledge: "fact" } as const;

/** The caller left before it had the answer. */
function callerLeft(message: string, knowledge: Outcome["knowledge"]): Outcome {
  return { observation: "received", about: "caller", knowledge, kind: "disconnect", message, remote: null };
}

function failure(message: string, about: Outcome["about"]): Outcome {
  return { ...SAID_HERE, observation: "failed", about, kind: "error", message };
}

/** Envoy's response flags (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage). */
function ofFlags(flags: string): Outcome | null {
  const all = flags.split(",");
  const has = (...wanted: readonly string[]): boolean => wanted.some((flag) => all.includes(flag));
  const message = `response flags ${flags}`;
  if (has("DC")) return callerLeft(message, "fact");
  if (has("UT", "SI", "DT", "UMSDR"))
    return { ...SAID_HERE, observation: "started", about: "self", kind: "deadline", message };
  if (has("UC")) return { ...SAID_HERE, observation: "lost", about: "callee", kind: "disconnect", message };
  return has("UF", "UO", "NR", "UH", "URX") ? failure(message, "callee") : null;
}

/** grpcio's error of a handler that answered with a status itself (`context.abort`): its caller was there to be answered. */
const HANDLERS_ANSWER = /\bcygrpc\.AbortError$/;

/** An RPC: the code says what, and hardly ever whose. */
function ofCall(ending: Ending): Outcome | null {
  const { role, code, cause, failed, message, type } = ending;
  const remote = remoteIn(message);
  const wasCut = (kind: Kind): Outcome =>
    role === "sent"
      ? ofCutCall(ending, kind)
      : HANDLERS_ANSWER.test(type ?? "")
        ? { observation: "started", about: "self", knowledge: "reading", kind, message, remote }
        : {
            observation: "received",
            about: "caller",
            knowledge: causeOf([message], null) === "reset" ? "reading" : "hearsay",
            kind,
            message,
            remote,
          };
  switch (code) {
    case "OK":
      return null;
    case "CANCELLED":
      return wasCut("cancel");
    case "DEADLINE_EXCEEDED":
      return wasCut("deadline");
    case "UNAVAILABLE":
      return isConnectionLost(ending)
        ? { observation: "lost", about: "callee", knowledge: "hearsay", kind: "disconnect", message, remote }
        : failure(message, "callee");
    case "UNKNOWN":
    case null:
      // A handler in Go that returns its context's error, a library that sets no code
      if (!failed && code === null) return null;
      if (cause === "timer") return wasCut("deadline");
      if (cause === "abort" || cause === "reset") return wasCut("cancel");
      return failure(message, "callee");
    default:
      return failure(message, "callee");
  }
}

/** True where a call has no more than its status, or words of a connection: applications, and balancers that find nobody, say what is wrong. */
function isConnectionLost({ role, cause, message }: Ending): boolean {
  if (cause === null) return message === "" && role === "sent";
  return cause !== "refused" && cause !== "abort" && cause !== "caller";
}

/** A call that a service had sent has the status of a cancel or a deadline. */
function ofCutCall({ protocol, message, language, type, system }: Ending, kind: Kind): Outcome {
  const remote = remoteIn(message);
  if (isOfCallersCancel(message))
    return { observation: "relayed", about: "caller", knowledge: "reading", kind, message, remote };
  // grpc-java records why it ended a call itself; what came over the wire has no cause
  const isLocal = protocol === "http" || (language === "java" && type !== null && !/\bStatus\w*Exception$/.test(type));
  const knowledge = isLocal ? "fact" : isLocalWording(message) ? "reading" : "hearsay";
  const answered = system === "grpc" && FIXED_WORDS.includes(language ?? "") && isOfAnApplication(message);
  return {
    observation: "started",
    about: "self",
    knowledge,
    kind,
    message,
    remote,
    ...(answered && !isLocal ? { answered } : {}),
  };
}

/** Languages whose gRPC has fixed words for each end that it makes itself. */
const FIXED_WORDS: readonly string[] = ["go", "nodejs", "python"];

function ofHttpClient({ httpStatus, cause, type, message }: Ending): Outcome {
  if (httpStatus >= 400) return failure(message === "" ? `status ${httpStatus}` : message, "callee");
  const started = { ...SAID_HERE, observation: "started", about: "self", message } as const;
  switch (cause) {
    case "refused":
      return failure(message, "callee");
    case "caller":
      return { ...SAID_HERE, observation: "relayed", about: "caller", kind: "disconnect", message };
    case "timer":
      return { ...started, kind: "deadline" };
    case "abort":
      return { ...started, kind: "cancel" };
    case "reset":
    case "peer-gone":
      return {
        ...SAID_HERE,
        observation: "lost",
        about: "callee",
        kind: cause === "reset" ? "reset" : "disconnect",
        message,
      };
    case "closed":
      return {
        ...SAID_HERE,
        knowledge: "reading",
        observation: "lost",
        about: "connection",
        kind: "disconnect",
        message,
      };
    case null: {
      // While an answer was coming in, words that no library has are the reason which the application gave its own abort
      const own = httpStatus > 0 && message !== "" && !isOfALibrary(type);
      return own
        ? { ...started, kind: "cancel" }
        : failure(message, message === "" || isOfALibrary(type) ? "callee" : "self");
    }
  }
}

/** The work on a request failed: its error may be that of a call it made. */
function ofWork({ cause, type, message, httpStatus }: Ending): Outcome {
  const reading = { knowledge: "reading", message, remote: null } as const;
  switch (cause) {
    case "caller":
      return callerLeft(message, causeOf([], type) === "caller" ? "fact" : "reading");
    case "timer":
      return { ...reading, observation: "started", about: "self", kind: "deadline" };
    case "peer-gone":
      return { ...reading, observation: "lost", about: "callee", kind: "disconnect" };
    case "closed":
      return { ...reading, observation: "lost", about: "connection", kind: "disconnect" };
    case "abort":
    case "reset":
      return { ...reading, knowledge: "hearsay", observation: "received", about: "caller", kind: "cancel" };
    default: {
      const failed = failure(message === "" && httpStatus > 0 ? `status ${httpStatus}` : message, "self");
      return httpStatus === GATEWAY_TIMEOUT ? { ...failed, kind: "deadline" } : failed;
    }
  }
}
