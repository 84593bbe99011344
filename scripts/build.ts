/**
 * Builds dist/: the library with tsc (one file a module, with declarations) and the program with rolldown
 * (ink, react and commander inside, so that starting it resolves no packages).
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
rmSync("dist", { recursive: true, force: true });
execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
rmSync("dist/cli", { recursive: true, force: true });
rmSync("dist/tui", { recursive: true, force: true });
await build({
  input: { main: "src/cli/main.ts" },
  platform: "node",
  external: ["react-devtools-core"],
  transform: { define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' } },
  output: { dir: "dist/cli", format: "esm", chunkFileNames: "[name]-[hash].js", minify: true },
  logLevel: "warn",
});
