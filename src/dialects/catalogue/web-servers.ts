/** Web servers that pass requests on: Apache httpd, lighttpd, Traefik, Caddy. */
import { type Entry, ITS_CLIENT } from "./entry.ts";

const APACHE: readonly Entry[] = [
  {
    id: "apache-timeout",
    product: "Apache httpd",
    stems: ["(70007)the timeout specified has expired"],
    pattern:
      /\[proxy\w*:[^\]]*\].*\(70007\)The timeout specified has expired|\(70007\)The timeout specified has expired: .*\b(?:AH01102|AH01110|AH01075|AH00992|AH10154|proxy|remote server|reading response)\b/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "client",
    proxy: true,
    meaning:
      "Apache's own timer for the service behind it (ProxyTimeout, `timeout=` of ProxyPass; 60 s by default) ran out.",
    caution: "The access log says 502 or 504. The service behind it sees that its client left.",
    samples: [
      "(70007)The timeout specified has expired: [client 127.0.0.1:52384] AH01102: error reading status line from remote server 127.0.0.1:8000",
      "(70007)The timeout specified has expired: [client 10.0.0.7:41000] AH01110: error reading response",
      "[proxy_ajp:error] [pid 7] (70007)The timeout specified has expired: AH01030: ajp_ilink_receive() can't receive header",
    ],
    others: [
      "(104)Connection reset by peer: [client 127.0.0.1:52384] AH01102: error reading status line from remote server app:80",
    ],
  },
  {
    id: "apache-upstream-left",
    product: "Apache httpd",
    stems: ["ah01102", "ah01110", "ah00898", "ah01097"],
    pattern:
      /\bAH01102: error reading status line from remote server|\bAH01110: |\bAH00898: Error reading from remote server|\bAH01097: /i,
    says: "callee",
    kind: "disconnect",
    side: "client",
    proxy: true,
    meaning: "The service behind Apache closed the connection before its answer was complete.",
    caution: "With `(70007)` in the line before it, Apache's own timer had run out.",
    samples: [
      "(104)Connection reset by peer: [client 127.0.0.1:52384] AH01102: error reading status line from remote server app:80",
      "[client 127.0.0.1:52384] AH00898: Error reading from remote server returned by /api/generate",
    ],
    others: [
      "(70007)The timeout specified has expired: [client 127.0.0.1:1] AH01102: error reading status line from remote server app:80",
    ],
  },
  {
    id: "apache-client-timeout",
    product: "Apache httpd",
    stems: ["the timeout specified has expired", "ah01382:"],
    pattern: /\(70007\)The timeout specified has expired|\bAH01382: Request \w+ read timeout/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "server",
    external: ITS_CLIENT,
    meaning:
      "Apache's client neither sent nor read anything for longer than Apache allows (TimeOut, RequestReadTimeout).",
    caution: "",
    samples: [
      "[core:info] [pid 7] (70007)The timeout specified has expired: [client 10.0.0.7:1] AH00574: ap_content_length_filter: apr_bucket_read() failed",
      "[reqtimeout:info] [pid 7] [client 10.0.0.7:1] AH01382: Request body read timeout",
    ],
    others: [
      "[proxy_http:error] (70007)The timeout specified has expired: AH01102: error reading status line from remote server a:1",
    ],
  },
  {
    id: "apache-client-left",
    product: "Apache httpd",
    stems: ["core_output_filter: writing data", "client connection aborted", "client aborted the connection"],
    pattern:
      /core_output_filter: writing data to the network|\bAH02821: client connection aborted|The client aborted the connection\./i,
    says: "caller",
    kind: "disconnect",
    side: "server",
    proxy: true,
    external: ITS_CLIENT,
    meaning: "Apache's client closed its connection before the answer was complete.",
    caution: "Written at level info, debug or trace; the access log shows it as X where its format has %X.",
    samples: [
      "[core:info] [pid 7] (32)Broken pipe: [client 10.0.0.7:1] core_output_filter: writing data to the network",
      "[proxy_ajp:debug] [pid 7] [client 10.0.0.7:1] AH02821: client connection aborted",
    ],
    others: ["[proxy:error] (104)Connection reset by peer: AH01102: error reading status line from remote server a:1"],
  },
];

const LIGHTTPD: readonly Entry[] = [
  {
    id: "lighttpd-upstream-timeout",
    product: "lighttpd",
    stems: ["timeout on socket: "],
    pattern: /\b(?:connect|read|write) timeout on socket: \S+ \(fd: -?\d+\)/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "client",
    proxy: true,
    meaning:
      "lighttpd's own timer for the service behind it ran out (connect-timeout, read-timeout, write-timeout of the backend).",
    caution: "The service behind it sees that its client left.",
    samples: ["(gw_backend.c.2788) read timeout on socket: tcp:10.0.0.9:8080 (fd: 10)"],
    others: ["set a read timeout on socket: 30"],
  },
  {
    id: "lighttpd-client-timeout",
    product: "lighttpd",
    stems: ["request aborted - read timeout", "timed out after writing"],
    pattern: /request aborted - read timeout|\btimed out after writing \d+ bytes\. We waited \d+ seconds/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "server",
    external: ITS_CLIENT,
    meaning:
      "lighttpd's client neither sent nor read anything for longer than lighttpd allows (max-read-idle, max-write-idle).",
    caution: "",
    samples: [
      "(connections.c.1255) NOTE: a request from 10.0.0.7 for /chat timed out after writing 1048576 bytes. We waited 360 seconds. If this is a problem, increase server.max-write-idle",
    ],
    others: ["timed out after writing to the queue"],
  },
  {
    id: "lighttpd-upstream-left",
    product: "lighttpd",
    stems: ["response not received, request sent", "but backend returned error on socket"],
    pattern:
      /response not received, request sent: \d+ on socket|response already sent out, but backend returned error on socket/i,
    says: "callee",
    kind: "disconnect",
    side: "client",
    proxy: true,
    meaning: "The service behind lighttpd closed the connection before its answer was complete.",
    caution: "That service may have died, or have given up itself; its own log tells which.",
    samples: [
      "(gw_backend.c.2437) response not received, request sent: 909 on socket: tcp:10.0.0.9:8080 for /chat?, closing connection",
      "(gw_backend.c.2445) response already sent out, but backend returned error on socket: tcp:10.0.0.9:8080 for /chat?, terminating connection",
    ],
    others: ["response not received, request not sent on socket: tcp:10.0.0.9:8080 for /chat?, reconnecting"],
  },
];

