/**
 * The signs that access logs end their requests with: HAProxy's session states, Envoy's response flags, statuses. Data only;
 * `lines/access/` finds them, `src/explain` and docs/dialects.md tell of them.
 */
import type { Kind } from "../../model/index.ts";
import { ITS_CLIENT, type Says } from "./entry.ts";

/** One sign, and what it says of its request. */
export interface Sign {
  /** The software that writes it; `any` where many do. */
  readonly product: string;
  /** As it stands in the line; of HAProxy's four signs the first, which says who ended the session. */
  readonly sign: string;
  readonly says: Says;
  readonly kind: Kind;
  /** True where the sign is only ever written for this. */
  readonly specific?: true;
  /** The party outside the logs that acted; `{service}` stands for the writer. */
  readonly external?: string;
  readonly meaning: string;
  /** Who can have caused it, and what it does not prove; empty where the meaning says all. */
  readonly caution: string;
}

const WHY_IT_LEFT = "Why it left is not said: a person, a timer of its own and a crash look alike.";

/**
 * HAProxy's first sign (Configuration Manual, "Session state at disconnection"). `CD` is the client in the middle of the data; the second
 * sign is the phase: R request, Q queue, C connection, H headers, D data, L the last data, T tarpit.
 */
export const HAPROXY_STATES: readonly Sign[] = [
  {
    product: "HAProxy",
    sign: "C",
    says: "caller",
    kind: "disconnect",
    specific: true,
    external: ITS_CLIENT,
    meaning: "HAProxy's client closed the connection before the answer was complete.",
    caution: WHY_IT_LEFT,
  },
  {
    product: "HAProxy",
    sign: "c",
    says: "timer",
    kind: "deadline",
    specific: true,
    external: ITS_CLIENT,
    meaning: "`timeout client` ran out: HAProxy's client neither sent nor read anything for that long.",
    caution: "",
  },
  {
    product: "HAProxy",
    sign: "S",
    says: "callee",
    kind: "disconnect",
    specific: true,
    meaning: "The server behind HAProxy closed or refused the connection.",
    caution: "It may have died, or have given up itself; its own log tells which.",
  },
  {
    product: "HAProxy",
    sign: "s",
    says: "timer",
    kind: "deadline",
    specific: true,
    meaning: "`timeout server` (or `timeout connect`) ran out: the server behind HAProxy sent nothing for that long.",
    caution: "The server sees that its client left.",
  },
  {
    product: "HAProxy",
    sign: "D",
    says: "callee",
    kind: "disconnect",
    specific: true,
    meaning: "HAProxy ended the session because the server behind it was found down.",
    caution: "What failed was the health check; the server may only have been slow to answer it.",
  },
  {
    product: "HAProxy",
    sign: "K",
    says: "act",
    kind: "cancel",
    specific: true,
    meaning: "An administrator ended the session by HAProxy's command socket.",
    caution: "",
  },
  {
    product: "HAProxy",
    sign: "U",
    says: "act",
    kind: "cancel",
    specific: true,
    meaning: "HAProxy ended the session on a backup server because an active one was up again.",
    caution: "",
  },
];

/** Envoy's response flags (`%RESPONSE_FLAGS%` in its documentation of access logs), those first that say more. */
export const ENVOY_FLAGS: readonly Sign[] = [
  ...["DC", "DR"].map(
    (sign): Sign => ({
      product: "Envoy",
      sign,
      says: "caller",
      kind: "disconnect",
      specific: true,
      external: ITS_CLIENT,
      meaning: `Envoy's client ${sign === "DC" ? "closed its connection" : "reset the stream"}.`,
      caution: `${WHY_IT_LEFT} Envoy's downstream is the side of the user.`,
    }),
  ),
  ...(
    [
      ["UT", "Envoy's own timer for the request (a route's timeout is 15 s by default) ran out."],
      ["SI", "Nothing was sent on the stream for longer than stream_idle_timeout (5 min by default)."],
      ["DT", "The request took longer than max_connection_duration or max_stream_duration."],
      ["UMSDR", "The request took longer than the route's max_stream_duration."],
    ] as const
  ).map(
    ([sign, meaning]): Sign => ({
      product: "Envoy",
      sign,
      says: "timer",
      kind: "deadline",
      specific: true,
      meaning,
      caution: "The service behind it sees a reset.",
    }),
  ),
  ...(
    [
      ["UC", "The service behind Envoy closed the connection."],
      ["UR", "The service behind Envoy reset the stream."],
      ["URX", "The request failed as often as the limits of retries and connects allow."],
    ] as const
  ).map(
    ([sign, meaning]): Sign => ({
      product: "Envoy",
      sign,
      says: "callee",
      kind: "disconnect",
      specific: true,
      meaning,
      caution: "It may have died, or have given up itself. Envoy's upstream is the side of the services that answer.",
    }),
  ),
  ...(
    [
      ["UF", "The connection to the service behind Envoy failed."],
      ["UH", "No service behind Envoy was healthy."],
      ["NR", "Envoy knew no route for the request."],
      ["LH", "Envoy's health check failed."],
      ["UO", "Envoy's circuit breaker let no more requests through."],
      ["RL", "Envoy's rate limit refused the request."],
    ] as const
  ).map(
    ([sign, meaning]): Sign => ({
      product: "Envoy",
      sign,
      says: "refusal",
      kind: "error",
      specific: true,
      meaning: `${meaning} The request failed; nobody cancelled it.`,
      caution: "",
    }),
  ),
];

