import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCascadeStore } from "../../../src/cascade/index.ts";
import { diagnoseLogs, inShort, onlyCascade, readLog } from "../../support/told.ts";

const pino = (name: string, ms: number, fields: object): string =>
  JSON.stringify({ level: 40, time: 1_795_762_681_000 + ms, pid: 1, hostname: "h", name, ...fields });
const python = (name: string, ms: number, text: string): string =>
  `2026-11-27 06:58:0${1 + Math.floor(ms / 1000)},${String(ms % 1000).padStart(3, "0")} INFO ${name}: ${text}`;
const LEFT = "*2 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too";
const AT_NGINX =
  ', client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:9802/chat", host: "127.0.0.1:9801"';
const nginx = (second: number, text: string): string => `2026/11/27 06:58:0${second} [error] 7#7: ${text}${AT_NGINX}`;
const CANCELLED_ON_CLIENT = {
  err: { message: "1 CANCELLED: Cancelled on client", stack: "at callErrorFromStatus (x.js:1:1)" },
};
const goCancel = (name: string, ms: number, peer: string): string =>
  JSON.stringify({
    level: "error",
    ts: 1_795_762_681 + ms / 1_000,
    msg: "stream recv failed",
    peer,
    error: "rpc error: code = Canceled desc = context canceled",
    service: name,
  });
const goDeadline = (name: string, ms: number, peer: string): string =>
  goCancel(name, ms, peer).replace(
    "Canceled desc = context canceled",
    "DeadlineExceeded desc = context deadline exceeded",
  );
const serving = (name: string): string => pino(name, -3_000, { msg: "listening" });

describe("a user who leaves", () => {
  const logs = {
    nginx: [nginx(1, LEFT)],
    gateway: [
      serving("gateway"),
      pino("gateway", 977, { msg: "client closed the connection" }),
      pino("gateway", 979, CANCELLED_ON_CLIENT),
    ],
    model: [python("model", 998, "client cancelled the stream after 44 tokens")],
  };

  it("is seen first by the proxy, and stands outside the logs", () => {
    const cascade = onlyCascade(logs);
    expect(inShort(cascade)).toBe("nginx disconnect strong -> gateway, model");
    expect(cascade.origin.external).toBe("the client in front of nginx");
    expect(cascade.origin.reasons[0]?.rule).toBe("caller-left");
  });

  it("is found whatever the order in which the lines come", () => {
    const evidence = Object.entries(logs).flatMap(([service, events]) => readLog(service, events));
    const expected = onlyCascade(logs);
    fc.assert(
      fc.property(fc.shuffledSubarray(evidence, { minLength: evidence.length }), (shuffled) => {
        const store = createCascadeStore();
        for (const each of shuffled) store.add(each);
        store.finish();
        expect(store.diagnose().cascades).toEqual([expected]);
      }),
      { numRuns: 30 },
    );
  });

  it("is a guess where another service says nothing and may have been it", () => {
    const cascade = onlyCascade({
      planner: [python("planner", 100, "turn begin")],
      worker: [python("worker", 200, "turn begin"), python("worker", 900, "still thinking")],
      model: [python("model", 998, "client cancelled the stream after 44 tokens")],
    });
    expect(inShort(cascade)).toBe("model disconnect weak -> ");
  });
});

describe("a server that closes its response itself", () => {
  it("writes that its client left, and is not believed", () => {
    const cascade = onlyCascade({
      gateway: [
        serving("gateway"),
        pino("gateway", 500, {
          err: {
            message: "terminated: other side closed",
            stack: "at Fetch.onAborted (node:internal/deps/undici/undici:1:1)",
          },
        }),
        pino("gateway", 502, { msg: "client closed the connection" }),
      ],
      model: [serving("model")],
    });
    expect(inShort(cascade)).toBe("model disconnect weak -> gateway");
    expect(cascade.origin.reasons.map(({ rule }) => rule)).toEqual(["callee-gone", "own-close"]);
  });
});

