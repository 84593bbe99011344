import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eager } from "../../../src/sources/scan/eager.ts";

/** Chunks of a hundred bytes, and what became of them. */
function makeChunks(
  count: number,
  failure?: Error,
): { made: number; closed: boolean; chunks: AsyncGenerator<Uint8Array> } {
  const state = { made: 0, closed: false, chunks: generate() };
  async function* generate(): AsyncGenerator<Uint8Array> {
    try {
      for (; state.made < count; ) {
        await turn();
        state.made += 1;
        yield Buffer.alloc(100, state.made);
      }
      if (failure !== undefined) throw failure;
    } finally {
      state.closed = true;
    }
  }
  return state;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await turn();
}

describe("chunks that are asked for before they are wanted", () => {
  it("are the same, in order", async () => {
    const { chunks } = makeChunks(20);
    const taken: number[] = [];
    for await (const chunk of eager(chunks, 300)) taken.push(chunk[0] as number);
    expect(taken).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it("are made while the first is looked at, as many as may wait", async () => {
    const source = makeChunks(20);
    const reading = eager(source.chunks, 300);
    await reading.next();
    await turns(50);
    expect(source.made).toBe(4);
    await reading.next();
    await turns(50);
    expect(source.made).toBe(5);
    await reading.return(undefined);
    expect(source.closed).toBe(true);
  });

  it("come before the error that ends them", async () => {
    const taken: number[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of eager(makeChunks(3, new Error("damaged")).chunks, 10_000)) {
        await turns(10);
        taken.push(chunk[0] as number);
      }
    };
    await expect(read()).rejects.toThrow("damaged");
    expect(taken).toEqual([1, 2, 3]);
  });
});
