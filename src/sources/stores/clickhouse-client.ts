/** ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http): queries with typed parameters, rows while they come, errors by their code. */
import { isJsonObject, type JsonObject } from "../formats/json-values.ts";
import { type Asking, ask, isOk, linesOf, textOf, waitByTimer, whoAsks } from "./ask.ts";
import type { Query } from "./clickhouse-sql.ts";
import { TooMuch } from "./slices.ts";
import type { StoreQuestion } from "./store.ts";
import { StoreError } from "./store-error.ts";

/** An error of ClickHouse's own. */
export class ClickHouseError extends StoreError {
  /** See ErrorCodes.cpp of ClickHouse; 0 where it gave none. */
  readonly code: number;

  constructor(message: string, code: number, status: number) {
    super(message, status);
    this.code = code;
  }
}

/** TOO_MANY_ROWS, TIMEOUT_EXCEEDED, TOO_SLOW, SET_SIZE_LIMIT_EXCEEDED, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES. */
const TOO_MUCH: ReadonlySet<number> = new Set([158, 159, 160, 191, 241, 307, 396]);
/** TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT, NETWORK_ERROR, ALL_CONNECTION_TRIES_FAILED. */
const PASSING: ReadonlySet<number> = new Set([202, 209, 210, 279]);
/** READONLY: the user may change no settings. */
const READONLY = 164;
/** AUTHENTICATION_FAILED, and its older names. */
const STRANGER: ReadonlySet<number> = new Set([192, 193, 194, 516]);
const ATTEMPTS = 3;
const PAUSE_MS = 500;
const ERROR_LENGTH = 4_096;
const SENTENCE_LENGTH = 300;

/** A limit has to be an error, since an answer that it cuts silently looks whole; and who hangs up wants no answer. */
const SETTINGS: Readonly<Record<string, string>> = {
  max_execution_time: "60",
  timeout_overflow_mode: "throw",
  read_overflow_mode: "throw",
  result_overflow_mode: "throw",
  set_overflow_mode: "throw",
  cancel_http_readonly_queries_on_client_close: "1",
};

/** Asks one ClickHouse. */
export class ClickHouseClient {
  readonly #url: URL;
  readonly #asking: Asking;
  readonly #onRowsRead: (rows: number) => void;
  #settings: Readonly<Record<string, string>> = SETTINGS;
  /** Rows that the queries so far looked through. */
  #rowsRead = 0;

  /** `onRowsRead` hears how many rows all queries looked through, as far as ClickHouse says. */
  constructor({ url, signal, login, pause, silenceMs }: StoreQuestion, onRowsRead: (rows: number) => void) {
    this.#url = url;
    this.#asking = { signal, login, pause, silenceMs };
    this.#onRowsRead = onRowsRead;
  }

  /**
   * The rows of an answer, some at a time. An answer that breaks off is asked for again: then rows come twice.
   *
   * @throws TooMuch where a limit does not allow that much
   * @throws ClickHouseError for any other error of ClickHouse's
   */
  async *rows(query: Query): AsyncGenerator<readonly JsonObject[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        yield* this.#once(query);
        return;
      } catch (error) {
        if (error instanceof ClickHouseError) {
          if (TOO_MUCH.has(error.code)) throw new TooMuch(error.message, error.status);
          if (error.code === READONLY && this.#settings === SETTINGS) {
            this.#settings = {};
            continue;
          }
          if (!PASSING.has(error.code)) throw error;
        } else if (!(error instanceof BrokenOff)) throw error;
        if (attempt === ATTEMPTS || this.#asking.signal?.aborted === true) throw error;
        await (this.#asking.pause ?? waitByTimer)(PAUSE_MS * attempt, this.#asking.signal);
      }
    }
  }

  /** All rows of a short answer. */
  async all(query: Query): Promise<readonly JsonObject[]> {
    const all: JsonObject[] = [];
    for await (const rows of this.rows(query)) all.push(...rows);
    return all;
  }

