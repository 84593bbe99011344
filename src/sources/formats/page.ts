/**
 * Pages that somebody saved -> their text: a log in colours has tags in the middle of its words. Headings stay headings, as Markdown has them, and
 * the cells of a table are parted by tabs.
 *
 * Only the tags of pages are taken out: `<nil>` in a line is a word of it. What stands in one line of a page stays in one, but for what a page
 * shows in several.
 */
import type { LinesIntoRecords } from "./lines-into-records.ts";

/** What a page, or a document of XML, may have before its first element, up to the sign that opens that. */
export const BEFORE_ELEMENT: string = String.raw`^\ufeff?\s*(?:<\?xml\s[^>]{0,200}\?>\s*)?(?:<!--(?:[^-]|-(?!->)){0,2000}-->\s*)*<`;

const PAGE = new RegExp(
  String.raw`${BEFORE_ELEMENT}(?:!doctype\s+html|html|body|table|div|pre|h[1-6]|article|section)(?=[\s>])`,
  "i",
);

const PROLOGUE = /<!doctype[^<>]*>|<\?xml\s[^<>]*\?>/gi;
const ATTRIBUTES = `(?:\\s(?:[^<>"']|"[^"]*"|'[^']*')*)?/?`;
const HEADING_BEGIN = new RegExp(`<h[1-6]${ATTRIBUTES}>`, "gi");
const HEADING_END = /<\/h[1-6]\s*>/gi;
const CELL = new RegExp(`</t[dh]\\s*>\\s*<t[dh]${ATTRIBUTES}>`, "gi");
const BLOCK = new RegExp(
  `</?(?:br|hr|pre|p|div|li|ul|ol|dl|dt|dd|tr|td|th|table|thead|tbody|tfoot|caption|section|article|main|header|footer|nav|aside|figure|blockquote|body|html|head|title|meta|link|form)${ATTRIBUTES}>`,
  "gi",
);
const INLINE = new RegExp(
  `</?(?:span|b|i|u|s|em|strong|font|mark|a|code|tt|small|big|ins|del|kbd|samp|var|abbr|time|label|button|img|sup|sub|bdi|bdo|wbr|nobr|cite|q|data)${ATTRIBUTES}>`,
  "gi",
);

/** Blanks that a page does not fold. */
const BLANK = /&(?:nbsp|#0*160|#x0*a0);/gi;

/** What is left of a text without its comments. Searched for by hand: a pattern would look for the end of each one that has none again. */
function withoutComments(text: string): string {
  let left = "";
  let done = 0;
  for (let begin = text.indexOf("<!--"); begin >= 0; begin = text.indexOf("<!--", done)) {
    const end = text.indexOf("-->", begin + 4);
    if (end < 0) break;
    left += text.slice(done, begin);
    done = end + 3;
  }
  return left + text.slice(done);
}

const HEADING = "### ";

/** The text in a line of a page. */
export function textOfPage(line: string): string {
  const blank = line.includes("&") ? line.replace(BLANK, " ") : line;
  if (!blank.includes("<")) return blank;
  const shown = withoutComments(blank)
    .replace(PROLOGUE, "")
    .replace(HEADING_BEGIN, `\n${HEADING}`)
    .replace(HEADING_END, "\n")
    .replace(CELL, "\t")
    .replace(BLOCK, "\n")
    .replace(INLINE, "");
  if (!shown.includes("\n")) return shown;
  return shown
    .split("\n")
    .filter((each) => each.trim() !== "")
    .map((each) => (each.startsWith(HEADING) ? `${HEADING}${each.slice(HEADING.length).trim()}` : each))
    .join("\n");
}

const PAGES: LinesIntoRecords = { feed: (line) => `${textOfPage(line)}\n`, finish: () => "" };

/** What reads an input that begins as a page; null for any other. */
export function readPage(first: string): LinesIntoRecords | null {
  return PAGE.test(first) ? PAGES : null;
}
