/**
 * Traces of a Jaeger, asked through its query API: those of a time, of services, with tags.
 *
 * The API has no pages, only a limit, and gives the newest traces first. Where an answer is full, the time is asked again in halves; where
 * it is too short for that, for more traces at once.
 */
import type { Diagnostic, Prefilter, SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import { readJaeger } from "../formats/jaeger.ts";
import { isJsonObject, type JsonObject } from "../formats/json-values.ts";
import { createShapeContext } from "../formats/record-maker.ts";
import { localZone } from "../formats/zone.ts";

/** What to ask for. */
export interface JaegerOptions {
  readonly prefilter: Prefilter;
  /** `http://host:16686`, with the base path if it has one. */
  readonly url: URL;
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only traces in which these take part; none: all services. */
  readonly services?: readonly string[];
  /** Only traces with spans that have these tags. Jaeger finds tags, not the texts of errors. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Traces in one answer; default 200. */
  readonly limit?: number;
}

/** Asking under way: iterate it once. */
export interface JaegerReading extends AsyncIterable<readonly SourceRecord[]> {
  /** Spans read. */
  readonly spans: () => number;
  readonly traces: () => number;
  /** True once Jaeger has answered as Jaeger does. */
  readonly reached: () => boolean;
  readonly diagnostics: () => readonly Diagnostic[];
}

const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const ANSWER_MS = 60_000;
/** Clocks of many SDKs tick in milliseconds: a shorter time would part nothing. */
const SHORTEST_MS = 1;
/** By so much an answer about the shortest time may be longer than others. */
const LONGER = 64;
const MAX_DIAGNOSTICS = 20;
/** Names of services in one diagnostic. */
const MAX_NAMES = 20;

/** Prepares the asking. Nothing is asked before the iteration begins, and nothing throws: problems are told in the diagnostics. */
export function readJaegerTraces(options: JaegerOptions): JaegerReading {
  const { url, limit = 200 } = options;
  const source = url.host;
  const diagnostics = new Diagnostics(MAX_DIAGNOSTICS);
  const context = createShapeContext(options.prefilter, { zone: localZone(), nearMs: options.toMs });
  const known = new Set<string>();
  let spans = 0;
  let reached = false;

  const ask = async (path: string, query: Readonly<Record<string, string>>): Promise<readonly unknown[] | null> => {
    const address = new URL(`${url.pathname.replace(/\/$/, "")}/api/${path}`, url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    try {
      const data = await fetchData(address, options.signal);
      reached = true;
      return data;
    } catch (error) {
      if (options.signal?.aborted !== true) diagnostics.add({ source }, sentenceFor(url, error));
      return null;
    }
  };

  async function* readWindow(
    service: string,
    fromMs: number,
    toMs: number,
    max: number,
  ): AsyncGenerator<readonly SourceRecord[]> {
    const { tags = {} } = options;
    const found = await ask("traces", {
      service,
      start: String(Math.floor(fromMs * 1000)),
      end: String(Math.ceil(toMs * 1000)),
      limit: String(max),
      ...(Object.keys(tags).length === 0 ? {} : { tags: JSON.stringify(tags) }),
    });
    if (found === null) return;
    const fresh = found.filter((trace): trace is JsonObject => isJsonObject(trace) && isNew(known, trace["traceID"]));
    const records = readJaeger({ data: fresh }, context, source);
    spans += records.length;
    if (records.length > 0) yield records;
    if (found.length < max) return;
    if (toMs - fromMs > SHORTEST_MS) {
      const middleMs = (fromMs + toMs) / 2;
      yield* readWindow(service, fromMs, middleMs, limit);
      yield* readWindow(service, middleMs, toMs, limit);
    } else if (max < limit * LONGER) yield* readWindow(service, fromMs, toMs, max * 8);
    else diagnostics.add({ source }, `${service}: more than ${max} traces in one millisecond; only ${max} were read`);
  }

  const askServices = async (): Promise<readonly string[] | null> =>
    (await ask("services", {}))?.filter((name): name is string => typeof name === "string").toSorted() ?? null;

  async function* read(): AsyncGenerator<readonly SourceRecord[]> {
    const named = options.services ?? [];
    const silent: string[] = [];
    for (const service of named.length === 0 ? ((await askServices()) ?? []) : named) {
      if (options.signal?.aborted === true) return;
      const before = known.size;
      yield* readWindow(service, options.fromMs, options.toMs, limit);
      if (known.size === before && named.length > 0) silent.push(service);
    }
    const all = silent.length === 0 ? null : await askServices();
    for (const name of all === null ? [] : silent.filter((each) => !all.includes(each))) {
      diagnostics.add({ source }, `it knows no service "${name}"; it knows ${shortList(all ?? [])}`);
    }
  }

  return {
    [Symbol.asyncIterator]: () => read(),
    spans: () => spans,
    traces: () => known.size,
    reached: () => reached,
    diagnostics: () => diagnostics.kept,
  };
}

/** The first names of a list, and how many more there are. */
function shortList(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? `, and ${more} more` : "");
}

function isNew(known: Set<string>, id: unknown): boolean {
  if (typeof id !== "string" || known.has(id)) return false;
  known.add(id);
  return true;
}

/** The list `data` of an answer. */
async function fetchData(address: URL, signal: AbortSignal | undefined): Promise<readonly unknown[]> {
  const timeout = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(address, {
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    headers: { accept: "application/json" },
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error("its answer is too long; ask for less time with --since");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (!response.ok) throw new Error(`it answers ${response.status} ${text.slice(0, 200)}`);
  const answer: unknown = JSON.parse(text);
  const data = isJsonObject(answer) ? answer["data"] : undefined;
  // A service without traces: null
  if (isJsonObject(answer) && data === null) return [];
  if (!Array.isArray(data)) throw new Error("its answer is none of Jaeger's");
  return data;
}

function sentenceFor(url: URL, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (error instanceof SyntaxError)
    return `${url.href} is no query API of Jaeger; its usual address is http://HOST:16686`;
  return `${url.href} cannot be asked: ${message}`;
}
