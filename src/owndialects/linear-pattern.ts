/**
 * Patterns of users: run by RE2, whose time grows with the text only, so that no pattern and no line can hang the program. What RE2 cannot
 * do in that time (back references, looking around) is refused when the pattern is made.
 */
import { RE2JS, RE2JSException } from "re2js";
import type { Pattern } from "../dialects/index.ts";

/** A user's pattern, or what is wrong with it. */
export type Compiled = { readonly pattern: LinearPattern } | { readonly problem: string };

/** Longer patterns are programs. */
const MAX_LENGTH = 1_000;

/** Makes a pattern of a text in RE2's syntax. */
export function compile(source: string, ignoreCase: boolean): Compiled {
  if (source.length > MAX_LENGTH) return { problem: `has ${source.length} characters; ${MAX_LENGTH} are allowed` };
  try {
    const re2 = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (re2.matcher("").find()) return { problem: "fits an empty text, so it would fit every line" };
    return { pattern: new LinearPattern(re2) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, "");
    const around = /\(\?<?[=!]|\\[1-9]/.test(source)
      ? "; looking around and back references are left out, so that no line can hang the program"
      : "";
    return { problem: `is no regular expression of RE2: ${why}${around}` };
  }
}

/** A pattern whose time grows with the text only. */
export class LinearPattern implements Pattern {
  readonly #re2: RE2JS;

  constructor(re2: RE2JS) {
    this.#re2 = re2;
  }

  test(text: string): boolean {
    return this.#re2.matcher(text).find();
  }

  exec(text: string): readonly string[] | null {
    const matcher = this.#re2.matcher(text);
    return matcher.find() ? [matcher.group() ?? ""] : null;
  }

  /** The text with each match replaced by what `by` makes of it. */
  replace(text: string, by: (match: string) => string): string {
    const matcher = this.#re2.matcher(text);
    let done = "";
    let from = 0;
    while (matcher.find()) {
      done += text.slice(from, matcher.start()) + by(matcher.group() ?? "");
      from = matcher.end();
    }
    return done + text.slice(from);
  }
}
