import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../../src/model/index.ts";
import { readLog } from "../../../support/told.ts";

function only(line: string): Evidence {
  const found = readLog("edge", [line]);
  expect(found).toHaveLength(1);
  return found[0] as Evidence;
}

/** A request in short: what was asked, for how long, whom it was passed on to, and how it ended. */
function shortly(line: string): string {
  const { sighting, ...evidence } = only(line);
  if (sighting === undefined) return "no sighting";
  const { route, durationsMs, calls } = sighting;
  const asked = route === null ? "no HTTP" : `${route.method} ${route.path}`;
  const to = calls.length === 0 ? "" : ` -> ${calls.join(" ")}`;
  const end = evidence.type === "claim" ? `${evidence.about} ${evidence.kind} ${evidence.dialect}` : evidence.type;
  return `${asked} ${durationsMs.map((ms) => Number(ms.toFixed(3))).join()}ms${to}: ${end}`;
}

const ROWS: readonly (readonly [software: string, line: string, read: string])[] = [
  [
    "nginx, combined",
    '203.0.113.9 - alice [23/Nov/2026:06:57:02 +0000] "GET /chat?id=7 HTTP/2.0" 499 0 "https://shop.example/" "Mozilla/5.0"',
    "GET /chat ms: caller disconnect words",
  ],
  [
    "nginx, with times and upstream by name",
    '203.0.113.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5311 "-" "curl/8.5.0" rt=30.012 uct="0.001" uht="0.012" urt="30.011" ua="10.0.4.21:8080"',
    "GET /chat 30012ms -> 10.0.4.21:8080: call",
  ],
  [
    "nginx, with time and upstream without names",
    '203.0.113.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 499 0 "-" "curl/8.5.0" 12.204 10.0.4.21:8080 12.204',
    "GET /chat 12204ms -> 10.0.4.21:8080: caller disconnect words",
  ],
  [
    "nginx, JSON",
    '{"time":"2026-11-23T06:57:02+00:00","remote_addr":"203.0.113.9","request_id":"9b1d0c5e4f2a4b7f8f5f4f0a1c2d3e4f","request":"GET /chat HTTP/1.1","status":"499","request_time":"12.204","upstream_addr":"10.0.4.21:8080","upstream_response_time":"12.203"}',
    "GET /chat 12204ms -> 10.0.4.21:8080: caller disconnect words",
  ],
  [
    "nginx, JSON with short names",
    '{"ts":"2026-11-23T06:57:02+00:00","rid":"9b1d0c5e4f2a4b7f8f5f4f0a1c2d3e4f","st":499,"req":"GET /chat HTTP/1.1","ust":"-","urt":"12.203","rt":12.204}',
    "GET /chat 12204ms: caller disconnect words",
  ],
  [
    "a program's own line with a request line in its words",
    '{"ts":"2026-11-23T06:57:02+00:00","code":499,"msg":"parsed GET /chat HTTP/1.1 in 3 steps"}',
    "GET /chat ms: call",
  ],
  [
    "Ingress NGINX",
    '172.21.0.224 - - [23/Nov/2026:06:57:02 +0000] "POST /execute HTTP/1.1" 499 0 "-" "Apache-HttpClient/4.5.12" 409 2.702 [shop-agent-8080] [] 172.21.72.106:8080 0 2.702 - da6c85d62764980fb0a1f9f2a8d3a111',
    "POST /execute 2702ms -> 172.21.72.106:8080 shop-agent agent: caller disconnect Ingress NGINX",
  ],
  [
    "HAProxy, httplog",
    'haproxy[14389]: 10.0.1.2:33317 [23/Nov/2026:06:57:02.655] http-in agents/agent1 10/0/30/69/5109 200 2750 - - CD-- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /chat HTTP/1.1"',
    "GET /chat 5109ms -> agent1 agents: caller disconnect HAProxy",
  ],
  [
    "HAProxy, httpslog",
    '10.0.1.2:33317 [23/Nov/2026:06:57:02.655] https-in~ agents/agent1 10/0/30/69/5109 200 2750 - - sD-- 1/1/1/1/0 0/0 0/0000000000000000/0/0/0 shop.example/TLSv1.3/TLS_AES_256_GCM_SHA384 "GET /chat HTTP/1.1"',
    "GET /chat 5109ms -> agent1 agents: self deadline HAProxy",
  ],
  [
    "HAProxy, a format of one's own",
    '203.0.113.9:57136 [23/Nov/2026:06:57:02.716] grpc_service~ grpc_servers/items-api1 0/0/0/-1/749 206 400 [CD] "POST /items.Items/Watch HTTP/2.0"',
    "POST /items.Items/Watch 749ms -> items-api1 grpc_servers: caller disconnect HAProxy",
  ],
  [
    "HAProxy, tcplog",
    "haproxy[14387]: 10.0.1.2:33313 [23/Nov/2026:06:57:02.151] fnt bck/srv1 0/0/5007 212 cD 0/0/0/0/3 0/0",
    "no HTTP 5007ms -> srv1 bck: self deadline HAProxy",
  ],
  [
    "HAProxy, a server that refused",
    'haproxy[14389]: 10.0.1.2:33317 [23/Nov/2026:06:57:02.655] http-in agents/agent1 0/0/-1/-1/0 503 217 - - SC-- 1/1/1/1/3 0/0 "GET /chat HTTP/1.1"',
    "GET /chat 0ms -> agent1 agents: call",
  ],
  [
    "HAProxy, JSON",
    '{"time":"2026-11-23T06:57:02.655Z","client":"10.0.1.2","backend_name":"agents","server":"agent1","http_method":"GET","http_path":"/chat","http_status":200,"term_state":"CD--","time_active":5109}',
    "GET /chat 5109ms -> agents: caller disconnect HAProxy",
  ],
  [
    "Envoy, the default format",
    '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 0 DC 52 1830 812 - "10.0.3.17" "Mozilla/5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "agent" "tcp://10.0.4.21:8080"',
    "POST /chat 812ms -> 10.0.4.21:8080 agent: caller disconnect Envoy",
  ],
  [
    "Envoy, two flags",
    '[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 504 UF,UT 52 24 15000 - "10.0.3.17" "-" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "agent" "10.0.4.21:8080"',
    "POST /chat 15000ms -> 10.0.4.21:8080 agent: self deadline Envoy",
  ],
  [
    "Envoy, nothing behind the flags",
    '[2026-11-23T06:57:02.129Z] "POST / HTTP/2" 0 DC',
    "POST / ms: caller disconnect Envoy",
  ],
  [
    "Istio, text",
    '[2026-11-23T06:57:02.409Z] "GET /status/418 HTTP/1.1" 200 DC downstream_remote_disconnect - "-" 0 135 4004 4 "-" "curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "10.44.1.27:80" outbound|8000||httpbin.foo.svc.cluster.local 10.44.1.23:37652 10.0.45.184:8000 10.44.1.23:46520 - default',
    "GET /status/418 4004ms -> 10.44.1.27:80 httpbin.foo.svc.cluster.local httpbin:8000: caller disconnect Envoy",
  ],
  [
    "Istio, JSON",
    '{"start_time":"2026-11-23T06:57:02.409Z","method":"POST","path":"/chat","protocol":"HTTP/2","response_code":0,"response_flags":"DC","response_code_details":"downstream_remote_disconnect","bytes_sent":1830,"duration":812,"x_forwarded_for":null,"request_id":"84961386-6d84-929d-98bd-c5aee93b5c88","authority":"agent:8080","upstream_host":"10.44.1.27:8080","upstream_cluster":"outbound|8080||agent.prod.svc.cluster.local","route_name":"default"}',
    "POST /chat 812ms -> 10.44.1.27:8080 agent.prod.svc.cluster.local agent:8080: caller disconnect Envoy",
  ],
  [
    "Traefik, common log format",
    '10.0.3.17 - - [23/Nov/2026:06:57:02 +0000] "POST /chat HTTP/1.1" 499 21 "-" "-" 42 "agent@docker" "http://172.22.0.5:8080" 60001ms',
    "POST /chat 60001ms -> 172.22.0.5:8080 agent: caller disconnect Traefik",
  ],
  [
    "Traefik, JSON",
    '{"ClientAddr":"10.0.3.17:51422","ClientHost":"10.0.3.17","DownstreamContentSize":21,"DownstreamStatus":499,"Duration":12204000000,"OriginStatus":499,"RequestMethod":"POST","RequestPath":"/chat","ServiceAddr":"172.22.0.5:8080","ServiceName":"agent@docker","level":"info","msg":"","time":"2026-11-23T06:57:02Z"}',
    "POST /chat 12204ms -> 172.22.0.5:8080 agent: caller disconnect Traefik",
  ],
  [
    "Caddy, JSON",
    '{"level":"error","ts":1795417022.129,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"10.0.3.17","remote_port":"51422","client_ip":"10.0.3.17","proto":"HTTP/2.0","method":"POST","host":"shop.example","uri":"/chat"},"bytes_read":52,"user_id":"","duration":12.204,"size":0,"status":0}',
    "POST /chat 12204ms: caller disconnect Caddy",
  ],
  [
    "Caddy, its log of errors: a timer of its own",
    '{"level":"error","ts":1795417022.129,"logger":"http.log.error","msg":"dial tcp 10.0.4.21:8080: i/o timeout","request":{"remote_ip":"10.0.3.17","proto":"HTTP/2.0","method":"POST","host":"shop.example","uri":"/chat"},"duration":12.204,"status":504,"err_id":"b5yx6zme4"}',
    "POST /chat 12204ms: self deadline Caddy",
  ],
  [
    "Caddy, its log of requests: a status that may be the service's",
    '{"level":"error","ts":1795417022.129,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.3.17","proto":"HTTP/2.0","method":"POST","host":"shop.example","uri":"/chat"},"duration":12.204,"size":0,"status":504}',
    "POST /chat 12204ms: answer",
  ],
  [
    "Apache, with %D and a broken connection",
    '203.0.113.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 513 X "-" "curl/8.5.0" 12204000',
    "GET /chat 12204ms: caller disconnect Apache httpd",
  ],
  [
    "Apache, with a name that only looks like a broken connection",
    '203.0.113.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 513 "-" "Windows X 10" 12204000',
    "GET /chat 12204ms: call",
  ],
  [
    "Squid, a client that left",
    "1795417022.837    901 10.0.3.17 TCP_MISS_ABORTED/200 788 GET http://agent:8080/chat?id=7 - HIER_DIRECT/10.0.4.21 text/event-stream",
    "GET /chat 901ms -> agent:8080 10.0.4.21: caller disconnect Squid",
  ],
  [
    "Squid, a request that ended well",
    "1795417022.837    901 10.0.3.17 TCP_MISS/200 788 GET http://agent:8080/chat - HIER_DIRECT/10.0.4.21 text/event-stream",
    "GET /chat 901ms -> agent:8080 10.0.4.21: call",
  ],
  [
    "AWS ALB, a client that left",
    'h2 2026-11-23T06:57:02.186641Z app/shop/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.001 12.203 -1 460 - 34 366 "GET https://shop.example:443/chat HTTP/2.0" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:x "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2026-11-23T06:56:50.364000Z "forward" "-" "-" "10.0.0.1:80" "-" "-" "-"',
    "GET /chat ms -> 10.0.0.1:80: caller disconnect AWS ALB",
  ],
  [
    "AWS ALB, its own timer",
    'h2 2026-11-23T06:57:02.186641Z app/shop/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.001 60.000 0.000 504 - 34 366 "GET https://shop.example:443/chat HTTP/2.0" "curl/8.5.0" - - arn:aws:elasticloadbalancing:x "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2026-11-23T06:56:02.186000Z "forward" "-" "-" "10.0.0.1:80" "-" "-" "-"',
    "GET /chat 60001ms -> 10.0.0.1:80: self deadline AWS ALB",
  ],
  [
    "Google's load balancer",
    '{"timestamp":"2026-11-23T06:57:02.186641Z","httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/chat","status":200,"latency":"12.204s","remoteIp":"203.0.113.9"},"jsonPayload":{"statusDetails":"client_disconnected_after_partial_response"}}',
    "GET /chat 12204ms: caller disconnect Google Cloud Load Balancing",
  ],
  [
    "Heroku's router",
    'heroku[router]: at=error code=H27 desc="Client Request Interrupted" method=POST path="/chat" host=shop.herokuapp.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="203.0.113.9" dyno=web.1 connect=0ms service=12204ms status=499 bytes=0 protocol=https',
    "POST /chat 12204ms -> web.1: caller disconnect Heroku",
  ],
  [
    "Kong, JSON",
    '{"request":{"method":"POST","uri":"/chat","url":"http://shop.example/chat"},"response":{"status":499},"latencies":{"request":12204,"kong":3,"proxy":12201},"client_ip":"10.0.3.17","service":{"name":"agent","host":"agent.prod.svc"},"upstream_uri":"/chat","started_at":1795417022129}',
    "POST /chat 12204ms -> agent agent.prod.svc: caller disconnect Kong",
  ],
  [
    "Gin",
    '[GIN] 2026/11/23 - 06:57:02 | 499 | 12.204s |     172.22.0.9 | POST     "/api/chat"',
    "POST /api/chat 12204ms: caller disconnect words",
  ],
  ["uvicorn", 'INFO:     127.0.0.1:51422 - "POST /chat HTTP/1.1" 200 OK', "POST /chat ms: call"],
  [
    "gunicorn",
    '127.0.0.1 - - [23/Nov/2026:06:57:02 +0000] "POST /chat HTTP/1.1" 504 5 "-" "curl/8.5.0"',
    "POST /chat ms: answer",
  ],
  [
    "Apache, with %D",
    '10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5311 "-" "curl/8.5.0" 12204000',
    "GET /chat 12204ms: call",
  ],
  [
    "Apache, of several hosts",
    'shop.example:443 10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5311 "-" "curl/8.5.0"',
    "GET /chat ms: call",
  ],
  [
    "Tomcat, with %D",
    '10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5311 12204',
    "GET /chat 12204ms: call",
  ],
  ["morgan, dev", "GET /chat 200 12204.118 ms - 5311", "GET /chat 12204.118ms: call"],
  ["morgan, a client that left", "GET /chat - - ms - -", "GET /chat ms: caller disconnect morgan"],
  ["morgan, short", "::1 - GET /chat HTTP/1.1 200 5311 - 12204.118 ms", "GET /chat 12204.118ms: call"],
  [
    "pino-http",
    '{"level":30,"time":1795417022129,"req":{"id":"9f1c22","method":"GET","url":"/chat","remoteAddress":"10.0.0.9"},"res":{"statusCode":200},"responseTime":12204,"msg":"request completed"}',
    "GET /chat 12204ms: call",
  ],
  [
    "pino-http, a client that left",
    '{"level":30,"time":1795417022129,"req":{"id":"9f1c22","method":"GET","url":"/chat"},"res":{"statusCode":null},"responseTime":12204,"msg":"request aborted"}',
    "GET /chat 12204ms: caller disconnect pino-http",
  ],
  [
    "Echo, JSON",
    '{"time":"2026-11-23T06:57:02.129Z","id":"Bq0w9A","remote_ip":"10.0.0.9","host":"shop","method":"GET","uri":"/chat","status":499,"error":"","latency":12204000000,"latency_human":"12.204s","bytes_in":0,"bytes_out":0}',
    "GET /chat 12204ms: caller disconnect words",
  ],
  [
    "chi",
    '2026/11/23 06:57:02 "GET http://shop.example/chat HTTP/1.1" from 10.0.0.9:51422 - 200 5311B in 12.204s',
    "GET /chat 12204ms: call",
  ],
  ["Fiber", "06:57:02 | 499 | 12.204s | 10.0.0.9 | GET | /chat | -", "GET /chat 12204ms: caller disconnect words"],
  [
    "ASP.NET Core",
    "info: Microsoft.AspNetCore.Hosting.Diagnostics[2] Request finished HTTP/1.1 GET http://shop.example/chat - 499 0 - 12204.1180ms",
    "GET /chat 12204.118ms: caller disconnect words",
  ],
  ["Serilog", "HTTP GET /chat responded 499 in 12204.1180 ms", "GET /chat 12204.118ms: caller disconnect words"],
  [
    "Rails, lograge",
    "method=GET path=/chat format=json controller=ChatController action=show status=499 duration=12204.11 view=0.0 db=3.1",
    "GET /chat 12204.11ms: caller disconnect words",
  ],
  [
    "Spring, logback-access JSON",
    '{"@timestamp":"2026-11-23T06:57:02.129Z","method":"GET","protocol":"HTTP/1.1","status_code":499,"requested_url":"GET /chat HTTP/1.1","requested_uri":"/chat","remote_host":"10.0.0.9","content_length":0,"elapsed_time":12204}',
    "GET /chat 12204ms: caller disconnect words",
  ],
];

