/**
 * One listener for each signal, however many calls it cancels: an EventTarget compares every new listener with all it has, so ten
 * thousand calls with one signal would cost fifty million comparisons.
 */
import type { Clock } from "../clock.ts";
import type { CallSite } from "../errors/stream-exception.ts";
import { readable } from "../errors/thrown-value.ts";
import { captureCallSite } from "./call-site.ts";

/** One abort, as all calls it ends see it: what each of them would have to find out is found out once. */
export class Abort {
  /** The reason as it can be read. */
  readonly reason: unknown;
  #at: bigint | null = null;
  #site: CallSite | null | undefined = undefined;

  constructor(signal: AbortSignal) {
    this.reason = readable(signal.reason);
  }

  /** When it was; to be asked for while the signal tells of it. Nanoseconds since the Unix epoch. */
  at(clock: Clock): bigint {
    this.#at ??= clock.wall();
    return this.#at;
  }

  /** The line that called abort; to be asked for while the signal tells of it. */
  site(clock: Clock): CallSite | null {
    if (this.#site === undefined) this.#site = captureCallSite(clock.now());
    return this.#site;
  }
}

type Callback = (abort: Abort) => void;

const listeners = new WeakMap<AbortSignal, Set<Callback>>();

/** Calls back once when the signal aborts. The function returned stops that. The signal has not aborted yet. */
export function onAbort(signal: AbortSignal, callback: Callback): () => void {
  const known = listeners.get(signal);
  const callbacks = known ?? new Set();
  if (known === undefined) listen(signal, callbacks);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    listeners.delete(signal);
    unlisten.get(callbacks)?.();
  };
}

const unlisten = new WeakMap<Set<Callback>, () => void>();

function listen(signal: AbortSignal, callbacks: Set<Callback>): void {
  const listener = () => {
    listeners.delete(signal);
    const abort = new Abort(signal);
    for (const callback of callbacks) callback(abort);
    callbacks.clear();
  };
  listeners.set(signal, callbacks);
  unlisten.set(callbacks, () => signal.removeEventListener("abort", listener));
  signal.addEventListener("abort", listener, { once: true });
}
