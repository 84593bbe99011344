/**
 * What stands in the margin of lines that something shows with one: `less -N`, `cat -n`, `uniq -c`, `bat`, a list in a page, the output of
 * several programs with their names right-aligned. A margin begins with blanks mostly, as what goes on with the line above does; so it is
 * one only where a line of a log begins behind it, with something to say after its time.
 */
const BLANK = "[ \\t]";
/** A bar, as the pattern of one. Heads of lines are looked at as the bytes of their UTF-8. */
export const BAR = "(?:[|│┃]|\u00e2\u0094[\u0082\u0083])";
const SIGN = `[*>#+~=-]{1,3}${BLANK}*`;
const NUMBER = `#?\\d{1,9}[.:)]?(?:${BLANK}*${BAR}${BLANK}*|${BLANK}+)`;
const NAME = "[A-Za-z][\\w./-]{0,62}";
const NAMED = [
  `\\[(?:\\w{1,12} ?::? ?)?(?<container1>${NAME})\\]:?${BLANK}+`,
  `\\((?<container2>${NAME})\\):?${BLANK}+`,
  `<(?<container3>${NAME})>:?${BLANK}+`,
  `(?<container4>${NAME})(?:${BLANK}*(?:${BAR}|[>›»]|\u00e2\u0080\u00ba|\u00c2\u00bb)${BLANK}*|:{1,2}${BLANK}+|${BLANK}{2,})`,
].join("|");

const SAYS_MORE = "\\S*[ \\t]+\\S";
const TIMED = [
  `\\[?\\d{4}[-/]\\d\\d[-/]\\d\\d[T ,_]\\d\\d:\\d\\d${SAYS_MORE}`,
  `\\[?\\d{8}[T ]\\d\\d:?\\d\\d${SAYS_MORE}`,
  `[IWEFD]\\d{4}(?:\\d{4})? \\d\\d:\\d\\d:${SAYS_MORE}`,
  `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \\d]\\d \\d\\d:\\d\\d:${SAYS_MORE}`,
  `\\[?\\d\\d:\\d\\d:\\d\\d[.,]\\d${SAYS_MORE}`,
  `(?:time|ts)=\\S+${SAYS_MORE}`,
  '\\{"(?:time|ts|timestamp|@timestamp|level)":',
  // Another tool's prefix
  "\\[pod/[^/\\]\\n]+/[^\\]\\n]+\\] ",
  "[a-z][\\w.-]{0,100}-(?=[a-z]*\\d)[a-z0-9]{8,10}-[a-z0-9]{5} [a-z][\\w.-]* \\S",
].join("|");

/** A margin, up to the line behind it, as the pattern of a prefix. What is only indented has to begin with a time. */
export const MARGIN: string = `(?:${[
  `${BLANK}{0,40}(?:${SIGN}(?:${NUMBER})?|${NUMBER})(?:${NAMED})?(?:${BAR}${BLANK}*)?(?=${TIMED}|\\{\\s*"|(?:level|lvl|msg)=)`,
  `${BLANK}{1,40}(?:${NAMED.replaceAll(/container(\d)/g, (_, digit: string) => `container${Number(digit) + 4}`)})?(?=${TIMED})`,
].join("|")})`;
