/** Lines of JSON, each posted to somebody's HTTP server as a body of its own, in their order. */
import { type Metric, Outbox, outboxMetrics } from "../../sources/index.ts";
import { LossNews } from "./loss-news.ts";

/** Where to post. */
export interface WebhookOptions {
  readonly url: URL;
  /** Shown as a bearer token; null: none. */
  readonly token: string | null;
}

/** How long the end of the program waits for what is still to be posted. */
const LAST_MS = 10_000;
/** What may wait: some 20,000 cascades. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A way out for lines. What cannot be delivered is tried again with growing pauses; what has no room is dropped and counted. */
export class Webhook {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #outbox: Outbox;
  readonly #news = new LossNews();

  constructor({ url, token }: WebhookOptions) {
    this.#url = url;
    this.#headers = {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    this.#outbox = new Outbox({ secure: url.protocol === "https:", senders: 1, maxBytes: MAX_BYTES });
  }

  /** Posts a line once the ones before it have been. */
  push(line: string): void {
    this.#outbox.push({ to: this.#url, headers: this.#headers, body: Buffer.from(line, "utf8") });
  }

  /**
   * A sentence where lines were lost since it was last asked, at most once a minute; null where none were. `nowMs` counts milliseconds.
   */
  news(nowMs: number): string | null {
    const { dropped, problem } = this.#outbox.counts;
    if (!this.#news.isNew(dropped, nowMs)) return null;
    return `${lostLines(dropped, problem)}; what gets lost is counted in the metrics, the service goes on`;
  }

  /** Its figures. */
  metrics(): readonly Metric[] {
    return outboxMetrics("post", "cascades posted", this.#outbox.counts);
  }

  /** Waits a while for what is left; returns a sentence where something was lost, else null. */
  async close(waitMs: number = LAST_MS): Promise<string | null> {
    await this.#outbox.close(waitMs);
    const { dropped, problem } = this.#outbox.counts;
    if (dropped === 0) return null;
    return lostLines(dropped, problem);
  }
}

function lostLines(dropped: number, problem: string | null): string {
  return `--post: ${dropped} ${dropped === 1 ? "line" : "lines"} did not arrive${problem === null ? "" : ` (${problem})`}`;
}
