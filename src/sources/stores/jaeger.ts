/**
 * Traces of a Jaeger, asked through its query API: those of a time, of services, with tags.
 *
 * The API has no pages, only a limit, and gives the newest traces first. Where an answer is full, the time is asked again in halves; where
 * it is too short for that, for more traces at once.
 */
import type { SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import { readJaeger } from "../formats/jaeger.ts";
import { isJsonObject, type JsonObject } from "../formats/json-values.ts";
import { createShapeContext } from "../formats/record-maker.ts";
import { localZone } from "../formats/zone.ts";
import { type Asking, ask, isOk, textOf, whoAsks } from "./ask.ts";
import { inSlices, type TimeSlice } from "./slices.ts";
import { StoreCounts, type StoreQuestion, type StoreReading, untilBroken } from "./store.ts";
import { StoreError } from "./store-error.ts";

/** What to ask for. */
export interface JaegerOptions extends StoreQuestion {
  /** Only traces in which these take part; none: all services. */
  readonly services?: readonly string[];
  /** Only traces with spans that have these tags. Jaeger finds tags, not the texts of errors. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Traces in one answer; default 200. */
  readonly limit?: number;
}

const USUAL = "query API of Jaeger; its usual address is http://HOST:16686";
const LIMITS: readonly string[] = [
  "a Jaeger knows only the traces that were sampled and have arrived; a span that never ended, as of a process that was killed, is not among them",
];
/** Spans of a trace lie at most so far from the time by which it was found. */
const MARGIN_MS = 5 * 60_000;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const SILENCE_MS = 60_000;
/** Clocks of many SDKs tick in milliseconds: a shorter time would part nothing. */
const SHORTEST_MS = 1;
/** By so much an answer about the shortest time may be longer than others. */
const LONGER = 64;
const MAX_DIAGNOSTICS = 20;
/** Names of services in one diagnostic. */
const MAX_NAMES = 20;

/** Prepares the asking. Nothing is asked before the iteration begins. */
export function readJaegerTraces(options: JaegerOptions): StoreReading {
  const { url, limit = 200 } = options;
  const source = url.host;
  const diagnostics = new Diagnostics(MAX_DIAGNOSTICS);
  const context = createShapeContext(options.prefilter, { zone: localZone(), nearMs: options.toMs });
  const counts = new StoreCounts();
  counts.traces = 0;
  const known = new Set<string>();

  const askFor = async (path: string, query: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
    const address = new URL(`${url.pathname.replace(/\/$/, "")}/api/${path}`, url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const data = await fetchData(address, { silenceMs: SILENCE_MS, ...options });
    counts.state = "answered";
    return data;
  };

  async function* readWindow(
    service: string,
    fromMs: number,
    toMs: number,
    max: number,
  ): AsyncGenerator<readonly SourceRecord[]> {
    const { tags = {} } = options;
    const found = await askFor("traces", {
      service,
      start: String(Math.floor(fromMs * 1000)),
      end: String(Math.ceil(toMs * 1000)),
      limit: String(max),
      ...(Object.keys(tags).length === 0 ? {} : { tags: JSON.stringify(tags) }),
    });
    const fresh = found.filter((trace): trace is JsonObject => isJsonObject(trace) && isNew(known, trace["traceID"]));
    const records = readJaeger({ data: fresh }, context, source);
    counts.records += records.length;
    counts.traces = known.size;
    if (records.length > 0) yield records;
    if (found.length < max) return;
    if (toMs - fromMs > SHORTEST_MS) {
      const middleMs = (fromMs + toMs) / 2;
      yield* readWindow(service, fromMs, middleMs, limit);
      yield* readWindow(service, middleMs, toMs, limit);
    } else if (max < limit * LONGER) yield* readWindow(service, fromMs, toMs, max * 8);
    else diagnostics.add({ source }, `${service}: more than ${max} traces in one millisecond; only ${max} were read`);
  }

  const askServices = async (): Promise<readonly string[]> =>
    (await askFor("services", {})).filter((name): name is string => typeof name === "string").toSorted();

  async function* read(): AsyncGenerator<readonly SourceRecord[]> {
    const named = options.services ?? [];
    const services = named.length === 0 ? await askServices() : named;
    const silent = new Set(named);
    async function* readSlice({ fromMs, toMs }: TimeSlice): AsyncGenerator<readonly SourceRecord[]> {
      for (const service of services) {
        const before = known.size;
        yield* readWindow(service, fromMs, toMs, limit);
        if (known.size > before) silent.delete(service);
      }
    }
    const done = ({ toMs }: TimeSlice): void => counts.cover(toMs, options);
    yield* inSlices({ ...options, marginMs: MARGIN_MS, read: readSlice, done, cut: () => undefined });
    const all = silent.size === 0 ? [] : await askServices();
    for (const name of [...silent].filter((each) => !all.includes(each))) {
      diagnostics.add({ source }, `it knows no service "${name}"; it knows ${shortList(all)}`);
    }
  }

  return {
    [Symbol.asyncIterator]: () => untilBroken(read(), options, counts, diagnostics, USUAL),
    name: `jaeger ${url.host}`,
    progress: () => counts.progress(),
    state: () => counts.state,
    diagnostics: () => diagnostics.kept,
    limits: LIMITS,
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
async function fetchData(url: URL, asking: Asking): Promise<readonly unknown[]> {
  const response = await ask({ url, method: "GET", accept: "application/json" }, asking);
  const { status } = response;
  if (!isOk(response))
    throw new StoreError(`it answers ${status} ${await textOf(response)}${whoAsks(status, "JAEGER")}`, status);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new StoreError("its answer is too long; ask for less time with --since");
    chunks.push(chunk);
  }
  const answer: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const data = isJsonObject(answer) ? answer["data"] : undefined;
  // With status 200 too: where it asked several places, and one of them failed
  const problem = isJsonObject(answer) ? problemIn(answer["errors"]) : null;
  if (problem !== null) throw new StoreError(`it answers with an error: ${problem}`);
  // A service without traces: null
  if (isJsonObject(answer) && data === null) return [];
  if (!Array.isArray(data)) throw new StoreError("its answer is none of Jaeger's");
  return data;
}

/** The first of the errors in an answer: `{"code": 500, "msg": "…"}`. */
function problemIn(errors: unknown): string | null {
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const first: unknown = errors[0];
  const said = isJsonObject(first) && typeof first["msg"] === "string" ? first["msg"] : JSON.stringify(first);
  return said.replace(/\s+/g, " ").trim().slice(0, 300);
}
