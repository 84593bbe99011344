/**
 * Time as the runtime sees it. Everything that waits or measures takes a Clock, so tests own the time.
 *
 * Timers are made outside every call (see async-context.ts).
 */
import { outsideCalls } from "./async-context.ts";

/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from. */
export interface Clock {
  /** Monotonic milliseconds with a fraction. */
  now(): number;
  /** Nanoseconds since the Unix epoch. */
  wall(): bigint;
  /** Calls back once, not before `ms` milliseconds have passed. Never keeps the process alive by itself. */
  timer(ms: number, callback: () => void): Timer;
}

/** setTimeout fires at once above this: a longer wait is made of several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

let wallBase = BigInt(Math.round((performance.timeOrigin + 0) * 1e6));

function wallNanos(): bigint {
  const elapsed = BigInt(Math.round(performance.now() * 1e6));
  const wall = wallBase + elapsed;
  const drift = Date.now() - Number(wall / 1_000_000n);
  if (Math.abs(drift) <= 5) return wall;
  wallBase += BigInt(drift) * 1_000_000n;
  return wallBase + elapsed;
}

/** The real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: wallNanos,
  timer(ms, callback) {
    let left = Math.max(0, Math.ceil(ms));
    let timeout: NodeJS.Timeout;
    const arm = (): void => {
      const wait = Math.min(left, MAX_TIMER_MS);
      left -= wait;
      timeout = setTimeout(left > 0 ? arm : callback, wait);
      timeout.unref();
    };
    outsideCalls(arm);
    return { cancel: () => clearTimeout(timeout) };
  },
};