  async *#once({ sql, parameters }: Query): AsyncGenerator<readonly JsonObject[]> {
    const url = new URL(this.#url);
    for (const [name, value] of Object.entries(this.#settings)) url.searchParams.set(name, value);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(`param_${name}`, value);
    const response = await ask({ url, method: "POST", body: sql }, this.#asking);
    if (!isOk(response)) throw errorOf(await textOf(response), response.status);
    const before = this.#rowsRead;
    const answer = new Answer();
    try {
      for await (const lines of linesOf(response)) {
        const rows: JsonObject[] = [];
        for (const value of answer.valuesOf(lines)) this.#take(value, before, rows);
        if (rows.length > 0) yield rows;
      }
    } catch (error) {
      if (error instanceof StoreError || error instanceof SyntaxError) throw error;
      throw new BrokenOff("its answer broke off", { cause: error });
    }
    if (answer.error !== null) throw errorOf(answer.error, response.status);
  }

  /** A line: a row, or what the format with progress says beside. */
  #take(value: JsonObject, before: number, rows: JsonObject[]): void {
    const { row, progress, exception } = value;
    if (isJsonObject(row)) rows.push(row);
    else if (isJsonObject(progress)) {
      const read = Number(progress["read_rows"]);
      if (!Number.isFinite(read)) return;
      this.#rowsRead = Math.max(this.#rowsRead, before + read);
      this.#onRowsRead(this.#rowsRead);
    } else if (typeof exception === "string") throw errorOf(exception, 200);
    else if ("t" in value || "name" in value) rows.push(value);
  }
}

/** Lines of an answer: objects, and from the first line on that is none the text of an error. */
class Answer {
  error: string | null = null;
  #isEmpty = true;

  *valuesOf(lines: readonly string[]): Generator<JsonObject> {
    for (const line of lines) {
      if (this.error !== null) {
        if (this.error.length < ERROR_LENGTH) this.error += `\n${line}`;
        continue;
      }
      const value = line === "" ? {} : parsed(line);
      if (value !== null) yield value;
      else if (this.#isEmpty && !/\bCode: \d|__exception__/.test(line)) throw new SyntaxError("no rows");
      else this.error = line;
      this.#isEmpty = false;
    }
  }
}

/** The connection ended before the answer did. */
class BrokenOff extends Error {}

function parsed(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The words of an error in what is no row. In a row that was cut they follow on its own, which may tell of other errors: the last ones count. */
function wordsIn(text: string): string {
  if (!text.trimStart().startsWith("{")) return text;
  const end = text.slice(-ERROR_LENGTH);
  const [last] = [...end.matchAll(/Code: \d+\. DB::Exception:/g)].slice(-1);
  return last === undefined ? text : end.slice(last.index);
}

const WORDS = /\bCode: (\d+)\.\s*(?:DB::Exception:\s*)?([\s\S]*)/;

/** ClickHouse's words for an error, wherever they stand in an answer: `Code: 241. DB::Exception: …`. */
function errorOf(text: string, status: number): StoreError {
  const [, digits, rest] = WORDS.exec(wordsIn(text)) ?? [];
  if (digits === undefined) {
    const said = text.replace(/\s+/g, " ").trim().slice(0, SENTENCE_LENGTH);
    return new StoreError(
      status === 200
        ? `its answer ends in something that is no row: ${said}`
        : `it answers ${status} ${said}${whoAsks(status, "CLICKHOUSE")}`,
      status,
    );
  }
  const code = Number(digits);
  const said = `error ${digits}: ${(rest ?? "").replace(/\s+/g, " ").trim().slice(0, SENTENCE_LENGTH)}`;
  const advice = STRANGER.has(code) ? whoAsks(401, "CLICKHOUSE") : "";
  return new ClickHouseError(said + advice, code, status);
}
