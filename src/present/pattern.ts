/**
 * What a value of the filter language matches: a text, a text with `*` for anything, or a regular expression between slashes.
 *
 * Regular expressions run in RE2's engine, whose time grows with the length of the text and with nothing else: what a person pastes into
 * the filter can never hang the program.
 */
import { RE2JS } from "re2js";

/** Says whether a text matches. */
export type Matcher = (text: string) => boolean;

/** Either the matcher, or what is wrong with the value. */
export type MatcherOutcome =
  | { readonly matcher: Matcher; readonly problem?: never }
  | { readonly matcher?: never; readonly problem: string };

/** A longer text is matched by its beginning. */
const MOST_SIGNS = 20_000;
/** A longer regular expression is refused: nobody types one. */
const LONGEST = 500;

/** True where a value is a regular expression: it stands between slashes. */
export function isRegex(value: string): boolean {
  return value.length > 2 && value.startsWith("/") && value.endsWith("/");
}

/** Makes the matcher of a value. `whole`: the whole text must match, as names do; else a part of it is enough. Case never matters. */
export function matcherOf(value: string, whole: boolean): MatcherOutcome {
  if (isRegex(value)) return regexOf(value.slice(1, -1));
  if (!value.includes("*")) {
    const wanted = value.toLowerCase();
    return {
      matcher: whole ? (text) => text.toLowerCase() === wanted : (text) => text.toLowerCase().includes(wanted),
    };
  }
  const parts = value.toLowerCase().split("*");
  return { matcher: (text) => holdsInOrder(text.toLowerCase(), parts, whole) };
}

/** Whether the parts follow each other with anything between them; linear, since the first place of each part is always the best. */
function holdsInOrder(text: string, parts: readonly string[], whole: boolean): boolean {
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  if (whole && (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length))
    return false;
  let from = whole ? first.length : 0;
  const end = whole ? text.length - last.length : text.length;
  for (const part of whole ? parts.slice(1, -1) : parts) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

function regexOf(source: string): MatcherOutcome {
  if (source.length > LONGEST) return { problem: `a regular expression has at most ${LONGEST} signs` };
  try {
    const regex = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return { matcher: (text) => regex.matcher(text.slice(0, MOST_SIGNS)).find() };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error);
    return { problem: `/${source}/ is no regular expression: ${reason}` };
  }
}
