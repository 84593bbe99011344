/** `node test/fuzz/main.ts [--inputs 10000000] [--seed N] [--target NAME]`: so many inputs for each target, as far as `.ci/nightly` goes. */
import { parseArgs } from "node:util";
import { fuzz } from "./run.ts";
import { TARGETS } from "./targets.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "10000000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    target: { type: "string" },
  },
});
for (const [name, target] of Object.entries(TARGETS)) {
  if (values.target !== undefined && values.target !== name) continue;
  const began = performance.now();
  fuzz(name, target, Number(values.inputs), Number(values.seed));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${name}: ${values.inputs} inputs from seed ${values.seed} in ${seconds} s, nothing found\n`);
}
