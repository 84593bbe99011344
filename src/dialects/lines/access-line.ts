/**
 * Lines of access logs: one request each, with its route, status and duration, and, in proxies, a word for how it ended.
 *
 * Statuses deceive: an answer that was cut keeps the 200 of its header, and whoever answers 499 or 504 may only hand it on. So a status alone
 * claims little, and a proxy's own word for the end (Envoy's flags, HAProxy's termination state) comes first.
 */
import type { Kind, Route, SourceRecord } from "../../model/index.ts";
import type { Says } from "../catalogue/index.ts";
import { durationsOf } from "./line-facts.ts";

/** What an access line says of how its request ended. */
export interface AccessEnd {
  readonly says: Says;
  readonly kind: Kind;
  readonly specific: boolean;
  /** The party outside the logs that acted; `{service}` stands for the writer. */
  readonly external: string | null;
}

/** A request as an access line tells it. */
export interface AccessLine {
  readonly route: Route;
  /** Null where none was sent. */
  readonly status: number | null;
  readonly durationMs: number | null;
  /** True where the line's time is that of the request's beginning. */
  readonly timedAtStart: boolean;
  /** The address of whoever asked. */
  readonly client: string | null;
  /** The `host:port` that a proxy passed the request on to. */
  readonly upstream: string | null;
  readonly proxy: boolean;
  readonly end: AccessEnd | null;
  /** Default timers of the software that end a request in silence, milliseconds. */
  readonly silentTimersMs: readonly number[];
}

type Found = Omit<AccessLine, "end" | "silentTimersMs" | "route"> & {
  readonly method: string;
  readonly path: string;
  readonly end?: AccessEnd | null;
  readonly silentTimersMs?: readonly number[];
};

const REQUEST = '"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|PRI) (\\S+)(?: [A-Z]+/[\\d.]+)?"';
/** The whole path of a probe; `/feed/live` is anybody's. */
const PROBE =
  /^\/(?:-\/|actuator\/|health\/)?(?:health\w*|ready|readyz|readiness|live|livez|liveness|ping|metrics|status|favicon\.ico)(?:\/(?:live|ready|liveness|readiness))?\/?$/i;
const PROBER = /\b(?:kube-probe|ELB-HealthChecker|GoogleHC|Prometheus|Consul Health Check|Blackbox)\b/;

/** Reads an access line; null for any other. Never throws. */
export function readAccessLine(record: SourceRecord, words: string): AccessLine | null {
  const found = readText(words) ?? readFields(record);
  if (found === null) return null;
  const { method, path, end = null, silentTimersMs = [], ...rest } = found;
  const route = { method, path: path.split("?", 1)[0] ?? "" };
  const probe = PROBE.test(route.path) || PROBER.test(words);
  return { ...rest, route, silentTimersMs, end: probe ? null : (end ?? endOfStatus(rest.status, rest.proxy)) };
}

function readText(words: string): Found | null {
  return (
    readHaproxy(words) ?? readEnvoy(words) ?? readCommon(words) ?? readAlb(words) ?? readGin(words) ?? readOthers(words)
  );
}

const ITS_CLIENT = "the client in front of {service}";

/** What a status alone says. */
function endOfStatus(status: number | null, proxy: boolean): AccessEnd | null {
  if (status === 499 || status === 460 || status === 0)
    return { says: "caller", kind: "disconnect", specific: false, external: proxy ? ITS_CLIENT : null };
  if (status === 504 || status === 524) return { says: "answer", kind: "deadline", specific: false, external: null };
  return null;
}

const HAPROXY = new RegExp(
  `^(?:\\S+ )*?(\\S+:\\d+) \\[[^\\]]+\\] (\\S+) ([^\\s/]+)/(\\S+) (?:[-\\d]+/)*\\+?([-\\d]+) (\\d+|-1) \\+?\\d+ \\S+ \\S+ ([\\w-]{4}) \\d+/\\d+/\\d+/\\d+/\\+?\\d+ \\d+/\\d+(?: \\{[^}]*\\})* ${REQUEST}`,
);

