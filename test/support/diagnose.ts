import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCascadeStore } from "../../src/cascade/index.ts";
import { prefilter, readEvidence } from "../../src/dialects/index.ts";
import type { Cascade, Diagnosis, Evidence } from "../../src/model/index.ts";
import { readSources } from "../../src/sources/index.ts";

/** The evidence in files, in the order in which the sources yield it. */
export async function evidenceOf(files: readonly string[]): Promise<Evidence[]> {
  const all: Evidence[] = [];
  for await (const records of readSources(files, { prefilter, timezone: "UTC" })) {
    for (const record of records) all.push(...readEvidence(record));
  }
  return all;
}

/** The diagnosis of evidence that is complete. */
export function diagnose(evidence: Iterable<Evidence>): Diagnosis {
  const store = createCascadeStore();
  for (const each of evidence) store.add(each);
  store.finish();
  return store.diagnose();
}

/** The cascades in a text, as if it were a file of that name. */
export async function cascadesOf(text: string, name: string): Promise<readonly Cascade[]> {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-text-"));
  try {
    const file = join(folder, name);
    writeFileSync(file, text);
    return diagnose(await evidenceOf([file])).cascades;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
