/**
 * Where the older generations of a log lie that the user named: beside it, under its name with a number or a date.
 */
import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { literally } from "../formats/patterns.ts";

/** A number or a date, as logrotate and its kin write them, and how it is packed. */
const SUFFIX = String.raw`[.-](?:\d{1,4}|\d{8}(?:[-_T.]?\d{1,6})?|\d{4}-\d\d-\d\d(?:[-_T.]?[\d:.-]{1,15})?)`;
const PACKED = String.raw`(?:\.(?:gz|zst|xz|bz2))?`;

/** What the names of older generations look like: `app.log.1`, `app.log-20261127.gz`, `app-2026-11-27.log`. */
function generationPattern(path: string): RegExp {
  const name = basename(path);
  const ext = extname(name);
  const stem = name.slice(0, name.length - ext.length);
  return new RegExp(
    `^(?:${literally(name)}${SUFFIX}|${literally(stem)}${SUFFIX}${literally(ext)}|${literally(name)}\\.(?:old|bak))${PACKED}$`,
  );
}

/** The files beside logs that may be older generations of them; none where their folder cannot be read. */
export async function findGenerations(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const [folder, logs] of Map.groupBy(paths, dirname)) {
    const names = await readdir(folder).catch(() => []);
    const patterns = logs.map(generationPattern);
    for (const name of names) if (patterns.some((pattern) => pattern.test(name))) found.push(join(folder, name));
  }
  return found;
}