const TRAEFIK: readonly Entry[] = [
  {
    id: "traefik-client-left",
    product: "Traefik",
    stems: ["499 client closed request"],
    pattern:
      /'?499 Client Closed Request'? caused by|\b499 Client Closed Request error=|^(?=[\s\S]*\berror=)[\s\S]* 499 Client Closed Request$/i,
    says: "caller",
    kind: "disconnect",
    side: "server",
    proxy: true,
    silentTimersMs: [60_000],
    external: ITS_CLIENT,
    meaning: "The request's context was cancelled: mostly because Traefik's client left.",
    caution:
      "Traefik's own readTimeout of the entry point (60 s since 2.11.2) ends a request with the same words: look at its duration.",
    samples: [
      "'499 Client Closed Request' caused by: context canceled",
      '499 Client Closed Request error="context canceled"',
      "error=context canceled 499 Client Closed Request",
    ],
    others: ["'502 Bad Gateway' caused by: EOF"],
  },
  {
    id: "traefik-upstream-left",
    product: "Traefik",
    stems: ["502 bad gateway"],
    pattern: /'?502 Bad Gateway'? caused by|\b502 Bad Gateway error=/i,
    says: "callee",
    kind: "disconnect",
    side: "client",
    proxy: true,
    meaning: "The service behind Traefik closed the connection, or could not be reached.",
    caution: "",
    samples: ["'502 Bad Gateway' caused by: EOF", "502 Bad Gateway error=EOF"],
    others: ["'504 Gateway Timeout' caused by: context deadline exceeded"],
  },
  {
    id: "traefik-timeout",
    product: "Traefik",
    stems: ["504 gateway timeout"],
    pattern:
      /'?504 Gateway Timeout'? caused by|\b504 Gateway Timeout error=|^(?=[\s\S]*\berror=)[\s\S]* 504 Gateway Timeout$/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "client",
    proxy: true,
    meaning: "Traefik's own timer for the service behind it ran out.",
    caution: "",
    samples: [
      "'504 Gateway Timeout' caused by: context deadline exceeded",
      '504 Gateway Timeout error="net/http: timeout awaiting response headers"',
      "error=net/http: timeout awaiting response headers 504 Gateway Timeout",
    ],
    others: ["upstream answered 504 Gateway Timeout"],
  },
];

const CADDY: readonly Entry[] = [
  {
    id: "caddy-upstream-timeout",
    product: "Caddy",
    stems: ["aborting with incomplete response"],
    pattern: /^(?=[\s\S]*\bread tcp \S+: i\/o timeout)[\s\S]*aborting with incomplete response/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "client",
    proxy: true,
    meaning:
      "Caddy's own timer for the service behind it ran out in the middle of the answer (read_timeout of the transport).",
    caution: "The service behind it sees that its client left.",
    samples: ["aborting with incomplete response error=reading: read tcp 10.0.0.1:41020->10.0.0.9:8080: i/o timeout"],
    others: ["aborting with incomplete response error=write tcp 10.0.0.1:80->10.0.0.7:58454: i/o timeout"],
  },
  {
    id: "caddy-client-left",
    product: "Caddy",
    stems: ["aborting with incomplete response"],
    pattern:
      /^(?=[\s\S]*(?:context canceled|\bwrite: (?:broken pipe|connection reset)|client disconnected|\bH3_REQUEST_CANCELLED|http2: stream closed))[\s\S]*aborting with incomplete response/i,
    says: "caller",
    kind: "disconnect",
    side: "server",
    proxy: true,
    external: ITS_CLIENT,
    meaning: "Caddy could not copy the whole answer because its client left.",
    caution: "Why the client left, most often a timer of its own or a person, is not said.",
    samples: [
      'http.handlers.reverse_proxy aborting with incomplete response {"error":"reading: context canceled"}',
      "aborting with incomplete response error=write tcp 127.0.0.1:80->10.0.0.7:58454: write: broken pipe",
    ],
    others: ['http.handlers.reverse_proxy aborting with incomplete response {"error":"reading: unexpected EOF"}'],
  },
  {
    id: "caddy-incomplete",
    product: "Caddy",
    stems: ["aborting with incomplete response"],
    pattern: /aborting with incomplete response/i,
    says: "lost",
    kind: "disconnect",
    proxy: true,
    meaning: "Caddy could not copy the whole answer: the service behind it ended it in the middle, or its client left.",
    caution: "The error beside it tells: `unexpected EOF` is the service, `broken pipe` the client.",
    samples: ['http.handlers.reverse_proxy aborting with incomplete response {"error":"reading: unexpected EOF"}'],
    others: ["http.handlers.reverse_proxy response complete"],
  },
];

export const WEB_SERVERS: readonly Entry[] = [...APACHE, ...LIGHTTPD, ...TRAEFIK, ...CADDY];
