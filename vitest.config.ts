import { defineConfig, type ViteUserConfig } from "vitest/config";

/** The everyday tests: no peers but one smoke test of each, in any order, under five minutes. */
const config: ViteUserConfig = defineConfig({
  // React's production build (NODE_ENV below) has no development JSX.
  oxc: { jsx: { runtime: "automatic", development: false } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    exclude: ["test/peers/**", "test/soak/**", "test/packaging/**"],
    sequence: { shuffle: true },
    testTimeout: 20_000,
    env: { NODE_ENV: "production", NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});

export default config;
