import type { Instant } from "./instant.ts";
import type { Kind } from "./kind.ts";
import type { Place } from "./place.ts";
import type { NameSource, ServiceName } from "./record.ts";
import type { Side } from "./side.ts";
import type { Sighting } from "./sighting.ts";

/**
 * What a claim says happened to its stream, seen from the service that wrote it:
 *
 * - `started`: this service ended the stream itself (its own cancel, its own timer), as far as it can tell
 * - `received`: the cancel came from the service's caller, or from further up
 * - `relayed`: the service passed an incoming cancel on to its own downstream stream
 * - `lost`: the connection to the peer went away
 * - `returned`: a handler returned while the stream was open
 */
export type Observation = "started" | "received" | "relayed" | "lost" | "returned";

/** About whom a claim speaks, seen from its writer. */
export type Subject = "self" | "caller" | "callee" | "connection";

/**
 * How much the writer of a claim can know of what it says:
 *
 * - `fact`: it did or measured it itself (a runtime that carries the cancel's id, a timer of its own)
 * - `reading`: its text says so, and the same text could come from a relay
 * - `hearsay`: it repeats what another service said, or guesses about one (a status that travels up unchanged, "client closed" in the
 *   mouth of a proxy); never enough for a confident verdict
 */
export type Knowledge = "fact" | "reading" | "hearsay";

/** What the application or the framework was doing to its stream when it met the error. */
export type Operation = "open" | "send" | "receive" | "context" | "handler" | "span";

/** A service as a text names it; `name` is null if the text has the place for a name and no name in it. */
export interface NamedService {
  readonly name: string | null;
}

/** An error that a service below returned, as the text of the one above tells it. */
export interface ReportedError {
  /** How many hops below the writer the error comes from: 1 for the direct callee. */
  readonly depth: number;
  /** `failed`: an error that ended nobody's stream. */
  readonly observation: Observation | "failed";
  readonly kind: Kind;
  readonly message: string;
}

/** What a request was to its writer and when it began; the evidence's `at` is its end. */
export interface RequestExtent {
  /** `step`: neither served nor sent, but done on the way. */
  readonly role: "served" | "sent" | "step";
  readonly startAt: Instant | null;
}

/** What every piece of evidence says: who wrote it about which stream, when and where. Made by dialects, read by the cascade. */
export interface Testimony {
  /** The dialect that read it, for people: no verdict depends on it. */
  readonly dialect: string;
  /** The service that wrote it; null if nothing says so. */
  readonly service: string | null;
  /** What gave that name; null without a name. */
  readonly serviceFrom: NameSource | null;
  /** Further names of the same writer, strongest first. */
  readonly otherNames: readonly ServiceName[];
  /** The service at the other end of the stream, if the record names it. */
  readonly peer: string | null;
  /** A word that may be the peer's name: to be believed only if a service of this name is known. */
  readonly peerHint: string | null;
  /** The network address, `host:port`: of the other end, or of the listening server itself. */
  readonly address: string | null;
  /** True if the record shows that the service has callers: it listens, or it wrote about a handler of its own. */
  readonly serves: boolean;
  readonly side: Side | null;
  readonly operation: Operation | null;
  readonly method: string | null;
  readonly at: Instant | null;
  /** How many milliseconds one step of `at` is, where it is coarser than one. */
  readonly stepMs?: number;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  /** The request that the record is about as a whole, as a span is; null for a line and for a moment of a request. */
  readonly request: RequestExtent | null;
  /** The id of the cancel itself, if the runtime that wrote the record knows it. */
  readonly cancelId: string | null;
  /** True if a framework wrote the text by itself about an error that the application may have logged too. */
  readonly echo: boolean;
  /** The text as it stood in the record. */
  readonly text: string;
  readonly place: Place;
  /** Present where the line was read by its words, not by a grammar that names side, path or caller: what can join it to others. */
  readonly sighting?: Sighting;
}

