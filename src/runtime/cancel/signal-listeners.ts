/**
 * One listener for each signal, however many calls it cancels: an EventTarget compares every new listener with all it has, so ten
 * thousand calls with one signal would cost fifty million comparisons.
 */

const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back once when the signal aborts. The function returned stops that. The signal has not aborted yet. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
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

const unlisten = new WeakMap<Set<() => void>, () => void>();

function listen(signal: AbortSignal, callbacks: Set<() => void>): void {
  const listener = () => {
    listeners.delete(signal);
    for (const callback of callbacks) callback();
    callbacks.clear();
  };
  listeners.set(signal, callbacks);
  unlisten.set(callbacks, () => signal.removeEventListener("abort", listener));
  signal.addEventListener("abort", listener, { once: true });
}