describe("a timer", () => {
  it("in its own words is the origin, and those above repeat it", () => {
    const cascade = onlyCascade({
      gateway: [
        serving("gateway"),
        pino("gateway", 511, {
          err: { message: "4 DEADLINE_EXCEEDED: Deadline exceeded after 0.299s" },
          peer: "agent",
        }),
      ],
      agent: [
        serving("agent"),
        pino("agent", 502, { err: { message: "4 DEADLINE_EXCEEDED: Deadline exceeded after 0.299s" }, peer: "model" }),
      ],
      model: [python("model", 503, "client cancelled the stream")],
    });
    expect(inShort(cascade)).toBe("agent deadline strong -> gateway, model");
  });

  it("that ordinary words tell of among several services is weak", () => {
    const cascade = onlyCascade({
      agent: [serving("agent"), pino("agent", 500, { msg: "something timed out" })],
      model: [python("model", 503, "client cancelled the stream")],
      judge: [python("judge", 504, "client cancelled the stream")],
    });
    expect(inShort(cascade)).toBe("agent deadline weak -> judge, model");
  });

  it("that nobody mentions shows in the time the request took", () => {
    const line = (ms: number): string =>
      `10.0.9.8 - - [21/Apr/2026:12:00:37 +0000] "PATCH /blobs HTTP/1.1" 499 21 "-" "-" 1182 "reg@docker" "http://10.0.9.20:8080" ${ms}ms`;
    expect(inShort(onlyCascade({ traefik: [line(60_003)] }))).toBe("traefik deadline strong -> ");
    expect(inShort(onlyCascade({ traefik: [line(41_003)] }))).toBe("traefik disconnect strong -> ");
  });

  it("ends many streams after the same time, and is named once", () => {
    const at = (minute: number, text: string): string =>
      `time=2026-05-07T18:${minute}:25.369Z level=INFO msg="${text}"`;
    const left = "aborting completion request due to client closing the connection";
    const access = (minute: number): string =>
      `[GIN] 2026/05/07 - 18:${minute}:25 | 200 | 5m0s | 172.22.0.39 | POST "/api/chat"`;
    const cascade = onlyCascade({
      ollama: [access(37), at(37, left), access(42), at(42, left)],
      tagger: [
        "2026-05-07T18:42:25.581Z ERROR job failed: TypeError: fetch failed [cause]: HeadersTimeoutError: Headers Timeout Error",
      ],
    });
    expect(inShort(cascade)).toBe("tagger deadline strong -> ollama");
    expect(cascade.count).toBe(2);
  });

  it("of the caller is told by the first that says so, where those below were cancelled", () => {
    const cascade = onlyCascade({
      gateway: [goDeadline("gateway", 361, "chat")],
      chat: [serving("chat"), goCancel("chat", 362, "model")],
      model: [serving("model"), python("model", 363, "client cancelled the stream")],
    });
    expect(inShort(cascade)).toBe("gateway deadline strong -> chat, model");
  });

  it("that several print as a status may be anybody's", () => {
    const cascade = onlyCascade({
      gateway: [goDeadline("gateway", 363, "chat")],
      chat: [serving("chat"), goDeadline("chat", 362, "agent")],
      agent: [serving("agent"), goDeadline("agent", 361, "model")],
    });
    expect(cascade.origin.confidence).toBe("weak");
    expect(cascade.origin.service).toBe("chat");
  });
});

describe("a status that travels up", () => {
  it("is nobody's proof: a server at the top was cancelled from outside, weakly", () => {
    const cascade = onlyCascade({
      chat: [serving("chat"), goCancel("chat", 361, "agent")],
      agent: [serving("agent"), goCancel("agent", 362, "model")],
      model: [serving("model"), python("model", 363, "generation stopped: context canceled")],
    });
    expect(inShort(cascade)).toBe("chat disconnect weak -> agent, model");
    expect(cascade.origin.external).toBe("the caller of chat");
  });

  it("is the topmost's own cancel where it serves nobody and those below noticed one after another", () => {
    const cascade = onlyCascade({
      gateway: [goCancel("gateway", 361, "chat")],
      chat: [serving("chat"), goCancel("chat", 362, "agent")],
      agent: [serving("agent"), goCancel("agent", 363, "model")],
    });
    expect(inShort(cascade)).toBe("gateway cancel strong -> agent, chat, model".replace(", model", ""));
  });
});

