/** `--dialects`: files of a user's own wordings. */
import { readFileSync } from "node:fs";
import type { Entry } from "../../dialects/index.ts";
import { EXIT, Failure, usageFailure } from "../failure.ts";

const MAX_BYTES = 4 * 1024 * 1024;
/** More mistakes than that are one mistake. */
const MAX_SHOWN = 20;

/**
 * Reads the files of `--dialects`; the room that understands them is loaded only where there are some.
 *
 * @throws Failure that names every mistake with its file and line, and where a file cannot be read
 */
export async function readOwnDialects(files: readonly string[] = []): Promise<readonly Entry[]> {
  if (files.length === 0) return [];
  const { readDialects } = await import("../../owndialects/index.ts");
  const entries: Entry[] = [];
  const from = new Map<string, string>();
  for (const file of files) {
    const read = readDialects(textOf(file));
    const shown = read.problems.slice(0, MAX_SHOWN).map(({ line, message }) => `${file}:${line}: ${message}`);
    const hidden = read.problems.length - shown.length;
    if (hidden > 0) shown.push(`… and ${hidden} more`);
    if (shown.length > 0) throw usageFailure(`--dialects: ${shown.join("\n")}`);
    for (const entry of read.entries) {
      const before = from.get(entry.id);
      if (before !== undefined) throw usageFailure(`--dialects: ${file}: ${entry.id} stands also in ${before}`);
      from.set(entry.id, file);
      entries.push(entry);
    }
  }
  return entries;
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "";
    throw new Failure(`--dialects: ${file} cannot be read${why === "" ? "" : ` (${why})`}`, EXIT.noInput);
  }
  if (bytes.length > MAX_BYTES) throw usageFailure(`--dialects: ${file} is larger than 4 MiB`);
  return bytes.toString("utf8");
}
