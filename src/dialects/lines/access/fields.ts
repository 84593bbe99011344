/**
 * Access lines of named values: nginx's and Apache's JSON, Envoy's and Istio's, Traefik's, Caddy's, Kong's, HAProxy's, Google's load
 * balancer's, pino-http's, Echo's, an application's own.
 */
import type { Route, SourceRecord } from "../../../model/index.ts";
import { CADDY_TIMER, GOOGLE_DETAILS, OWN_TIMER, type Sign } from "../../catalogue/index.ts";
import { durationsOf } from "../line-facts.ts";
import { endOfFlags, hostOfCluster } from "./envoy.ts";
import type { Found } from "./found.ts";
import { endOfState } from "./haproxy.ts";

/** Cloudflare's Logpush: the status that the edge answered with. */
const EDGE_STATUS = "EdgeResponseStatus";

const FIELDS = {
  request: ["request", "http_request", "request_line"],
  method: [
    "method",
    "request_method",
    "http.request.method",
    "http.method",
    "request.method",
    "req.method",
    "http_method",
    "RequestMethod",
    "httpRequest.requestMethod",
    "ClientRequestMethod",
  ],
  path: [
    "path",
    "uri",
    "url",
    "request_uri",
    "http.request.uri",
    "http.target",
    "url.path",
    "request.uri",
    "req.url",
    "request_path",
    "requested_uri",
    "http_path",
    "RequestPath",
    "httpRequest.requestUrl",
    "ClientRequestURI",
  ],
  status: [
    "status",
    "response_code",
    "status_code",
    "statusCode",
    "http.response.status",
    "http.response.status_code",
    "http.status_code",
    "http_status",
    "res.statusCode",
    "response.status",
    "DownstreamStatus",
    "httpRequest.status",
    EDGE_STATUS,
  ],
  client: [
    "remote_addr",
    "client_ip",
    "remote_ip",
    "request.remote_ip",
    "x_forwarded_for",
    "ClientHost",
    "httpRequest.remoteIp",
    "client",
    "downstream_remote_address",
    "remote_host",
  ],
  upstream: ["upstream_addr", "upstream_host", "upstream", "ServiceAddr", "ServiceURL", "upstream_uri", "backend_addr"],
  /** Names of who is called, beside its address. */
  called: ["ServiceName", "service.name", "service.host", "backend_name", "authority"],
  flags: ["response_flags"],
  /** HAProxy's `%ts` and `%tsc`. */
  state: ["termination_state", "ts", "haproxy.termination_state", "term_state"],
  details: ["jsonPayload.statusDetails", "statusDetails"],
  started: ["start_time", "started_at"],
} as const;

/** What people call a status beside a request line. */
const SHORT_STATUS = ["st", "sc", "code"];

type First = (names: readonly string[]) => string | null;

/** The first of some fields that has a value. */
function firstIn(fields: ReadonlyMap<string, string>): First {
  return (names) => {
    for (const name of names) {
      const value = fields.get(name);
      if (value !== undefined && value !== "" && value !== "-") return value;
    }
    return null;
  };
}

/** The request that named values are about, its path as it stands there; null where they name none. */
export function requestIn(fields: ReadonlyMap<string, string>): Route | null {
  return requestOf(fields, firstIn(fields)(FIELDS.request) ?? requestLineIn(fields));
}

function requestOf(fields: ReadonlyMap<string, string>, requestLine: string | null): Route | null {
  const first = firstIn(fields);
  const line = /^"?([A-Z]{3,7}) (\S+)/.exec(requestLine ?? "");
  const method = line?.[1] ?? first(FIELDS.method);
  const path = line?.[2] ?? first(FIELDS.path);
  return method === null || path === null || !/^[A-Z]{3,7}$/.test(method) ? null : { method, path };
}

/** People name the variables of nginx as they like; a request line is one by its form. */
const REQUEST_LINE = /^"?[A-Z]{3,7} \S+ HTTP\/[\d.]+"?$/;
/** What only a proxy writes, in the short names that people give to nginx's variables. */
const OF_UPSTREAM = /^(?:upstream_(?:status|response_time|connect_time|header_time)|ust|urt|uct|uht)$/i;

function requestLineIn(fields: ReadonlyMap<string, string>): string | null {
  for (const value of fields.values()) if (value.includes(" HTTP/") && REQUEST_LINE.test(value)) return value;
  return null;
}

