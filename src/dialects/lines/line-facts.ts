/** What joins a line to others: ids, durations, addresses, names of those who call and are called. */
import type { Mark, Sighting, SourceRecord } from "../../model/index.ts";
import { matchesOf } from "./matches.ts";

const MAX_FACTS = 12;

/** Fields whose value is an id of a request, a session, a job. */
const ID_FIELD =
  /(?:^|[._-])(?:(?:x[._-]?)?(?:request|req|correlation|trace|session|conversation|cart|job|task|run|turn|call)(?:[._-]?(?:id|uuid))?|(?:message|stream|order|chat|upload|workflow|execution|transaction)[._-]?(?:id|uuid)|rid|xid|uuid|id)$/i;
const ID_VALUE = /^[\w.:-]{2,64}$/;
const NOT_ID =
  /(?:^|\.)(?:parent|span|user|tenant|org|account|customer|process|thread|pid|node|host|worker|slot|model|shard)[._-]?id$/i;
const ID_IN_TEXT =
  /(?<!\b(?:process|thread|user|span|host|node|worker)\.)\b((?:x-)?(?:request|req|correlation|trace|session|conversation|cart|job|task|run|turn|call|bookmark|upload)(?:[_ -]?(?:id|uuid))?|rid|xid|id|id_task|file)(?:\s?[=:]\s?|\s+(?:with id )?)["']?([A-Za-z]{0,12}[-_]?[0-9a-f][\w-]{1,63}|[A-Za-z]+[-_]\d[\w-]*)\b(?![.:/]\w)/gi;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** A counter of one process, as Fastify's and pino-http's: the same in every service, for another request in each. */
const COUNTER = /^(?:req|request)[-_]?[0-9a-z]{1,4}$/i;

/** The ids of a line, by what it calls them; `requestIds` stand in it without a name. */
export function marksOf(record: SourceRecord, words: string, requestIds: readonly string[] = []): Mark[] {
  const marks: Mark[] = [];
  const add = (name: string, value: string): void => {
    const key = name
      .toLowerCase()
      .replace(/^(?:rid|x-?request-?id)$/, "request")
      .replace(/[^a-z]|id$|uuid$/g, "");
    if (!ID_VALUE.test(value) || !/\d/.test(value) || marks.length >= MAX_FACTS) return;
    if (COUNTER.test(value)) {
      const { service } = record;
      const local = { key: `request ${service}`, value: `${value} ${service}`, local: true } as const;
      if (service !== null && !marks.some((mark) => mark.value === local.value)) marks.push(local);
      return;
    }
    if (!marks.some((mark) => mark.value === value && mark.key === key)) marks.push({ key, value });
  };
  if (record.traceId !== null) add("trace", record.traceId);
  for (const id of requestIds) add("request", id);
  for (const [name, value] of record.fields) if (ID_FIELD.test(name) && !NOT_ID.test(name)) add(name, value);
  for (const [, name = "", value = ""] of matchesOf(ID_IN_TEXT, words)) if (!NOT_ID.test(name)) add(name, value);
  for (const [value] of matchesOf(UUID, words)) add("", value);
  return marks;
}

const GO_DURATION = /(?<![\w.:/-])((?:\d+(?:\.\d+)?(?:h|m(?!s)|s|ms|µs|μs|us|ns))+)(?![\w/-])/g;
const DURATION_PART = /(\d+(?:\.\d+)?)(h|ms|m|s|µs|μs|us|ns)/g;
const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  µs: 1e-3,
  μs: 1e-3,
  us: 1e-3,
  ns: 1e-6,
};
const NAMED_DURATION =
  /\b(?:duration|request_time|upstream_response_time|elapsed|took|latency|dur|cost|response_?time|responseTime|rt)(_ms|Ms|_s|_seconds|_us|_ns)?["']?\s*[=:]\s*["']?(\d+(?:\.\d+)?)(?![\w.:])/g;
const SPOKEN_DURATION = /\b(\d+(?:\.\d+)?) ?(milliseconds|millis|seconds|secs?|minutes|mins?)\b/gi;
/** What was set, not what was measured. */
const SETTING = /\b(?:time-?out|timeout|period|grace|interval|ttl|retry_after|after|max|limit)["']?[=: ]+$/i;

/** The figures of a line that say how long something took, in milliseconds. */
export function durationsOf(words: string): number[] {
  const found: number[] = [];
  const add = (ms: number): void => {
    if (ms > 0 && Number.isFinite(ms) && found.length < MAX_FACTS && !found.includes(ms)) found.push(ms);
  };
  for (const match of matchesOf(GO_DURATION, words)) {
    if (
      SETTING.test(words.slice(Math.max(0, match.index - 24), match.index)) &&
      !/\bafter $/i.test(words.slice(0, match.index))
    )
      continue;
    add(parseDuration(match[1] as string));
  }
  for (const [, unit, figure = ""] of matchesOf(NAMED_DURATION, words)) add(namedMs(figure, unit));
  for (const [, figure = "", unit = ""] of matchesOf(SPOKEN_DURATION, words)) {
    add(Number(figure) * (/^milli/i.test(unit) ? 1 : /^m/i.test(unit) ? 60_000 : 1_000));
  }
  return found;
}

function parseDuration(text: string): number {
  let ms = 0;
  for (const [, figure = "", unit = ""] of matchesOf(DURATION_PART, text)) ms += Number(figure) * (UNIT_MS[unit] ?? 0);
  return ms;
}

/** Without a unit: a decimal fraction is seconds, as nginx and Caddy write them; a whole number milliseconds, as most others do. */
function namedMs(figure: string, unit: string | undefined): number {
  const value = Number(figure);
  switch (unit?.toLowerCase()) {
    case "_ms":
    case "ms":
      return value;
    case "_s":
    case "_seconds":
      return value * 1_000;
    case "_us":
      return value / 1_000;
    case "_ns":
      return value / 1e6;
    default:
      if (figure.includes(".")) return value * 1_000;
      // Go's loggers write a duration as nanoseconds; so many milliseconds are days
      return value >= 1e8 ? value / 1e6 : value;
  }
}

/** Who calls whom, as a line says it. */
export interface Neighbours {
  readonly calls: readonly string[];
  readonly calledBy: readonly string[];
  /** The address the writer listens at. */
  readonly listens: string | null;
  /** True if the line says so because it has just begun to. */
  readonly started: boolean;
}

const CALLS =
  /\b(?:peer|to|to_service|callee|target|upstream|upstream_addr|upstream_host|upstream_cluster|backend|dest|destination|downstream_service)["']?\s*[=:]\s*["']?(?:https?:\/\/|grpc:\/\/)?([\w.-]+(?::\d{2,5})?)/gi;
/** A program's own words for what it asks of another one: the name stands right behind. */
const ASKED =
  /\b(?:calling|asking|querying|invoking|connecting to|(?:forwarding|relaying|proxying|routing|dispatching)(?: (?:the |this )?\w+)? to|(?:stream|request|call) to|aborting|cancel+ing|resetting) (?:the )?(?!(?:client|caller|browser|user|downstream|peer|request|call|stream|connection|response)\b)([A-Za-z][\w-]{2,40})(?![\w.:/=(-])/gi;
/** Apache and lighttpd name the service behind them in words. */
const BEHIND = /\b(?:remote server|attempt to connect to|on socket: tcp:) ?((?:\[[0-9a-f:]+\]|[\w.-]+):\d{2,5})\b/g;
/** grpc-js names the server of a call behind its other figures. */
const GRPC_JS_SERVER = /\ds,remote_addr=([\w.-]+:\d{2,5})/g;
const URL_HOST = /\b(?:https?|grpc|wss?):\/\/([\w.-]+(?::\d{2,5})?)/gi;
const CALLED_BY =
  /(?:\b(?:remoteService|caller|from|caller_service|client_service|source_service|source_app|caller_name)["']?\s*[=:]\s*["']?|\[triggered by |\[canceled path: (?:[^\]]* -> )?)([A-Za-z][\w.-]+)/g;
const LISTENING =
  // `listening on :8080`, `serving addr=127.0.0.1:9803`, `running on http://127.0.0.1:9729`
  /\b(?:listen(?:ing)?|serving|running|started|bound|server listen)\b[^=]{0,24}?(?:\b(?:on|at|addr(?:ess)?=|port[= ])\s*["']?)?(?:addr=|address=|port=)?["']?(?:https?:\/\/)?((?:\[[0-9a-f:]*\]|[\w.-]*):\d{2,5}|(?<=port[= ]["']?)\d{2,5}|(?<=\bon )\d{4,5}(?![\w.:/-]))\b/i;
/** nginx names the address at which it was called in every line of its error log. */
const OWN_ADDRESS = /, (?:server: [\w.*-]*|host: "[\w.-]+)(:\d{2,5})/;
/** `dial tcp`, a server's own address, the address of whoever calls: none of them a service that is called. */
const NOT_CALLED = /^(?:true|false|null|unknown|none|-|https?|outbound|inbound|\d+)$/i;

/** Finds names and addresses of neighbours. In a line about a request that was `served`, URLs are what its caller asked for or came from. */
export function neighboursOf(words: string, served: boolean): Neighbours {
  const calls = new Set<string>();
  const calledBy = new Set<string>();
  const started = LISTENING.exec(words)?.[1] ?? null;
  const listens = started ?? OWN_ADDRESS.exec(words)?.[1] ?? null;
  if (started === null) {
    for (const pattern of [CALLS, ASKED])
      for (const [, name = ""] of matchesOf(pattern, words)) if (!NOT_CALLED.test(name)) calls.add(name);
    for (const pattern of served ? [GRPC_JS_SERVER] : [URL_HOST, GRPC_JS_SERVER, BEHIND])
      for (const [, name = ""] of matchesOf(pattern, words)) calls.add(name);
  }
  for (const [, name = ""] of matchesOf(CALLED_BY, words)) if (!NOT_CALLED.test(name)) calledBy.add(name);
  return {
    calls: [...calls].slice(0, MAX_FACTS),
    calledBy: [...calledBy].slice(0, MAX_FACTS),
    listens,
    started: started !== null,
  };
}

/** Behind a status of gRPC stands what the callee said, whatever wrote it: grpc-js and Java, Go, grpcio, connect. */
const STATUS =
  /\b(?:CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED|INTERNAL|UNAVAILABLE|DATA_LOSS): |\bcode = [A-Za-z]+ desc = |\bdetails ?= ?"|(?<![^\s=:"'])\[(?:canceled|unknown|deadline_exceeded|resource_exhausted|aborted|internal|unavailable|data_loss)\] /;
/** Other named values may stand behind it. */
const NEXT_VALUE = /"|\s[\w.]+=/;
/** What only one program says has a part of its own before the part that many say. */
const OWN_WORDS = /^[^:]{3,}: .{4,}/;
const MAX_ANSWER = 200;

/** What the callee said, as the status of its answer brings it, see {@link Sighting.answered}. */
export function answeredIn(words: string): Sighting["answered"] {
  const match = STATUS.exec(words);
  if (match === null) return null;
  const [told = ""] = words.slice(match.index + match[0].length).split(NEXT_VALUE, 1);
  const parts = told.slice(0, MAX_ANSWER).split(": ");
  const tails = parts.map((_, index) => parts.slice(index).join(": ")).filter((tail) => OWN_WORDS.test(tail));
  return tails.length === 0 ? null : tails;
}

const PRIVATE =
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0\.|f[cde]|::1)/i;

/** True for an address of the public network. */
export function isPublic(address: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(address) && !PRIVATE.test(address);
}

const SERVER_FRAMES =
  /processing (?:\S+ )?request|Http2ServerRequest|ServerHttp2Stream|_http_server|abortIncoming|ServerCallImpl|ServerResponse|IncomingMessage|http2server|h11_impl|httptools_impl|RequestResponseCycle|ServerCalls\b|HttpResponseConduit|UndertowOutputStream|CoyoteOutputStream|jetty\.server\.HttpOutput|sun\.net\.httpserver\.\w*OutputStream/;
const SERVED_FRAMES =
  /processStreamingRPC|processUnaryRPC|handleStream|\bnet\/http\.\(\*conn\)\.serve|\bServeHTTP\b|run_asgi|streamHandleEndpoint|DispatcherServlet/;
const CLIENT_FRAMES =
  /\brecv\b|\bpeer=|undici|callErrorFromStatus|ClientCalls|ClientCallImpl|ClientCall\b|socketCloseListener|_http_client|_channel\.py|_Rendezvous|_MultiThreadedRendezvous|httpx|httpcore|aiohttp\/client|urllib3|net\/http\.\(\*Client\)|ServiceClientImpl|run-call\.js|\b(?:Get|Post|Put|Patch|Delete) \\?"https?:/;

/** On which end of the stream the writer stood, and whether it serves others at all, by its frames and words. */
export function roleOf(
  words: string,
  frames: string,
): { readonly side: "client" | "server" | null; readonly serves: boolean } {
  const all = `${words}\n${frames}`;
  const served = SERVED_FRAMES.test(all);
  if (CLIENT_FRAMES.test(all)) return { side: "client", serves: served };
  const server = SERVER_FRAMES.test(all);
  return { side: server ? "server" : null, serves: served || server };
}
