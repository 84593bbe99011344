import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "../../src/thriftgen/generate.ts";
import type { Program } from "../../src/thriftgen/model.ts";
import { resolveProgram } from "../../src/thriftgen/resolve.ts";

/** The folder of the IDL files. */
export const fixtures: string = join(import.meta.dirname, "../fixtures/thrift");

/** A program of IDL texts by file name; the first is the one that is asked for. */
export function programOf(files: Readonly<Record<string, string>>): Program {
  return resolveProgram(Object.keys(files)[0] as string, (file) => files[file] ?? null);
}

/** The module made of one IDL text. */
export function moduleOf(idl: string): string {
  return generate(programOf({ "a.thrift": idl }), "a.thrift");
}

/** The module made of a fixture. */
export function fixtureModule(name: string): { readonly text: string; readonly notes: readonly string[] } {
  const program = resolveProgram(join(fixtures, name), (file) => readFileSync(file, "utf8"));
  return { text: generate(program, name), notes: program.notes };
}
