/**
 * A hundred thousand ordinary lines of many kinds, made from a seed: whatever words stand in them, nobody's stream ended.
 */
import { describe, expect, it } from "vitest";
import { createCascadeStore } from "../../../src/cascade/index.ts";
import { inShort, readLog } from "../../support/told.ts";

/** Numbers from a seed (mulberry32): the same lines in every run. */
function createDice(seed: number): { number: (below: number) => number; one: <T>(of: readonly T[]) => T } {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const number = (below: number): number => Math.floor(next() * below);
  return { number, one: (of) => of[number(of.length)] as (typeof of)[number] };
}

type Dice = ReturnType<typeof createDice>;
type Kind = (dice: Dice) => string;

const two = (value: number): string => String(value).padStart(2, "0");

/** Each kind makes lines as some program writes them when all is well. */
const KINDS: Readonly<Record<string, Kind>> = {
  "settings with timeouts": ({ one, number }) =>
    one([
      `config loaded: timeout=${number(60)}s retries=${number(5)} read_timeout=${number(9)}s connectTimeout: ${number(9)}000`,
      `using request timeout of ${number(60)}s`,
      `http.client.timeout=${number(60)}s keepalive_timeout 65; proxy_read_timeout 60s;`,
      `deadline for chat set to ${number(60)}s`,
      `SET statement_timeout = ${number(9)}000`,
      `worker_shutdown_timeout ${number(60)}s; graceful timeout ${number(60)}s`,
    ]),
  "things that a shop deals in": ({ one, number }) =>
    one([
      `order ${number(9_999)} cancelled by customer`,
      `booking b-${number(999)} was cancelled`,
      `subscription ${number(999)} cancelled: card expired`,
      `cancelled ${number(9)} invoices`,
      `sent e-mail "your subscription was cancelled" to ${number(99)} people`,
      `refund for cancelled trip ${number(999)} paid`,
      `status=cancelled order=${number(9_999)}`,
    ]),
  "connections without requests": ({ one, number }) =>
    one([
      `*${number(999)} client 10.0.0.${number(250)} closed keepalive connection`,
      `*${number(999)} client closed connection while waiting for request, client: 10.0.0.${number(250)}, server: 0.0.0.0:443`,
      `closing ${number(9)} idle connections`,
      `keep-alive connection to 10.0.0.${number(250)} closed`,
      "Closing: keepalive: max_connection_idle",
      `http: TLS handshake error from 10.0.0.${number(250)}:4711: EOF`,
    ]),
  probes: ({ one, number }) =>
    one([
      `10.0.0.${number(250)} - - [23/Nov/2026:06:57:02 +0000] "GET /healthz HTTP/1.1" ${one(["499", "200"])} 0 "-" "kube-probe/1.30"`,
      `haproxy[7]: 10.0.0.${number(250)}:33317 [23/Nov/2026:06:57:02.655] in in/<NOSRV> -1/-1/-1/-1/0 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"`,
      `10.0.0.${number(250)} - - [23/Nov/2026:06:57:02 +0000] "GET /metrics HTTP/1.1" 200 812 "-" "Prometheus/2.5"`,
      `Liveness probe of pod chat-${number(99)} succeeded`,
    ]),
  "stops in good order": ({ one, number }) =>
    one([
      "SIGTERM received, shutting down",
      `shutdown complete after ${number(900)}ms`,
      "Graceful shutdown complete",
      `worker process ${number(9_999)} exited with code 0`,
      "Stopped chat.service.",
      "http: Server closed",
    ]),
  "retries that succeed": ({ one, number }) =>
    one([
      `attempt ${number(3)} timed out after ${number(9)}s, retrying`,
      `request ${number(9_999)} failed: ReadTimeout(''), trying again`,
      `attempt ${number(3)} of 3 succeeded after ${number(900)}ms`,
      `retried ${number(3)} times, all well`,
      `request ${number(9_999)} succeeded on retry ${number(3)}`,
    ]),
  "jobs and builds": ({ one, number }) =>
    one([
      `cron job nightly-${number(99)} aborted: lock held by another run`,
      `[INFO] BUILD ABORTED on user request #${number(99)}`,
      `git rebase --abort`,
      `workflow run ${number(9_999)} cancelled by newer commit`,
      `job ${number(999)} was cancelled in favour of job ${number(999)}`,
      `merge aborted, working tree clean`,
    ]),
  "web sockets": ({ one, number }) =>
    one([
      `ping sent to socket ${number(999)}`,
      `pong from socket ${number(999)} after ${number(90)}ms`,
      `websocket ${number(999)} handshake done`,
      `socket ${number(999)} opened, ${number(99)} in all`,
    ]),
  "requests that end well": ({ one, number }) =>
    one([
      `10.0.0.${number(250)} - - [23/Nov/2026:06:57:02 +0000] "POST /orders/${number(999)}/cancel HTTP/1.1" 200 12 "-" "curl"`,
      `10.0.0.${number(250)} - - [23/Nov/2026:06:57:02 +0000] "GET /docs/abort-controller HTTP/1.1" 200 8812 "-" "curl"`,
      `[GIN] 2026/11/23 - 06:57:02 | 200 | ${number(900)}ms | 10.0.0.1 | POST "/api/chat"`,
      `INFO:     10.0.0.${number(250)}:51422 - "POST /chat HTTP/1.1" 200 OK`,
      `haproxy[7]: 10.0.0.${number(250)}:33317 [23/Nov/2026:06:57:02.655] in pool/chat1 0/0/0/9/512 200 5530 - - ---- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"`,
      `[2026-11-23T06:57:02.129Z] "POST /chat HTTP/2" 200 - 52 1830 ${number(900)} 12 "10.0.3.17" "-" "9f1c" "chat" "10.0.4.21:8080"`,
    ]),
  "talk about cancels": ({ one, number }) =>
    one([
      `loaded ${number(99)} rules, among them "abort_on_timeout"`,
      `feature flag cancel-button is ${one(["on", "off"])}`,
      `AbortController polyfill loaded`,
      `metrics: cancelled_total=0 timeouts_total=0 aborted_total=0`,
      `--cancel-timeout {duration} how long to wait before a request is cancelled`,
      `user asked: "why was my request aborted?"`,
    ]),
  databases: ({ one, number }) =>
    one([
      `ERROR:  canceling statement due to user request`,
      `LOG:  checkpoint complete: wrote ${number(999)} buffers`,
      `LOG:  duration: ${number(900)}.123 ms  statement: SELECT 1`,
      `Aborted connection ${number(999)} to db: 'shop' user: 'api' (Got timeout reading communication packets).`,
      `transaction ${number(999)} committed`,
    ]),
};

