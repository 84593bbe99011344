/** fetch, in the scope of whatever work calls it. */

import type { Scope } from "../runtime/bridge/index.ts";
import { checkName, checkOptions, HTTP_KEYS, onAbort, toError } from "../runtime/bridge/index.ts";
import { EventCount } from "./event-count.ts";
import { FetchCall } from "./fetch-call.ts";
import { sendTraced } from "./trace-headers.ts";

/** How requests are made. */
export interface ScopedFetchOptions {
  /** The fetch that sends them; by default the global one, at the time of the call. */
  readonly fetch?: typeof globalThis.fetch;
  /** The name of this service; by default that of the scope a request is made in. */
  readonly service?: string;
  /** The scope requests belong to; by default the one whose handler is running. */
  readonly parent?: { readonly scope: Scope };
  /** True for services of one's own: they learn this service's name and the chain's id. Nobody else should. */
  readonly internal?: boolean;
}

const KNOWN: ReadonlySet<string> = new Set(["fetch", "service", "parent", "internal"]);

/**
 * Makes a fetch whose requests belong to the handler they are made in: its cancel ends them at once, also in the middle of a response, and
 * they fail with the {@link StreamException} that says who began it. For everything that takes a fetch, such as clients of
 * OpenAI-compatible backends.
 *
 * ```ts
 * const openai = new OpenAI({ fetch: scopedFetch() });
 * ```
 *
 * A signal of the user's own ends them as well, and they fail with its reason, as with every fetch. Throws TypeError naming a wrong
 * option.
 */
export function scopedFetch(options: ScopedFetchOptions = {}): typeof globalThis.fetch {
  checkOptions(options, KNOWN);
  const { fetch, parent, internal = false } = options;
  if (fetch !== undefined && typeof fetch !== "function") throw new TypeError("fetch must be a function");
  const self = options.service === undefined ? null : checkName(options.service, "service");
  return async (input, init) => {
    const send = fetch ?? globalThis.fetch;
    const request = input instanceof Request ? input : null;
    const url = new URL(request === null ? String(input) : request.url);
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
    const headers = new Headers(init?.headers ?? request?.headers);
    const call = new FetchCall({ method, url, self, parent: parent?.scope });
    const given = init?.signal ?? request?.signal ?? null;
    if (given?.aborted === true) return await send(input, init);
    call.start();
    call.signal.throwIfAborted();
    const unlisten = given === null ? () => {} : onAbort(given, (abort) => call.cancel(abort.reason));
    if (internal) {
      if (call.self !== "") headers.set(HTTP_KEYS.fromService, encodeURI(call.self));
      headers.set(HTTP_KEYS.chain, call.chainId);
    }
    const own = internal ? { headers } : {};
    try {
      const sending = sendTraced(call, headers.has("traceparent"), () =>
        send(input, { ...init, ...own, signal: call.signal }),
      );
      const response = await orAborted(sending, call.signal);
      call.status = response.status;
      return withBody(response, call, unlisten);
    } catch (error) {
      unlisten();
      call.ended("connection", toError(error));
      throw error;
    }
  };
}

/** The response, or what the signal aborts with, whichever is first: a fetch of somebody's own may take no notice of it. */
function orAborted(sending: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    signal.addEventListener("abort", aborted, { once: true });
    sending
      .finally(() => signal.removeEventListener("abort", aborted))
      .then((response) => {
        resolve(response);
        // Too late: nobody reads it
        if (signal.aborted && isReadable(response.body)) response.body.cancel().catch(() => {});
      }, reject);
  });
}

/** True for a body of the standard; what stands in for a fetch in tests, or a fetch of before it, has others or none. */
function isReadable(body: unknown): body is ReadableStream<Uint8Array<ArrayBuffer>> {
  return typeof body === "object" && body !== null && "getReader" in body && typeof body.getReader === "function";
}

function isEmitter(body: unknown): body is { once(event: string, listener: () => void): void } {
  return typeof body === "object" && body !== null && "once" in body && typeof body.once === "function";
}

/** The response with a body that tells the call of its end. */
function withBody(response: Response, call: FetchCall, unlisten: () => void): Response {
  const { body } = response;
  const over = (error: Error | null) => {
    unlisten();
    call.ended(error === null ? "trailer" : "connection", error);
  };
  if (!isReadable(body)) {
    // A stream of Node.js, as of node-fetch, is there until it closes
    if (isEmitter(body)) body.once("close", () => over(null));
    else over(null);
    return response;
  }
  const events = response.headers.get("content-type")?.includes("event-stream") === true ? new EventCount() : null;
  const reader = body.getReader();
  const watched = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            over(null);
            controller.close();
            return;
          }
          events?.add(value);
          call.received = events === null ? call.received + 1 : events.count;
          controller.enqueue(value);
        } catch (error) {
          over(toError(error));
          controller.error(error);
        }
      },
      async cancel(reason) {
        unlisten();
        call.cancel(reason);
        await reader.cancel(reason).catch(() => {});
      },
    },
    // Nothing is read ahead: what nobody reads was not received
    { highWaterMark: 0 },
  );
  const whole = new Response(watched, response);
  for (const name of ["url", "redirected", "type"] as const)
    Object.defineProperty(whole, name, { value: response[name] });
  return whole;
}
