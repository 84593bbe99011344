/**
 * The one place that decides what a Kitex error says about the stream of the service that wrote it.
 *
 * The rules are those of docs/protocol.md#code-table and docs/protocol.md#paths: a path is what a service received; a client-side error
 * without a path is what a service started itself, as far as it can tell; a code that is not Kitex's own comes from a proxy.
 */
import type {
  Claim,
  FailedAnswer,
  Kind,
  NamedService,
  Observation,
  ReportedError,
  Side,
  Subject,
} from "../model/index.ts";
import {
  CODES,
  EDGE_CLOSING,
  type EdgeSentence,
  edgeSentenceOf,
  factsOfCode,
  httpClientOf,
  isCutSentence,
  NON_TTSTREAM,
} from "../ttstream/index.ts";
import { type GrpcTail, type KitexError, readGrpcTail, sideOfGrpc, unquoteGo } from "./grammars.ts";

/** What the text of a cancel alone says; the record adds who, when and where. */
export type CancelText = Pick<
  Claim,
  | "type"
  | "dialect"
  | "observation"
  | "about"
  | "knowledge"
  | "kind"
  | "code"
  | "side"
  | "path"
  | "foreignPath"
  | "message"
  | "caller"
  | "address"
  | "carriesDeadlines"
  | "ownSetting"
  | "breaksConnection"
  | "external"
  | "intent"
  | "cutShort"
>;

/** What the text of an answer that failed says. */
export type AnswerText = Pick<
  FailedAnswer,
  | "type"
  | "dialect"
  | "kind"
  | "code"
  | "side"
  | "message"
  | "told"
  | "returned"
  | "afterEnd"
  | "carriesDeadlines"
  | "address"
>;

/** What an error text says. */
export type ErrorText = CancelText | AnswerText;

const NO_CANCEL = {
  type: "claim",
  about: "self",
  knowledge: "reading",
  side: null,
  path: null,
  foreignPath: false,
  caller: null,
  address: null,
  carriesDeadlines: false,
  ownSetting: false,
  breaksConnection: false,
} as const;

const NO_ANSWER = {
  type: "answer",
  kind: "error",
  code: null,
  side: null,
  told: null,
  returned: false,
  afterEnd: false,
  carriesDeadlines: false,
  address: null,
} as const;

const ADDRESS = /(?:remoteAddress=|dial (?:tcp|unix) )((?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}|\/[^\s:,]+)/;

/** What Kitex writes instead of a caller's name it does not know. */
const NAMELESS: ReadonlySet<string> = new Set(["", "remote service", "handler side"]);

/** Reads what an error says, inner errors included. */
export function classify(error: KitexError): ErrorText {
  const { fields } = error;
  if (fields.dialect === "ttstream") return classifyTtstream(error, fields);
  if (fields.dialect === "grpc") return classifyGrpc(error, fields);
  if (fields.dialect === "biz-status") {
    return { ...NO_ANSWER, dialect: "biz-status", code: fields.code, message: error.message, returned: true };
  }
  const message = unquoteGo(error.message);
  return {
    ...NO_CANCEL,
    dialect: "grpc-conn",
    observation: "lost",
    about: "connection",
    kind: "disconnect",
    code: null,
    side: "client",
    message,
    address: addressIn(message),
  };
}

/** Reads what is left of an error around this one, whose own beginning is not there: an answer of the service below. */
export function classifyWrapped(error: KitexError): ErrorText {
  const told = tell(classify(error), error.message);
  const code = CODES.applicationException;
  return {
    ...NO_ANSWER,
    dialect: error.fields.dialect,
    code,
    side: "client",
    message: error.message,
    told,
    returned: true,
  };
}

/** The first `host:port` that a text says it was connected to or dialled. */
export function addressIn(text: string): string | null {
  return ADDRESS.exec(text)?.[1] ?? null;
}

/** About whom a claim with this observation speaks. */
export function subjectOf(observation: Observation): Subject {
  if (observation === "lost") return "connection";
  return observation === "received" || observation === "relayed" ? "caller" : "self";
}

/** A name as Kitex writes it behind "triggered by". */
function namedService(name: string | null): NamedService | null {
  return name === null ? null : { name: NAMELESS.has(name) ? null : name };
}

type TtstreamFields = Extract<KitexError["fields"], { dialect: "ttstream" }>;