/** A claim about a cancel, at one service and side. */
export interface Claim extends Testimony {
  readonly type: "claim";
  readonly observation: Observation;
  readonly about: Subject;
  readonly knowledge: Knowledge;
  readonly kind: Kind;
  /** The dialect's own number, for people and for telling texts apart; null if it has none. */
  readonly code: number | null;
  /** The services the cancel went through, the first one first, as the text lists them; null if it lists none. */
  readonly path: readonly string[] | null;
  /** True if the path begins below a caller that carries no path: its first name is not where the cancel began. */
  readonly foreignPath: boolean;
  /** The cause in the dialect's words, without groups and wrappers. */
  readonly message: string;
  /** The caller that the text says ended the stream; null if the text has no place for it. */
  readonly caller: NamedService | null;
  /** True if calls carry their deadline on this stream's transport: a deadline told of it may be the caller's. */
  readonly carriesDeadlines: boolean;
  /** True for a timer that is a setting of the writer and that no call carries. */
  readonly ownSetting: boolean;
  /** True if the writer broke the whole connection, with all the streams on it. */
  readonly breaksConnection: boolean;
  /** The party outside the logs that acted, in a few words ("the HTTP client of gateway"); absent if the writer names none. */
  readonly external?: string;
  /** `file:line` of the code that cancelled, if a runtime saw it. */
  readonly callSite?: string;
  /** What the caller meant by it, if somebody said so. */
  readonly intent?: string;
  /** True where the text ends before it could say who else was cancelled, or all of it: the line was cut. */
  readonly cutShort?: boolean;
}

/** An error that the peer answered with: it cancels nobody by itself, and explains what happens next. */
export interface FailedAnswer extends Testimony {
  readonly type: "answer";
  readonly kind: Kind;
  readonly code: number | null;
  readonly message: string;
  /** The innermost error that services below returned up to this one; null if the text is about an own stream only. */
  readonly told: ReportedError | null;
  /** True if the peer's handler returned it, false for an error of the stack between. */
  readonly returned: boolean;
  /** True if it only follows from the end of the stream (a message sent after it), so that it causes nothing. */
  readonly afterEnd: boolean;
  /** See {@link Claim.carriesDeadlines}. */
  readonly carriesDeadlines: boolean;
}

/** It only says who is where and who calls whom. */
export interface CallFact extends Testimony {
  readonly type: "call";
}

/** The families of protocols that requests are told of in. */
export type Protocol = "http" | "rpc" | "messaging";

/** What the record of a request says of how it ended, in the words of a {@link Claim}. */
export interface Outcome {
  /** `failed`: an error that ended nobody's work. */
  readonly observation: Observation | "failed";
  readonly about: Subject;
  /** `reading`: the writer's own library says so, and a service that passes its text on would say the same. */
  readonly knowledge: Knowledge;
  readonly kind: Kind;
  readonly message: string;
  /** The address that the text names as the other end of the request that ended, which may be one further down; null if it names none. */
  readonly remote: string | null;
  /** What was meant by it, as the message says. */
  readonly intent?: string;
  /** True if the words are an application's, which the library that sent the request never uses: they came as its answer. */
  readonly answered?: boolean;
}

/** One request, or one step of the work on it: a span, an access line. */
export interface RequestFact extends Testimony {
  readonly type: "request";
  readonly request: RequestExtent;
  readonly status: "ok" | "error" | "unset";
  /** Null for a step of work, and where nothing says it. */
  readonly protocol: Protocol | null;
  /** The status that the answer began with, as text; null if nobody saw one. */
  readonly answer: string | null;
  /** Null: it ended well, or nothing is said of how. */
  readonly outcome: Outcome | null;
  /** The host that the instants were read at; null if nothing tells hosts apart. */
  readonly host: string | null;
  /** The language of the program; records of one language tend to show an end alike. Null if nothing says. */
  readonly language: string | null;
  /** The name that the caller of a served request gave itself; null if it gave none. */
  readonly caller: string | null;
  /** See {@link Claim.carriesDeadlines}. */
  readonly carriesDeadlines: boolean;
  /** True if the record of a served request ends with its response, whatever its handler still does: then the end shows when the caller left. */
  readonly endsWithCaller: boolean;
  /** True for a step that waited for word that the caller had left, and was given up without any. */
  readonly waitedInVain: boolean;
}

/** Something happened to a whole process: the one that wrote it, or the one it is said about (`service`). */
export interface ProcessFact extends Testimony {
  readonly type: "process";
  readonly happened: "started" | "stopping" | "crashed";
  /** The program that says so, if it is not the process itself. */
  readonly saidBy: string | null;
}

/** A person or a rule asked for the stop: a stop button, a hedge, a budget. */
export interface Decision extends Testimony {
  readonly type: "decision";
  /** What was meant by it. */
  readonly intent: string;
  /** Who asked, in a few words ("a person at the stop button"); null where nobody did and the service decided for itself. */
  readonly external: string | null;
}

/** Work that went on after the cancel: a runtime measured it, or a span ended late. */
export interface GhostWork extends Testimony {
  readonly type: "ghost";
  readonly durationMs: number;
  /** Null if nobody counted them. */
  readonly messages: number | null;
}

/** What one record says about one cancel. */
export type Evidence = Claim | FailedAnswer | CallFact | RequestFact | ProcessFact | Decision | GhostWork;
