/**
 * One question over HTTP and its answer, whose body fails where it is not whole.
 *
 * `fetch` does not do: it takes a packed answer that breaks off for the end of one, and asks with GET where a question by POST is sent on.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { httpModule } from "../http-module.ts";
import { StoreError } from "./store-error.ts";

/** What is sent. */
export interface Sent {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the exchange, also in the middle of an answer. */
  readonly signal?: AbortSignal | undefined;
  /** So many milliseconds the other side may say nothing: before its answer begins, and in the middle of it. */
  readonly silenceMs: number;
}

/** What came back; iterate the body, or destroy it. */
export interface Answer {
  readonly status: number;
  /** In lower case, the values of repeated ones joined. */
  readonly headers: IncomingMessage["headers"];
  /** Unpacked. It throws where the answer breaks off, is damaged, or is silent for too long. */
  readonly body: Readable;
}

/** So long a connection may take; the system itself would try for two minutes. */
const CONNECT_MS = 10_000;
const MOST_REDIRECTIONS = 5;
/** RFC 9110 section 15.4: the question stays what it is. */
const SAME_QUESTION: ReadonlySet<number> = new Set([307, 308]);
const ANY_REDIRECTION: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks once. Where the answer lies elsewhere it is asked for there, unless the question would have to become another one; who asks is told to the
 * named server only.
 *
 * @throws StoreError where the answer is silent, points elsewhere, or is packed as nobody asked for
 * @throws what node:http gives, where no connection came about or it broke
 */
export async function exchange(sent: Sent): Promise<Answer> {
  let { url, headers } = sent;
  for (let steps = 0; ; steps += 1) {
    const message = await send({ ...sent, url, headers });
    const status = message.statusCode ?? 0;
    const target = ANY_REDIRECTION.has(status) ? targetOf(message, url) : null;
    if (target === null) return { status, headers: message.headers, body: unpacked(message) };
    message.destroy();
    const follows = sent.method === "GET" || SAME_QUESTION.has(status);
    if (!follows || steps === MOST_REDIRECTIONS)
      throw new StoreError(`it answers ${status} and points to ${target.origin}${target.pathname}: name that address`);
    if (target.origin !== url.origin) headers = without(headers, "authorization");
    url = target;
  }
}

function targetOf({ headers }: IncomingMessage, from: URL): URL | null {
  const { location } = headers;
  const target = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : null;
  return target !== null && /^https?:$/.test(target.protocol) ? target : null;
}

function without(headers: Sent["headers"], name: string): Sent["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
}

async function send({ url, method, headers, body, signal, silenceMs }: Sent): Promise<IncomingMessage> {
  const { request } = httpModule(url.protocol === "https:");
  const given = { ...headers, "accept-encoding": "gzip" };
  return await new Promise((done, fail) => {
    const sending = request(
      url,
      { method, headers: given, timeout: silenceMs, ...(signal && { signal }) },
      (message) => {
        // A socket that is used again keeps the time that it was given before
        message.setTimeout(silenceMs, () =>
          message.destroy(new StoreError(`nothing came for ${inSeconds(silenceMs)}`)),
        );
        done(message);
      },
    );
    sending.on("timeout", () => sending.destroy(new StoreError(`it does not answer within ${inSeconds(silenceMs)}`)));
    sending.on("socket", (socket) => limitConnecting(socket, (error) => sending.destroy(error)));
    sending.on("error", fail);
    sending.end(body === "" ? undefined : body);
  });
}

function limitConnecting(socket: Socket, end: (error: Error) => void): void {
  if (!socket.connecting) return;
  const error = Object.assign(new Error(`no connection within ${inSeconds(CONNECT_MS)}`), { code: "ETIMEDOUT" });
  const timer = setTimeout(end, CONNECT_MS, error);
  const clear = (): void => clearTimeout(timer);
  socket.once("connect", clear).once("close", clear);
}

function inSeconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}

function unpacked(message: IncomingMessage): Readable {
  const coding = message.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (coding === "identity" || coding === "") return message;
  if (coding !== "gzip" && coding !== "x-gzip") {
    message.destroy();
    throw new StoreError(`it answers packed as ${coding.slice(0, 40)}, which was not asked for`);
  }
  // Whoever iterates hears of errors; without a listener here they would end the process
  return pipeline(message, createGunzip(), () => undefined);
}
