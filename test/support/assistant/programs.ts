/**
 * The programs of test/interop/assistant, made ready to be started: the gateway's packages installed, the agent built, the model's packages
 * in a virtual environment of their own. Each once per content, in a cache folder (STREAMSCOPE_CACHE, by default ~/.cache/streamscope).
 *
 * Whatever of the machine is missing is said by an error: a chain that is not tested must not look like one that passed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";

/** Where the sources and configurations of the programs are. */
export const assistantSources: string = join(import.meta.dirname, "../../interop/assistant");

const cache = process.env["STREAMSCOPE_CACHE"] || join(homedir(), ".cache", "streamscope");

/** How long making all of them may take on a machine that has nothing yet. */
export const ASSISTANT_BUILD_MS = 900_000;

/** What is started of each. */
export interface AssistantPrograms {
  /** The folder with server.js and its node_modules. */
  readonly gateway: string;
  /** The program. */
  readonly agent: string;
  /** The folder of the virtual environment's programs, `uvicorn` among them. */
  readonly model: string;
}

/**
 * Makes ready what is not yet.
 *
 * @throws an Error that names the tools this machine lacks, or says which build failed
 */
export function assistantPrograms(): AssistantPrograms {
  const missing = ["go", "npm", "python3", "nginx", "haproxy", "curl"].filter((tool) => !has(tool));
  if (missing.length > 0) throw new Error(`the chain of real programs needs ${missing.join(", ")}: see .ci/run`);
  return {
    gateway: once("gateway", "folder", (folder, sources) => {
      cpSync(sources, folder, { recursive: true });
      run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"], folder);
    }),
    agent: once("agent", "file", (file, sources) => run("go", ["build", "-trimpath", "-o", file, "."], sources)),
    // A virtual environment knows its own path, so it cannot be made elsewhere and moved
    model: join(
      once("model", "in place", (folder, sources) => {
        run("python3", ["-m", "venv", folder], sources);
        run(join(folder, "bin/pip"), ["install", "--quiet", "-r", "requirements.txt"], sources);
      }),
      "bin",
    ),
  };
}

function has(tool: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin"];
  return folders.some((folder) => existsSync(join(folder, tool)));
}

function once(
  name: string,
  shape: "folder" | "file" | "in place",
  make: (to: string, sources: string) => void,
): string {
  const sources = join(assistantSources, name);
  const made = join(cache, `assistant-${name}-${contentOf(sources)}`);
  const done = shape === "in place" ? `${made}.done` : made;
  if (existsSync(done)) return made;
  process.stderr.write(`making the ${name} of the chain of real programs ready, once\n`);
  mkdirSync(cache, { recursive: true });
  const unfinished = shape === "in place" ? made : `${made}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  make(unfinished, sources);
  if (shape === "in place") mkdirSync(done);
  else renameSync(unfinished, made);
  return made;
}

function contentOf(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(relative(folder, file)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
