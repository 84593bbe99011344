/**
 * Hooks: code that takes part in a call. It may add headers before they are encoded and wrap the run of a handler.
 *
 * All hooks are synchronous. What one throws is caught and counted, and the call goes on. The registry hangs on a Symbol.for key of
 * globalThis, so that two copies of this package share it.
 */

import type { CallEnd, CallInfo, CancelEvent, GhostEvent } from "./call-info.ts";
import * as channels from "./channels.ts";

/** What code that instruments streams may hook into; each hook is optional. */
export interface StreamHooks {
  /**
   * A client stream is about to open. Runs in the caller's async context. `headers` are the string keys of the Header frame, for example
   * to set `RPC_TRANSIT_traceparent`.
   */
  clientOpen?(call: CallInfo, headers: Map<string, string>): void;
  /**
   * A stream was opened by a client. `headers` are its string keys. The handler and everything it awaits run inside the async context in
   * which `run` is called; a hook that does not call it just leaves the context as it is.
   */
  serverOpen?(call: CallInfo, headers: ReadonlyMap<string, string>, run: () => void): void;
  /**
   * A part of a handler runs that is not one function, as in a framework of HTTP where one piece follows another: as {@link serverOpen},
   * for each part.
   */
  resumed?(call: CallInfo, run: () => void): void;
  /**
   * Code of a handler runs, so that the async context is the one it was given. Told once or more often, and only of calls that are
   * {@link CallInfo.tracedElsewhere}.
   */
  running?(call: CallInfo): void;
  /**
   * A stream is cancelled. For `sent` events `headers` are the string keys of the Rst and may be added to; for `received` ones they are
   * a copy of what the Rst carried.
   */
  cancelling?(event: CancelEvent, headers: Map<string, string>): void;
  /** A stream has ended: exactly once for each stream. On a server: when the handler has returned. */
  ended?(call: CallInfo, end: CallEnd): void;
  /** Work went on after a cancel. */
  ghost?(event: GhostEvent): void;
}

interface Registry {
  instruments: readonly StreamHooks[];
  failures: number;
  lastFailure: unknown;
}

const KEY = Symbol.for("streamscope.runtime.instruments");
const shared = globalThis as { [KEY]?: Registry };
shared[KEY] ??= { instruments: [], failures: 0, lastFailure: null };
const registry: Registry = shared[KEY];

/** Adds hooks; the function returned takes them away. Throws TypeError if `hooks` is no object. */
export function addInstrument(hooks: StreamHooks): () => void {
  if (typeof hooks !== "object" || hooks === null) throw new TypeError("hooks must be an object");
  registry.instruments = [...registry.instruments, hooks];
  return () => {
    registry.instruments = registry.instruments.filter((each) => each !== hooks);
  };
}

/** How often hooks and loggers threw, and what the last one threw. */
export function instrumentFailures(): { readonly count: number; readonly last: unknown } {
  return { count: registry.failures, last: registry.lastFailure };
}

/** Calls an observer: what it throws, or what the promise of an async one rejects with, is counted and ends nothing. */
export function guarded(work: () => unknown): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(noteFailure);
  } catch (error) {
    noteFailure(error);
  }
}

/** Counts what an observer threw. */
export function noteFailure(error: unknown): void {
  registry.failures += 1;
  registry.lastFailure = error;
}

/** Tells everybody that a client stream opens. */
export function noteClientOpen(call: CallInfo, headers: Map<string, string>): void {
  for (const each of registry.instruments) guarded(() => each.clientOpen?.(call, headers));
  if (channels.streamOpen.hasSubscribers) channels.streamOpen.publish({ call });
}

/** Tells everybody that a stream was opened, and runs its handler inside all hooks, exactly once. */
export function runServerOpen(call: CallInfo, headers: ReadonlyMap<string, string>, run: () => void): void {
  if (channels.streamOpen.hasSubscribers) channels.streamOpen.publish({ call });
  runInside((hooks) => hooks.serverOpen && ((next) => hooks.serverOpen?.(call, headers, next)), run);
}

/** Runs a part of a handler inside all hooks, exactly once. */
export function runResumed(call: CallInfo, run: () => void): void {
  runInside((hooks) => hooks.resumed && ((next) => hooks.resumed?.(call, next)), run);
}

type Wrap = ((next: () => void) => void) | undefined;

function runInside(wrapOf: (hooks: StreamHooks) => Wrap, run: () => void): void {
  const { instruments } = registry;
  const from = (index: number): void => {
    const hooks = instruments[index];
    if (hooks === undefined) {
      run();
      return;
    }
    let went = false;
    const next = () => {
      if (went) return;
      went = true;
      from(index + 1);
    };
    const wrap = wrapOf(hooks);
    if (wrap !== undefined) guarded(() => wrap(next));
    next();
  };
  from(0);
}

/** Tells everybody that code of a handler runs. */
export function noteRunning(call: CallInfo): void {
  for (const each of registry.instruments) guarded(() => each.running?.(call));
}

/** Tells everybody of a cancel. */
export function noteCancel(event: CancelEvent, headers: Map<string, string>): void {
  for (const each of registry.instruments) guarded(() => each.cancelling?.(event, headers));
  if (channels.streamCancel.hasSubscribers) channels.streamCancel.publish(event);
}

/** Tells everybody of the end of a stream. */
export function noteEnd(call: CallInfo, end: CallEnd): void {
  for (const each of registry.instruments) guarded(() => each.ended?.(call, end));
  if (channels.streamEnd.hasSubscribers) channels.streamEnd.publish({ call, end });
}

/** Tells everybody of ghost work. */
export function noteGhost(event: GhostEvent): void {
  for (const each of registry.instruments) guarded(() => each.ghost?.(event));
  if (channels.ghost.hasSubscribers) channels.ghost.publish(event);
}

/** True where nobody wants to know of cancels, so that no event need be made. */
export function nobodyWatchesCancels(): boolean {
  return registry.instruments.length === 0 && !channels.streamCancel.hasSubscribers;
}

/** True where nobody wants to know of ends. */
export function nobodyWatchesEnds(): boolean {
  return registry.instruments.length === 0 && !channels.streamEnd.hasSubscribers;
}
