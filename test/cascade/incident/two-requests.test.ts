/** Two requests that end within a second, and lines that do not say which they are about. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (ms: number, fields: object): string =>
  JSON.stringify({ timestamp: new Date(START + ms).toISOString(), ...fields });

const edge = [json(170, { msg: "client disconnected", reqId: "chat-1044" })];
const jobs = [json(318, { msg: "job failed: Client.Timeout exceeded while reading body", request_id: "job-31" })];
const engine = [
  json(172, { msg: "generation cancelled after 46 tokens", request_id: "chat-1044" }),
  json(319, { msg: "generation cancelled after 52 tokens", request_id: "job-31" }),
];
const proxy = [
  '2026/11/27 06:57:00 [info] 802#802: *14 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while reading upstream, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://edge:21021/chat", host: "127.0.0.1:21035"',
];

describe("a line without an id", () => {
  it("belongs to the nearer of two requests, and does not make them one", () => {
    const { cascades } = diagnoseLogs({ proxy, edge, jobs, engine });
    expect(cascades.map(inShort).sort()).toEqual([
      "jobs deadline strong -> engine",
      "proxy disconnect strong -> edge, engine",
    ]);
  });

  it("joins services that give a request ids of their own", () => {
    const own = [json(172, { msg: "generation cancelled after 46 tokens", request_id: "gen-77" })];
    const { cascades } = diagnoseLogs({ proxy, edge, engine: own });
    expect(cascades.map(inShort)).toEqual(["proxy disconnect strong -> edge, engine"]);
  });
});

describe("two lines of one proxy about requests that ended in the same moment", () => {
  const at = (START + 649) / 1_000;
  const request = (uri: string) => ({ method: "GET", host: "127.0.0.1:9037", uri, proto: "HTTP/1.1" });
  const entry = (logger: string, msg: string, uri: string, duration: number): string =>
    JSON.stringify({ level: "error", ts: at, logger, msg, request: request(uri), duration, status: 504 });
  const failed = entry("http.log.error.log0", "net/http: timeout awaiting response headers", "/chat", 0.802470045);

  it("are about one request where its time was measured once", () => {
    const handled = entry("http.log.access.log0", "handled request", "/chat", 0.802470045);
    expect(diagnoseLogs({ caddy: [failed, handled] }).cascades.map(inShort)).toEqual(["caddy deadline strong -> "]);
  });

  it("are about two where it was not, or their routes differ", () => {
    const other = entry("http.log.access.log0", "handled request", "/chat", 0.802991);
    expect(diagnoseLogs({ caddy: [failed, other] }).cascades).toHaveLength(2);
    const elsewhere = entry("http.log.access.log0", "handled request", "/search", 0.802470045);
    expect(diagnoseLogs({ caddy: [failed, elsewhere] }).cascades).toHaveLength(2);
  });
});
