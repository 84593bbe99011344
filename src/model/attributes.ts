/**
 * What the tracer writes on spans and metrics: names, types, units and meanings. The tracer takes its names from here, readers of spans
 * may too, and docs/attributes.md is made from it.
 */

/** The type of an attribute's value, in the words of OpenTelemetry. */
export type AttributeType = "string" | "string[]" | "int" | "double" | "boolean";

/** The spans the tracer makes. */
export type TracedSpan = "stream" | "cancel" | "ghost";

/** One attribute. */
export interface AttributeRow {
  readonly name: string;
  readonly type: AttributeType;
  /** A UCUM unit; null for values without one. */
  readonly unit: string | null;
  readonly on: readonly TracedSpan[];
  readonly meaning: string;
}

/** Names of the attributes that are streamscope's own. */
export const ATTRIBUTE = {
  serviceName: "streamscope.service.name",
  cancelId: "streamscope.cancel.id",
  cancelCode: "streamscope.cancel.code",
  cancelKind: "streamscope.cancel.kind",
  cancelSide: "streamscope.cancel.side",
  cancelRole: "streamscope.cancel.role",
  cancelOrigin: "streamscope.cancel.origin",
  cancelExternal: "streamscope.cancel.external",
  cancelPath: "streamscope.cancel.path",
  cancelDescription: "streamscope.cancel.description",
  cancelIntentional: "streamscope.cancel.intentional",
  cancelIntent: "streamscope.cancel.intent",
  cancelReason: "streamscope.cancel.reason",
  cancelElapsed: "streamscope.cancel.elapsed_ms",
  streamSent: "streamscope.stream.sent",
  streamReceived: "streamscope.stream.received",
  ghostDuration: "streamscope.ghost.duration_ms",
  ghostMessages: "streamscope.ghost.messages",
} as const;

/** Names of the attributes of OpenTelemetry's semantic conventions 1.45 that are used: RPC spans, HTTP spans, code, server, client, error. */
export const CONVENTION = {
  rpcSystem: "rpc.system.name",
  rpcMethod: "rpc.method",
  rpcStatus: "rpc.status_code",
  errorType: "error.type",
  serverAddress: "server.address",
  serverPort: "server.port",
  clientAddress: "client.address",
  clientPort: "client.port",
  clientService: "client.service.name",
  httpMethod: "http.request.method",
  httpRoute: "http.route",
  httpStatus: "http.response.status_code",
  urlPath: "url.path",
  urlScheme: "url.scheme",
  urlFull: "url.full",
  networkVersion: "network.protocol.version",
  codeFile: "code.file.path",
  codeLine: "code.line.number",
  codeFunction: "code.function.name",
} as const;

/** The value of `rpc.system.name`: the system whose protocol is spoken, named as Kitex's own tracing suite names it. */
export const RPC_SYSTEM = "kitex";

function row(
  name: string,
  type: AttributeType,
  on: readonly TracedSpan[],
  meaning: string,
  unit: string | null = null,
): AttributeRow {
  return { name, type, unit, on, meaning };
}

const STREAM = ["stream"] as const;
const CANCEL = ["cancel"] as const;
const GHOST = ["ghost"] as const;

