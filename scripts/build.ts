/**
 * Builds dist/: the library with tsc, from its entry points (one file a module, with declarations; the runtime is one file), and the program
 * with rolldown (ink, react and commander inside, so that starting it resolves no packages).
 */
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { bundle, root } from "./bundle.ts";
import { ENTRIES, reachedFrom } from "./reach.ts";

process.chdir(root);
rmSync("dist", { recursive: true, force: true });
execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
// Declarations that no entry point shows, and modules of nothing but types, which no module loads.
const reached = reachedFrom(ENTRIES.flatMap((entry) => [`${entry}.js`, `${entry}.d.ts`]));
for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  const path = join("dist", file);
  if (/\.(?:d\.ts|js)$/.test(path) && !reached.has(path)) rmSync(path);
}
// The runtime as one module: sixty files take three times as long to load. Its declarations stay as tsc wrote them.
for (const file of readdirSync("dist/runtime", { recursive: true, encoding: "utf8" })) {
  if (file.endsWith(".js")) rmSync(join("dist/runtime", file));
}
await build({
  input: { index: "src/runtime/index.ts", "bridge/index": "src/runtime/bridge/index.ts" },
  platform: "node",
  // The check of Node's version is nothing but a side effect, which package.json denies the sources.
  treeshake: { moduleSideEffects: () => true },
  output: { dir: "dist/runtime", format: "esm" },
  logLevel: "warn",
});
await bundle("dist/cli");
