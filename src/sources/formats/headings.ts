/**
 * Headings that say whose the lines below are: of tail and head, of tools that print what several hosts or files have, of pages and tickets in
 * which people put logs one below the other.
 *
 * A heading names a file of a log, or stands in a form that only names what follows: words alone could be anything.
 */

import { BAR } from "./margin.ts";

const FILE = "[^\\s|}`*]{0,200}\\.(?:log|txt|out|err|jsonl?|ndjson|klog)(?:[._-][\\w.-]{1,32})?";
const NAME = "[A-Za-z][\\w.-]{0,62}";

/** Forms that name what follows, whatever the name is. */
const FORMS: readonly RegExp[] = [
  /^==> (.+) <==$/,
  // kubectl cluster-info dump
  /^==== START logs for container \S+ of pod (?:[^/\s]+\/)?(\S+) ====$/,
  // A file that a patch adds
  new RegExp(`^\\+\\+\\+ (?:b/)?(${FILE})$`),
  // Jira
  /^\{(?:noformat|code|panel)(?::[^}]{0,64}[:|]|:)title=([^|}]{1,128})(?:\|[^}]{0,64})?\}$/,
  // bat, ansible
  new RegExp(`^ *${BAR} File: (\\S+)$`),
  new RegExp(`^(${NAME}) \\| (?:CHANGED|SUCCESS|FAILED!?)(?: \\| rc=\\d+)? >>$`),
  // A file's name in the forms of pages
  new RegExp(`^(?:#{1,6} +(?:\\*\\*)?|\\*\\*|<summary>)\`?(${FILE})\`?:?(?:\\*\\*:?|</summary>)?$`),
];
/** Forms of pages that may be about anything, and in a page name whose lines are below. */
const PAGE_FORMS: readonly RegExp[] = [
  new RegExp(`^#{1,6} +\`?(${NAME})\`?(?: [Ll]ogs?)?:?$`),
  new RegExp(`^\\*\\*\`?(${NAME})\`?:?\\*\\*:?$`),
  new RegExp(`^<summary>\`?(${NAME})\`?(?: [Ll]ogs?)?</summary>$`),
];
/** A file's name alone, as ripgrep writes it above what it found there. */
const ALONE = new RegExp(`^(${FILE}):?$`);

/** Needles for headings in what is too large to be read line by line. */
export const HEADING_PATTERNS: readonly string[] = ["==> "];

const MAX_LENGTH = 300;
const BEGINS = /^(?:==|\+\+\+|\{(?:n|c|p)|#|\*\*|<summary|[ |\u00e2\u2502]|[\w./~-])/;

/** What kind of text a heading stands in: `page` where it is one of prose, `listing` where a file's name alone is a heading, too. */
export interface HeadingPlace {
  readonly page: boolean;
  readonly listing: boolean;
}

/** The name that a heading has; null for any other text. */
export function parseHeading(text: string, { page, listing }: HeadingPlace): string | null {
  if (text.length > MAX_LENGTH || !BEGINS.test(text)) return null;
  for (const form of page ? [...FORMS, ...PAGE_FORMS] : FORMS) {
    const name = form.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return listing ? (ALONE.exec(text)?.[1] ?? null) : null;
}

/** All forms as one, which is asked of every line near a hit. */
const ANY = new RegExp([...FORMS, ...PAGE_FORMS, ALONE].map(({ source }) => source).join("|"));

/** True for a line that is a heading somewhere: nothing goes on with it, and it goes on with nothing. */
export function isHeading(line: string): boolean {
  return line.length <= MAX_LENGTH && BEGINS.test(line) && ANY.test(line);
}