/** Every attribute, in the order people read them. */
export const ATTRIBUTES: readonly AttributeRow[] = [
  row(
    CONVENTION.rpcSystem,
    "string",
    ["stream", "cancel", "ghost"],
    `\`${RPC_SYSTEM}\`, or \`grpc\` where the call is one of gRPC. Not on those of HTTP requests.`,
  ),
  row(
    CONVENTION.rpcMethod,
    "string",
    ["stream", "cancel", "ghost"],
    "`Service/Method` of the IDL. Not on those of HTTP requests.",
  ),
  row(CONVENTION.httpMethod, "string", ["stream", "cancel", "ghost"], "HTTP: the method of the request."),
  row(
    CONVENTION.httpRoute,
    "string",
    ["stream", "cancel", "ghost"],
    "HTTP: the template of the path, where it is known.",
  ),
  row(CONVENTION.httpStatus, "int", STREAM, "HTTP: the status of the response; absent where there was none."),
  row(CONVENTION.urlScheme, "string", STREAM, "HTTP, server side: `http` or `https`."),
  row(CONVENTION.urlPath, "string", STREAM, "HTTP, server side: the path, without its query."),
  row(CONVENTION.urlFull, "string", STREAM, "HTTP, client side: the URL, without user and query."),
  row(CONVENTION.networkVersion, "string", STREAM, "HTTP: `1.1` or `2`, where it is known."),
  row(
    ATTRIBUTE.serviceName,
    "string",
    ["stream", "cancel", "ghost"],
    "The name of this service in paths and texts: what `createServer` or `createClient` was given; absent where that is none. The resource's `service.name` may differ.",
  ),
  row(CONVENTION.rpcStatus, "string", STREAM, "The code of the error the stream ended with; absent after a good end."),
  row(
    CONVENTION.errorType,
    "string",
    ["stream", "cancel"],
    "The code, or the class of an error without one. Absent where the status is not ERROR.",
  ),
  row(CONVENTION.serverAddress, "string", STREAM, "Client side: the host, socket path or name that was dialled."),
  row(CONVENTION.serverPort, "int", STREAM, "Client side: the port that was dialled."),
  row(CONVENTION.clientAddress, "string", STREAM, "Server side: the caller's host."),
  row(CONVENTION.clientPort, "int", STREAM, "Server side: the caller's port."),
  row(CONVENTION.clientService, "string", STREAM, "Server side: the caller's service name, where it told."),
  row(ATTRIBUTE.streamSent, "int", STREAM, "Messages this side sent.", "{message}"),
  row(ATTRIBUTE.streamReceived, "int", STREAM, "Messages this side received.", "{message}"),
  row(ATTRIBUTE.cancelId, "string", ["cancel", "ghost"], "The same at every hop of one cancel."),
  row(ATTRIBUTE.cancelCode, "int", CANCEL, "The ttstream code, for example 12007."),
  row(
    ATTRIBUTE.cancelKind,
    "string",
    ["cancel", "ghost"],
    "`cancel`, `deadline`, `disconnect`, `reset`, `shutdown` or `handler-return`: how it started.",
  ),
  row(ATTRIBUTE.cancelSide, "string", CANCEL, "`client` or `server`: the end of the stream this was seen at."),
  row(
    ATTRIBUTE.cancelRole,
    "string",
    CANCEL,
    "`origin`: this service started it; `relay`: it came and went on; `leaf`: it came and ended here.",
  ),
  row(ATTRIBUTE.cancelOrigin, "string", ["cancel", "ghost"], "The service that started it; absent if it is unknown."),
  row(
    ATTRIBUTE.cancelExternal,
    "string",
    CANCEL,
    "Who started it where that is no service that speaks ttstream, in words, for example `the HTTP client of gateway`. At the service next to it only.",
  ),
  row(
    ATTRIBUTE.cancelPath,
    "string[]",
    CANCEL,
    "The services it went through, the origin first; with this one at the end where it is sent on.",
  ),
  row(ATTRIBUTE.cancelDescription, "string", CANCEL, "The whole error text, as Kitex prints it. Always there."),
  row(
    ATTRIBUTE.cancelIntentional,
    "boolean",
    CANCEL,
    "True for kinds `cancel` and `handler-return`: somebody meant it, so the status is not ERROR.",
  ),
  row(ATTRIBUTE.cancelIntent, "string", CANCEL, "What the canceller meant, for example `user-stop`; where it said."),
  row(ATTRIBUTE.cancelReason, "string", CANCEL, "The words of the cancel alone, without code, side and path."),
  row(
    ATTRIBUTE.cancelElapsed,
    "double",
    CANCEL,
    "Since the origin's instant, by the clocks of two hosts; absent where the origin's instant is not known.",
    "ms",
  ),
  row(CONVENTION.codeFile, "string", CANCEL, "At the origin: the file of the code that cancelled."),
  row(CONVENTION.codeLine, "int", CANCEL, "At the origin: its line."),
  row(CONVENTION.codeFunction, "string", CANCEL, "At the origin: its function, where it has a name."),
  row(ATTRIBUTE.ghostDuration, "double", GHOST, "How long the handler has worked on since the cancel.", "ms"),
  row(ATTRIBUTE.ghostMessages, "int", GHOST, "Messages it produced or read in that time.", "{message}"),
];

/** One metric. */
export interface MetricRow {
  readonly name: string;
  readonly instrument: "counter" | "histogram" | "updowncounter";
  /** A UCUM unit. */
  readonly unit: string;
  readonly attributes: readonly string[];
  /** Attributes that some of its points do not have. */
  readonly optional?: readonly string[];
  readonly meaning: string;
}

