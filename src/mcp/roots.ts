/** Which files a model may have read: those that really lie below the folders that a person named, whatever links say. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { Refusal } from "./refusal.ts";

const MOST_FILES = 10_000;

/**
 * The regular files that paths mean: files, and folders with all below them but hidden ones and `node_modules`. They come as their real paths.
 * A path is relative to one of the roots, or absolute and below one. Links that lead out of the roots, or to what is hidden, are left out of folders.
 *
 * @throws Refusal where a path is not below a root, is hidden, or is neither file nor folder
 */
export async function filesBelow(roots: readonly string[], paths: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(roots.map((root) => realpath(root)));
  const found = new Set<string>();
  for (const path of paths) {
    const start = await placeOf(real, path);
    for await (const file of walk(start, real)) {
      found.add(file);
      if (found.size > MOST_FILES) throw new Refusal(`${path}: more than ${MOST_FILES} files; name a smaller folder`);
    }
  }
  return [...found];
}

async function placeOf(roots: readonly string[], path: string): Promise<string> {
  for (const root of roots) {
    const candidate = isAbsolute(path) ? path : resolve(root, path);
    // Asking the disk about what lies outside would already tell whether it is there
    if (!isInside(resolve(candidate), [root])) continue;
    const real = await realpath(candidate).catch(() => null);
    if (real === null || !isInside(real, roots)) continue;
    if (isLeftOut(real, roots)) throw new Refusal(`${path}: hidden files and node_modules are left out`);
    return real;
  }
  throw new Refusal(`${path}: there is no such file or folder below the roots: ${roots.join(", ")}`);
}

/** True where a path, or a folder on the way to it from its root, is left out: what is hidden is for programs and holds their secrets. */
function isLeftOut(path: string, roots: readonly string[]): boolean {
  const ways = roots.filter((root) => isInside(path, [root])).map((root) => relative(root, path).split(sep));
  return ways.every((way) => way.some(isHidden));
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

async function* walk(path: string, roots: readonly string[]): AsyncGenerator<string> {
  const facts = await stat(path).catch(() => null);
  if (facts?.isFile() === true) yield path;
  if (facts?.isDirectory() !== true) return;
  const entries = await readdir(path, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (isHidden(entry.name)) continue;
    const below = join(path, entry.name);
    if (entry.isDirectory()) yield* walk(below, roots);
    else if (entry.isFile()) yield below;
    else if (entry.isSymbolicLink()) {
      const real = await realpath(below).catch(() => null);
      // Links to folders could go round in circles
      if (real === null || !isInside(real, roots) || isLeftOut(real, roots)) continue;
      if ((await stat(real)).isFile()) yield real;
    }
  }
}

function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const way = relative(root, path);
    return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
  });
}
