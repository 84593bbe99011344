import { defineConfig, type ViteUserConfig } from "vitest/config";

/** What changes the process for good: the API of OpenTelemetry, which knows one provider. */
const ALONE = ["test/tracer/**/*.test.ts"];
const ELSEWHERE = ["test/peers/**", "test/soak/**", "test/packaging/**"];

/**
 * The everyday tests: no peers but one smoke test of each, in any order, under five minutes. Files share a worker and its modules, which
 * halves the time; those that cannot have a process of their own.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { shuffle: true },
    // Only what hangs is to fail by time, on whatever machine
    testTimeout: 60_000,
    env: { NODE_ENV: "production", NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "html"] },
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...ALONE, ...ELSEWHERE],
          isolate: false,
        },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
    ],
  },
});

export default config;