/** Reads a request from the named values of a record; null where they are not those of one. */
export function readFields({ fields }: SourceRecord): Found | null {
  if (fields.size < 3) return null;
  const first = firstIn(fields);
  const named = first(FIELDS.request);
  const requestLine = requestLineIn(fields);
  const request = requestOf(fields, named ?? requestLine);
  const status = first(FIELDS.status) ?? (requestLine === null ? null : first(SHORT_STATUS));
  const state = first(FIELDS.state);
  const signs: Signs = {
    flags: first(FIELDS.flags),
    state: state !== null && STATE.test(state) ? state : null,
    details: first(FIELDS.details),
  };
  if (request === null) return null;
  const { method, path } = request;
  const durationMs = durationIn(fields);
  // An answer that never began has no status; how long it took it has
  const unanswered = status === null || status === "null";
  if (unanswered ? signs.state === null && (durationMs === null || !path.startsWith("/")) : !/^-?\d{1,3}$/.test(status))
    return null;
  const edge = fields.has(EDGE_STATUS);
  const upstream = first(FIELDS.upstream);
  const product = productOf(fields, signs);
  const proxy =
    product !== null || upstream !== null || edge || [...fields.keys()].some((name) => OF_UPSTREAM.test(name));
  const began = first(FIELDS.started);
  const number = unanswered || Number(status) < 0 ? null : Number(status);
  return {
    ...(product === null ? {} : { product }),
    method,
    path: path.replace(/^https?:\/\/[^/]*/, "") || "/",
    status: number,
    durationMs,
    ...(began === null ? {} : { began }),
    client: first(FIELDS.client)?.split(",", 1)[0] ?? null,
    calls: proxy ? calledIn(fields, upstream) : [],
    proxy,
    // A server and its logs have the path, a client the whole URL
    served: proxy || named !== null || requestLine !== null || !/^https?:/.test(path),
    ...(signOf(signs) === null ? {} : { sign: signOf(signs) as string }),
    end: ownTimerIn(fields, number) ?? endIn(signs, number ?? 0),
    silentTimersMs: product === "Traefik" ? [60_000] : [],
  };
}

/** A status that the writer itself gave because its timer had run out. */
function ownTimerIn(fields: ReadonlyMap<string, string>, status: number | null): Sign | null {
  if (status === 524 && fields.has(EDGE_STATUS)) return OWN_TIMER;
  return status === 504 && fields.get("logger")?.startsWith("http.log.error") === true ? CADDY_TIMER : null;
}

const STATE = /^[CcSsPLRIDUK-][RQCHDLT-](?:[\w-]{2})?$/;

/** A proxy's own words for the end of a request. */
interface Signs {
  readonly flags: string | null;
  readonly state: string | null;
  readonly details: string | null;
}

function signOf({ flags, state, details }: Signs): string | null {
  return state ?? details ?? flags;
}

function endIn({ flags, state, details }: Signs, status: number): Sign | null {
  if (state !== null) return endOfState(state);
  if (details !== null) return GOOGLE_DETAILS.find(({ sign }) => details.startsWith(sign)) ?? null;
  return flags === null ? null : endOfFlags(flags, status);
}

function productOf(fields: ReadonlyMap<string, string>, { flags, state, details }: Signs): string | null {
  if (state !== null) return "HAProxy";
  if (details !== null) return "Google Cloud Load Balancing";
  if (fields.has("DownstreamStatus")) return "Traefik";
  if (/^http\.log\.(?:access|error)/.test(fields.get("logger") ?? "")) return "Caddy";
  if (fields.has("latencies.proxy") || fields.has("latencies.kong")) return "Kong";
  return flags === null && !fields.has("response_flags") ? null : "Envoy";
}

function calledIn(fields: ReadonlyMap<string, string>, upstream: string | null): string[] {
  const address = upstream === null ? null : (/[\w.-]+:\d+/.exec(upstream)?.[0] ?? null);
  const cluster = hostOfCluster(fields.get("upstream_cluster") ?? "");
  const names = FIELDS.called.map((name) => fields.get(name)?.split("@", 1)[0] ?? "");
  return [address, cluster, ...names].filter(
    (name) => name !== null && name !== "" && name !== "-" && name !== "_",
  ) as string[];
}

const DURATION_FIELD =
  /(?:^OriginResponse|^|[._])(?:duration|request_time|latency|elapsed|elapsed_time|response_?time|dur|rt|took|time_?taken|ElapsedMilliseconds)(?:_?(ms|s|us|ns|seconds))?$/i;

function durationIn(fields: ReadonlyMap<string, string>): number | null {
  // Traefik counts nanoseconds, Kong and HAProxy milliseconds; Echo says it twice, once for people; Rails counts milliseconds with a fraction
  const nanoseconds = fields.has("DownstreamStatus") ? Number(fields.get("Duration")) : Number.NaN;
  if (nanoseconds >= 0) return nanoseconds / 1e6;
  const kong = Number(fields.get("latencies.request") ?? fields.get("time_active") ?? Number.NaN);
  if (kong >= 0) return kong;
  const human = durationsOf(fields.get("latency_human") ?? "")[0];
  if (human !== undefined) return human;
  const rails = fields.has("controller") ? Number(fields.get("duration")) : Number.NaN;
  if (rails >= 0) return rails;
  for (const [name, value] of fields) {
    const match = DURATION_FIELD.exec(name);
    if (match === null) continue;
    const unit = match[1] === undefined ? "" : `_${match[1].toLowerCase()}`;
    if (/milliseconds$/i.test(name) && /^[\d.]+$/.test(value)) return Number(value);
    const [ms] = durationsOf(/^\d+(?:\.\d+)?$/.test(value) ? `duration${unit}=${value}` : value);
    if (ms !== undefined) return ms;
  }
  return null;
}
