/** Chunks that are asked for before they are wanted, so that whoever makes them works while what came is read. */
import { setImmediate as turn } from "node:timers/promises";

/** After so many bytes the event loop has a turn: what is made elsewhere is told there. */
const TURN_BYTES: number = 1024 * 1024;

/**
 * The same chunks, of which each has to keep its bytes. Up to `most` bytes, and one chunk more, wait to be taken. An error comes behind what
 * came before it.
 */
export async function* eager(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let held = 0;
  let state: "going on" | "at its end" | "not wanted" = "going on";
  const failures: unknown[] = [];
  let tell = (): void => undefined;
  const told = (): Promise<void> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const pull = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        if (state === "not wanted") return;
        ready.push(chunk);
        held += chunk.length;
        tell();
        while (held >= most && state === "going on") await told();
      }
    } catch (error) {
      failures.push(error);
    }
    state = "at its end";
    tell();
  };
  const pulling = pull();
  try {
    for (let given = 0; ; ) {
      const chunk = ready.shift();
      if (chunk !== undefined) {
        held -= chunk.length;
        given += chunk.length;
        tell();
        yield chunk;
      } else if (state === "going on") await told();
      else break;
      if (given >= TURN_BYTES) {
        given = 0;
        await turn();
      }
    }
    for (const error of failures) throw error;
  } finally {
    state = "not wanted";
    tell();
    await pulling;
  }
}
