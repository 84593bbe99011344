/** Asking a store over HTTP: credentials, repetitions with growing pauses, answers as lines while they come, and sentences for what goes wrong. */
import { setTimeout as timer } from "node:timers/promises";
import { retryAfterMs } from "../retry-after.ts";
import { type Answer, exchange } from "./exchange.ts";
import { StoreError } from "./store-error.ts";

/** Who asks. */
export type Login = { readonly user: string; readonly password: string } | { readonly token: string };

/** Waits so many milliseconds, or until the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

/** One question. */
export interface Request {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly accept?: string;
  readonly body?: string | URLSearchParams;
}

/** How questions are asked. */
export interface Asking {
  readonly signal?: AbortSignal | undefined;
  readonly login?: Login | undefined;
  readonly pause?: Pause | undefined;
  /** How long the store may say nothing, before its answer begins or in the middle of it; default: five minutes. */
  readonly silenceMs?: number | undefined;
}

/** What may be otherwise in a moment: too many questions, a proxy without its server, a server that starts. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
/** An answer that took longer was no refusal at the door: asking again would cost as much again. */
const QUICK_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
const SILENCE_MS = 300_000;
/** What OpenSSL says where the first bytes of the other side are no record of TLS. */
const NO_TLS = /wrong.version.number/i;
/** So much of an error's text is kept. */
const TEXT_LENGTH = 300;
/** A longer line is no row. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** By a timer. */
export const waitByTimer: Pause = (ms, signal) =>
  timer(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);

/**
 * Asks until there is an answer, which may be an error of the store's. Connections that fail and statuses that pass are asked for again, after
 * 250 ms, 500 ms and 1 s, or when the store says (Retry-After, RFC 9110 section 10.2.3).
 *
 * @throws what {@link exchange} throws, where no attempt got an answer or the signal is aborted
 */
export async function ask(
  { url, method, accept, body = "" }: Request,
  { signal, login, pause = waitByTimer, silenceMs = SILENCE_MS }: Asking,
): Promise<Answer> {
  const headers = {
    ...(accept !== undefined && { accept }),
    ...(body instanceof URLSearchParams && { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" }),
    ...(login !== undefined && { authorization: authorizationOf(login) }),
  };
  signal?.throwIfAborted();
  for (let attempt = 1; ; attempt += 1) {
    const from = performance.now();
    let waitMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    try {
      const answer = await exchange({ url, method, headers, body: String(body), signal, silenceMs });
      const isPassing = PASSING.has(answer.status) && performance.now() - from < QUICK_MS;
      if (!isPassing || attempt === ATTEMPTS) return answer;
      waitMs = retryAfterMs(answer.headers) ?? waitMs;
      answer.body.destroy();
    } catch (error) {
      if (signal?.aborted === true || attempt === ATTEMPTS || isForGood(error)) throw error;
    }
    await pause(Math.min(waitMs, LONGEST_PAUSE_MS), signal);
    signal?.throwIfAborted();
  }
}

/** True where a question was answered, not refused. */
export function isOk({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** RFC 7617 and RFC 6750. */
function authorizationOf(login: Login): string {
  if ("token" in login) return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`, "utf8").toString("base64")}`;
}

/** What to do where a store does not know who asks; nothing for every other status. `name` begins the names in the environment. */
export function whoAsks(status: number, name: "CLICKHOUSE" | "JAEGER" | "VICTORIALOGS"): string {
  return status === 401 ? `; ${name}_USER and ${name}_PASSWORD say who asks` : "";
}

/** What asking again does not change: a certificate, a name that nobody has, an address that is none. */
function isForGood(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === null ||
    code === "ENOTFOUND" ||
    code === "EPROTO" ||
    isAboutCertificates(code) ||
    code.startsWith("ERR_SSL")
  );
}

function codeOf(error: unknown): string | null {
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    if ("code" in each && typeof each.code === "string") return each.code;
  return null;
}

function isAboutCertificates(code: string): boolean {
  return /CERT|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY/.test(code);
}

/** The whole lines of an answer, as many at a time as came together, and at the end what no line feed closed. Closing it closes the answer. */
export async function* linesOf({ body }: Answer): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      rest += text;
      if (rest.length > MAX_LINE_BYTES) throw new StoreError("a row of its answer is longer than 64 MiB");
      continue;
    }
    const whole = rest + text.slice(0, end);
    rest = text.slice(end + 1);
    yield whole.split("\n");
  }
  rest += decoder.decode();
  if (rest !== "") yield [rest];
}

/** The first words of an answer that is an error, in one line of at most so many characters. */
export async function textOf(answer: Answer, length: number = TEXT_LENGTH): Promise<string> {
  let text = "";
  for await (const lines of linesOf(answer)) {
    text += `${lines.join("\n")}\n`;
    if (text.length > length) break;
  }
  return text.replace(/\s+/g, " ").trim().slice(0, length);
}

/** What went wrong with asking a store, in a sentence. `usual`: what its address looks like. */
export function sentenceFor(url: URL, error: unknown, usual: string): string {
  if (error instanceof SyntaxError) return `${placeOf(url)} is no ${usual}`;
  const code = codeOf(error);
  // A name with several addresses, none of which answers
  const cause: unknown = error instanceof AggregateError ? error.errors.at(-1) : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return `${placeOf(url)} cannot be asked: ${NO_TLS.test(message) ? "it does not speak TLS; http:// may be meant" : message}${adviceOn(code)}`;
}

function adviceOn(code: string | null): string {
  const isAboutOne = code !== null && isAboutCertificates(code);
  return isAboutOne ? "; if its certificate is one of your own, name its authority by NODE_EXTRA_CA_CERTS=ca.pem" : "";
}

/** The address without what may be secret in it. */
function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