describe("a process that ends", () => {
  const reset = { err: { message: "1 CANCELLED: Call cancelled", stack: "at callErrorFromStatus (x.js:1:1)" } };

  it("because it was told to is the origin of what ends within its grace time", () => {
    const cascade = onlyCascade({
      ledger: [pino("ledger", -5_000, { msg: "SIGTERM, grace 5s" })],
      reader: [pino("reader", 10, reset)],
    });
    expect(inShort(cascade)).toBe("ledger shutdown strong -> reader");
  });

  it("after the others have noticed is no cause", () => {
    const cascade = onlyCascade({
      ledger: [pino("ledger", 300, { msg: "shutting down" })],
      reader: [pino("reader", 10, reset)],
    });
    expect(cascade.origin.kind).not.toBe("shutdown");
  });

  it("and began again in between is no cause", () => {
    const cascade = onlyCascade({
      ledger: [
        pino("ledger", -5_000, { msg: "SIGTERM, grace 5s" }),
        serving("ledger"),
        pino("ledger", -2_000, { msg: "listening" }),
      ],
      reader: [pino("reader", 10, reset)],
    });
    expect(cascade.origin.kind).not.toBe("shutdown");
  });

  it("by itself is named by whoever watches it", () => {
    const cascade = onlyCascade({
      journal: ["2026-11-27T06:58:01.200Z ERROR model.service: Main process exited, code=killed, status=9/KILL"],
      gateway: [pino("gateway", 10, { err: { message: "other side closed" } })],
    });
    expect(inShort(cascade)).toBe("model error strong -> gateway");
    expect(cascade.origin.reasons[0]?.text).toContain("as journal says");
  });
});

describe("a stop button", () => {
  it("makes the service that was asked the origin, and whoever asked the cause", () => {
    const cascade = onlyCascade({
      brain: [
        pino("brain", 0, { msg: "http", method: "POST", path: "/v1/sessions/5e55/stop", status: 204, dur_ms: 0.4 }),
        pino("brain", 2, {
          session: "5e55",
          error: 'gateway unreachable: Post "http://gateway:8081/v1": context canceled',
        }),
      ],
      gateway: [
        pino("gateway", 3, { msg: "handled", request: { method: "POST", uri: "/v1" }, duration: 0.9, status: 0 }),
      ],
    });
    expect(inShort(cascade)).toBe("brain cancel strong -> gateway");
    expect(cascade.origin.external).toBe("whoever sent POST /v1/sessions/5e55/stop");
    expect(cascade.origin.intent).toBe("stop");
  });
});

describe("a proxy between two services", () => {
  it("whose answer is all there is stands outside the logs", () => {
    const { origin } = onlyCascade({
      agent: [pino("agent", 0, { msg: "model answered 504: upstream request timeout" })],
    });
    expect(origin).toMatchObject({
      service: "agent",
      kind: "deadline",
      external: "a proxy between agent and the service it called",
    });
  });
});

describe("work that goes on", () => {
  it("for a request that is over is told with the service", () => {
    const { cascades, warnings } = diagnoseLogs({
      proxy: [pino("proxy", 0, { request_id: "chatcmpl-c0de", msg: "Client disconnected the request" })],
      model: [python("model", 100, "req=chatcmpl-c0de chunk 25/100"), python("model", 5_000, "req=chatcmpl-c0de done")],
    });
    expect(cascades.map(inShort)).toEqual(["proxy disconnect strong -> model"]);
    expect(cascades[0]?.reached[0]?.state).toBe("still-running");
    expect(warnings.map(({ rule, service }) => [rule, service])).toContainEqual(["ghost-work", "model"]);
  });
});

