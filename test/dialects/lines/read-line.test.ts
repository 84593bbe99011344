import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim, Evidence } from "../../../src/model/index.ts";
import { readLog } from "../../support/told.ts";

function only(line: string): Evidence {
  const found = readLog("chat", [line]);
  expect(found).toHaveLength(1);
  return found[0] as Evidence;
}

/** What a line says in short: whose doing, as its writer sees it. */
function saysOf(line: string): string {
  const found = only(line);
  if (found.type === "claim") return `${found.observation} ${found.about} ${found.knowledge} ${found.kind}`;
  return found.type === "process" ? `process ${found.happened}` : found.type;
}

describe("access lines", () => {
  const rows: readonly (readonly [name: string, line: string, says: string])[] = [
    [
      "nginx 499",
      '10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] "GET /chat HTTP/1.1" 499 0 "-" "curl/7.88"',
      "received caller reading disconnect",
    ],
    ["nginx 200", '10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] "GET /chat HTTP/1.1" 200 387 "-" "curl/7.88"', "call"],
    [
      "a health probe that did not wait",
      '10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] "GET /healthz HTTP/1.1" 499 0 "-" "kube-probe/1.30"',
      "call",
    ],
    [
      "HAProxy CD",
      '<134>Nov 27 06:56:13 h haproxy[72]: 10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - CD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
      "received caller reading disconnect",
    ],
    [
      "HAProxy sD",
      '<134>Nov 27 06:56:13 h haproxy[72]: 10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - sD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
      "started self fact deadline",
    ],
    [
      "HAProxy SD",
      '<134>Nov 27 06:56:13 h haproxy[72]: 10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - SD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
      "lost callee reading disconnect",
    ],
    [
      "HAProxy, all well",
      '<134>Nov 27 06:56:13 h haproxy[72]: 10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - ---- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
      "call",
    ],
    [
      "Envoy DC",
      '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 0 DC 52 1830 812 - "10.0.3.17" "Mozilla/5.0" "9f1c" "chat.example.com" "10.0.4.21:8080"',
      "received caller reading disconnect",
    ],
    [
      "Envoy UT",
      '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 504 UT 52 24 15000 - "10.0.3.17" "Mozilla/5.0" "9f1c" "chat.example.com" "10.0.4.21:8080"',
      "started self fact deadline",
    ],
    [
      "Envoy UC before an answer",
      '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 503 UC 52 95 120 - "10.0.3.17" "Mozilla/5.0" "9f1c" "chat.example.com" "10.0.4.21:8080"',
      "answer",
    ],
    [
      "Envoy UC in the middle of one",
      '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 200 UC 52 95 120 - "10.0.3.17" "Mozilla/5.0" "9f1c" "chat.example.com" "10.0.4.21:8080"',
      "lost callee reading disconnect",
    ],
    [
      "Envoy, all well",
      '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 200 - 52 95 120 118 "10.0.3.17" "Mozilla/5.0" "9f1c" "chat.example.com" "10.0.4.21:8080"',
      "call",
    ],
    [
      "Istio DC",
      '{"start_time":"2026-11-23T06:57:02.129Z","method":"POST","path":"/chat","response_code":0,"response_flags":"DC","duration":812,"request_id":"9f1c","upstream_host":"10.0.4.21:8080"}',
      "received caller reading disconnect",
    ],
    ["GIN 200", '[GIN] 2026/11/27 - 18:37:25 | 200 |          5m0s |     172.22.0.39 | POST     "/api/chat"', "call"],
    [
      "a path with a telling name",
      '10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] "GET /docs/request-cancelled HTTP/1.1" 200 387 "-" "curl/7.88"',
      "call",
    ],
  ];
  for (const [name, line, says] of rows) it(`say of the end: ${name}`, () => expect(saysOf(line)).toBe(says));

  it("stand at the end of their request where the line has the time of its beginning", () => {
    const { at } = only(rows.find(([name]) => name === "Envoy UT")?.[1] ?? "");
    expect(at).toBe(BigInt(Date.UTC(2026, 10, 23, 6, 57, 17, 129)) * 1_000_000n);
  });

  it("stand where they are where what was written around them has the time of the end", () => {
    const lines = [
      '2026-11-27T06:56:13.056004+00:00 10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - CD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
      '2026-11-27T06:56:13.056004Z stdout F 10.0.0.9 - - [27/Nov/2026:07:56:12 +0100] "GET /chat HTTP/1.1" 499 21 "-" "-" 1182 "chat@docker" "http://10.0.9.20:8080" 512ms',
    ];
    const end = BigInt(Date.UTC(2026, 10, 27, 6, 56, 13, 56)) * 1_000_000n;
    expect(lines.map((line) => (only(line).at ?? 0n) / 1_000_000n)).toEqual([end / 1_000_000n, end / 1_000_000n]);
  });

  it("stand at the end where a line has no time but that of the beginning", () => {
    const { at } = only(
      '10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - CD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
    );
    expect(at).toBe(BigInt(Date.UTC(2026, 10, 27, 6, 56, 13, 55)) * 1_000_000n);
  });

  it("name those behind a proxy as its configuration does", () => {
    const line = (server: string): string =>
      `10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in ${server} 0/0/0/25/512 200 530 - - CD-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"`;
    expect(only(line("gateway/gateway1")).sighting?.calls).toEqual(["gateway1", "gateway"]);
  });

  it("give duration, route, id and the service behind", () => {
    const line =
      '{"time":"2026-11-27T06:58:04+00:00","request_id":"4da430bf","status":200,"request":"GET /chat?q=1 HTTP/1.1","upstream_addr":"127.0.0.1:9810","request_time":0.420,"remote_addr":"203.0.113.9"}';
    expect(only(line).sighting).toMatchObject({
      durationsMs: [420],
      route: { method: "GET", path: "/chat" },
      marks: [{ key: "request", value: "4da430bf" }],
      calls: ["127.0.0.1:9810"],
      proxy: true,
      publicClient: true,
    });
  });
});