/** HAProxy's httplog; the two letters before the dashes say how the session ended (Configuration Manual, "Session state at disconnection"). */
function readHaproxy(words: string): Found | null {
  const match = HAPROXY.exec(words.slice(0, 2_048));
  if (match === null) return null;
  const [, client = "", , , , total = "", status = "", state = "", method = "", path = ""] = match;
  return {
    method,
    path,
    status: status === "-1" ? null : Number(status),
    durationMs: Number(total) < 0 ? null : Number(total),
    // The accept date counts in milliseconds, syslog's own time, which is the end, does not
    timedAtStart: true,
    client: client.replace(/:\d+$/, ""),
    upstream: null,
    proxy: true,
    end: endOfState(state),
  };
}

function endOfState(state: string): AccessEnd | null {
  const [who = "", when = ""] = state;
  if (when === "-" && who === "-") return null;
  switch (who) {
    case "C":
      return { says: "caller", kind: "disconnect", specific: true, external: ITS_CLIENT };
    case "c":
      return { says: "timer", kind: "deadline", specific: true, external: ITS_CLIENT };
    case "s":
      return { says: "timer", kind: "deadline", specific: true, external: null };
    case "S":
    case "D":
      // Before the headers nothing was streaming yet: the request failed
      return when === "C" ? null : { says: "callee", kind: "disconnect", specific: true, external: null };
    case "K":
    case "U":
      return { says: "act", kind: "cancel", specific: true, external: null };
    default:
      return null;
  }
}

const ENVOY = new RegExp(
  `${REQUEST} (\\d+) (\\S+)(?: \\S+){0,3}? (\\d+) (\\d+) (\\d+) (?:\\d+|-)(?: "([^"]*)")?(?: "[^"]*")?(?: "([^"]*)")?(?: "[^"]*")?(?: "([^"]*)")?`,
);

/** Envoy's default format; its flags are listed with `%RESPONSE_FLAGS%` in its documentation of access logs. */
function readEnvoy(words: string): Found | null {
  const match = ENVOY.exec(words.slice(0, 4_096));
  if (match === null) return null;
  const [, method = "", path = "", status = "", flags = "", , , duration = "", client = "", , upstream = ""] = match;
  if (!/^(?:-|[A-Z]{2,5}(?:,[A-Z]{2,5})*)$/.test(flags)) return null;
  return {
    method,
    path,
    status: Number(status),
    durationMs: Number(duration),
    timedAtStart: true,
    client: client.split(",", 1)[0] || null,
    upstream: upstream === "" || upstream === "-" ? null : upstream,
    proxy: true,
    end: endOfFlags(flags, Number(status)),
  };
}

function endOfFlags(flags: string, status: number): AccessEnd | null {
  const has = (...names: readonly string[]): boolean => flags.split(",").some((flag) => names.includes(flag));
  const timer = { says: "timer", kind: "deadline", specific: true, external: null } as const;
  if (has("DC", "DR")) return { says: "caller", kind: "disconnect", specific: true, external: ITS_CLIENT };
  if (has("UT", "SI", "DT", "UMSDR")) return timer;
  // What the proxy answered in the place of the service was never streaming: it failed
  if (has("UC", "UR", "URX") && status < 500)
    return { says: "callee", kind: "disconnect", specific: true, external: null };
  if (has("UC", "UR", "UF", "URX", "UH", "NR", "LH"))
    return { says: "refusal", kind: "error", specific: true, external: null };
  return null;
}

const COMMON = new RegExp(`^(\\S+) \\S+ \\S+ \\[[^\\]]+\\] ${REQUEST} (\\d{3}) (?:\\d+|-)(.*)$`);
const TRAEFIK_TAIL = / "([^"]*@[^"]*|[\w-]+)" "(?:https?:\/\/)?([^"]*)" (\d+)ms$/;

