import { describe, it } from "vitest";
import { fuzz } from "./run.ts";
import { TARGETS } from "./targets.ts";

describe("100,000 inputs that are nearly right", () => {
  for (const [name, target] of Object.entries(TARGETS)) {
    it(`break nothing in ${name}`, { timeout: 60_000 }, () => fuzz(name, target, 100_000, Date.now() % 2 ** 31));
  }
});
