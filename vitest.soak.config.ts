import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Long runs: gigabytes of log, millions of streams. */
const config: ViteUserConfig = defineConfig({
  test: { include: ["test/soak/**/*.test.ts"], fileParallelism: false, testTimeout: 900_000, hookTimeout: 600_000 },
});

export default config;
