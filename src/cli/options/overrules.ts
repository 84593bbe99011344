/** The file of what people said about who started which cancels. The screens write it, every command reads it. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Overrule } from "../../present/index.ts";
import { usageFailure } from "../failure.ts";

/** Of the file's form. */
const VERSION = 1;

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
  const version = typeof data === "object" && data !== null && "version" in data ? data.version : VERSION;
  if (version !== VERSION)
    throw wrong(`its version is ${JSON.stringify(version)}, and this streamscope knows ${VERSION}: update streamscope`);
  const words = list.map((each: unknown, index): Overrule => {
    const word = asOverrule(each);
    if (word === null) throw wrong(`entry ${index + 1} needs "by", "note" and "about": {"id": …} or {"alike": …}`);
    return word;
  });
  const clash = clashIn(words);
  if (clash !== null)
    throw wrong(`entries ${clash.first} and ${clash.second} name two who started the same cancels; leave one out`);
  return words;
}

/** Two words about the same cancels, as when two people's files were merged; counted from 1. */
function clashIn(words: readonly Overrule[]): { readonly first: number; readonly second: number } | null {
  const known = new Map<string, number>();
  for (const [index, { about, by }] of words.entries()) {
    const subject = JSON.stringify(about);
    const first = known.get(subject);
    if (first === undefined) known.set(subject, index);
    else if (words[first]?.by !== by) return { first: first + 1, second: index + 1 };
  }
  return null;
}

/**
 * Writes the file anew.
 *
 * @throws Error of the file system
 */
export function writeOverrules(path: string, overrules: readonly Overrule[]): void {
  writeFileSync(path, `${JSON.stringify({ version: VERSION, overrules }, null, 2)}\n`);
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
