/**
 * Mutation testing, a part of the source at a time: `npm run mutation -- PART…`, all of them where none is named.
 *
 * Each part is mutated against the folders of tests that guard it; what is unchanged since the last run is not run again
 * (reports/mutation). Fails where a score is below the `break` of stryker.config.json.
 */
import { spawnSync } from "node:child_process";

/** A part of the source, and the tests that must notice when it changes. */
interface Part {
  /** Globs without commas: Stryker splits its list at them. */
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

const parts: Readonly<Record<string, Part>> = {
  ttstream: { mutate: ["src/ttstream/**/*.ts"], tests: ["test/ttstream"] },
  "runtime-wire": { mutate: ["src/runtime/wire/**/*.ts"], tests: ["test/runtime/wire"] },
  "runtime-stream": {
    mutate: ["src/runtime/stream/**/*.ts", "src/runtime/connection/**/*.ts"],
    tests: ["test/runtime/stream", "test/runtime/connection"],
  },
  "runtime-cancel": { mutate: ["src/runtime/cancel/**/*.ts"], tests: ["test/runtime/cancel"] },
  cascade: { mutate: ["src/cascade/**/*.ts"], tests: ["test/cascade"] },
  dialects: { mutate: ["src/dialects/**/*.ts"], tests: ["test/dialects"] },
  sources: {
    mutate: [
      "src/sources/formats/**/*.ts",
      "src/sources/scan/**/*.ts",
      "src/sources/otlp/protobuf/**/*.ts",
      "src/sources/otlp/sampling/**/*.ts",
    ],
    tests: ["test/sources"],
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}

let failed = false;
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const { mutate, tests } = parts[name] as Part;
  const report = `reports/mutation/${name}.json`;
  const { status } = spawnSync("stryker", ["run", "--mutate", mutate.join(","), "--incrementalFile", report], {
    stdio: "inherit",
    env: { ...process.env, MUTATION_TESTS: tests.join(",") },
  });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