function classifyTtstream(error: KitexError, fields: TtstreamFields): ErrorText {
  const { code, cutSide } = fields;
  const side = fields.side ?? cutSide ?? null;
  const cause = error.inner === null ? null : classify(error.inner);
  const cut = isCutShort(error, fields) ? { message: standardWords(code), cutShort: true } : null;
  const message = cut?.message ?? standardMessage(code, error.message);
  const { path, foreignPath } = pathOf(error.truncated ? wholeNames(fields.path) : fields.path);
  const answer = (more: Partial<AnswerText> = {}): AnswerText => ({
    ...NO_ANSWER,
    dialect: "ttstream",
    code,
    side,
    message,
    ...more,
  });
  const claim = (observation: Observation, kind: Kind, more: Partial<CancelText> = {}): CancelText => ({
    ...NO_CANCEL,
    dialect: "ttstream",
    observation,
    about: subjectOf(observation),
    kind,
    code,
    side,
    path,
    foreignPath,
    message,
    ...cut,
    ...more,
  });
  const travelled: Observation = side === "client" ? "relayed" : "received";
  const arrived = namesFollowed(error, fields);
  switch (code) {
    case CODES.applicationException: {
      const told = tell(cause, error.message);
      return answer({ message: error.message, told, returned: true, address: addressIn(message) });
    }
    case CODES.illegalBizError:
      return answer();
    case CODES.illegalOperation:
      // A message that was sent after the stream's end
      return answer({ afterEnd: true });
    case CODES.unexpectedHeader:
      return claim("lost", "disconnect", { side: side ?? "client", breaksConnection: true });
    case CODES.illegalFrame:
      return claim("lost", "disconnect", { side: side ?? "client", about: "callee" });
    case CODES.transport:
      return claim("lost", "disconnect", { side: side ?? "client" });
    case CODES.cancel:
    case CODES.cancelWithCause:
    case CODES.streamTimeout: {
      const kind = factsOfCode(code)?.kind ?? "cancel";
      return claim(!arrived && side !== "server" ? "started" : travelled, kind);
    }
    case CODES.receiveTimeout:
      if (arrived || side === "server") return claim(travelled, "deadline", { ownSetting: true });
      return message.includes("DisableCancelRemote:true")
        ? answer({ kind: "deadline" })
        : claim("started", "deadline", { ownSetting: true });
    case CODES.handlerReturn:
      if (arrived) return claim(travelled, "handler-return");
      return claim(side === "client" ? "started" : "returned", "handler-return");
    case CODES.connectionClosed: {
      const edge = edgeSentenceOf(message);
      return edge === null
        ? claim(travelled, "disconnect")
        : claim(...ofEdge(edge, arrived ? travelled : "started", path));
    }
    case CODES.internalCancel:
      return { ...claim(travelled, "cancel"), ...notFromTtstream(error.message, cause, path, foreignPath) };
    case CODES.downstreamCancel:
    case CODES.upstreamCancel:
      return claim(...ofHost(code, side, arrived, error.message));
    default:
      return claim("received", "reset");
  }
}

/** A server ends its streams with one code, a client with the other: at that end it began, unless names say that it came from elsewhere. */
function ofHost(
  code: number,
  side: Side | null,
  arrived: boolean,
  words: string,
): [Observation, Kind, Partial<CancelText>] {
  const own = code === CODES.downstreamCancel ? "server" : "client";
  // A request of HTTP has no stream whose side could be told; calls that a closing server has made itself end with its own words
  const ofRequest = side === null && words.includes(EDGE_CLOSING);
  const ofOwnCall = side === "client" && words.endsWith(" is shutting down");
  if ((side === own || ofRequest || ofOwnCall) && !arrived) return ["started", "shutdown", {}];
  if (own === "client") return ["received", "cancel", {}];
  return ["received", "shutdown", side === "client" ? { about: "callee" } : {}];
}

/** A cancel that a client outside began: the edge says so itself where nothing came from further up. Whose client it was, the path says. */
function ofEdge(
  { sentence, kind, intent }: EdgeSentence,
  observation: Observation,
  path: readonly string[] | null,
): [Observation, Kind, Partial<CancelText>] {
  const [edge] = path ?? [];
  return [
    observation,
    kind,
    {
      message: sentence,
      external: edge === undefined ? THIS_EDGE : httpClientOf(edge),
      ...(intent === null ? {} : { intent }),
    },
  ];
}

