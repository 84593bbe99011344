import { CODES } from "../../ttstream/index.ts";
import { sentenceOf } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { nextId } from "./ids.ts";

/** What is known when a handler has returned and left streams open. */
export interface HandlerReturn {
  /** The service whose handler it was. */
  readonly service: string;
  /** The error it returned with; null for a good end. */
  readonly trigger: Error | null;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
}

/** What streams end with whose handler has returned: 12012, this service being the origin. */
export function handlerReturned({ service, trigger, at }: HandlerReturn): StreamException {
  return new StreamException({
    code: CODES.handlerReturn,
    side: "server",
    text: sentenceOf(CODES.handlerReturn),
    origin: service,
    cancelId: nextId(),
    cancelledAt: at,
    trigger,
  });
}
