/**
 * Programs that tests run beside streamscope, built from Go modules once per content of what builds them, and kept in a cache folder
 * (STREAMSCOPE_CACHE, by default ~/.cache/streamscope).
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where built programs are kept. */
export const CACHE: string = process.env["STREAMSCOPE_CACHE"] || join(homedir(), ".cache", "streamscope");

/** What to build, and how. */
export interface Build {
  /** `Jaeger`, as sentences name it. */
  readonly name: string;
  /** How long it takes on a machine with nothing else to do: `about five minutes`. */
  readonly takes: string;
  /** Paths of all files that it depends on. */
  readonly files: readonly string[];
  /** The command that writes the program to a path. */
  readonly command: (out: string) => {
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd: string;
  };
}

/** The hash of files, for a name in the cache. */
export function hashOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function pathOf({ name, files }: Build): string {
  return join(CACHE, `${name.toLowerCase()}-${hashOf(files)}`);
}

/** True where the program is built or can be; otherwise a sentence on stderr says that its tests are skipped. */
export function canHave(build: Build): boolean {
  if (existsSync(pathOf(build))) return true;
  try {
    execFileSync("go", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write(`SKIPPED: the tests with ${build.name} need Go to build it, and there is none\n`);
    return false;
  }
}

/** The path of the program, built if need be. Fails where the build does. */
export async function built(build: Build): Promise<string> {
  const path = pathOf(build);
  if (existsSync(path)) return path;
  process.stderr.write(`building ${build.name}: ${build.takes}, once\n`);
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const { program, args, cwd } = build.command(unfinished);
  const [code] = await once(spawn(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"] }), "exit");
  if (code !== 0) throw new Error(`the build of ${build.name} ended with ${code}`);
  renameSync(unfinished, path);
  return path;
}
