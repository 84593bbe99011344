/**
 * HAProxy's access logs: httplog and httpslog, tcplog, and formats of one's own that keep the order of the first fields. The two letters
 * before the dashes say how the session ended (Configuration Manual, "Log format" and "Session state at disconnection").
 */
import { HAPROXY_STATES, type Sign } from "../../catalogue/index.ts";
import { type Found, REQUEST } from "./found.ts";

const HEAD = String.raw`(?:^|\s)(\S+:\d+) \[([^\]]+)\] (\S+) ([^\s/]+)/(\S+)`;
const COUNTS = String.raw`\d+/\d+/\d+/\d+/\+?\d+ \d+/\d+`;
const HTTP = new RegExp(
  String.raw`${HEAD} (?:[-\d]+/)*\+?([-\d]+) (\d+|-1) \+?\d+ \S+ \S+ ([\w-]{4}) ${COUNTS}(?: \{[^}]*\})*(?: \S+)*? ${REQUEST}`,
);
const TCP = new RegExp(String.raw`${HEAD} (?:[-\d]+/)*\+?([-\d]+) \+?\d+ ([\w-]{2}) ${COUNTS}`);
/** A format of one's own, with the state in brackets or bare between the counts and the request. */
const OWN = new RegExp(
  String.raw`${HEAD} (?:[-\d]+/)+\+?([-\d]+) (\d+|-1) \+?\d+(?: [^\s"]+)*? \[?([CcSsPLRIDUK-][RQCHDLT-])(?:[\w-]{2})?\]?(?: [^\s"]+)*? ${REQUEST}`,
);

/** Reads a line of HAProxy; null for any other. */
export function readHaproxy(words: string): Found | null {
  const text = words.slice(0, 2_048);
  if (!/ \[[^\]]+\] \S+ \S+\/\S+ [-\d]+\//.test(text)) return null;
  const match = HTTP.exec(text) ?? OWN.exec(text);
  if (match !== null) {
    const [, client = "", began = "", , backend, server, total = "", status = "", state = "", method = "", path = ""] =
      match;
    return {
      ...session({ client, began, backend, server, total, state }),
      method,
      path,
      status: Number(status) < 0 ? null : Number(status),
    };
  }
  const tcp = TCP.exec(text);
  if (tcp === null) return null;
  const [, client = "", began = "", , backend, server, total = "", state = ""] = tcp;
  return session({ client, began, backend, server, total, state });
}

interface Session {
  readonly client: string;
  readonly began: string;
  readonly backend: string | undefined;
  readonly server: string | undefined;
  readonly total: string;
  readonly state: string;
}

function session({ client, began, backend, server, total, state }: Session): Found {
  return {
    product: "HAProxy",
    status: null,
    durationMs: Number(total) < 0 ? null : Number(total),
    // The accept date counts in milliseconds, syslog's own time, which is the end, mostly does not
    began,
    client: client.replace(/:\d+$/, "").replace(/^::ffff:/, ""),
    calls: [server, backend].filter((name) => name !== undefined && !name.startsWith("<")) as string[],
    proxy: true,
    end: endOfState(state),
    sign: state,
  };
}

/** What a session state says; null where the session ended well, or before anything was streaming. */
export function endOfState(state: string): Sign | null {
  const [who = "", when = ""] = state;
  // Before the headers nothing was streaming yet: the request failed
  if (/[SD]/.test(who) && when === "C") return null;
  return HAPROXY_STATES.find(({ sign }) => sign === who) ?? null;
}
