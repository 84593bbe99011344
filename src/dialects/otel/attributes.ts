/**
 * Attributes of spans that are read here: OpenTelemetry's semantic conventions for HTTP and RPC as they are now and as they were before,
 * and what single instrumentations and proxies write beside them. Of two spellings the newer one comes first.
 */

/** What is looked for in a span. */
export type Wanted =
  | "httpStatus"
  | "httpMethod"
  | "url"
  | "rpcSystem"
  | "rpcMethod"
  | "rpcCode"
  | "messaging"
  | "serverAddress"
  | "serverPort"
  | "ownAddress"
  | "ownPort"
  | "peerAddress"
  | "errorType"
  | "failure"
  | "stack"
  | "asgiEvent"
  | "responseFlags"
  | "callerName"
  | "host"
  | "language";

/** The attributes that say it. */
const NAMES: Readonly<Record<Wanted, readonly string[]>> = {
  httpStatus: ["http.response.status_code", "http.status_code"],
  httpMethod: ["http.request.method", "http.method"],
  url: ["url.full", "http.url"],
  rpcSystem: ["rpc.system.name", "rpc.system"],
  rpcMethod: ["rpc.method"],
  rpcCode: [
    "rpc.response.status_code",
    "rpc.grpc.status_code",
    "rpc.connect_rpc.error_code",
    "rpc.status_code",
    "grpc.status_code",
  ],
  messaging: ["messaging.system"],
  serverAddress: ["server.address", "net.peer.name", "net.peer.ip"],
  serverPort: ["server.port", "net.peer.port"],
  ownAddress: ["server.address", "net.host.name"],
  ownPort: ["server.port", "net.host.port"],
  peerAddress: ["peer.address"],
  errorType: ["exception.type", "error.type"],
  /** The name of the error that a request itself ended with, which many write without a status. */
  failure: ["error.type"],
  stack: ["exception.stacktrace"],
  /** What an ASGI server sent to the application, or got from it. */
  asgiEvent: ["asgi.event.type"],
  /** Envoy's short words for how a request ended. */
  responseFlags: ["response_flags"],
  callerName: ["client.service.name"],
  host: ["host.id", "host.name", "k8s.node.name"],
  language: ["telemetry.sdk.language"],
};

/** Attributes of every span, also of one that ended well, that the end of another one is judged by; their values are few. */
export const SPAN_CALL_FIELDS: readonly string[] = (
  [
    "httpStatus",
    "httpMethod",
    "rpcSystem",
    "rpcCode",
    "serverAddress",
    "serverPort",
    "callerName",
    "host",
    "language",
    "failure",
  ] as const
).flatMap((wanted) => NAMES[wanted]);

/** The name of every attribute that is read, once. */
export const SPAN_FIELDS: readonly string[] = [...new Set(Object.values(NAMES).flat())];

/** The attributes that say it, the newer spelling first. */
export function attributeNames(what: Wanted): readonly string[] {
  return NAMES[what];
}

/** The value of the first of these attributes that a span has; null if it has none of them, or an empty one. */
export function attributeOf(fields: ReadonlyMap<string, string>, what: Wanted): string | null {
  for (const name of NAMES[what]) {
    const value = fields.get(name);
    if (value !== undefined && value !== "") return value;
  }
  return null;
}
