/**
 * Builds dist/: the library with tsc (one file a module, with declarations) and the program with rolldown
 * (ink, react and commander inside, so that starting it resolves no packages).
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { bundle, root } from "./bundle.ts";

process.chdir(root);
rmSync("dist", { recursive: true, force: true });
execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
// What only the program needs is in its bundle.
rmSync("dist/cli", { recursive: true, force: true });
rmSync("dist/tui", { recursive: true, force: true });
await bundle("dist/cli");
