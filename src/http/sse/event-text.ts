/** From what a handler yields to the text of an event stream: one event at a time, a comment where nothing comes for a while. */
import { checkOptions, systemClock } from "../../runtime/bridge/index.ts";
import type { RequestScope } from "../request-scope.ts";
import { formatEvent, HEARTBEAT, type SseMessage } from "./message.ts";

/** What an event stream is made of: events, or a function that makes them from where the client left off. */
export type SseSource =
  | AsyncIterable<SseMessage | string>
  | ((lastEventId: string | null) => AsyncIterable<SseMessage | string>);

/** How events are sent. */
export interface SseOptions {
  /** A comment is sent when nothing else was for so long. Default 15,000; 0 sends none. */
  readonly heartbeatMs?: number;
  /** The event that tells the client of a failure, for example without what it must not know. Without it, or where it throws, the response breaks off. */
  readonly failed?: (error: unknown) => SseMessage | string;
  /** Further headers of the response. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of an event stream; nginx is told not to hold it back. */
export const EVENT_STREAM: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

const HEARTBEAT_MS = 15_000;

const KNOWN: ReadonlySet<string> = new Set(["heartbeatMs", "failed", "headers"]);

/** Throws TypeError naming a wrong option. */
export function checkSseOptions(options: SseOptions): void {
  checkOptions(options, KNOWN);
  const { heartbeatMs, failed } = options;
  if (heartbeatMs !== undefined && !(heartbeatMs >= 0)) throw new TypeError("heartbeatMs must not be negative");
  if (failed !== undefined && typeof failed !== "function") throw new TypeError("failed must be a function");
}

/** The text, piece by piece; each is made when the one before has been sent. Throws what the source throws while the request goes on. */
export async function* eventText(
  scope: RequestScope,
  source: SseSource,
  options: SseOptions,
): AsyncGenerator<string, void, undefined> {
  // The client learns at once that it is connected
  yield HEARTBEAT;
  const lastEventId = scope.exchange.headers.get("last-event-id") ?? null;
  const make = () => (typeof source === "function" ? source(lastEventId) : source)[Symbol.asyncIterator]();
  const events = scope.run(make);
  try {
    for (;;) {
      const next = scope.run(() => events.next());
      let result: IteratorResult<SseMessage | string> | "quiet" | "over" = "quiet";
      while (result === "quiet") {
        result = await firstOf(next, scope.signal, options.heartbeatMs ?? HEARTBEAT_MS);
        if (result === "quiet") yield HEARTBEAT;
      }
      if (result === "over") {
        next.catch(() => {});
        return;
      }
      if (result.done === true) return;
      yield formatEvent(result.value);
      scope.sent += 1;
    }
  } catch (error) {
    if (scope.exception === null) throw error;
  } finally {
    // A source that is stuck in something else is not waited for
    scope.run(() => events.return?.())?.catch(() => {});
  }
}

/** What comes first: the next event, the end of the request, or a time in which nothing came. */
function firstOf<Next>(next: Promise<Next>, signal: AbortSignal, quietMs: number): Promise<Next | "over" | "quiet"> {
  return new Promise((resolve, reject) => {
    const timer = quietMs === 0 ? null : systemClock.timer(quietMs, () => settle(() => resolve("quiet")));
    const over = () => settle(() => resolve("over"));
    const settle = (work: () => void) => {
      timer?.cancel();
      signal.removeEventListener("abort", over);
      work();
    };
    next.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
    if (signal.aborted) over();
    else signal.addEventListener("abort", over);
  });
}
