/** Envoy's default format, Istio's, and formats of one's own that keep status and flags behind the request. */
import { ENVOY_FLAGS, type Sign } from "../../catalogue/index.ts";
import { type Found, given, REQUEST } from "./found.ts";

const FLAGS = ENVOY_FLAGS.map(({ sign }) => sign).join("|");
const WHOLE = new RegExp(
  `${REQUEST} (\\d+) (\\S+)(?: \\S+){0,3}? (\\d+) (\\d+) (\\d+) (?:\\d+|-)(?: "([^"]*)")?(?: "[^"]*")?(?: "([^"]*)")?(?: "([^"]*)")?(?: "([^"]*)")?(.*)`,
);
const SHORT = new RegExp(`${REQUEST} (\\d{1,3}) ((?:${FLAGS})(?:,[A-Z]{2,5})*)(?=\\s|$)`);
const ANY_FLAGS = /^(?:-|[A-Z]{2,5}(?:,[A-Z]{2,5})*)$/;

/** Reads a line of Envoy; null for any other. */
export function readEnvoy(words: string): Found | null {
  const text = words.slice(0, 4_096);
  const match = WHOLE.exec(text);
  const flags = match?.[4] ?? "";
  if (match === null || !ANY_FLAGS.test(flags)) return readShort(text);
  const [, method = "", path = "", status = "", , , , duration = "", client = "", id, authority, upstream, rest = ""] =
    match;
  return {
    product: "Envoy",
    method,
    path,
    status: Number(status),
    durationMs: Number(duration),
    began: "",
    client: client.split(",", 1)[0] || null,
    calls: calledBy(authority, upstream, rest),
    ids: given(id) === null ? [] : [id as string],
    proxy: true,
    end: endOfFlags(flags, Number(status)),
    sign: flags,
  };
}

function readShort(text: string): Found | null {
  const match = SHORT.exec(text);
  if (match === null) return null;
  const [, method = "", path = "", status = "", flags = ""] = match;
  return {
    product: "Envoy",
    method,
    path,
    status: Number(status),
    durationMs: null,
    began: "",
    client: null,
    proxy: true,
    end: endOfFlags(flags, Number(status)),
    sign: flags,
  };
}

/** Whom Envoy called: the address, the name that its client asked for, and the host in the name of Istio's cluster. */
function calledBy(authority: string | undefined, upstream: string | undefined, rest: string): string[] {
  const cluster = hostOfCluster(rest);
  return [given(upstream)?.replace(/^[a-z]+:\/\//, "") ?? null, cluster, given(authority)].filter(
    (name) => name !== null,
  );
}

/** The host in `outbound|8080||agent.prod.svc.cluster.local`; null in any other text. */
export function hostOfCluster(text: string): string | null {
  return /\boutbound\|\d*\|[^|\s]*\|([\w.-]+)/.exec(text)?.[1] ?? null;
}

/** What the flags of a request say; null where nothing ended it. */
export function endOfFlags(flags: string, status: number): Sign | null {
  const all = flags.split(",");
  const found = ENVOY_FLAGS.find(({ sign }) => all.includes(sign)) ?? null;
  // What the proxy answered in the place of the service was never streaming: it failed
  if (found?.says === "callee" && status >= 500)
    return {
      ...found,
      says: "refusal",
      kind: "error",
      meaning: `${found.meaning} The request failed before its answer.`,
    };
  return found;
}
