/** Event streams as responses: of Node's servers, and as a Response. */
import { toError } from "../../runtime/bridge/index.ts";
import type { RequestScope } from "../request-scope.ts";
import { EVENT_STREAM, eventText, type SseOptions, type SseSource } from "./event-text.ts";
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
 * response off, or is told as `failed` says. Never rejects.
 *
 * ```ts
 * const edge = requestScope(response, { service: "gateway" });
 * await sse(edge, (lastEventId) => answer(lastEventId));
 * ```
 *
 * Throws TypeError where the scope is that of a Request: see {@link sseResponse}.
 */
export async function sse(scope: RequestScope, source: SseSource, options: SseOptions = {}): Promise<SseEnd> {
  const { writer } = scope.exchange;
  if (writer === null) throw new TypeError("scope must be that of a Node.js response; sseResponse is for the others");
  let error: Error | null = null;
  try {
    writer.begin(200, { ...EVENT_STREAM, ...options.headers });
    for await (const text of eventText(scope, source, options)) {
      if (!writer.write(text)) await writer.drained(scope.signal);
    }
  } catch (thrown) {
    error = toError(thrown);
  }
  if (error === null) writer.end();
  else if (options.failed === undefined) writer.destroy(error);
  else {
    writer.write(formatEvent(options.failed(error)));
    writer.end();
  }
  return { sent: scope.sent, error };
}

/** Answers a request with an event stream as a Response, for handlers in the style of fetch and Hono. As {@link sse} otherwise. */
export function sseResponse(scope: RequestScope, source: SseSource, options: SseOptions = {}): Response {
  const texts = eventText(scope, source, options);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        if (options.failed === undefined) {
          controller.error(error);
          return;
        }
        controller.enqueue(encoder.encode(formatEvent(options.failed(error))));
        controller.close();
      }
    },
    async cancel() {
      await texts.return();
    },
  });
  return scope.respond(new Response(body, { headers: { ...EVENT_STREAM, ...options.headers } }));
}
