import { pathToFileURL } from "node:url";

/** Runs the benchmarks named on the command line, or all of them. */
const benches: Readonly<Record<string, () => Promise<void>>> = {
  start: async () => (await import("./start.ts")).benchStart(),
  otlp: async () => (await import("./otlp.ts")).benchOtlp(),
  live: async () => (await import("./live.ts")).benchLive(),
  tui: async () => {
    const { bundled } = await import("./bundled.ts");
    const { benchTui } = (await import(pathToFileURL(await bundled("tui")).href)) as typeof import("./tui.ts");
    await benchTui();
  },
  cascade: async () => (await import("./cascade.ts")).benchCascade(),
  history: async () => (await import("./history.ts")).benchHistory(),
  clickhouse: async () => (await import("./clickhouse.ts")).benchClickhouse(),
  scan: async () => (await import("./scan.ts")).benchScan(),
  runtime: async () => (await import("./runtime/bench.ts")).benchRuntime(),
  tracing: async () => (await import("./tracing.ts")).benchTracing(),
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in benches))
    throw new TypeError(`no benchmark called ${name}; there are ${Object.keys(benches).join(", ")}`);
}
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await run();
}
