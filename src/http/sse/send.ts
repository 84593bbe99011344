/** Event streams as responses: of Node's servers, and as a Response. */
import { toError } from "../../runtime/bridge/index.ts";
import type { RequestScope } from "../request-scope.ts";
import { checkSseOptions, EVENT_STREAM, eventText, type SseOptions, type SseSource } from "./event-text.ts";
import { formatEvent } from "./message.ts";

/** How an event stream ended. */
export interface SseEnd {
  /** Events that were sent. */
  readonly sent: number;
  /** What the source failed with; null where it came to its end, and where the request was over before (see `scope.exception`). */
  readonly error: Error | null;
}

/**
 * Answers a request of node:http, node:http2, Express or Fastify with an event stream. The next event is asked for when the one before is
 * on its way. When the client leaves, or the scope is cancelled, the source is closed and all its calls are; a failure of the source breaks the
 * response off, or is told as `failed` says. Who asks by HEAD gets the headers, and no event is made. Never rejects.
 *
 * ```ts
 * const edge = requestScope(response, { service: "gateway" });
 * await sse(edge, (lastEventId) => answer(lastEventId));
 * ```
 *
 * Throws TypeError naming a wrong option, and where the scope is that of a Request: see {@link sseResponse}.
 */
export async function sse(scope: RequestScope, source: SseSource, options: SseOptions = {}): Promise<SseEnd> {
  checkSseOptions(options);
  const { writer } = scope.exchange;
  if (writer === null) throw new TypeError("scope must be that of a Node.js response; sseResponse is for the others");
  let error: Error | null = null;
  try {
    writer.begin(200, { ...EVENT_STREAM, ...options.headers });
    if (isHead(scope)) {
      writer.end();
      return { sent: 0, error: null };
    }
    for await (const text of eventText(scope, source, options)) {
      if (!writer.write(text)) await writer.drained(scope.signal);
    }
  } catch (thrown) {
    error = toError(thrown);
  }
  const told = error === null ? "" : toldOf(error, options);
  if (error !== null && told === null) writer.destroy(error);
  else {
    if (told) writer.write(told);
    writer.end();
  }
  return { sent: scope.sent, error };
}

/** Who asks for the headers alone gets no events, so none are made. */
function isHead({ http }: RequestScope): boolean {
  return http.method === "HEAD";
}

/** What the client is told of a failure; null where nothing can be: the response breaks off. */
function toldOf(error: unknown, { failed }: SseOptions): string | null {
  if (failed === undefined) return null;
  try {
    return formatEvent(failed(error));
  } catch {
    return null;
  }
}

/** Answers a request with an event stream as a Response, for handlers in the style of fetch and Hono. As {@link sse} otherwise. */
export function sseResponse(scope: RequestScope, source: SseSource, options: SseOptions = {}): Response {
  checkSseOptions(options);
  const headers = { ...EVENT_STREAM, ...options.headers };
  if (isHead(scope)) return scope.respond(new Response(null, { headers }));
  const texts = eventText(scope, source, options);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        const told = toldOf(error, options);
        if (told === null) {
          controller.error(error);
          return;
        }
        controller.enqueue(encoder.encode(told));
        controller.close();
      }
    },
    async cancel() {
      await texts.return();
    },
  });
  return scope.respond(new Response(body, { headers }));
}
