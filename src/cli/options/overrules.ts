/** The file of what people said about who started which cancels. The screens write it, every command reads it. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Overrule } from "../../present/index.ts";
import { usageFailure } from "../failure.ts";

/** Where the screens write it if nobody says otherwise. */
export const OVERRULES_FILE = ".streamscope-overrules.json";

/**
 * Reads the file.
 *
 * @throws Failure where it cannot be read, or holds something else
 */
export function readOverrules(path: string): readonly Overrule[] {
  const wrong = (why: string): Error => usageFailure(`--overrules ${path}: ${why}`);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw wrong(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw wrong("is no JSON");
  }
  const list = typeof data === "object" && data !== null && "overrules" in data ? data.overrules : null;
  if (!Array.isArray(list)) throw wrong('has no list "overrules"');
  return list.map((each: unknown, index): Overrule => {
    const word = asOverrule(each);
    if (word === null) throw wrong(`entry ${index + 1} needs "by", "note" and "about": {"id": …} or {"alike": …}`);
    return word;
  });
}

/**
 * Writes the file anew.
 *
 * @throws Error of the file system
 */
export function writeOverrules(path: string, overrules: readonly Overrule[]): void {
  writeFileSync(path, `${JSON.stringify({ version: 1, overrules }, null, 2)}\n`);
}

function asOverrule(value: unknown): Overrule | null {
  if (typeof value !== "object" || value === null || !("by" in value) || !("about" in value)) return null;
  const { by, about } = value;
  const note = "note" in value ? value.note : "";
  if (typeof by !== "string" || by === "" || typeof note !== "string") return null;
  if (typeof about !== "object" || about === null) return null;
  if ("id" in about && typeof about.id === "string") return { about: { id: about.id }, by, note };
  if ("alike" in about && typeof about.alike === "string") return { about: { alike: about.alike }, by, note };
  return null;
}
