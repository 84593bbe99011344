import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Tests against real peers: Kitex in Go, Jaeger, a terminal in tmux. One file at a time: they measure and they use ports. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/peers/**/*.test.ts"],
    fileParallelism: false,
    // Which of two lines a real Kitex process still writes before it ends is a race inside it; recordings hold the usual outcome.
    retry: 2,
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});

export default config;