describe("access lines", () => {
  for (const [software, line, read] of ROWS) {
    it(`of ${software} tell who asked for what, for how long, and how it ended`, () => {
      expect(shortly(line)).toBe(read);
    });
  }

  it("carry the ids of their requests, also those that stand without a name", () => {
    const marks = (line: string): readonly string[] => only(line).sighting?.marks.map(({ value }) => value) ?? [];
    const id = "da6c85d62764980fb0a1f9f2a8d3a111";
    const ingress = ROWS.find(([software]) => software === "Ingress NGINX")?.[1] ?? "";
    expect(marks(ingress)).toEqual([id]);
    expect(marks(`10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 499 0 "-" "curl" ${id}`)).toEqual([
      id,
    ]);
    expect(marks(ROWS.find(([software]) => software === "nginx, JSON")?.[1] ?? "")).toEqual([
      "9b1d0c5e4f2a4b7f8f5f4f0a1c2d3e4f",
    ]);
  });

  it("take no counter of one process for an id that others know", () => {
    const line = (id: string): string =>
      `{"level":30,"time":1795417022129,"reqId":"${id}","req":{"method":"GET","url":"/chat"},"res":{"statusCode":499},"responseTime":12,"msg":"request completed"}`;
    expect(only(line("req-7")).sighting?.marks).toEqual([{ key: "request edge", value: "req-7 edge", local: true }]);
    expect(only(line("req-7f3a9c22")).sighting?.marks).toEqual([{ key: "req", value: "req-7f3a9c22" }]);
  });

  it("of probes end nobody's request, whatever their status", () => {
    for (const line of [
      'haproxy[1]: 10.0.1.2:33317 [23/Nov/2026:06:57:02.655] in <NOSRV>/<NOSRV> -1/-1/-1/-1/0 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
      '10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] "GET /healthz HTTP/1.1" 499 0 "-" "kube-probe/1.30"',
      "GET /health - - ms - -",
    ]) {
      expect(readLog("edge", [line]).map(({ type }) => type)).toEqual(["call"]);
    }
  });
});