/** The common log format and what servers append to it; Traefik appends router, server and duration. */
function readCommon(words: string): Found | null {
  const match = COMMON.exec(words.slice(0, 4_096));
  if (match === null) return null;
  const [, client = "", method = "", path = "", status = "", rest = ""] = match;
  const traefik = TRAEFIK_TAIL.exec(rest);
  return {
    method,
    path,
    status: Number(status),
    durationMs: traefik === null ? (durationsOf(rest)[0] ?? trailingSeconds(rest)) : Number(traefik[3]),
    timedAtStart: traefik !== null,
    client,
    upstream: traefik?.[2] || /\b(?:upstream|upstream_addr|ua)[=:]\s*"?([\w.-]+:\d+)/.exec(rest)?.[1] || null,
    proxy: traefik !== null || status === "499",
    silentTimersMs: traefik === null ? [] : [60_000],
  };
}

/** Many append nginx's `$request_time` without a name. */
function trailingSeconds(rest: string): number | null {
  const figure = / "?(\d+\.\d{3})"?(?: |$)/.exec(rest)?.[1];
  return figure === undefined ? null : Number(figure) * 1_000;
}

const GIN = /^\[GIN\] [\d/]+ - [\d:]+ \| +(\d{3}) \| +(\S+) \| +(\S+) \| +([A-Z]+) +"?([^"\s]+)"?/;

function readGin(words: string): Found | null {
  const match = GIN.exec(words);
  if (match === null) return null;
  const [, status = "", duration = "", client = "", method = "", path = ""] = match;
  return {
    method,
    path,
    status: Number(status),
    durationMs: durationsOf(duration)[0] ?? null,
    timedAtStart: false,
    client,
    upstream: null,
    proxy: false,
  };
}

const UVICORN = new RegExp(`^(?:\\([\\w .=]+\\) )?(?:INFO: +)?(\\S+?)(?::\\d+)? - ${REQUEST} (\\d{3})\\b`);
const SWAP = new RegExp(`\\bRequest (\\S+) ${REQUEST} (\\d{3}) \\d+ "[^"]*" (\\S+)$`);
const UWSGI =
  /\] (\S+) \(\) \{[^}]*\} \[[^\]]+\] ([A-Z]+) (\S+) => generated \d+ bytes in (\d+) msecs \([^)]* (\d{3})\)/;
const MORGAN = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*) (\d{3}) ([\d.]+) ?ms\b/;

function readOthers(words: string): Found | null {
  const rest = { timedAtStart: false, upstream: null, proxy: false } as const;
  const uvicorn = UVICORN.exec(words);
  if (uvicorn !== null) {
    const [, client = "", method = "", path = "", status = ""] = uvicorn;
    return { ...rest, method, path, status: Number(status), durationMs: null, client };
  }
  const swap = SWAP.exec(words);
  if (swap !== null) {
    const [, client = "", method = "", path = "", status = "", duration = ""] = swap;
    const durationMs = durationsOf(duration)[0] ?? null;
    return { ...rest, method, path, status: Number(status), durationMs, client, proxy: true };
  }
  const uwsgi = UWSGI.exec(words);
  if (uwsgi !== null) {
    const [, client = "", method = "", path = "", took = "", status = ""] = uwsgi;
    return { ...rest, method, path, status: Number(status), durationMs: Number(took), client };
  }
  const morgan = MORGAN.exec(words);
  if (morgan === null) return null;
  const [, method = "", path = "", status = "", took = ""] = morgan;
  return { ...rest, method, path, status: Number(status), durationMs: Number(took), client: null };
}

/** A timer of the proxy itself: Cloudflare's 524, a load balancer's 504. */
const OWN_TIMER: AccessEnd = { says: "timer", kind: "deadline", specific: true, external: null };

/** Cloudflare's Logpush: the status that the edge answered with. */
const EDGE_STATUS = "EdgeResponseStatus";

