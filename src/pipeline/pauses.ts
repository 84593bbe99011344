/** Waiting while a reading goes on: for what comes, for its time to be over. */
import type { SourceRecord } from "../model/index.ts";
import type { SourceReading } from "../sources/index.ts";

/** When nothing has come for so long, nobody waits for what may still come around a claim. */
const IDLE_MS = 300;

/** What a source yields, and null where nothing has come for a while. */
export async function* withPauses(source: SourceReading): AsyncGenerator<readonly SourceRecord[] | null> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const coming = iterator.next();
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<null>((resolve) => {
        timer = setTimeout(resolve, IDLE_MS, null);
      });
      if ((await Promise.race([coming, pause])) === null) yield null;
      clearTimeout(timer);
      const next = await coming;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** A reading that has work at hand goes on for so long before others have a turn: keys, timers, what is received. */
const TURN_MS = 15;

/** Gives others a turn now and then: what a file holds is read without ever waiting for anything. */
export class Turns {
  readonly #now: () => number;
  #since: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#since = now();
  }

  /** Call it often; it waits only where its turn is over. */
  async share(): Promise<void> {
    if (this.#now() - this.#since < TURN_MS) return;
    await new Promise<void>((done) => setImmediate(done));
    this.#since = this.#now();
  }
}

/** Resolves when so much time has gone by, or the signal is aborted. */
export async function ended(ms: number | null, signal: AbortSignal): Promise<void> {
  await new Promise<void>((done) => {
    const timer = ms === null ? undefined : setTimeout(done, ms);
    const end = (): void => {
      clearTimeout(timer);
      done();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
