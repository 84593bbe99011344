/**
 * Logs of mixed stacks, in the formats of their programs, whose truth is known: who ended the stream, and never somebody else for sure.
 */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);

/** So many seconds after the start. */
function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

/** As the common log format writes it. */
function commonAt(seconds: number): string {
  return `27/Nov/2026:${at(seconds).slice(11, 19)} +0000`;
}

function json(seconds: number, fields: object): string {
  return JSON.stringify({ time: at(seconds), ...fields });
}

type Logs = Readonly<Record<string, readonly string[]>>;

const CASES: readonly (readonly [what: string, logs: Logs, said: string])[] = [
  [
    "nginx499+node pino reqid: user left",
    {
      edge: [
        `{"time":"${at(12.2).slice(0, 19)}+00:00","remote_addr":"203.0.113.9","request_id":"9b1d0c5e4f2a4b7f","request":"GET /chat HTTP/1.1","status":"499","request_time":"12.204","upstream_addr":"10.0.4.21:8080"}`,
      ],
      gateway: [
        json(0, {
          level: 30,
          msg: "incoming request",
          reqId: "9b1d0c5e4f2a4b7f",
          req: { method: "GET", url: "/chat" },
        }),
        json(12.21, { level: 40, msg: "request aborted", reqId: "9b1d0c5e4f2a4b7f", responseTime: 12203 }),
        json(12.212, {
          level: 40,
          msg: "AbortError: This operation was aborted",
          reqId: "9b1d0c5e4f2a4b7f",
          peer: "model",
        }),
      ],
      model: [
        `INFO:     10.0.0.3:4411 - "POST /v1/chat HTTP/1.1" 200 OK`,
        `INFO 11-27 06:57:12 async_llm_engine.py:134] Aborted request 0e89f1d2d94c4a039f868222c100cc8a.`,
      ],
    },
    "edge disconnect strong -> gateway, model",
  ],
  [
    "haproxy sD: timeout server",
    {
      lb: [
        `Nov 27 06:57:35 lb haproxy[7]: 10.0.1.2:33317 [27/Nov/2026:06:57:05.000] http-in agents/agent1 0/0/0/25/30025 200 530 - - sD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"`,
      ],
      agent1: [
        json(5.01, { level: "info", msg: "GET /chat begin" }),
        json(35.03, { level: "warn", msg: "client disconnected while streaming" }),
      ],
    },
    "haproxy deadline strong -> agent1",
  ],
  [
    "envoy UT",
    {
      edge: [
        `[${at(0)}] "POST /chat HTTP/2" 504 UT 52 24 15000 - "10.0.3.17" "-" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "agent:8080" "10.0.4.21:8080"`,
      ],
      agent: [
        json(0.01, { level: "info", msg: "chat begin", "x-request-id": "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" }),
        json(15.02, { level: "warn", msg: "context canceled", "x-request-id": "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" }),
      ],
    },
    "edge deadline strong -> agent",
  ],
  [
    "traefik 499 12s: user",
    {
      traefik: [
        json(12.2, {
          ClientHost: "203.0.113.9",
          DownstreamStatus: 499,
          Duration: 12204000000,
          OriginStatus: 499,
          RequestMethod: "POST",
          RequestPath: "/chat",
          ServiceAddr: "172.22.0.5:8080",
          ServiceName: "agent@docker",
          level: "info",
          msg: "",
        }),
      ],
      agent: [
        json(0.1, { level: "info", msg: "listening on :8080" }),
        json(12.21, { level: "error", msg: "write tcp 172.22.0.5:8080->172.22.0.2:5123: write: broken pipe" }),
      ],
    },
    "traefik disconnect strong -> agent",
  ],
  [
    "alb 504 own timer, spring works on",
    {
      lb: [
        `h2 ${at(60.2).replace("Z", "000Z")} app/shop/50dc 203.0.113.9:2817 10.0.0.1:8080 0.001 60.000 0.000 504 - 34 366 "GET https://shop.example:443/report HTTP/2.0" "curl" - - arn "Root=1-58337262-36d2" "-" "-" 0 ${at(0.2).replace("Z", "000Z")} "forward" "-" "-" "10.0.0.1:8080" "-" "-" "-"`,
      ],
      report: [
        json(0.3, { level: "INFO", msg: "GET /report begin" }),
        json(75, { level: "INFO", msg: "GET /report 200 in 74700 ms" }),
        json(75.01, {
          level: "WARN",
          msg: "org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe",
        }),
      ],
    },
    "lb deadline strong -> report",
  ],
  [
    "heroku H12",
    {
      router: [
        `${at(30)} app[router]: at=error code=H12 desc="Request timeout" method=GET path="/chat" host=x.herokuapp.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="203.0.113.9" dyno=web.1 connect=0ms service=30000ms status=503 bytes=0 protocol=https`,
      ],
      web: [
        json(0.1, { level: "info", msg: "begin", request_id: "8601b555-6a83-4c12-8269-97c8e32cdb22" }),
        json(33, { level: "info", msg: "done", request_id: "8601b555-6a83-4c12-8269-97c8e32cdb22" }),
      ],
    },
    "router deadline strong -> web",
  ],
  [
    "grpcio deadline multi-line",
    {
      client: [
        json(5, {
          level: "error",
          msg: '<_MultiThreadedRendezvous of RPC that terminated with:\n\tstatus = StatusCode.DEADLINE_EXCEEDED\n\tdetails = "Deadline Exceeded"\n\tdebug_error_string = "UNKNOWN:Error received"\n>',
          peer: "ranker",
        }),
      ],
      ranker: [
        json(5.002, { level: "info", msg: "rpc terminated, active=False" }),
        json(5.003, { level: "warn", msg: "client cancelled the stream" }),
      ],
    },
    "client deadline strong -> ranker",
  ],
  [
    "grpc-js server shutting down: Call cancelled",
    {
      client: [json(5.1, { level: "error", msg: "1 CANCELLED: Call cancelled", peer: "ranker" })],
      ranker: [json(5, { level: "info", msg: "SIGTERM received, forceShutdown" })],
    },
    "ranker shutdown strong -> client",
  ],
  [
    "kitex unary canceled by business",
    {
      checkout: [
        `2026/11/27 06:57:01.100000 client.go:88: [Error] rpc timeout: timeout=5s, to=accounts, method=Get, location=kitex.rpcTimeoutMW, remote=10.8.1.23:9300: context canceled by business`,
      ],
      accounts: [
        `2026/11/27 06:57:01.102000 handler.go:44: [Warn] KITEX: processing request error caused by remote connection closed, source=extension, remoteService=checkout, remoteAddr=10.4.0.31:52204, error=connection has been closed when flush, count=37, period=1.8s`,
      ],
    },
    "checkout cancel strong -> accounts",
  ],
  [
    "celery revoked",
    {
      worker: [
        `[${at(3).slice(0, 19).replace("T", " ")},123: WARNING/MainProcess] Task app.tasks.render[3b5f1c7e-90aa-4d6e-8f13-52c1b7d8e901] revoked`,
      ],
    },
    "worker cancel strong ->",
  ],
  [
    "oom model",
    {
      gateway: [json(9.2, { level: "error", msg: "fetch failed: SocketError: other side closed", peer: "model" })],
      model: [
        json(0, { level: "info", msg: "loading" }),
        json(9.3, { level: "error", msg: "model.service: Main process exited, code=killed, status=9/KILL" }),
      ],
    },
    "model error strong -> gateway",
  ],
  [
    "undici headers timeout; model sees client left",
    {
      gateway: [
        json(300.5, {
          level: "error",
          msg: "TypeError: fetch failed",
          err: "HeadersTimeoutError: Headers Timeout Error",
          peer: "model",
        }),
      ],
      model: [
        `[GIN] 2026/11/27 - 07:02:00 | 200 | 5m0s | 10.0.0.9 | POST "/api/chat"`,
        `time=${at(300.52)} level=INFO msg="aborting completion request due to client closing the connection"`,
      ],
    },
    "gateway deadline strong -> model",
  ],
  [
    "uvicorn asgi cancel scope only",
    {
      api: [
        json(2, {
          level: "error",
          msg: "asyncio.exceptions.CancelledError: Cancelled via cancel scope 7f4ae9228540 by <Task pending name='Task-6'>",
        }),
      ],
    },
    "api cancel weak ->",
  ],
  [
    "postgres statement timeout up the chain",
    {
      db: [`${at(5).slice(0, 19).replace("T", " ")}.000 UTC [71] ERROR:  canceling statement due to statement timeout`],
      api: [
        json(5.01, {
          level: "error",
          msg: "query failed: ERROR: canceling statement due to statement timeout (SQLSTATE 57014)",
        }),
      ],
    },
    "db deadline strong -> api",
  ],
  [
    "api ctx timeout \u2192 pg user request",
    {
      api: [json(5, { level: "error", msg: "query gave up after 5s: context deadline exceeded" })],
      db: [`${at(5).slice(0, 19).replace("T", " ")}.004 UTC [71] ERROR:  canceling statement due to user request`],
    },
    "api deadline strong -> db",
  ],
  [
    "two unrelated access 499 in 1 second",
    {
      edge: [
        `203.0.113.9 - - [${commonAt(1)}] "GET /a HTTP/1.1" 499 0 "-" "x" 1.204`,
        `203.0.113.7 - - [${commonAt(1)}] "GET /b HTTP/1.1" 499 0 "-" "x" 9.204`,
      ],
    },
    "edge disconnect strong ->",
  ],
  [
    "gateway stop button",
    {
      gateway: [
        json(4, { level: "info", msg: "POST /runs/7/stop 202", run: "run-7f3a" }),
        json(4.01, { level: "info", msg: "aborting upstream request", run: "run-7f3a" }),
      ],
      agent: [json(4.02, { level: "warn", msg: "client closed the connection", run: "run-7f3a" })],
    },
    "gateway cancel strong -> agent",
  ],
  [
    "deadline inherited grpc-go unseen client",
    {
      chat: [
        json(3, {
          level: "error",
          msg: "recv",
          err: "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
          peer: "agent",
        }),
      ],
      agent: [json(3.0, { level: "error", msg: "handler", err: "context deadline exceeded" })],
    },
    "agent deadline weak -> chat",
  ],
  [
    "caddy client left",
    {
      caddy: [
        JSON.stringify({
          level: "error",
          ts: 1795762632.2,
          logger: "http.handlers.reverse_proxy",
          msg: "aborting with incomplete response",
          upstream: "agent:8080",
          error: "reading: context canceled",
        }),
      ],
      agent: [json(12.2, { level: "warn", msg: "http2: stream closed" })],
    },
    "caddy disconnect strong -> agent",
  ],
  [
    "envoy UC: agent died",
    {
      edge: [
        `[${at(0)}] "POST /chat HTTP/2" 200 UC 52 24 8000 - "10.0.3.17" "-" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "agent:8080" "10.0.4.21:8080"`,
      ],
      agent: [json(8, { level: "fatal", msg: "panic: runtime error: invalid memory address" })],
    },
    "agent error strong -> edge",
  ],
  [
    "kong upstream timeout 504",
    {
      kong: [
        `2026/11/27 06:58:00 [error] 1234#0: *17 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.9, server: kong, request: "GET /chat HTTP/1.1", upstream: "http://10.0.0.7:8080/chat", host: "x"`,
      ],
      agent: [
        json(0, { level: "info", msg: "listening on 10.0.0.7:8080" }),
        json(60.4, { level: "warn", msg: "client disconnected" }),
      ],
    },
    "kong deadline strong -> agent",
  ],
  [
    "istio both sidecars DC",
    {
      ingress: [
        json(0, {
          method: "POST",
          path: "/chat",
          response_code: 0,
          response_flags: "DC",
          duration: 8012,
          request_id: "84961386-6d84-929d-98bd-c5aee93b5c88",
          authority: "agent",
          upstream_cluster: "outbound|8080||agent.prod.svc.cluster.local",
          start_time: at(0),
        }),
      ],
      agent: [
        json(0, {
          method: "POST",
          path: "/chat",
          response_code: 0,
          response_flags: "DC",
          duration: 8010,
          request_id: "84961386-6d84-929d-98bd-c5aee93b5c88",
          authority: "agent",
          upstream_cluster: "inbound|8080||",
          start_time: at(0.001),
        }),
      ],
    },
    "ingress disconnect strong -> agent",
  ],
  [
    "gunicorn worker timeout",
    {
      edge: [
        `2026/11/27 06:57:30 [error] 12#12: *3 upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.9, server: , request: "GET /slow HTTP/1.1", upstream: "http://127.0.0.1:8000/slow", host: "x"`,
      ],
      api: [`[2026-11-27 06:57:30 +0000] [12] [CRITICAL] WORKER TIMEOUT (pid:44)`],
    },
    "api deadline strong -> edge",
  ],
  [
    "dotnet 499 + upstream",
    {
      web: [
        json(9, { level: "info", msg: "Request finished HTTP/1.1 GET http://x/chat - 499 0 - 9012.3ms" }),
        json(9.01, { level: "info", msg: "System.OperationCanceledException: The operation was canceled." }),
      ],
      model: [json(9.02, { level: "info", msg: "The client reset the request stream." })],
    },
    "web disconnect strong -> model",
  ],
  [
    "retry that succeeds after timeout",
    {
      a: [
        json(1, { level: "warn", msg: "attempt 1 timed out after 1s, retrying" }),
        json(1.2, { level: "info", msg: "attempt 2 succeeded" }),
      ],
    },
    "none",
  ],
  ["cron overlap abort", { cron: [json(1, { level: "warn", msg: "backup job aborted: already running" })] }, "none"],
  [
    "morgan - - and upstream abort",
    {
      gw: [json(4, { msg: "GET /chat - - ms - -" }), json(4.001, { msg: "AbortError: The operation was aborted" })],
      model: [json(4.01, { msg: "client disconnected" })],
    },
    "gw disconnect strong -> model",
  ],
  [
    "envoy NR 404 & UH 503 only",
    {
      edge: [
        `[${at(0)}] "POST /x HTTP/2" 404 NR 0 0 0 - "10.0.3.17" "-" "aa21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "x" "-"`,
        `[${at(1)}] "POST /y HTTP/2" 503 UH 0 19 0 - "10.0.3.17" "-" "bb21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "y" "-"`,
      ],
    },
    "none",
  ],
  [
    "k8s OOMKilled seen by kubelet",
    {
      kubelet: [json(9, { level: "info", msg: "container model OOMKilled exit code 137" })],
      gateway: [
        json(9.1, { level: "error", msg: "upstream prematurely closed connection: socket hang up", peer: "model" }),
      ],
    },
    "model error strong -> gateway",
  ],
  [
    "gce client_disconnected",
    {
      lb: [
        JSON.stringify({
          timestamp: at(12.2),
          httpRequest: {
            requestMethod: "GET",
            requestUrl: "https://x/chat",
            status: 200,
            latency: "12.204s",
            remoteIp: "203.0.113.9",
          },
          jsonPayload: { statusDetails: "client_disconnected_after_partial_response" },
        }),
      ],
      chat: [json(12.3, { level: "warn", msg: "context canceled", handler: "Chat" })],
    },
    "lb disconnect strong -> chat",
  ],
];

