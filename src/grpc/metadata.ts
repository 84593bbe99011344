/**
 * What a gRPC call carries besides its messages, as request metadata: the names of its callers, its chain id, whose deadline it has,
 * metadata that goes on, and trace context.
 *
 * Kitex's keys are those of its own HTTP/2 handlers (`pkg/remote/transmeta/http_metakey.go`, gopkg's `cloud/metainfo/http.go`): the
 * caller's name, and metainfo with its names in lower case and `-` for `_`. Here the rest of the runtime sees them as the string keys of
 * a ttstream Header.
 */
import {
  cleanName,
  type DeadlineOwner,
  fitPath,
  HTTP_KEYS,
  METADATA_PREFIXES,
  readOwner,
  writeOwner,
} from "../runtime/bridge/index.ts";

/** The part of grpc-js's Metadata, and of fetch's Headers, that is needed to write a call's metadata. */
export interface MetadataWriter {
  set(key: string, value: string): void;
}

/** The services that a call has come through, the first one first, the caller last; percent-encoded, with `,` between. */
const CALLERS = "streamscope-callers";

/** Whose deadline travels, percent-encoded. */
const DEADLINE = "streamscope-deadline";

const PERSIST = "rpc-persist-";
const TRANSIT = "rpc-transit-";

/** Names of transient values that are not written in capitals: propagators look for them as they are. */
const TRACE_NAMES: ReadonlySet<string> = new Set(["traceparent", "tracestate", "baggage", "service.name"]);

/** Of those, what every gRPC of OpenTelemetry writes and reads without a prefix. */
const PLAIN_NAMES: readonly string[] = ["traceparent", "tracestate", "baggage"];

/** What a gRPC header may hold (gRPC over HTTP/2: ASCII-Value and Header-Name). */
const LEGAL_VALUE = /^[ -~]*$/;
const LEGAL_KEY = /^[0-9a-z_.-]+$/;

/** What a caller writes. */
export interface Outgoing {
  /** The caller's own name. */
  readonly self: string;
  /** The services above the caller, see {@link Incoming.callers}. */
  readonly callers: readonly string[];
  readonly deadlineOwner: DeadlineOwner | null;
  /** String keys as a ttstream Header has them. */
  readonly strings: ReadonlyMap<string, string>;
}

/** What a callee reads. */
export interface Incoming {
  /** The caller's name; null where it gave none. */
  readonly caller: string | null;
  /**
   * The services above, the first one first, the caller last. An empty name stands for those that nobody knows, as above a caller that
   * does not speak to this runtime.
   */
  readonly callers: readonly string[];
  readonly deadlineOwner: DeadlineOwner | null;
  /** String keys as a ttstream Header has them. */
  readonly strings: ReadonlyMap<string, string>;
}

/** Writes a call's metadata. Values that gRPC cannot carry (it knows ASCII only) stay at home. */
export function writeOutgoing(metadata: MetadataWriter, { self, callers, deadlineOwner, strings }: Outgoing): void {
  if (self !== "") metadata.set(HTTP_KEYS.fromService, LEGAL_VALUE.test(self) ? self : encodeURIComponent(self));
  metadata.set(CALLERS, writePath([...callers, self]));
  if (deadlineOwner !== null) metadata.set(DEADLINE, encodeURI(writeOwner(deadlineOwner)));
  for (const [name, value] of strings) {
    const key = keyOf(name);
    if (key === null || !LEGAL_VALUE.test(value)) continue;
    metadata.set(key, value);
    const plain = key.slice(TRANSIT.length);
    if (key.startsWith(TRANSIT) && PLAIN_NAMES.includes(plain)) metadata.set(plain, value);
  }
}

/** Reads a call's metadata: the first value of each key. Names may be anything a peer writes, and are such as can stand in a path. */
export function readIncoming(entries: Iterable<readonly [key: string, value: unknown]>): Incoming {
  const strings = new Map<string, string>();
  const plain = new Map<string, string>();
  let source = "";
  let callers: readonly string[] = [];
  let deadlineOwner: DeadlineOwner | null = null;
  for (const [key, value] of entries) {
    if (typeof value !== "string") continue;
    if (key === HTTP_KEYS.fromService) source = cleanName(value);
    else if (key === CALLERS) callers = readPath(value);
    else if (key === DEADLINE) deadlineOwner = ownerIn(value);
    else if (PLAIN_NAMES.includes(key)) plain.set(METADATA_PREFIXES.transient + key, value);
    else strings.set(nameOf(key), value);
  }
  for (const [name, value] of plain) if (!strings.has(name)) strings.set(name, value);
  const named = callers.at(-1) || source || null;
  // Whoever names itself alone does not know of callers above it, or does not tell.
  return { caller: named, callers: callers.length > 0 ? callers : ["", named ?? ""], deadlineOwner, strings };
}

/** True where the caller is where the chain began, so that nobody but the caller can have ended its call. */
export function beginsAtCaller({ callers, caller }: Pick<Incoming, "callers" | "caller">): boolean {
  return callers.length === 1 && caller !== null;
}

function writePath(path: readonly string[]): string {
  return fitPath(path).map(encodeURIComponent).join(",");
}

function readPath(text: string): readonly string[] {
  return fitPath(text.split(",").map((name) => cleanName(decoded(name))));
}

function ownerIn(text: string): DeadlineOwner | null {
  const owner = readOwner(decoded(text));
  return owner === null ? null : { ...owner, path: owner.path.map(cleanName) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The metadata key of a string key; null for one that is of ttstream only. */
function keyOf(name: string): string | null {
  const { persistent, transient } = METADATA_PREFIXES;
  const [prefix, rest] = name.startsWith(persistent)
    ? [PERSIST, name.slice(persistent.length)]
    : name.startsWith(transient)
      ? [TRANSIT, name.slice(transient.length)]
      : ["", name];
  const key = prefix + (prefix === "" ? rest : rest.replaceAll("_", "-")).toLowerCase();
  return LEGAL_KEY.test(key) && !key.startsWith("grpc-") ? key : null;
}

function nameOf(key: string): string {
  if (key.startsWith(PERSIST)) return METADATA_PREFIXES.persistent + variable(key.slice(PERSIST.length));
  if (!key.startsWith(TRANSIT)) return key;
  const rest = key.slice(TRANSIT.length);
  return METADATA_PREFIXES.transient + (TRACE_NAMES.has(rest) ? rest : variable(rest));
}

/** Kitex's names of metainfo behind HTTP/2: capitals and `_`. */
function variable(name: string): string {
  return name.replaceAll("-", "_").toUpperCase();
}
