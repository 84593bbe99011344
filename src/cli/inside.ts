/**
 * Files that belong to the program: in a checkout and in the package they lie two folders above, in the single executable
 * (scripts/executable.ts) they are inside of it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as sea from "node:sea";
import { fileURLToPath } from "node:url";

/** The text of a file, by its path from the root of the package; null where it is not there. */
export function ownText(path: string): string | null {
  if (sea.isSea()) return assetNames().includes(path) ? sea.getAsset(path, "utf8") : null;
  const file = placeOf(path);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/**
 * A folder of the program as one on the disk; null where it is not there. What the executable holds is written to a folder for temporary
 * files, which goes away with the process.
 */
export function ownFolder(path: string): string | null {
  if (!sea.isSea()) return existsSync(placeOf(path)) ? placeOf(path) : null;
  const names = assetNames().filter((name) => name.startsWith(`${path}/`));
  if (names.length === 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "streamscope-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) writeFileSync(join(folder, basename(name)), sea.getAsset(name, "utf8"));
  return folder;
}

function placeOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

function assetNames(): readonly string[] {
  return sea.getAssetKeys();
}