describe("logs of mixed stacks", () => {
  it.each(CASES)("%s", (_what, logs, said) => {
    const verdicts = diagnoseLogs(logs).cascades.map((cascade) => inShort(cascade).trim());
    expect(verdicts.length === 0 ? "none" : verdicts.join(" | ")).toBe(said);
  });
});

describe("lines that say little by themselves", () => {
  const left = json(5.01, { level: "warn", msg: "client disconnected" });

  it("end nobody's request where an attempt is made again, and are the reason where somebody else was left", () => {
    const retried = json(5, { level: "warn", msg: "attempt 1 timed out after 5s, retrying", peer: "agent" });
    expect(diagnoseLogs({ gateway: [retried] }).cascades).toEqual([]);
    expect(diagnoseLogs({ gateway: [retried], agent: [left] }).cascades.map(inShort)).toEqual([
      "gateway deadline strong -> agent",
    ]);
  });

  it("end nobody's request where a database was asked to cancel a statement", () => {
    const statement = json(5, { msg: "ERROR:  canceling statement due to user request" });
    expect(diagnoseLogs({ db: [statement] }).cascades).toEqual([]);
  });

  it("are of one incident though a program has ids of its own", () => {
    const id = "9b1d0c5e4f2a4b7f8f5f4f0a1c2d3e4f";
    const gateway = json(5, { level: "warn", msg: "client closed the connection", "x-request-id": id });
    const model = json(5.1, { level: "info", msg: "Aborted request 0e89f1d2d94c4a039f868222c100cc8a." });
    const other = json(5.1, { level: "info", msg: "client left", "x-request-id": id.replace("9b", "7c") });
    expect(diagnoseLogs({ gateway: [gateway], model: [model] }).cascades).toHaveLength(1);
    expect(diagnoseLogs({ gateway: [gateway], model: [other] }).cascades).toHaveLength(2);
  });
});