describe("a line in free words", () => {
  it("is about the request that its logger is bound to", () => {
    const line = (method: string, url: string): string =>
      JSON.stringify({
        level: 30,
        time: 1795804656949,
        name: "gateway",
        req: { id: "b94a", method, url },
        msg: "stopping",
      });
    expect(only(line("POST", "/chat/7/stop?by=user")).type).toBe("decision");
    expect(only(line("POST", "/chat?stop=1")).sighting?.route).toEqual({ method: "POST", path: "/chat" });
    expect(only(line("POST", "chat")).sighting?.route).toBeNull();
  });

  it("is a proxy's where nginx wrote it into its error log", () => {
    const proxy = (line: string): boolean | undefined => only(line).sighting?.proxy;
    expect(proxy("2026/11/27 06:58:08 [notice] 28709#28709: start worker processes")).toBe(true);
    expect(proxy("2026/11/27 06:58:08 [notice] start worker processes")).toBe(false);
  });

  const rows: readonly (readonly [name: string, line: string, says: string])[] = [
    ["a timer", "2026-11-27 06:58:04,283 ERROR chat: model timed out", "started self reading deadline"],
    ["a setting", "2026-11-27 06:58:04,283 INFO chat: POST /v1 timeout=30s", "call"],
    ["a cancelled order", "2026-11-27 06:58:04,283 INFO shop: order 4711 cancelled by customer", "call"],
    ["debugging in ordinary words", '{"level":"debug","time":"2026-11-27T06:58:04Z","msg":"stream cancelled"}', "call"],
    [
      "a server on its feet",
      '{"level":30,"time":1795762684449,"pid":1,"hostname":"h","name":"chat","msg":"listening"}',
      "process started",
    ],
    [
      "a panic of a server that was serving long before",
      "2026/11/27 06:58:04 http: panic serving 127.0.0.1:5000: net/http: abort Handler",
      "call",
    ],
    ["the end of a process", '{"level":"info","ts":1795762685.64,"msg":"shutting down"}', "process stopping"],
    [
      "a reset, at a server",
      '{"time":"2026-11-27T06:58:04Z","err":"http/2 stream closed with error code CANCEL (0x8)","stack":"at Http2ServerRequest.emit (node:events:5:2)"}',
      "received caller reading disconnect".replace("disconnect", "reset"),
    ],
    [
      "a reset, at a client",
      '{"time":"2026-11-27T06:58:04Z","err":"http/2 stream closed with error code CANCEL (0x8)","stack":"at callErrorFromStatus (call.js:3:1)"}',
      "received connection reading reset",
    ],
    [
      "a lost socket, at a server",
      "2026-11-27T06:58:04Z ERROR processing chat request: connection reset by peer",
      "received caller reading disconnect",
    ],
    [
      "a lost socket, at a client",
      "2026-11-27T06:58:04Z ERROR recv failed: connection reset by peer",
      "lost callee reading disconnect",
    ],
  ];
  for (const [name, line, says] of rows) it(`is read: ${name}`, () => expect(saysOf(line)).toBe(says));

  it("is about another process where it names one", () => {
    const [fact] = readLog("journal", [
      "2026-11-27T06:58:04Z ERROR model.service: Main process exited, code=killed, status=9/KILL",
    ]);
    expect(fact).toMatchObject({ type: "process", happened: "crashed", service: "model", saidBy: "journal" });
  });

  it("tells of a request that asks for the stop", () => {
    const line =
      '{"time":"2026-09-09T10:57:12.297Z","msg":"http","method":"POST","path":"/v1/sessions/5e55/stop","status":204,"dur_ms":0.4}';
    expect(only(line)).toMatchObject({ type: "decision", external: "whoever sent POST /v1/sessions/5e55/stop" });
  });

  it("keeps exceptions of several lines together, without their frames", () => {
    const line = [
      "2026-11-27 06:55:50,609 ERROR web: chat stream failed",
      "Traceback (most recent call last):",
      '  File "/srv/app/cancelled.py", line 19, in <module>',
      "    for m in call: pass",
      "grpc._channel._MultiThreadedRendezvous: <_MultiThreadedRendezvous of RPC that terminated with:",
      "\tstatus = StatusCode.CANCELLED",
      '\tdetails = "Locally cancelled by application!"',
      ">",
    ].join("\n");
    expect(only(line)).toMatchObject({ type: "claim", observation: "started", kind: "cancel", side: "client" });
    expect((only(line) as Claim).message).not.toContain("cancelled.py");
  });

  it("gives ids, durations and neighbours", () => {
    const line =
      "2026-11-27 06:58:04,283 ERROR req=f1c2 call to http://model:8080/v1 failed after 900.0s peer=model: stream cancelled";
    expect(only(line).sighting).toMatchObject({
      marks: [{ key: "req", value: "f1c2" }],
      durationsMs: [900_000],
      calls: ["model", "model:8080"],
    });
  });

  it("is never the end of anything while it is ordinary, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const found of readLog("chat", [text])) expect(found.service).toBe("chat");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a path that sounds like a probe", () => {
  const access = (path: string, agent = "curl/7.88"): string =>
    `10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] "GET ${path} HTTP/1.1" 499 0 "-" "${agent}"`;

  it("is one only as a whole, or where the asker says that it probes", () => {
    for (const path of ["/health", "/actuator/health", "/-/ready", "/livez"]) expect(saysOf(access(path))).toBe("call");
    expect(saysOf(access("/feed/live", "kube-probe/1.31"))).toBe("call");
    for (const path of ["/feed/live", "/api/ping", "/v1/status/17", "/x/ready"])
      expect(saysOf(access(path))).toBe("received caller reading disconnect");
  });
});

describe("a line of Cloudflare's Logpush", () => {
  const line = (status: number): string =>
    `{"ClientRequestMethod":"POST","ClientRequestURI":"/import","EdgeStartTimestamp":"2026-11-27T06:58:04Z","EdgeEndTimestamp":"2026-11-27T06:59:44Z","EdgeResponseStatus":${status},"OriginResponseDurationMs":100012}`;

  it("tells of the edge's own timer by its status, at the end of the request", () => {
    expect(saysOf(line(524))).toBe("started self fact deadline");
    expect(only(line(524)).at).toBe(BigInt(Date.UTC(2026, 10, 27, 6, 59, 44)) * 1_000_000n);
    expect(only(line(524)).sighting?.durationsMs).toEqual([100_012]);
    expect(saysOf(line(200))).toBe("call");
  });
});

describe("whoever watches a process", () => {
  const ofWhom = (text: string): string | null => only(`I1127 06:58:04.283000    1180 kubelet.go:808] ${text}`).service;

  it("names it in its fields before it does in words", () => {
    expect(
      ofWhom('"Killing container with a grace period" pod="ml/model-5d7f8c9b6-kk2lp" containerName="server"'),
    ).toBe("server");
    expect(ofWhom('"event for pod" pod="ml/model-5d7f8c9b6-kk2lp" event={"Type":"ContainerDied"}')).toBe("model");
    expect(ofWhom("Stopping container model because of memory")).toBe("model");
  });

  it("names no service where it names an interpreter", () => {
    expect(ofWhom("Out of memory: Killed process 4711 (python3) total-vm:8123456kB")).toBeNull();
    expect(ofWhom("Out of memory: Killed process 4711 (model) total-vm:8123456kB")).toBe("model");
  });
});

describe("names that are made of ordinary words", () => {
  it("tell of no event: settings and comments on them", () => {
    for (const text of [
      'feature flags: {"client-disconnect-detection": "on"}',
      "proxy_ignore_client_abort off; # 499 when client closed request",
      "--on-abort {cancel,ignore} what to do when the client closed the connection",
    ])
      expect(saysOf(`2026-11-27 06:58:04,283 INFO chat: ${text}`)).toBe("call");
  });
});

describe("the blanks of a logger", () => {
  it("are no flag with its help", () => {
    const line = "2026-11-27T06:58:04.283Z  WARN 1 --- [files] [exec-1] a.Files : client closed the connection";
    expect(saysOf(line)).toBe("received caller reading disconnect");
  });
});

describe("the log of gRPC's own transport", () => {
  it("tells of a connection, and cancels nobody", () => {
    const line =
      '2026/11/27 06:58:04 INFO: [transport] [client-transport 0xc0002b] Closing: connection error: desc = "error reading from server: EOF"';
    expect(saysOf(line)).toBe("call");
  });
});

describe("a line of an Application Load Balancer", () => {
  const line = (status: string, target: string): string =>
    `h2 2026-11-27T06:58:04.410000Z app/prod/50dc 203.0.113.9:51230 10.0.1.5:8080 0.001 -1 -1 ${status} ${target} 812 0 "POST https://api.example.com:443/v1/answers HTTP/2.0" "Mozilla/5.0" - - arn "Root=1-6743" "-"`;

  it("tells of a client that left and of the balancer's own timer", () => {
    expect(saysOf(line("460", "-"))).toBe("received caller reading disconnect");
    expect(saysOf(line("504", "-"))).toBe("started self fact deadline");
    expect(saysOf(line("504", "504"))).toBe("answer");
    expect(saysOf(line("200", "200"))).toBe("call");
    expect(only(line("460", "-")).sighting?.route).toEqual({ method: "POST", path: "/v1/answers" });
  });
});

describe("a connection that was lost", () => {
  it("is the client's where the writer was sending to it", () => {
    expect(saysOf("connection reset while sending the answer to the client")).toBe(
      "received caller reading disconnect",
    );
    expect(saysOf("connection reset by peer while reading from model")).toBe("lost callee reading disconnect");
  });
});
