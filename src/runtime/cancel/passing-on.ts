/**
 * Whether a cancel that came in goes on, where its handler has no calls that end with it: a call with a signal derived from the handler's
 * may be detached or belong to nobody. That shows only when the signal aborts, and whoever is told of both must hear of the incoming one
 * first.
 */
import type { StreamException } from "../errors/stream-exception.ts";
import type { CancelEvent } from "../seams/call-info.ts";
import { nobodyWatchesCancels } from "../seams/stream-hooks.ts";
import type { Scope } from "./scope.ts";

const untold = new WeakMap<StreamException, () => void>();

/** Observers have not been told of an incoming cancel: `tell` does it when the first call passes it on. */
function tellWhenPassedOn(exception: StreamException, tell: () => void): void {
  untold.set(exception, tell);
}

/** A call passes this cancel on now. */
export function passedOn(exception: StreamException): void {
  const tell = untold.get(exception);
  untold.delete(exception);
  tell?.();
}

/** The signals have aborted. True where nobody has passed it on, and nobody was told. */
function nobodyPassedOn(exception: StreamException): boolean {
  return untold.delete(exception);
}

/**
 * Cancels a handler's scope with what came from elsewhere, and tells of it: whether it goes on from here is known once all who derive their
 * signals from the handler's have heard.
 */
export function cancelFromAbove(
  scope: Scope,
  exception: StreamException,
  tell: (role: Exclude<CancelEvent["role"], "origin">) => void,
  cancel: () => void,
): void {
  if (scope.hasCalls || nobodyWatchesCancels()) tell("relay");
  else tellWhenPassedOn(exception, () => tell("relay"));
  cancel();
  if (nobodyPassedOn(exception)) tell("leaf");
}
