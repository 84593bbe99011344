/** Web servers in front of other programs: their own timers, and clients that left, as their logs tell them. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort } from "../../support/told.ts";

const START = 1_795_762_620;

/** So many seconds after the start. */
function at(seconds: number): string {
  return new Date((START + seconds) * 1000).toISOString();
}

const json = (seconds: number, fields: object): string => JSON.stringify({ time: at(seconds), ...fields });
const caddy = (seconds: number, fields: object): string =>
  JSON.stringify({ level: "info", ts: START + seconds, ...fields });
const apache = (seconds: number, text: string): string => `[Fri Nov 27 ${at(seconds).slice(11, 23)}000 2026] ${text}`;

const ID = "9459c7490024";
const asked = { remote_ip: "10.0.0.7", proto: "HTTP/1.1", method: "GET", host: "shop", uri: "/chat" };
/** A service with callers of its own. */
const agent = [
  json(0, { msg: "listening on :9001" }),
  json(1, { msg: "handling chat", request_id: ID }),
  json(5.01, { level: "error", msg: "reading the answer", request_id: ID, err: "context canceled" }),
];

type Logs = Readonly<Record<string, readonly string[]>>;

function told(logs: Logs): string[] {
  return diagnoseLogs(logs).cascades.map(inShort);
}

describe("Apache", () => {
  const left = "[client 10.0.0.7:52384] AH01102: error reading status line from remote server 10.0.0.9:9001";

  it("has a timer of its own for the service behind it, and says the timeout has expired", () => {
    const error = apache(5, `[proxy_http:error] [pid 7:tid 8] (70007)The timeout specified has expired: ${left}`);
    const echo = apache(
      5.001,
      "[proxy:error] [pid 7:tid 8] [client 10.0.0.7:52384] AH00898: Error reading from remote server returned by /chat",
    );
    expect(told({ apache: [error, echo], agent })).toEqual(["apache deadline strong -> agent"]);
  });

  it("lost the service behind it where the same line names another error", () => {
    const error = apache(5, `[proxy_http:error] [pid 7:tid 8] (104)Connection reset by peer: ${left}`);
    expect(told({ apache: [error], agent: agent.slice(0, 2) })).toEqual(["agent disconnect weak -> apache"]);
  });

  it("notes when a request began: its end is that of what it passed on", () => {
    const line = `10.0.0.7 - - [27/Nov/2026:${at(1).slice(11, 19)} +0000] "GET /chat HTTP/1.1" 200 513 X "-" "curl/8" 4002750`;
    expect(told({ apache: [line], agent })).toEqual(["apache disconnect strong -> agent"]);
  });
});

describe("Caddy", () => {
  const settings = caddy(0, { msg: "autosaved config (load with --resume flag)", file: "/config/caddy/autosave.json" });
  const broken = caddy(5, {
    level: "error",
    logger: "http.handlers.reverse_proxy",
    msg: "aborting with incomplete response",
    error: "write tcp 10.0.0.1:80->10.0.0.7:58454: write: broken pipe",
  });
  const request = (status: number, more: object): string =>
    caddy(5, {
      logger: "http.log.access.log0",
      msg: "handled request",
      request: { ...asked, headers: { "X-Request-Id": [ID] } },
      duration: 4.1,
      status,
      ...more,
    });

  it("is called by its file's name, whatever files its lines speak of, and stands above who has the request's id", () => {
    expect(told({ caddy: [settings, broken, request(200, {})], agent })).toEqual(["caddy disconnect strong -> agent"]);
  });

  it("stands above a service that noticed before it did", () => {
    const noticed = json(4.998, { level: "warn", msg: "client disconnected", request_id: ID });
    const logs = { caddy: [settings, broken, request(200, {})], agent: [...agent.slice(0, 2), noticed] };
    expect(told(logs)).toEqual(["caddy disconnect strong -> agent"]);
  });

  it("answers 504 in its log of errors for a timer of its own only", () => {
    const own = request(504, { logger: "http.log.error", msg: "net/http: timeout awaiting response headers" });
    expect(told({ caddy: [settings, own, request(504, {})], agent })).toEqual(["caddy deadline strong -> agent"]);
  });

  it("may only have handed on a 504 that stands in its log of requests alone", () => {
    expect(told({ caddy: [settings, request(504, {})] }).some((text) => text.includes("strong"))).toBe(false);
  });
});

describe("lighttpd", () => {
  it("has a timer of its own for the service behind it", () => {
    const line = `${at(5).slice(0, 19).replace("T", " ")}: (gw_backend.c.2788) read timeout on socket: tcp:10.0.0.9:9001 (fd: 10)`;
    expect(told({ lighttpd: [line], agent })).toEqual(["lighttpd deadline strong -> agent"]);
  });
});

describe("Squid", () => {
  const line = (result: string): string =>
    `${START + 5}.010   4009 10.0.0.7 ${result}/200 788 GET http://10.0.0.9:9001/chat - HIER_DIRECT/10.0.0.9 text/event-stream`;

  it("says at the end of its result that its client left", () => {
    expect(told({ squid: [line("TCP_MISS_ABORTED")], agent })).toEqual(["squid disconnect strong -> agent"]);
  });

  it("says nothing of it where the answer was complete", () => {
    expect(told({ squid: [line("TCP_MISS")], agent })).toEqual(["null cancel weak -> agent"]);
  });
});

describe("Traefik", () => {
  const line = (message: string, error: string): string =>
    json(5, {
      level: "debug",
      caller: "github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:121",
      error,
      message,
    });

  it("says at the level of debugging that a timer of its own ran out", () => {
    const error = "net/http: timeout awaiting response headers";
    expect(told({ traefik: [line("504 Gateway Timeout", error)], agent })).toEqual([
      "traefik deadline strong -> agent",
    ]);
  });

  it("says at the level of debugging that its client left", () => {
    expect(told({ traefik: [line("499 Client Closed Request", "context canceled")], agent })).toEqual([
      "traefik disconnect strong -> agent",
    ]);
  });
});
