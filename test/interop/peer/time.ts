/** Wall-clock time in nanoseconds, and waiting that a cancel ends. */

const base = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n - process.hrtime.bigint();

/** Nanoseconds since the Unix epoch. */
export function now(): bigint {
  return base + process.hrtime.bigint();
}

/** RFC 3339 in UTC with nanoseconds. */
export function timestamp(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(nanos % 1_000_000_000n).padStart(9, "0")}Z`;
}

/** The head of a line of Go's log package: local time with microseconds. */
export function logTimestamp(nanos: bigint): string {
  const date = new Date(Number(nanos / 1_000_000n));
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String((nanos / 1000n) % 1_000_000n).padStart(6, "0")}`;
}

/** Waits. Rejects with the signal's reason as soon as that aborts. Below a millisecond it waits for the next turn of the event loop only. */
export function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let stop = () => {};
    const aborted = () => {
      stop();
      reject(signal?.reason);
    };
    const done = () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    };
    if (ms >= 1) {
      const timer = setTimeout(done, ms);
      stop = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(done);
      stop = () => clearImmediate(immediate);
    }
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/** Waits until the signal aborts, then rejects with its reason. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
