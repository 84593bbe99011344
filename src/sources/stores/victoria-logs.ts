/**
 * Lines out of a VictoriaLogs, asked in LogsQL (https://docs.victoriametrics.com/victorialogs/logsql/).
 *
 * Every field is searched, because loggers put the error beside the message. An answer of some of several storage nodes is none: half the
 * lines of a cascade blame the wrong service. So `allow_partial_response` is never sent, and a slice whose answer breaks off counts for nothing.
 */
import type { SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import { createShapeContext, RecordMaker } from "../formats/record-maker.ts";
import { localZone } from "../formats/zone.ts";
import { type Asking, ask, isOk, linesOf, textOf, whoAsks } from "./ask.ts";
import { queryFor } from "./logsql.ts";
import { inSlices, type TimeSlice, TooMuch } from "./slices.ts";
import { StoreCounts, type StoreQuestion, type StoreReading, untilBroken } from "./store.ts";
import { StoreError } from "./store-error.ts";

/** What to ask for. */
export interface VictoriaLogsOptions extends StoreQuestion {
  /** A filter in LogsQL that lines have to meet, too: `{app="chat"}`; null: none. */
  readonly filter: string | null;
  /** Looks for words that are ordinary, too: a broken connection, a timeout. */
  readonly deep: boolean;
}

const USUAL = "VictoriaLogs; its usual address is http://HOST:9428";
const MAX_DIAGNOSTICS = 20;
/** More lines of a slice are not put in order here: half of it is asked for. */
const MOST_LINES = 200_000;
/** What it says where a query took too long. */
const TOOK_TOO_LONG = /couldn't be executed in|memory|too many/i;

/** Prepares the asking. Nothing is asked before the iteration begins. */
export function readVictoriaLogs(options: VictoriaLogsOptions): StoreReading {
  const { url, prefilter, filter, deep, fromMs, toMs, signal } = options;
  const source = `victorialogs ${url.host}`;
  const diagnostics = new Diagnostics(MAX_DIAGNOSTICS);
  const words = deep ? { ...prefilter, needles: [...prefilter.needles, ...prefilter.wordings] } : prefilter;
  const context = createShapeContext(words, { zone: localZone(), nearMs: toMs });
  const maker = new RecordMaker(source, null, null, context);
  const counts = new StoreCounts();
  const query = queryFor(prefilter, deep, filter);

  async function* readSlice(slice: TimeSlice): AsyncGenerator<readonly SourceRecord[]> {
    const lines: string[] = [];
    for await (const some of answer(url, query, slice, options)) {
      for (const line of some) if (maker.isHit(line)) lines.push(line);
      if (lines.length > MOST_LINES) throw new TooMuch(`more than ${MOST_LINES} lines`);
    }
    counts.state = "answered";
    const first = counts.records + 1;
    counts.records += lines.length;
    yield lines.flatMap((line, index) => maker.read(line, first + index, 0).records);
  }

  const read = (): AsyncGenerator<readonly SourceRecord[]> =>
    inSlices({
      fromMs,
      toMs,
      // A line may have a time of its own beside the one of the store
      marginMs: 60_000,
      signal,
      read: readSlice,
      done: ({ toMs: end }) => counts.cover(end, options),
      cut: (_slice, error) => {
        throw error;
      },
    });

  return {
    [Symbol.asyncIterator]: () => untilBroken(read(), options, counts, diagnostics, USUAL),
    name: source,
    progress: () => counts.progress(),
    state: () => counts.state,
    diagnostics: () => diagnostics.kept,
    limits: deep
      ? []
      : [
          "of lines, only those with a word for a cancel were looked for, none with ordinary words for a broken connection or a timeout, nor with those of --dialects: --deep looks at every line",
        ],
  };
}

/** The lines of an answer, some at a time; it throws where the answer is not whole. */
async function* answer(
  url: URL,
  query: string,
  { fromMs, toMs }: TimeSlice,
  asking: Asking,
): AsyncGenerator<readonly string[]> {
  const address = new URL(`${url.pathname.replace(/\/$/, "")}/select/logsql/query`, url);
  address.search = url.search;
  const body = new URLSearchParams({ query, start: timeOf(fromMs), end: timeOf(toMs) });
  const response = await ask({ url: address, method: "POST", body }, asking);
  if (!isOk(response)) {
    // It repeats the query, which is long, in front of what went wrong
    const text = (await textOf(response, 16_000)).replace(/ \[_time:.*\](?=: )/, "").slice(0, 400);
    if (TOOK_TOO_LONG.test(text)) throw new TooMuch(`it answers ${response.status} ${text}`, response.status);
    throw new StoreError(
      `it answers ${response.status} ${text}${whoAsks(response.status, "VICTORIALOGS")}`,
      response.status,
    );
  }
  let isFirst = true;
  try {
    for await (const lines of linesOf(response)) {
      const given = lines.filter((line) => line !== "");
      for (const line of given) {
        if (!isRow(line)) throw isFirst ? new SyntaxError("no rows") : new StoreError(endOf(line));
        isFirst = false;
      }
      yield given;
    }
  } catch (error) {
    if (error instanceof StoreError || error instanceof SyntaxError || asking.signal?.aborted === true) throw error;
    // It closes the connection where a query fails half way: as when it took too long
    throw new TooMuch("its answer broke off");
  }
}

/** It tells an error behind the rows that it has sent. */
function endOf(line: string): string {
  return `its answer ends in something that is no row: ${line.replace(/\s+/g, " ").trim().slice(0, 300)}`;
}

function isRow(line: string): boolean {
  return line.startsWith("{") && line.endsWith("}");
}

/** RFC 3339, which it takes to the millisecond; `end` is not included. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
