/** Ctrl-C and its kin: the first one ends the reading and lets the report be printed, a second one ends the program at once. */

/** The signals that end a reading. Node.js lets SIGHUP end a program also where nohup had it ignored, so what is open would be lost. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** What came of the signals while somebody cared for them. */
export interface Interruption {
  /** The exit code that a shell gives such an end, 128 and the signal's number; null where none came. */
  readonly exitCode: () => number | null;
  /** Leaves the signals to the system again. */
  readonly release: () => void;
}

/** Calls back at the first signal. */
export function onInterrupt(stop: () => void): Interruption {
  let code: number | null = null;
  const listeners = Object.entries(SIGNALS).map(([signal, number]) => {
    const listener = (): void => {
      code = 128 + number;
      release();
      stop();
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  const release = (): void => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
  return { exitCode: () => code, release };
}
