/** Requests of one trace, as a test says them, and the story that the engine makes of them. */
import type { Cascade, Evidence, Outcome, RequestFact } from "../../src/model/index.ts";
import { diagnose } from "./diagnose.ts";
import { at, request } from "./evidence.ts";

const TRACE = "7f3a0c5e9d1b2a4870615243f4e5d6c7";

/** What is said of a request besides its service, its place in the trace and its time. */
export type More = Partial<RequestFact>;

function fact(
  role: RequestFact["request"]["role"],
  service: string | null,
  id: string,
  parent: string | null,
  times: readonly [number, number],
  more: More,
): RequestFact {
  const [startMs, endMs] = times;
  return request({
    service,
    request: { role, startAt: at(startMs) },
    at: at(endMs),
    traceId: TRACE,
    spanId: id,
    parentSpanId: parent,
    side: role === "served" ? "server" : role === "sent" ? "client" : null,
    serves: role === "served",
    protocol: role === "step" ? null : "http",
    answer: role === "step" ? null : "200",
    endsWithCaller: role === "served" && more.protocol !== "rpc",
    address: role === "sent" ? "127.0.0.1:7000" : null,
    place: { traceId: TRACE, spanId: id },
    ...more,
  });
}

/** A request that a service served, over HTTP, by a server whose responses end when their callers go; its span is `id`, below `parent`. */
export function served(
  service: string | null,
  id: string,
  parent: string | null,
  times: readonly [number, number],
  more: More = {},
): RequestFact {
  return fact("served", service, id, parent, times, more);
}

/** A request that a service sent over HTTP, on one host. */
export function sent(
  service: string | null,
  id: string,
  parent: string,
  times: readonly [number, number],
  more: More = {},
): RequestFact {
  return fact("sent", service, id, parent, times, more);
}

/** A step of work inside a service. */
export function step(
  service: string,
  id: string,
  parent: string,
  times: readonly [number, number],
  more: More = {},
): RequestFact {
  return fact("step", service, id, parent, times, more);
}

function ending(fields: Partial<Outcome>): More {
  const outcome = {
    about: "self",
    knowledge: "fact",
    kind: "cancel",
    message: "",
    remote: null,
    observation: "started",
  } as const;
  return { status: "error", outcome: { ...outcome, ...fields } };
}

/** The service's own abort. */
export const aborted = (fields: Partial<Outcome> = {}): More =>
  ending({ message: "this operation was aborted", ...fields });
/** The service's own timer. */
export const timedOut = (fields: Partial<Outcome> = {}): More =>
  ending({ kind: "deadline", message: "timed out", ...fields });
/** The end of the connection to the callee. */
export const lost = (fields: Partial<Outcome> = {}): More =>
  ending({ observation: "lost", about: "callee", kind: "disconnect", message: "other side closed", ...fields });
/** An error that cut nobody. */
export const failed = (fields: Partial<Outcome> = {}): More =>
  ending({ observation: "failed", about: "callee", kind: "error", message: "status 500", ...fields });
/** What a server says of a caller that left. */
export const left = (fields: Partial<Outcome> = {}): More =>
  ending({ observation: "received", about: "caller", kind: "disconnect", message: "status 499", ...fields });

/** A call: a request of a protocol whose statuses travel. */
export const RPC: More = { protocol: "rpc", answer: null, carriesDeadlines: true, endsWithCaller: false };

/** The story of one cascade: `gateway disconnect strong, by the HTTP client of gateway -> agent, model (still-running)`. */
export function storyOfCascade({ origin, reached }: Cascade): string {
  const by = origin.external === undefined ? "" : `, by ${origin.external}`;
  const whom = reached.map(({ service, state }) => (state === "stopped" ? service : `${service} (${state})`));
  return `${origin.service} ${origin.kind} ${origin.confidence}${by} -> ${whom.join(", ")}`;
}

/** The stories that evidence tells. */
export function stories(evidence: readonly Evidence[]): string[] {
  return diagnose(evidence).cascades.map(storyOfCascade);
}
