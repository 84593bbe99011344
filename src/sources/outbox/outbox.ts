/**
 * Sends bodies to somebody else's HTTP server, one after the other, as long as it takes.
 *
 * The queue is bounded in bytes. What has no room is dropped and counted: nobody who puts something in ever waits. A server that is away or
 * full gets the same body again, later and later.
 */
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { httpModule } from "../http-module.ts";
import { retryAfterMs } from "../retry-after.ts";

/** A body to send. */
export interface Letter {
  readonly to: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What became of what was to be sent. */
export interface OutboxCounts {
  sent: number;
  /** Beyond the limit of the queue, or refused for good. */
  dropped: number;
  /** Attempts that were repeated. */
  retried: number;
  /** Bytes that wait. */
  queuedBytes: number;
  /** What went wrong last; null while all goes well. */
  problem: string | null;
}

/** How to send. */
export interface OutboxOptions {
  /** Whether over TLS. */
  readonly secure: boolean;
  /** Bodies under way at a time; default 4. One keeps their order. */
  readonly senders?: number;
  /** Bytes that may wait; default 64 MiB. */
  readonly maxBytes?: number;
  /** The first pause before a repetition, and the longest; default 500 and 30,000. */
  readonly pauseMs?: readonly [number, number];
}

type Outcome = { readonly done: true } | { readonly done: false; readonly problem: string; readonly afterMs?: number };

const SENDERS = 4;
const ANSWER_MS = 30_000;
/** Whoever asks for more is tried again all the same. */
const LONGEST_WAIT_MS = 300_000;
const MOST_ANSWER_BYTES = 64 * 1024;
const RETRYABLE: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** A queue and those who empty it. */
export class Outbox {
  readonly counts: OutboxCounts = { sent: 0, dropped: 0, retried: 0, queuedBytes: 0, problem: null };
  readonly #options: Required<OutboxOptions>;
  readonly #agent: Agent;
  readonly #queue: Letter[] = [];
  readonly #runs = new Set<Promise<void>>();
  readonly #pauses = new Set<() => void>();
  readonly #open = new Set<ClientRequest>();
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = { senders: SENDERS, maxBytes: 64 * 1024 * 1024, pauseMs: [500, 30_000], ...options };
    const settings = { keepAlive: true, maxSockets: this.#options.senders };
    this.#agent = new (httpModule(options.secure).Agent)(settings);
  }

  /** True where so many bytes have room; where they have none, that counts as dropped. */
  hasRoom(bytes: number): boolean {
    if (!this.#closed && this.counts.queuedBytes + bytes <= this.#options.maxBytes) return true;
    this.counts.dropped += 1;
    return false;
  }

  /** Queues a body; without room it is dropped. */
  push(letter: Letter): void {
    if (!this.hasRoom(letter.body.length)) return;
    this.counts.queuedBytes += letter.body.length;
    this.#queue.push(letter);
    if (this.#runs.size >= this.#options.senders) return;
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
    for (const { body } of this.#queue) this.counts.queuedBytes -= body.length;
    this.#queue.length = 0;
    for (const wake of [...this.#pauses]) wake();
    for (const request of [...this.#open]) request.destroy();
    await all;
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#deliver(next);
      this.counts.queuedBytes -= next.body.length;
    }
  }

  async #deliver(letter: Letter): Promise<void> {
    const [minMs, maxMs] = this.#options.pauseMs;
    for (let pauseMs = minMs; ; pauseMs = Math.min(maxMs, pauseMs * 2)) {
      const outcome = await this.#send(letter);
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

  async #send({ to, headers, body }: Letter): Promise<Outcome> {
    const options: RequestOptions = {
      method: "POST",
      agent: this.#agent,
      timeout: ANSWER_MS,
      headers: { ...headers, "content-length": body.length },
    };
    return await new Promise<Outcome>((done) => {
      const retry = (problem: string, afterMs = 0): void => done({ done: false, problem, afterMs });
      const sending = httpModule(this.#options.secure).request(to, options, (response) => {
        passOver(response);
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) done({ done: true });
        else if (RETRYABLE.has(status))
          retry(`it answers ${status}`, Math.min(retryAfterMs(response.headers) ?? 0, LONGEST_WAIT_MS));
        else done({ done: false, problem: `it refuses with ${status}` });
      });
      this.#open.add(sending);
      sending.on("close", () => this.#open.delete(sending));
      sending.on("timeout", () => sending.destroy(new Error("it does not answer")));
      sending.on("error", (error) => retry(error.message));
      sending.end(body);
    });
  }
}

/** The status says all. An answer that is long, or does not end, keeps nobody waiting: its connection is given up. */
function passOver(response: IncomingMessage): void {
  let room = MOST_ANSWER_BYTES;
  const late = setTimeout(() => response.destroy(), ANSWER_MS);
  response.on("data", (chunk: Buffer) => {
    room -= chunk.length;
    if (room < 0) response.destroy();
  });
  response.on("error", () => undefined);
  response.on("close", () => clearTimeout(late));
}
