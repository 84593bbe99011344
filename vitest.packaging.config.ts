import { defineConfig, type ViteUserConfig } from "vitest/config";

/** The packed package, installed by npm from its registry beside what applications have: one after the other, they install and use ports. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/packaging/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});

export default config;
