/**
 * The ways a handler derives what it gives to its own calls: each is what people write, and none may make the service look like the origin
 * of a cancel that came from above.
 */
import type { CallOptions, ServerCall } from "../../../src/runtime/index.ts";
import type { Behaviour } from "./behaviour.ts";
import { pause } from "./time.ts";

/** A derived signal and what can be done with it. */
export interface Derived {
  readonly options: CallOptions;
  /** A downstream failed: ends the others where the way of deriving does that. */
  fail(error: unknown): void;
  /** The handler is done. */
  end(): void;
}

const FAR_MS = 3_600_000;

/** Derives the options of downstream calls. For `later` it also lets time pass first. */
export async function derive(call: ServerCall, behaviour: Behaviour): Promise<Derived> {
  const own = new AbortController();
  const abort = () => own.abort();
  switch (behaviour.derive) {
    case "any":
      return { options: { signal: AbortSignal.any([call.signal, own.signal]) }, fail: abort, end: abort };
    case "controller":
      forward(call.signal, abort);
      return { options: { signal: own.signal }, fail: abort, end: abort };
    case "cause":
      forward(call.signal, abort);
      return { options: { signal: own.signal }, fail: (error) => own.abort(error), end: abort };
    case "timeout": {
      const ms = behaviour.deriveTimeoutMs || FAR_MS;
      // timeoutMs comes first, since its text names the time; the signal is how people combine the two.
      const signal = AbortSignal.any([call.signal, own.signal, AbortSignal.timeout(Math.ceil(ms) + 1000)]);
      return { options: { signal, timeoutMs: ms }, fail() {}, end: abort };
    }
    case "later":
      forward(call.signal, () => setTimeout(() => own.abort(new Error("cleaning up")), 1));
      await Promise.resolve();
      await pause(1, null);
      return { options: { signal: own.signal }, fail() {}, end: abort };
    default:
      return { options: { signal: call.signal }, fail() {}, end() {} };
  }
}

function forward(from: AbortSignal, abort: () => void): void {
  if (from.aborted) abort();
  else from.addEventListener("abort", abort, { once: true });
}