function lineOf(kind: Kind, dice: Dice, index: number): string {
  const at = `2026-11-23T${two(6 + (Math.floor(index / 36_000) % 12))}:${two(Math.floor(index / 600) % 60)}:${two(Math.floor(index / 10) % 60)}.${two(index % 10)}0Z`;
  const text = kind(dice);
  return dice.number(2) === 0 || /^[\d[*]|^haproxy|^INFO/.test(text)
    ? `${at} INFO ${text}`
    : JSON.stringify({ time: at, level: dice.one(["info", "warn", "debug"]), msg: text });
}

const EACH = 9_100;

describe("ordinary lines", () => {
  it.each(Object.entries(KINDS))(`of the kind "%s" cancel nobody`, (name, kind) => {
    const dice = createDice(name.length);
    const store = createCascadeStore();
    const services = ["edge", "chat", "agent"];
    const lines = Array.from({ length: EACH }, (_, index) => lineOf(kind, dice, index));
    for (const service of services)
      for (const evidence of readLog(
        service,
        lines.filter((_, index) => services[index % 3] === service),
      ))
        store.add(evidence);
    store.finish();
    const { cascades } = store.diagnose();
    expect(cascades.slice(0, 3).map((cascade) => [inShort(cascade), cascade.evidence[0]?.text])).toEqual([]);
  });
});
