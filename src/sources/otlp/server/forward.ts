/**
 * Passes received requests on to another OTLP/HTTP receiver, as they came.
 *
 * The queue is bounded in bytes. What has no room is dropped and counted: nobody who sends to streamscope ever waits for the receiver
 * behind it. A receiver that is away or full gets the same request again, later and later.
 */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** A request to pass on. */
export interface ForwardRequest {
  readonly signal: "traces" | "logs" | "metrics";
  readonly json: boolean;
  readonly body: readonly Buffer[];
  readonly encoding: string | null;
}

/** What became of what was to be passed on. */
export interface ForwardCounts {
  sent: number;
  /** Beyond the limit of the queue, or refused for good by the receiver. */
  dropped: number;
  /** Attempts that were repeated. */
  retried: number;
  /** Bytes that wait. */
  queuedBytes: number;
  /** What went wrong last; null while all goes well. */
  problem: string | null;
}

/** How to pass on. */
export interface ForwardOptions {
  /** `http://host:4318`; the path of the signal is put behind it. */
  readonly to: URL;
  /** Bytes that may wait; default 64 MiB. */
  readonly maxBytes?: number;
  /** The first pause before a repetition, and the longest; default 500 and 30,000. */
  readonly pauseMs?: readonly [number, number];
  /** Changes bytes before they leave; the length stays. Compressed bodies go as they are. */
  readonly redact?: (bytes: Buffer) => Buffer;
}

interface Waiting extends ForwardRequest {
  readonly bytes: number;
}

type Outcome = { readonly done: true } | { readonly done: false; readonly problem: string; readonly afterMs?: number };

const SENDERS = 4;
const ANSWER_MS = 30_000;
const RETRYABLE: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** The way to another receiver. */
export class Forward {
  readonly counts: ForwardCounts = { sent: 0, dropped: 0, retried: 0, queuedBytes: 0, problem: null };
  readonly #options: Required<Omit<ForwardOptions, "redact">> & Pick<ForwardOptions, "redact">;
  readonly #agent: HttpAgent;
  readonly #queue: Waiting[] = [];
  readonly #runs = new Set<Promise<void>>();
  readonly #pauses = new Set<() => void>();
  readonly #open = new Set<ClientRequest>();
  #closed = false;

  constructor(options: ForwardOptions) {
    this.#options = { maxBytes: 64 * 1024 * 1024, pauseMs: [500, 30_000], ...options };
    const settings = { keepAlive: true, maxSockets: SENDERS };
    this.#agent = options.to.protocol === "https:" ? new HttpsAgent(settings) : new HttpAgent(settings);
  }

  /** Queues a request. */
  push(request: ForwardRequest): void {
    const bytes = request.body.reduce((sum, chunk) => sum + chunk.length, 0);
    if (this.#closed || this.counts.queuedBytes + bytes > this.#options.maxBytes) {
      this.counts.dropped += 1;
      return;
    }
    this.counts.queuedBytes += bytes;
    // The chunks are copied: small ones are views of big buffers that would stay with them
    const body = [this.#prepare(Buffer.concat(request.body, bytes), request)];
    this.#queue.push({ ...request, body, bytes });
    if (this.#runs.size >= SENDERS) return;
    const run = this.#run();
    this.#runs.add(run);
    void run.then(() => this.#runs.delete(run));
  }

  /** Waits until everything has been sent, at most that long; then lets go of the rest. */
  async close(waitMs: number): Promise<void> {
    const all = Promise.all(this.#runs);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, waitMs);
    });
    await Promise.race([all, late]);
    clearTimeout(timer);
    this.#closed = true;
    this.counts.dropped += this.#queue.length;
    for (const { bytes } of this.#queue) this.counts.queuedBytes -= bytes;
    this.#queue.length = 0;
    for (const wake of [...this.#pauses]) wake();
    for (const request of [...this.#open]) request.destroy();
    await all;
    this.#agent.destroy();
  }

  #prepare(body: Buffer, { encoding }: ForwardRequest): Buffer {
    return this.#options.redact === undefined || encoding !== null ? body : this.#options.redact(body);
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#deliver(next);
      this.counts.queuedBytes -= next.bytes;
    }
  }

  async #deliver(request: Waiting): Promise<void> {
    const [minMs, maxMs] = this.#options.pauseMs;
    for (let pauseMs = minMs; ; pauseMs = Math.min(maxMs, pauseMs * 2)) {
      const outcome = await this.#send(request);
      if (outcome.done) {
        this.counts.sent += 1;
        this.counts.problem = null;
        return;
      }
      this.counts.problem = outcome.problem;
      if (this.#closed || outcome.afterMs === undefined) {
        this.counts.dropped += 1;
        return;
      }
      this.counts.retried += 1;
      // Not all at once: a random part of the pause
      await this.#pause(Math.max(outcome.afterMs, pauseMs * (0.5 + Math.random() / 2)));
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((done) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#pauses.delete(wake);
        done();
      };
      const timer = setTimeout(wake, ms);
      this.#pauses.add(wake);
    });
  }

  async #send({ signal, json, body, encoding, bytes }: Waiting): Promise<Outcome> {
    const { to } = this.#options;
    const path = `${to.pathname.replace(/\/$/, "")}/v1/${signal}`;
    const options: RequestOptions = {
      method: "POST",
      agent: this.#agent,
      timeout: ANSWER_MS,
      headers: {
        "content-type": json ? "application/json" : "application/x-protobuf",
        "content-length": bytes,
        ...(encoding === null ? {} : { "content-encoding": encoding }),
      },
    };
    return await new Promise<Outcome>((done) => {
      const retry = (problem: string, afterMs = 0): void => done({ done: false, problem, afterMs });
      const send = to.protocol === "https:" ? httpsRequest : httpRequest;
      const sending = send(new URL(path, to), options, (response) => {
        response.resume();
        response.on("error", () => undefined);
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) done({ done: true });
        else if (RETRYABLE.has(status)) retry(`it answers ${status}`, waitOf(response.headers["retry-after"]));
        else done({ done: false, problem: `it refuses with ${status}` });
      });
      this.#open.add(sending);
      sending.on("close", () => this.#open.delete(sending));
      sending.on("timeout", () => sending.destroy(new Error("it does not answer")));
      sending.on("error", (error) => retry(error.message));
      for (const chunk of body) sending.write(chunk);
      sending.end();
    });
  }
}

function waitOf(header: string | undefined): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 300) * 1000 : 0;
}