/** Names of the metrics. Those of durations are of the semantic conventions. */
export const METRIC = {
  serverDuration: "rpc.server.call.duration",
  clientDuration: "rpc.client.call.duration",
  serverActive: "streamscope.server.active_calls",
  clientActive: "streamscope.client.active_calls",
  serverConnections: "streamscope.server.connections",
  clientConnections: "streamscope.client.connections",
  serverQueued: "streamscope.server.queued_bytes",
  clientQueued: "streamscope.client.queued_bytes",
  serverUnread: "streamscope.server.unread_bytes",
  clientUnread: "streamscope.client.unread_bytes",
  cancels: "streamscope.cancels",
  propagation: "streamscope.cancel.propagation.duration",
  ghostMessages: "streamscope.ghost.messages",
  savedMessages: "streamscope.cancel.saved_messages",
} as const;

const BY_CANCEL = [ATTRIBUTE.cancelOrigin, ATTRIBUTE.cancelKind, ATTRIBUTE.cancelRole] as const;

/** An RPC has the one, an HTTP request the others. */
const BY_METHOD = [CONVENTION.rpcMethod, CONVENTION.httpMethod, CONVENTION.httpRoute] as const;

const BY_CALL = {
  attributes: [CONVENTION.rpcSystem, CONVENTION.rpcMethod],
  optional: [CONVENTION.rpcStatus, CONVENTION.errorType],
} as const;

function gauge(name: string, unit: string, meaning: string, attributes: readonly string[] = []): MetricRow {
  return { name, instrument: "updowncounter", unit, attributes, meaning };
}

/** Every metric. */
export const METRICS: readonly MetricRow[] = [
  {
    name: METRIC.serverDuration,
    instrument: "histogram",
    unit: "s",
    ...BY_CALL,
    meaning: "Calls that were served, until their handler returned: how many, how long, and with what error.",
  },
  {
    name: METRIC.clientDuration,
    instrument: "histogram",
    unit: "s",
    ...BY_CALL,
    meaning: "Calls that were made, until their stream ended: how many, how long, and with what error.",
  },
  gauge(METRIC.serverActive, "{call}", "Calls whose handlers run.", [CONVENTION.rpcMethod]),
  gauge(METRIC.clientActive, "{call}", "Calls of this process that have not ended.", [CONVENTION.rpcMethod]),
  gauge(METRIC.serverConnections, "{connection}", "Open connections that clients made."),
  gauge(METRIC.clientConnections, "{connection}", "Open connections to servers."),
  gauge(METRIC.serverQueued, "By", "Bytes that servers have for their clients and that wait to be sent."),
  gauge(METRIC.clientQueued, "By", "Bytes that clients have for their servers and that wait to be sent."),
  gauge(METRIC.serverUnread, "By", "Bytes that servers received and handlers have not read."),
  gauge(METRIC.clientUnread, "By", "Bytes that clients received and nobody has read."),
  {
    name: METRIC.cancels,
    instrument: "counter",
    unit: "{cancel}",
    attributes: [...BY_CANCEL, ATTRIBUTE.cancelIntent],
    meaning:
      "Cancels, and what they were for. One counts once per process: at its server side, or at the client side of its origin.",
  },
  {
    name: METRIC.propagation,
    instrument: "histogram",
    unit: "s",
    attributes: BY_CANCEL,
    meaning: "From the origin's instant to the cancel's arrival at a server, by the clocks of two hosts.",
  },
  {
    name: METRIC.ghostMessages,
    instrument: "counter",
    unit: "{message}",
    attributes: [ATTRIBUTE.cancelOrigin],
    optional: BY_METHOD,
    meaning: "Messages handlers produced or read after a cancel, of handlers still running a second after it.",
  },
  {
    name: METRIC.savedMessages,
    instrument: "counter",
    unit: "{message}",
    attributes: [ATTRIBUTE.cancelKind],
    optional: BY_METHOD,
    meaning:
      "An estimate of messages that cancels saved: what streams of the method that ended well sent on average, less what the cancelled one sent. Of a request over HTTP: events of its event stream, such as the tokens of a model.",
  },
];

/** As many services get their own value of the attribute `streamscope.cancel.origin` on metrics; further ones share {@link OTHER_ORIGIN}. */
export const MAX_METRIC_ORIGINS = 200;

/** As many codes and classes of errors get their own value of `error.type` and `rpc.status_code` on metrics. */
export const MAX_METRIC_ERRORS = 100;

/** Stands for all further codes and classes of errors, as the semantic conventions want it. */
export const OTHER_ERROR = "_OTHER";

/** Stands for all further origins. */
export const OTHER_ORIGIN = "other";

/** Stands for an origin nobody knows. */
export const UNKNOWN_ORIGIN = "unknown";
