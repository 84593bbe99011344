/**
 * A way out of the async context of whoever runs.
 *
 * A socket, a pool or a timer made in the middle of a call would carry that call's async context for as long as it lives: it would keep the
 * call alive, and hand its scope (and its trace) to whoever is woken by it.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** Taken while this module loads, that is outside every call: what runs in it belongs to nobody. */
const nowhere = AsyncLocalStorage.snapshot();

/** Runs `make` outside every call: for sockets, pools and timers. */
export function outsideCalls<Result>(make: () => Result): Result {
  return nowhere(make);
}