const ALB = new RegExp(
  `\\b(?:app|net)/\\S+ (\\S+):\\d+ (\\S+) -?[\\d.]+ (-?[\\d.]+) -?[\\d.]+ (\\d{3}|-) (\\d{3}|-) \\d+ \\d+ ${REQUEST}`,
);

/** An Application Load Balancer's access log; a 504 without a status of the target is a timer of its own (AWS, "Access log entries"). */
function readAlb(words: string): Found | null {
  const match = ALB.exec(words.slice(0, 4_096));
  if (match === null) return null;
  const [, client = "", target = "", took = "", status = "", answered = "", method = "", url = ""] = match;
  return {
    method,
    path: url.replace(/^[a-z]+:\/\/[^/]*/, ""),
    status: status === "-" ? null : Number(status),
    durationMs: Number(took) < 0 ? null : Number(took) * 1_000,
    timedAtStart: false,
    client,
    upstream: target === "-" ? null : target,
    proxy: true,
    end: status === "504" && answered === "-" ? OWN_TIMER : null,
  };
}

const FIELDS = {
  request: ["request", "http_request", "request_line"],
  method: [
    "method",
    "request_method",
    "http.request.method",
    "http.method",
    "request.method",
    "req.method",
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
    "res.statusCode",
    "response.status",
    EDGE_STATUS,
  ],
  client: [
    "remote_addr",
    "client_ip",
    "remote_ip",
    "request.remote_ip",
    "x_forwarded_for",
    "client",
    "downstream_remote_address",
  ],
  upstream: ["upstream_addr", "upstream_host", "upstream"],
  flags: ["response_flags"],
  started: ["start_time"],
} as const;

/** Named values: nginx's JSON, Envoy's and Istio's, Caddy's, pino-http's, an application's own. */
function readFields({ fields }: SourceRecord): Found | null {
  if (fields.size < 3) return null;
  const first = (names: readonly string[]): string | null => {
    for (const name of names) {
      const value = fields.get(name);
      if (value !== undefined && value !== "") return value;
    }
    return null;
  };
  const line = /^"?([A-Z]{3,7}) (\S+)/.exec(first(FIELDS.request) ?? "");
  const method = line?.[1] ?? first(FIELDS.method);
  const path = line?.[2] ?? first(FIELDS.path);
  const status = first(FIELDS.status);
  if (method === null || path === null || !/^[A-Z]{3,7}$/.test(method) || status === null || !/^\d{1,3}$/.test(status))
    return null;
  const flags = first(FIELDS.flags);
  const edge = fields.has(EDGE_STATUS);
  const upstream = first(FIELDS.upstream);
  return {
    method,
    path,
    status: Number(status),
    durationMs: durationIn(fields),
    timedAtStart: fields.has(FIELDS.started[0]),
    client: first(FIELDS.client)?.split(",", 1)[0] ?? null,
    upstream: upstream === null ? null : (/[\w.-]+:\d+/.exec(upstream)?.[0] ?? null),
    proxy: flags !== null || upstream !== null || edge,
    end:
      edge && status === "524" ? OWN_TIMER : flags === null || flags === "-" ? null : endOfFlags(flags, Number(status)),
  };
}

const DURATION_FIELD =
  /(?:^OriginResponse|^|[._])(?:duration|request_time|latency|elapsed|response_?time|dur|took)(?:_?(ms|s|us|ns|seconds))?$/i;

function durationIn(fields: ReadonlyMap<string, string>): number | null {
  for (const [name, value] of fields) {
    const match = DURATION_FIELD.exec(name);
    if (match === null) continue;
    const unit = match[1] === undefined ? "" : `_${match[1].toLowerCase()}`;
    const [ms] = durationsOf(/^\d+(?:\.\d+)?$/.test(value) ? `duration${unit}=${value}` : value);
    if (ms !== undefined) return ms;
  }
  return null;
}
