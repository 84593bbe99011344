/** An exchange of a handler in the style of fetch: a Request whose signal aborts when its client leaves, and the Response it returns. */
import type { HttpFacts } from "../runtime/index.ts";
import type { Ending } from "./ending.ts";
import type { Exchange } from "./exchange.ts";

/** An exchange of which only a Request is known. */
export class FetchExchange implements Exchange {
  readonly facts: HttpFacts;
  readonly headers: ReadonlyMap<string, string>;
  readonly peerAddress: string | null = null;
  readonly writer = null;
  readonly #signal: AbortSignal;
  #status: number | null = null;
  #closed: { readonly ending: Ending | null } | null = null;
  #listener: ((ending: Ending | null) => void) | null = null;

  constructor(request: Request, route: (() => string | null) | null) {
    const { protocol, pathname } = new URL(request.url);
    const status = () => this.#status;
    this.headers = new Map(request.headers);
    this.#signal = request.signal;
    this.facts = {
      method: request.method,
      scheme: protocol.slice(0, -1),
      path: pathname,
      get route() {
        return route?.() ?? null;
      },
      get status() {
        return status();
      },
      version: null,
      url: null,
    };
    const aborted = () => this.#close(endingOfReason(this.#signal.reason));
    if (this.#signal.aborted) aborted();
    else this.#signal.addEventListener("abort", aborted, { once: true });
  }

  onClosed(listener: (ending: Ending | null) => void): void {
    this.#listener = listener;
    if (this.#closed !== null) listener(this.#closed.ending);
  }

  /** The handler has returned this; its body ends the exchange. Returns what has to be sent instead. */
  answered(response: Response): Response {
    this.#status = response.status;
    const { body } = response;
    if (body === null) {
      this.#close(null);
      return response;
    }
    const reader = body.getReader();
    const watched = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            return;
          }
          this.#close(null);
          controller.close();
        } catch (error) {
          this.#close({ by: "destroyed", error });
          controller.error(error);
        }
      },
      cancel: async (reason) => {
        // Servers cancel a body that its client does not want any more
        this.#close(endingOfReason(reason));
        await reader.cancel(reason);
      },
    });
    return new Response(watched, response);
  }

  /** The exchange is over, with no response or with one that is nobody's to watch. */
  over(): void {
    this.#close(null);
  }

  #close(ending: Ending | null): void {
    if (this.#closed !== null) return;
    this.#closed = { ending };
    this.#listener?.(ending);
  }
}

/** A server that ends a request by a timer of its own says so in the reason; every other abort is its client's. */
function endingOfReason(reason: unknown): Ending {
  const timer = typeof reason === "object" && reason !== null && "name" in reason && reason.name === "TimeoutError";
  return timer ? { by: "timed-out", error: reason } : { by: "client-left", error: null };
}
