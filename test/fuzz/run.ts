import { Random } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** Tries so many inputs. Throws with the seed that repeats the one which failed. */
export function fuzz(name: string, target: Target, inputs: number, seed: number): void {
  for (let i = 0; i < inputs; i += 1) {
    const each = (seed + i) >>> 0;
    try {
      target(new Random(each));
    } catch (error) {
      const again = `node test/fuzz/main.ts --target ${name} --inputs 1 --seed ${each}`;
      throw new Error(`${name}: ${(error as Error).message}\nagain: ${again}`, { cause: error });
    }
  }
}
