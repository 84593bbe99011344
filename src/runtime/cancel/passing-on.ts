/**
 * Whether a cancel that came in goes on, where its handler has no calls that end with it: a call with a signal derived from the handler's
 * may be detached or belong to nobody. That shows only when the signal aborts, and whoever is told of both must hear of the incoming one
 * first.
 */
import type { StreamException } from "../errors/stream-exception.ts";

const untold = new WeakMap<StreamException, () => void>();

/** Observers have not been told of an incoming cancel: `tell` does it when the first call passes it on. */
export function tellWhenPassedOn(exception: StreamException, tell: () => void): void {
  untold.set(exception, tell);
}

/** A call passes this cancel on now. */
export function passedOn(exception: StreamException): void {
  const tell = untold.get(exception);
  untold.delete(exception);
  tell?.();
}

/** The signals have aborted. True where nobody has passed it on, and nobody was told. */
export function nobodyPassedOn(exception: StreamException): boolean {
  return untold.delete(exception);
}