/** A client of the service that wrote the text, whichever that is. */
export const THIS_EDGE = "the HTTP client";

/** True where the text ends before anybody can know whether names followed, or how they go on. */
function isCutShort({ truncated, message, inner }: KitexError, { path }: TtstreamFields): boolean {
  return truncated || (path === null && inner === null && !/[\p{L}\p{N}]/u.test(message));
}

/** True where a path stands in the text, if only its beginning: behind the side nothing else can have been cut. */
function namesFollowed({ truncated }: KitexError, { path, side }: TtstreamFields): boolean {
  return path !== null || (truncated && side !== null);
}

/** The names of a path that was cut: behind the last one nothing shows that it is whole. Null where none is. */
function wholeNames(path: readonly string[] | null): readonly string[] | null {
  const last = path?.at(-1);
  if (path === null || last === undefined) return null;
  // Of an arrow a part may be there
  const whole = last.replace(/ ->?$/, "");
  const names = whole === last ? path.slice(0, -1) : [...path.slice(0, -1), whole];
  return names.length === 0 ? null : names;
}

/** What a text says whose words were cut, where its code has but one sentence: lines about one cancel say the same. */
function standardWords(code: number): string {
  return code === CODES.cancel || code === CODES.handlerReturn ? (factsOfCode(code)?.sentence ?? "") : "";
}

/** A path whose first word says that the caller carries none is the rest of it, if there is one. */
function pathOf(path: readonly string[] | null): Pick<Claim, "path" | "foreignPath"> {
  if (path?.[0] !== NON_TTSTREAM) return { path, foreignPath: false };
  return { path: path.length === 1 ? null : path.slice(1), foreignPath: true };
}

/** How the caller of a stream that is none of ttstream's is named. */
const TRIGGERED = /\[triggered by ([^\]]*)\]/;

/** What a 12011 says besides: the stream above was none of ttstream's, and its own error stands inside. */
function notFromTtstream(
  text: string,
  cause: ErrorText | null,
  path: readonly string[] | null,
  foreignPath: boolean,
): Partial<CancelText> {
  const foreign = foreignPath || path === null;
  if (cause === null) return { foreignPath: foreign, caller: namedService(TRIGGERED.exec(text)?.[1] ?? null) };
  const { kind, message } = cause;
  if (cause.type === "answer" || cause.observation !== "returned") {
    const caller = cause.type === "claim" ? cause.caller : null;
    return { kind: kind === "error" ? "cancel" : kind, message, caller, foreignPath: foreign };
  }
  // Its own handler returned: nothing came from above.
  const own = path === null && !foreignPath ? ({ observation: "started", about: "self" } as const) : {};
  return { ...own, kind, message, foreignPath: false };
}

/** A message that continues its code's standard sentence with words of a logger is that sentence; timeouts carry their values on. */
function standardMessage(code: number, message: string): string {
  const sentence = factsOfCode(code)?.sentence;
  if (sentence === undefined) return message.trimEnd();
  if (isCutSentence(code, message.trimEnd()) && standardWords(code) !== "") return sentence;
  if (code === CODES.receiveTimeout)
    return /^stream Recv timeout, timeout config=\{[^}]*\}/.exec(message)?.[0] ?? message;
  if (code === CODES.streamTimeout) return /^stream timeout, timeout in ctx: [\w.µμ]+/.exec(message)?.[0] ?? message;
  return message.startsWith(sentence) ? sentence : message.trimEnd();
}

type GrpcFields = Extract<KitexError["fields"], { dialect: "grpc" }>;