/** Statuses that stand for the end of a request. A proxy's own word for the end says more than its status. */
export const STATUSES: readonly Sign[] = [
  {
    product: "any",
    sign: "499",
    says: "caller",
    kind: "disconnect",
    meaning: "The client closed the request before the answer was there.",
    caution: `${WHY_IT_LEFT} Who answers 499 may also only hand on what the service below said.`,
  },
  {
    product: "AWS ALB",
    sign: "460",
    says: "caller",
    kind: "disconnect",
    meaning: "The client of the load balancer closed its connection before the idle timeout.",
    caution: WHY_IT_LEFT,
  },
  {
    product: "any",
    sign: "0",
    says: "caller",
    kind: "disconnect",
    meaning: "No answer had begun when the client closed the request.",
    caution: WHY_IT_LEFT,
  },
  {
    product: "any",
    sign: "504",
    says: "answer",
    kind: "deadline",
    meaning: "A proxy on the way got no answer in time.",
    caution: "Who answers 504 may only hand on what one below said; whose timer it was, its own log tells.",
  },
  {
    product: "any",
    sign: "524",
    says: "answer",
    kind: "deadline",
    meaning: "Cloudflare's own timer (100 s by default) ran out before the origin server answered.",
    caution: "",
  },
];

/** An answer of which nothing was sent: morgan writes `-` for a status that never was. */
export const NO_ANSWER: Sign = {
  product: "morgan",
  sign: "-",
  says: "caller",
  kind: "disconnect",
  meaning: "The client closed the request before an answer had begun.",
  caution: WHY_IT_LEFT,
};

/** A timer of the proxy itself: Cloudflare's 524, a load balancer's 504 without a status of the target. */
export const OWN_TIMER: Sign = {
  product: "AWS ALB",
  sign: "504 -",
  says: "timer",
  kind: "deadline",
  specific: true,
  meaning: "The load balancer's own timer (idle timeout, 60 s by default) ran out: no target had answered.",
  caution: "The service behind it sees that its client left.",
};

/** Apache's `%X`: the connection was broken before the answer was complete. */
export const CLIENT_ABORTED: Sign = {
  product: "Apache httpd",
  sign: "X",
  says: "caller",
  kind: "disconnect",
  specific: true,
  external: ITS_CLIENT,
  meaning: "Apache's client closed its connection before the answer was complete (%X of the log's format).",
  caution: WHY_IT_LEFT,
};

/** Caddy's own error log answers 504 for timers of its own only (`statusError` of its reverse proxy). */
export const CADDY_TIMER: Sign = {
  product: "Caddy",
  sign: "504",
  says: "timer",
  kind: "deadline",
  specific: true,
  meaning: "Caddy's own timer for the service behind it ran out (dial_timeout, response_header_timeout).",
  caution:
    "The service behind it sees that its client left. In the access log the same status may be the service's own.",
};

/** What Google's load balancer says in `statusDetails` of a request (Cloud Load Balancing, "Logging and monitoring"). */
export const GOOGLE_DETAILS: readonly Sign[] = [
  {
    product: "Google Cloud Load Balancing",
    sign: "client_disconnected",
    says: "caller",
    kind: "disconnect",
    specific: true,
    external: ITS_CLIENT,
    meaning: "The client closed its connection before the load balancer had sent the whole answer.",
    caution: WHY_IT_LEFT,
  },
  {
    product: "Google Cloud Load Balancing",
    sign: "client_timed_out",
    says: "timer",
    kind: "deadline",
    specific: true,
    external: ITS_CLIENT,
    meaning: "The client neither sent nor read anything for longer than the load balancer allows.",
    caution: "",
  },
  {
    product: "Google Cloud Load Balancing",
    sign: "backend_timeout",
    says: "timer",
    kind: "deadline",
    specific: true,
    meaning: "The load balancer's own timer for its backend (30 s by default) ran out.",
    caution: "The service behind it sees that its client left.",
  },
  {
    product: "Google Cloud Load Balancing",
    sign: "backend_connection_closed",
    says: "callee",
    kind: "disconnect",
    specific: true,
    meaning: "The service behind the load balancer closed the connection before its answer was complete.",
    caution: "",
  },
];

/** Every sign, for documents and for explanations. */
export const SIGNS: readonly Sign[] = [
  ...HAPROXY_STATES,
  ...ENVOY_FLAGS,
  ...STATUSES,
  NO_ANSWER,
  OWN_TIMER,
  ...GOOGLE_DETAILS,
  CLIENT_ABORTED,
  CADDY_TIMER,
];
