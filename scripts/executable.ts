/**
 * Builds the program as one file for this platform, with Node.js inside: `npm run executable [-- OUT]`. The default is
 * `dist/executable/streamscope`. Needs Node.js 25.5 or newer, which brings `--build-sea` along:
 * https://nodejs.org/api/single-executable-applications.html.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { root } from "./bundle.ts";

const [out = join(root, "dist/executable", process.platform === "win32" ? "streamscope.exe" : "streamscope")] =
  process.argv.slice(2);
const executable = resolve(out);
const work = `${executable}.parts`;
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

const assets: Record<string, string> = {};
for (const folder of ["dist/cli", "examples/recordings"])
  for (const name of readdirSync(join(root, folder))) assets[`${folder}/${name}`] = join(root, folder, name);
for (const name of ["LICENSE", "THIRD-PARTY-NOTICES.md"]) assets[name] = join(root, name);
assets["NODE-LICENSE"] = nodeLicence();

const main = join(root, "scripts/executable-main.cjs");
assets["main.cjs"] = main;

const config = join(work, "sea.json");
writeFileSync(
  config,
  JSON.stringify({
    main,
    output: executable,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    assets,
  }),
);
execFileSync(process.execPath, ["--build-sea", config], { stdio: ["ignore", "ignore", "inherit"] });
rmSync(work, { recursive: true });
process.stdout.write(`${executable}\n`);

/** The licence of the Node.js that goes into the file, and of all that is in it: it lies beside its `bin`. */
function nodeLicence(): string {
  const path = join(dirname(dirname(process.execPath)), "LICENSE");
  if (!readFileSync(path, "utf8").includes("Node.js is licensed"))
    throw new Error(`${path} is not the licence of Node.js`);
  return path;
}
