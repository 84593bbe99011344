/**
 * Regular expressions of RE2, for the bundle: takes the place of the package `re2js`, which takes as long to load as a scan of a small
 * file, and is loaded only where somebody writes one.
 */
import { createRequire } from "node:module";
import type { RE2JS as Whole } from "re2js";

let whole: typeof Whole | null = null;

/** What is used of the package. */
const RE2JS: Pick<typeof Whole, "compile" | "CASE_INSENSITIVE"> = {
  CASE_INSENSITIVE: 1,
  compile(source, flags) {
    whole ??= (createRequire(import.meta.url)("./re2js.js") as { RE2JS: typeof Whole }).RE2JS;
    return whole.compile(source, flags);
  },
};

export { RE2JS };