function classifyGrpc(error: KitexError, { code, word }: GrpcFields): ErrorText {
  const tail = readGrpcTail(error.message);
  const answer = (told: ReportedError | null, returned: boolean): AnswerText => ({
    ...NO_ANSWER,
    dialect: "grpc",
    code,
    side: sideOfGrpc(code, tail),
    message: tail.message,
    told,
    returned,
    carriesDeadlines: true,
  });
  if (word && code === UNAVAILABLE && LOST_CONNECTION.test(tail.message)) {
    // The status of a connection that broke under a running call; a dial that failed carries no stream
    return {
      ...NO_CANCEL,
      dialect: "grpc",
      observation: "lost",
      about: "callee",
      knowledge: "hearsay",
      kind: "disconnect",
      code,
      side: "client",
      message: tail.message,
    };
  }
  if (tail.returned > 0) return { ...answer(tellGrpc(error, code, tail), true), side: "client" };
  if (error.inner !== null) {
    const cause = classify(error.inner);
    // A ttstream error in "context packet" is the handler's own end, seen by its gRPC client: the service's own incoming cancel.
    if (tail.message.startsWith("Unexpected error from context packet: ")) return relayedByGrpc(cause);
    return answer(tell(cause, error.inner.message), true);
  }
  const own = ownGrpc(code, tail);
  if (own.observation === "failed") return { ...answer(null, false), kind: own.kind };
  return {
    ...NO_CANCEL,
    dialect: "grpc",
    observation: own.observation,
    about: subjectOf(own.observation),
    // A code as a word is the status of another gRPC than Kitex's: it travels up unchanged, and every relay writes the same
    knowledge: word ? "hearsay" : "reading",
    kind: own.kind,
    code,
    side: own.side ?? sideOfGrpc(code, tail),
    message: tail.message,
    caller: namedService(tail.triggeredBy),
    carriesDeadlines: true,
    ownSetting: code === RECEIVE_DEADLINE,
  };
}

const UNAVAILABLE = 14;
/** What grpc-go writes of a connection that ended while a call was running (`internal/transport/http2_client.go`). */
const LOST_CONNECTION =
  /^(?!.*\bNO_ERROR\b)(?:error reading from server: |closing transport due to: |transport is closing$|connection error: desc = "transport: error while reading|connection closed\b|the connection is draining$)/i;

/** Kitex's own status code for a message that did not come in time: a client's setting, which no call carries. */
const RECEIVE_DEADLINE = 17;

function relayedByGrpc(cause: ErrorText): ErrorText {
  if (cause.type === "answer") return { ...cause, side: "client" };
  const observation = cause.observation === "received" ? "relayed" : cause.observation;
  return { ...cause, side: "client", observation };
}

function ownGrpc(code: number, tail: GrpcTail): { observation: Observation | "failed"; kind: Kind; side?: "client" } {
  const { message } = tail;
  if (message === "graceful shutdown" || message.startsWith("transport: closing server transport")) {
    return { observation: "received", kind: "shutdown" };
  }
  // grpc-go gives a reset this code where the deadline of the call was over when it came (`http2_client.go`, handleRSTStream)
  if (
    code === 4 &&
    /^(?:context deadline exceeded|stream terminated by RST_STREAM with error code: CANCEL)/.test(message)
  )
    return { observation: "started", kind: "deadline" };
  if (code === RECEIVE_DEADLINE)
    return { observation: message.includes("DisableCancelRemote:true") ? "failed" : "started", kind: "deadline" };
  if (code !== 1) return { observation: "failed", kind: "error" };
  if (message === "context canceled") return { observation: "started", kind: "cancel", side: "client" };
  if (message === "transport: canceled by business handler returning")
    return { observation: "returned", kind: "handler-return" };
  if (message.startsWith("transport: RSTStream Frame received with error code: ")) {
    return { observation: "received", kind: message.endsWith(": CANCEL") ? "cancel" : "reset" };
  }
  if (message.startsWith("transport: ")) return { observation: "received", kind: "disconnect" };
  return { observation: "failed", kind: "error" };
}

/** What the handler below returned: one hop for every wrapping application exception. */
function tell(cause: ErrorText | null, message: string): ReportedError {
  const text = message.replace(/^(?:biz error|panic): /, "");
  if (cause === null) return { depth: 1, observation: "failed", kind: "error", message: text };
  if (cause.type === "claim")
    return { depth: 1, observation: cause.observation, kind: cause.kind, message: cause.message };
  if (cause.told !== null) return { ...cause.told, depth: cause.told.depth + 1 };
  return { depth: 1, observation: "failed", kind: cause.kind, message: cause.message };
}

function tellGrpc(error: KitexError, code: number, tail: GrpcTail): ReportedError {
  if (error.inner !== null) {
    const told = tell(classify(error.inner), error.inner.message);
    return { ...told, depth: tail.returned };
  }
  const { observation, kind } = ownGrpc(code, tail);
  return { depth: tail.returned, observation, kind, message: tail.message };
}
