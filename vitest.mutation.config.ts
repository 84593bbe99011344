import type { ViteUserConfig } from "vitest/config";
import everyday from "./vitest.config.ts";

/** The tests that mutated code is run against: the folders named in MUTATION_TESTS, without tests that start programs. */
const folders = (process.env["MUTATION_TESTS"] ?? "test").split(",");

// A run of mutants has processes of its own
const { projects: _, ...shared } = everyday.test ?? {};

const config: ViteUserConfig = {
  ...everyday,
  test: {
    ...shared,
    include: folders.map((folder) => `${folder}/**/*.test.ts`),
    exclude: ["test/peers/**", "test/soak/**", "test/**/*.e2e.test.ts"],
    sequence: { shuffle: false },
  },
};

export default config;
