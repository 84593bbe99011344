/**
 * Default timers of software that end a stream, for people: which setting it is, how long, and whether the log says so when it fires. The
 * figures are those of each project's own documentation; a deployment may have set others.
 */

/** One timer. */
export interface Timer {
  readonly product: string;
  /** As its documentation calls it. */
  readonly setting: string;
  readonly seconds: number;
  /** What the software itself writes when it fires; null where it says nothing of a timer. */
  readonly written: string | null;
}

/** The table, in the order of their software. */
export const TIMERS: readonly Timer[] = [
  { product: "aiohttp", setting: "ClientTimeout.total", seconds: 300, written: "TimeoutError, ServerTimeoutError" },
  { product: "AWS ALB", setting: "idle timeout", seconds: 60, written: "504 without a status of the target, or 460" },
  { product: "Cloudflare", setting: "proxy read timeout", seconds: 100, written: "524" },
  { product: "curl", setting: "--connect-timeout", seconds: 300, written: "curl: (28)" },
  { product: "Envoy", setting: "route timeout", seconds: 15, written: "UT, response_timeout" },
  { product: "Envoy", setting: "stream_idle_timeout", seconds: 300, written: "SI, stream_idle_timeout" },
  {
    product: "Google Cloud Load Balancing",
    setting: "backend service timeout",
    seconds: 30,
    written: "backend_timeout",
  },
  { product: "gunicorn", setting: "timeout", seconds: 30, written: "WORKER TIMEOUT" },
  { product: "Heroku", setting: "first byte", seconds: 30, written: "H12" },
  { product: "Heroku", setting: "rolling window", seconds: 55, written: "H15" },
  { product: "httpx", setting: "timeout (each read)", seconds: 5, written: "ReadTimeout" },
  { product: "kubelet", setting: "runtimeRequestTimeout", seconds: 120, written: "DeadlineExceeded" },
  { product: "nginx", setting: "proxy_read_timeout", seconds: 60, written: "upstream timed out" },
  { product: "nginx", setting: "proxy_send_timeout", seconds: 60, written: "upstream timed out" },
  { product: "nginx", setting: "send_timeout", seconds: 60, written: "client timed out (at level info)" },
  { product: "Node.js", setting: "server.requestTimeout", seconds: 300, written: null },
  { product: "OkHttp", setting: "readTimeout", seconds: 10, written: "SocketTimeoutException" },
  { product: "OpenAI SDK", setting: "timeout", seconds: 600, written: "APITimeoutError" },
  { product: "Traefik", setting: "respondingTimeouts.readTimeout", seconds: 60, written: null },
  {
    product: "undici (fetch)",
    setting: "headersTimeout, bodyTimeout",
    seconds: 300,
    written: "HeadersTimeoutError, BodyTimeoutError",
  },
  { product: "URLSession", setting: "timeoutIntervalForRequest", seconds: 60, written: "NSURLErrorDomain -1001" },
  {
    product: ".NET",
    setting: "HttpClient.Timeout",
    seconds: 100,
    written: "HttpClient.Timeout of 100 seconds elapsing",
  },
];
