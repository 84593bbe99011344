/** Web servers and caches as proxies: Apache httpd, Varnish, Squid. */
import type { Entry } from "./entry.ts";

export const CACHES: readonly Entry[] = [
  {
    id: "apache-timeout",
    product: "Apache httpd",
    stems: ["(70007)the timeout specified has expired"],
    pattern:
      /\(70007\)The timeout specified has expired: .*\b(?:AH01102|AH01110|AH01075|AH00992|AH10154|proxy|remote server|reading response)\b/i,
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
    id: "varnish-timeout",
    product: "Varnish",
    stems: ["first byte timeout", "between bytes timeout"],
    pattern: /\b(?:FetchError|Error)\b.*\b(?:first byte|between bytes) timeout\b/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "client",
    proxy: true,
    meaning:
      "Varnish's own timer for its backend (first_byte_timeout, between_bytes_timeout; 60 s by default) ran out.",
    caution: "The service behind it sees that its client left.",
    samples: ["--  FetchError     first byte timeout", "FetchError between bytes timeout"],
    others: ["first_byte_timeout = 60s"],
  },
  {
    id: "varnish-backend-left",
    product: "Varnish",
    stems: ["fetcherror"],
    pattern:
      /\bFetchError\s+(?:HTC (?:eof|error)|http first read error: EOF|straight insufficient bytes|eof_error|chunked .*(?:eof|error)|backend .*closed)/i,
    says: "callee",
    kind: "disconnect",
    side: "client",
    proxy: true,
    meaning: "The backend behind Varnish closed the connection before its answer was complete.",
    caution: "",
    samples: ["--  FetchError     HTC eof (-1)", "--  FetchError     straight insufficient bytes"],
    others: ["--  FetchError     first byte timeout"],
  },
  {
    id: "squid-client-left",
    product: "Squid",
    stems: ["_aborted/"],
    pattern: /\bTCP_\w+_ABORTED\/\d{3}\b/,
    says: "caller",
    kind: "disconnect",
    side: "server",
    proxy: true,
    external: "the client in front of {service}",
    meaning: "Squid's client closed its connection before it had the whole answer.",
    caution: "Why it left, most often a timer of its own or a person, is not said.",
    samples: [
      "901 127.0.0.1 TCP_MISS_ABORTED/200 788 GET http://model:80/generate - HIER_DIRECT/10.0.0.7 text/event-stream",
    ],
    others: ["901 127.0.0.1 TCP_MISS/200 788 GET http://model:80/generate - HIER_DIRECT/10.0.0.7 text/event-stream"],
  },
  {
    id: "squid-timeout",
    product: "Squid",
    stems: ["_timedout/", "err_read_timeout"],
    pattern: /\bTCP_\w+_TIMEDOUT\/\d{3}\b|\bERR_READ_TIMEOUT\b/,
    says: "timer",
    specific: true,
    kind: "deadline",
    proxy: true,
    meaning: "A timer of Squid (read_timeout, 15 min by default) ran out.",
    caution: "",
    samples: ["901 127.0.0.1 TCP_MISS_TIMEDOUT/200 788 GET http://model:80/generate - HIER_DIRECT/10.0.0.7 -"],
    others: ["901 127.0.0.1 TCP_MISS_ABORTED/200 788 GET http://model:80/generate - HIER_DIRECT/10.0.0.7 -"],
  },
];
