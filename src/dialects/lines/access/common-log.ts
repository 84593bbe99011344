/**
 * The common log format and what servers append to it: nginx, Ingress NGINX, Kong, Apache, Traefik, gunicorn, Tomcat, Jetty, Werkzeug,
 * morgan.
 */
import { CLIENT_ABORTED } from "../../catalogue/index.ts";
import { durationsOf } from "../line-facts.ts";
import { type Found, given, REQUEST } from "./found.ts";

const COMMON = new RegExp(`^(?:\\S+:\\d+ )?(\\S+) \\S+ .{1,64}?\\[([^\\]]+)\\] ${REQUEST} (\\d{3}) (?:\\d+|-)(.*)$`);
const TRAEFIK_TAIL = / "([^"]*@[^"]*|[\w-]+)" "(?:https?:\/\/)?([^"]*)" (\d+)ms$/;
/** `… request_length request_time [upstream_name] [alternative] upstream_addr length time status req_id` */
const INGRESS_TAIL = / \d+ ([\d.]+) \[([^\]]*)\] \[[^\]]*\] (\S+) (?:\S+ ){3}(\S+)$/;
/** Tomcat's `%D` and Apache's stand behind the agent or the bytes: milliseconds in the one, microseconds in the other. */
const TRAILING_FIGURE = /(?:^| )(\d{2,12})$/;
const NAMED_UPSTREAM = /\b(?:upstream|upstream_addr|ua|ups|backend)["']?[=:]\s*"?([\w.-]+:\d+)/;
const BARE_UPSTREAM = / "?((?:\d{1,3}\.){3}\d{1,3}:\d{2,5})"?(?: |$)/;
const BARE_ID = /(?<![\w-])([0-9a-f]{32})(?![\w-])/g;

/** Apache's %X, alone between white space. */
const BROKEN = /(?:^| )X(?: |$)/;
const QUOTED = /"[^"]*"/g;

/** Reads a line of the common log format; null for any other. */
export function readCommonLog(words: string): Found | null {
  const match = COMMON.exec(words.slice(0, 4_096));
  if (match === null) return null;
  const [, client = "", began = "", method = "", path = "", status = "", rest = ""] = match;
  const base = { method, path, status: Number(status), client, ids: [...rest.matchAll(BARE_ID)].map(([id]) => id) };
  const traefik = TRAEFIK_TAIL.exec(rest);
  if (traefik !== null) {
    const [, router = "", server, took] = traefik;
    return {
      ...base,
      product: "Traefik",
      durationMs: Number(took),
      began,
      calls: [given(server), given(router.split("@", 1)[0])].filter((name) => name !== null),
      proxy: true,
      silentTimersMs: [60_000],
    };
  }
  const ingress = INGRESS_TAIL.exec(rest);
  if (ingress !== null) {
    const [, took, name = "", server, id = ""] = ingress;
    // `namespace-service-port`
    const service = name.replace(/-\d+$|-https?$/, "");
    return {
      ...base,
      product: "Ingress NGINX",
      durationMs: Number(took) * 1_000,
      calls: [given(server), given(service), given(service.replace(/^[^-]+-/, ""))].filter((each) => each !== null),
      ids: given(id) === null ? [] : [id],
      proxy: true,
    };
  }
  if (BROKEN.test(rest.replace(QUOTED, '""'))) {
    const { product } = CLIENT_ABORTED;
    return { ...base, product, durationMs: durationIn(rest), began, proxy: true, end: CLIENT_ABORTED, sign: "X" };
  }
  const microseconds = rest.includes('"') ? TRAILING_FIGURE.exec(rest)?.[1] : undefined;
  const upstream = NAMED_UPSTREAM.exec(rest)?.[1] ?? BARE_UPSTREAM.exec(rest)?.[1] ?? null;
  return {
    ...base,
    durationMs: durationIn(rest),
    // Apache writes when the request began
    ...(microseconds !== undefined && microseconds.length >= 4 ? { began } : {}),
    calls: upstream === null ? [] : [upstream],
    proxy: upstream !== null || status === "499",
  };
}

function durationIn(rest: string): number | null {
  const named = durationsOf(rest)[0] ?? trailingSeconds(rest);
  if (named !== null) return named;
  const figure = TRAILING_FIGURE.exec(rest)?.[1];
  if (figure === undefined) return null;
  // Nothing but the common fields before it: Tomcat's. Behind an agent: Apache's
  return rest.includes('"') ? Number(figure) / 1_000 : Number(figure);
}

/** Many append nginx's `$request_time` without a name. */
function trailingSeconds(rest: string): number | null {
  const figure = / "?(\d+\.\d{3})"?(?: |$)/.exec(rest)?.[1];
  return figure === undefined ? null : Number(figure) * 1_000;
}
