/** Passes received requests on to another OTLP/HTTP receiver, as they came; nobody who sends to streamscope ever waits for it. */
import { Outbox, type OutboxCounts } from "../../outbox/outbox.ts";

/** A request to pass on. */
export interface ForwardRequest {
  readonly signal: "traces" | "logs" | "metrics";
  readonly json: boolean;
  readonly body: readonly Buffer[];
  readonly encoding: string | null;
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

/** The way to another receiver. */
export class Forward {
  readonly #options: ForwardOptions;
  readonly #outbox: Outbox;

  constructor(options: ForwardOptions) {
    this.#options = options;
    this.#outbox = new Outbox({ ...options, secure: options.to.protocol === "https:" });
  }

  /** What became of what was to be passed on. */
  get counts(): Readonly<OutboxCounts> {
    return this.#outbox.counts;
  }

  /** Queues a request. */
  push({ signal, json, body: chunks, encoding }: ForwardRequest): void {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (!this.#outbox.hasRoom(bytes)) return;
    const { to, redact } = this.#options;
    // The chunks are copied: small ones are views of big buffers that would stay with them
    const whole = Buffer.concat(chunks, bytes);
    this.#outbox.push({
      to: new URL(`${to.pathname.replace(/\/$/, "")}/v1/${signal}`, to),
      headers: {
        "content-type": json ? "application/json" : "application/x-protobuf",
        ...(encoding === null ? {} : { "content-encoding": encoding }),
      },
      body: redact === undefined || encoding !== null ? whole : redact(whole),
    });
  }

  /** Waits until everything has been sent, at most that long; then lets go of the rest. */
  async close(waitMs: number): Promise<void> {
    await this.#outbox.close(waitMs);
  }
}