describe("two requests in one moment", () => {
  it("are two cascades where their ids differ", () => {
    const { cascades } = diagnoseLogs({
      gateway: [
        serving("gateway"),
        pino("gateway", 10, { reqId: "aaaa1111", msg: "client closed the connection" }),
        pino("gateway", 12, { reqId: "bbbb2222", msg: "client closed the connection" }),
      ],
    });
    expect(cascades.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it("are one where nothing tells them apart", () => {
    const { cascades } = diagnoseLogs({
      gateway: [
        serving("gateway"),
        pino("gateway", 10, { msg: "client closed the connection" }),
        pino("gateway", 12, { msg: "client closed the connection" }),
      ],
    });
    expect(cascades).toHaveLength(1);
  });
});

describe("one cancel told in two ways", () => {
  const path =
    "[ttstream error, code=12007] [server-side stream] [canceled path: gateway] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
  const own = path.replace("[server-side stream] [canceled path: gateway]", "[client-side stream]");

  it("is one cascade, and begins at the proxy above the service that says it cancelled", () => {
    const cascade = onlyCascade({
      nginx: [nginx(1, LEFT.replace("so upstream", "so the upstream"))],
      gateway: [
        JSON.stringify({ time: "2026-11-27T06:57:59.000Z", msg: "listening", addr: "127.0.0.1:9802" }),
        JSON.stringify({ time: "2026-11-27T06:58:01.602Z", msg: "stream recv failed", peer: "chat", err: own }),
      ],
      chat: [JSON.stringify({ time: "2026-11-27T06:58:01.603Z", msg: "stream send failed", err: path })],
    });
    expect(inShort(cascade)).toBe("nginx disconnect strong -> chat, gateway");
  });
});

describe("ordinary lines", () => {
  const texts = (i: number): readonly string[] => [
    python("shop", i % 900, `order ${i} cancelled by customer`),
    python("shop", i % 900, `POST /v1/chat timeout=30s attempt=${i}`),
    pino("api", i, { msg: "request completed", timeout: 30_000, res: { statusCode: 200 }, responseTime: 12 }),
    `10.0.0.${i % 250} - - [27/Nov/2026:06:58:0${i % 10} +0000] "GET /healthz HTTP/1.1" 499 0 "-" "kube-probe/1.30"`,
    `10.0.0.${i % 250} - - [27/Nov/2026:06:58:0${i % 10} +0000] "GET /items/${i} HTTP/1.1" 200 512 "-" "curl/8"`,
    `2026/11/27 06:58:0${i % 10} [info] 7#7: *${i} client 10.0.0.9 closed keepalive connection`,
    `I1127 06:58:0${i % 10}.265812 1600 pool.go:54] "closing idle connections" count=${i}`,
    `[GIN] 2026/11/27 - 06:58:0${i % 10} | 200 | 2.6ms | 10.0.0.9 | POST "/api/orders/${i}/cancel-policy"`,
    pino("api", i, { msg: "subscription canceled", subscription: i }),
    python("worker", i % 900, "shutting down"),
  ];

  it("of many kinds beside each other, ten thousand of them, are no cascade", () => {
    const store = createCascadeStore();
    for (let i = 0; i < 1_000; i += 1) {
      for (const evidence of readLog("mixed", texts(i), i * 10 + 1)) store.add(evidence);
    }
    store.finish();
    expect(store.diagnose().cascades.map(inShort)).toEqual([]);
  });
});

describe("an input whose ordinary lines were not read", () => {
  it("is judged weakly: a service that says nothing cannot be told from one that is not there", () => {
    const store = createCascadeStore();
    for (const evidence of readLog("nginx", [nginx(1, LEFT)]))
      if (evidence.sighting !== undefined) store.add({ ...evidence, sighting: { ...evidence.sighting, alone: true } });
    store.finish();
    expect(store.diagnose().cascades.map(inShort)).toEqual(["nginx disconnect weak -> "]);
  });
});

describe("a wish to stop", () => {
  const stop = (ms: number, fields: object): string => pino("api", ms, { msg: "POST /jobs/7/cancel 204", ...fields });

  it("is not that of another request, however near", () => {
    const left = pino("api", 900, { msg: "client disconnected", reqId: "u1" });
    const { origin } = onlyCascade({ api: [stop(300, { reqId: "u2" }), left] });
    expect(origin.reasons[0]?.rule).toBe("caller-left");
    const named = pino("api", 300, { msg: "POST /jobs/u1/stop", reqId: "u2" });
    for (const wish of [stop(300, { reqId: "u1" }), named])
      expect(onlyCascade({ api: [wish, left] }).origin.reasons[0]?.rule).toBe("asked-to-stop");
  });

  it("is not pinned on a service that only heard of the end", () => {
    const cascade = onlyCascade({
      api: [stop(300, {})],
      engine: [python("engine", 330, "render stopped: context canceled")],
    });
    expect(cascade.origin.service).toBe("api");
  });
});

describe("a deadline that two services tell within a moment", () => {
  it("is the upper one's where the lower one was told how long it has", () => {
    const below = (more: object): string =>
      pino("chat", 362, { msg: "handled", error: "deadline_exceeded: context deadline exceeded", ...more });
    const logs = (more: object) => ({
      gateway: [goDeadline("gateway", 363, "chat")],
      chat: [serving("chat"), below(more)],
    });
    expect(onlyCascade(logs({ connect_timeout_ms: "499" })).origin.service).toBe("gateway");
    expect(onlyCascade(logs({})).origin.service).toBe("chat");
  });
});

describe("a process that stopped long before", () => {
  const reset = { err: { message: "read ECONNRESET", stack: "at callErrorFromStatus (x.js:1:1)" } };
  const stopped = [pino("ledger", -30_000, { msg: "SIGTERM, grace 40s" })];

  it("is the origin of what ended at a service only where that one calls it", () => {
    expect(diagnoseLogs({ ledger: stopped, reader: [pino("reader", 10, reset)] }).cascades[0]?.origin.kind).not.toBe(
      "shutdown",
    );
    const called = { ledger: stopped, reader: [pino("reader", 10, { ...reset, peer: "ledger" })] };
    expect(onlyCascade(called).origin.kind).toBe("shutdown");
  });
});

describe("a service that began to work when the request did", () => {
  it("is not its caller unless something says that it calls", () => {
    const { origin } = onlyCascade({
      gateway: [pino("gateway", 7_010, { msg: "client disconnected", durationMs: 7_005, reqId: "r-1" })],
      model: [pino("model", 5, { msg: "generate" })],
    });
    expect(origin.reasons[0]?.rule).not.toBe("timer-nobody-mentions");
  });
});

describe("a port that several hosts have", () => {
  it("names no service", () => {
    const envoy = (path: string, flags: string, address: string): string =>
      `[2026-11-27T06:58:01.000Z] "POST ${path} HTTP/2" ${flags} 52 24 1000 - "10.0.3.17" "Mozilla/5.0" "9f1c" "chat.example.com" "${address}:8080"`;
    const { reached } = onlyCascade({
      envoy: [envoy("/export", "504 UT", "10.8.0.12"), envoy("/orders", "200 -", "10.8.0.13")],
      orders: [pino("orders", -3_000, { msg: "listening on :8080" })],
    });
    expect(reached).toEqual([]);
  });
});

describe("a write that fails after a timer", () => {
  const timer =
    'Nov 27 06:58:31 lb haproxy[9]: 10.0.0.5:50119 [27/Nov/2026:06:58:01.004] web app/app1 0/0/0/-1/30001 504 198 - - sH-- 3/3/0/0/0 0/0 "GET /report HTTP/1.1"';
  const write = (ms: number): string =>
    pino("reports", ms, {
      msg: "request failed",
      err: { message: "write EPIPE: broken pipe", stack: "at ServerResponse" },
    });

  it("is the end of the same stream where the timer's service is the only caller", () => {
    const cascade = onlyCascade({ haproxy: [timer], reports: [pino("reports", 5, { msg: "started" }), write(42_000)] });
    expect(inShort(cascade)).toBe("haproxy deadline strong -> reports");
  });

  it("is one of its own where somebody else may have called, and long after", () => {
    const other = [pino("cron", 100, { msg: "run" })];
    expect(diagnoseLogs({ haproxy: [timer], cron: other, reports: [write(42_000)] }).cascades).toHaveLength(2);
    expect(diagnoseLogs({ haproxy: [timer], reports: [write(90_000)] }).cascades).toHaveLength(2);
  });
});

describe("a service in Python between two others", () => {
  const gateway = [
    serving("gateway"),
    pino("gateway", 420, {
      msg: "stream failed",
      err: { type: "TypeError", message: "terminated: other side closed", stack: "at Fetch.onAborted (undici.js:1:1)" },
    }),
  ];
  const model = [
    "======== Running on http://127.0.0.1:9803 ========",
    python("model", 277, "generation stopped after 7 tokens: CancelledError()"),
  ];
  const calling = python("agent", 10, 'HTTP Request: POST http://127.0.0.1:9803/v1/chat/completions "HTTP/1.1 200 OK"');
  const failed = (traceback: string): string =>
    `${python("agent", 278, "completion failed")}\nTraceback (most recent call last):\n${traceback}`;

  it("had a timer of its own where its timeout cancelled what it was waiting for", () => {
    const timeout = failed(
      [
        '  File "/srv/httpcore/_async/http11.py", line 203, in _receive_response_body',
        "    event = await self._receive_event(timeout=timeout)",
        "            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "asyncio.exceptions.CancelledError",
        "",
        "The above exception was the direct cause of the following exception:",
        "",
        "Traceback (most recent call last):",
        '  File "/usr/lib/python3.11/asyncio/timeouts.py", line 115, in __aexit__',
        "    raise TimeoutError from exc_val",
        "TimeoutError",
      ].join("\n"),
    );
    const cascade = onlyCascade({ gateway, model, agent: [calling, timeout] });
    expect(inShort(cascade)).toBe("agent deadline strong -> gateway, model");
    expect(cascade.evidence.map(({ text }) => text).join()).not.toContain("_receive_event");
  });

  it("is gone where one lost it, the other was cancelled, and it says nothing", () => {
    const cascade = onlyCascade({ gateway, model, agent: [calling] });
    expect(inShort(cascade)).toBe("agent disconnect weak -> gateway, model");
    expect(cascade.origin.reasons[0]?.rule).toBe("gone-between");
    // Nobody lost it: then it may be its caller as well
    const [other] = diagnoseLogs({ gateway: gateway.slice(0, 1), model, agent: [calling] }).cascades;
    expect(other?.origin.service).toBeNull();
  });
});
