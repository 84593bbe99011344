/** Asking a store over HTTP: credentials, repetitions with growing pauses, answers as lines while they come, and sentences for what goes wrong. */
import { setTimeout as timer } from "node:timers/promises";

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
  /** How long until the answer begins; default: what fetch waits, five minutes. */
  readonly answerMs?: number;
}

/** An answer that is not what was asked for. The message is a part of a sentence: "it answers 503 …". */
export class StoreError extends Error {
  /** The status of the answer, or 0. */
  readonly status: number;

  constructor(message: string, status = 0) {
    super(message);
    this.name = "StoreError";
    this.status = status;
  }
}

/** What may be otherwise in a moment: too many questions, a proxy without its server, a server that starts. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
/** An answer that took longer was no refusal at the door: asking again would cost as much again. */
const QUICK_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
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
 * @throws what fetch throws, where no attempt got an answer or the signal is aborted
 */
export async function ask(
  request: Request,
  { signal, login, pause = waitByTimer, answerMs }: Asking,
): Promise<Response> {
  const headers = new Headers(request.accept === undefined ? {} : { accept: request.accept });
  if (login !== undefined) headers.set("authorization", authorizationOf(login));
  const { url, method, body = null } = request;
  for (let attempt = 1; ; attempt += 1) {
    const from = performance.now();
    let waitMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    try {
      const limits = [signal, answerMs === undefined ? undefined : AbortSignal.timeout(answerMs)];
      const given = limits.filter((each) => each !== undefined);
      const init = { method, headers, body, ...(given.length === 0 ? {} : { signal: AbortSignal.any(given) }) };
      const response = await fetch(url, init);
      const isPassing = PASSING.has(response.status) && performance.now() - from < QUICK_MS;
      if (!isPassing || attempt === ATTEMPTS) return response;
      waitMs = retryAfterMs(response) ?? waitMs;
      await response.body?.cancel();
    } catch (error) {
      if (signal?.aborted === true || attempt === ATTEMPTS || isForGood(error)) throw error;
    }
    await pause(Math.min(waitMs, LONGEST_PAUSE_MS), signal);
    signal?.throwIfAborted();
  }
}

/** RFC 7617 and RFC 6750. */
function authorizationOf(login: Login): string {
  if ("token" in login) return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`, "utf8").toString("base64")}`;
}

function retryAfterMs({ headers }: Response): number | null {
  const text = headers.get("retry-after") ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null;
}

/** What asking again does not change: a certificate, a name that nobody has, an address that is none. */
function isForGood(error: unknown): boolean {
  const code = codeOf(error);
  return code === null || code === "ENOTFOUND" || isAboutCertificates(code) || code.startsWith("ERR_SSL");
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
export async function* linesOf(response: Response): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body ?? []) {
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
export async function textOf(response: Response, length: number = TEXT_LENGTH): Promise<string> {
  let text = "";
  for await (const lines of linesOf(response)) {
    text += `${lines.join("\n")}\n`;
    if (text.length > length) break;
  }
  return text.replace(/\s+/g, " ").trim().slice(0, length);
}

/** What went wrong with asking a store, in a sentence. `usual`: what its address looks like. */
export function sentenceFor(url: URL, error: unknown, usual: string): string {
  if (error instanceof SyntaxError) return `${placeOf(url)} is no ${usual}`;
  const code = codeOf(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const advice =
    code !== null && isAboutCertificates(code)
      ? "; if its certificate is one of your own, name its authority by NODE_EXTRA_CA_CERTS=ca.pem"
      : "";
  return `${placeOf(url)} cannot be asked: ${message}${advice}`;
}

/** The address without what may be secret in it. */
function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
