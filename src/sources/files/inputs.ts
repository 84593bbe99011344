/**
 * What the user named -> the files it means: a folder is walked, a glob that the shell left alone is expanded, `-` is standard input.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnostics } from "../diagnostics.ts";
import { isGlob, parseGlob } from "./glob.ts";

/** One input that can be read. */
export interface Input {
  /** As it is shown in places: the path as given, or `stdin`. */
  readonly source: string;
  /** Null: standard input. */
  readonly path: string | null;
  /** False: a pipe or a device, to be read once and in order. */
  readonly regular: boolean;
  readonly modifiedMs: number;
  /** Which file it is, whatever its name: device and number. */
  readonly identity: string;
  /** In bytes, as it lies there; null for a pipe or a device. */
  readonly size: number | null;
  /** The files that it is cut into; {@link path} is the first of them. */
  readonly parts?: Parts;
}

/** Files that are one. */
export interface Parts {
  readonly paths: readonly string[];
  /** The length of each but the last. */
  readonly bytes: number;
}

/** What lies in a folder and may never end; named by itself it is read. */
const NO_FILE = "is a pipe, a socket or a device and is left out";

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES" || code === "EPERM") return "no permission to read it";
  if (code === "ELOOP") return "its links go round in a circle";
  return error instanceof Error ? error.message : String(error);
}

/**
 * Files below a folder in order of their names, without hidden ones and without `node_modules`. Links are not followed into folders. `depth`: how
 * many folders deep they may lie.
 */
async function* walk(
  folder: string,
  diagnostics: Diagnostics,
  depth = Number.POSITIVE_INFINITY,
): AsyncGenerator<string> {
  let entries: Awaited<ReturnType<typeof readNames>>;
  try {
    entries = await readNames(folder);
  } catch (error) {
    diagnostics.leaveOut(folder, `cannot be read: ${reason(error)}`);
    return;
  }
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth > 1) yield* walk(path, diagnostics, depth - 1);
    } else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    else diagnostics.leaveOut(path, NO_FILE);
  }
}

async function readNames(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The folder that a glob starts from: its parts before the first one with a glob character. */
function rootOf(glob: string): string {
  const parts = glob.split("/");
  const first = parts.findIndex(isGlob);
  const root = parts.slice(0, first).join("/");
  return root === "" ? (glob.startsWith("/") ? "/" : ".") : root;
}

/** How many folders deep a glob can find anything. */
function depthOf(glob: string): number {
  if (glob.includes("**") || glob.includes("{")) return Number.POSITIVE_INFINITY;
  const parts = glob.split("/");
  return parts.length - parts.findIndex(isGlob);
}

async function* expandGlob(glob: string, diagnostics: Diagnostics): AsyncGenerator<string> {
  const plain = glob.replace(/^\.\//, "");
  const pattern = parseGlob(plain);
  let found = false;
  for await (const path of walk(rootOf(plain), diagnostics, depthOf(plain))) {
    if (!pattern.test(path)) continue;
    found = true;
    yield path;
  }
  if (!found) diagnostics.leaveOut(glob, "no file matches");
}

/** The files that the inputs mean, each once, in order. What cannot be read becomes a diagnostic, one an input. */
export async function expandInputs(inputs: readonly string[], diagnostics: Diagnostics): Promise<Input[]> {
  const found: Input[] = [];
  const seen = new Set<string>();
  const add = async (path: string, inFolder: boolean): Promise<void> => {
    try {
      const facts = await stat(path, { bigint: true });
      if (facts.isDirectory()) {
        // below a folder only links to folders come here, and those could go round in circles
        if (!inFolder) for await (const below of walk(path, diagnostics)) await add(below, true);
        return;
      }
      const regular = facts.isFile();
      if (!regular && inFolder) {
        diagnostics.leaveOut(path, NO_FILE);
        return;
      }
      const identity = `${facts.dev}:${facts.ino}`;
      if (seen.has(identity)) return;
      seen.add(identity);
      found.push({
        source: path,
        path,
        regular,
        modifiedMs: Number(facts.mtimeMs),
        identity,
        size: regular ? Number(facts.size) : null,
      });
    } catch (error) {
      const why = path.includes("\ufffd") ? "its name is not UTF-8" : reason(error);
      diagnostics.leaveOut(path, `cannot be read: ${why}`);
    }
  };
  for (const input of inputs) {
    if (input === "-") {
      if (seen.has("-")) continue;
      seen.add("-");
      found.push({ source: "stdin", path: null, regular: false, modifiedMs: Date.now(), identity: "-", size: null });
    } else if (isGlob(input) && !(await exists(input))) {
      for await (const path of expandGlob(input, diagnostics)) await add(path, true);
    } else await add(input, false);
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
