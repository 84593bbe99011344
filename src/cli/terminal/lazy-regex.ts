/**
 * Regular expressions of RE2, for the bundle: takes the place of the package `re2js`, which takes as long to load as a scan of a small
 * file, and is loaded only where somebody writes one.
 */
import { createRequire } from "node:module";
import type * as Package from "re2js";

let whole: typeof Package | null = null;

/** What is used of the package's class. */
const RE2JS: Pick<typeof Package.RE2JS, "compile" | "CASE_INSENSITIVE"> = {
  CASE_INSENSITIVE: 1,
  compile(source, flags) {
    whole ??= createRequire(import.meta.url)("./re2js.js") as typeof Package;
    return whole.RE2JS.compile(source, flags);
  },
};

/** What it throws; nothing is thrown before it is loaded. */
class RE2JSException extends Error {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return whole !== null && error instanceof whole.RE2JSException;
  }
}

export { RE2JS, RE2JSException };
