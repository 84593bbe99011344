/**
 * Lines that were wrapped at a width: what was copied out of a terminal, a pager or a mail has one line of a log on several.
 *
 * Told by the lengths alone: a terminal fills every line but the last one to its width; who wraps between words leaves no line so short that
 * the next word would have had room on it.
 */

/** Narrower than this nobody reads logs, and short lines are alike by chance. */
const MIN_WIDTH = 40;
const MAX_WIDTH = 500;
/** Fewer lines of one length, with a rest behind them, prove no width, unless it is one that screens have or that others of the same source have shown. */
const MIN_FILLED = 3;
/** Fewer lines that are wrapped between words prove nothing by themselves either. */
const MIN_WORDED = 3;

/** What lines of a source showed of how they were wrapped; 0: nothing yet. Its owner keeps it from event to event. */
export interface WrapWidth {
  /** The width that was filled. */
  filled: number;
  /** The longest line that ended between words. */
  worded: number;
}

/** The lines of one event as they were before they were wrapped; the text itself where nothing shows that they were. */
export function unwrapText(text: string, seen: WrapWidth): string {
  const end = text.indexOf("\n");
  if (end < MIN_WIDTH || end > MAX_WIDTH) return text;
  const [first = "", ...others] = text.split(/\r?\n/);
  // What shows a wrapped line may indent the rest of it; a single space is the line's own
  const indent = /^[ \t]*/.exec(others[0] ?? "")?.[0] ?? "";
  const isIndented = indent.length > 1 || indent === "\t";
  if (isIndented && !others.every((line) => line.startsWith(indent))) return text;
  const lines = isIndented ? [first, ...others.map((line) => line.slice(indent.length))] : [first, ...others];
  const width = lengthOf(first);
  if (!isFilled(lines, width, isIndented ? indent.length : 0))
    return isIndented ? text : (joinWords(lines, seen) ?? text);
  // Lines of one length may be wrapped between words, too
  if (others.length < MIN_FILLED && seen.filled !== width && (isIndented ? !isParted(lines) : !isOfScreen(width)))
    return (!isIndented && seen.worded > 0 ? joinWords(lines, seen) : null) ?? text;
  seen.filled = width;
  return lines.join("");
}

/** True where all lines but the last one are of one length; what was indented may have been so within it. */
function isFilled(lines: readonly string[], width: number, indent: number): boolean {
  const second = lengthOf(lines[1] as string);
  const inner = lines.length > 2 && second === width - indent ? second : width;
  return lines.every((line, at) => {
    const length = lengthOf(line);
    return at === 0 || (at === lines.length - 1 ? length <= inner : length === inner);
  });
}

/** True where a bracket that the first line opened is closed in what follows, or its object: a new line of a log begins none in the middle. */
function isParted([first = "", ...others]: readonly string[]): boolean {
  if (/^\s*\{\s*"/.test(first) && !first.endsWith("}")) return others.at(-1)?.trimEnd().endsWith("}") === true;
  return first.lastIndexOf("[") > first.lastIndexOf("]") && /^[^[\]]*\]/.test(others.join(""));
}

/** A width that terminals are often opened with, or that mails are wrapped at. */
function isOfScreen(width: number): boolean {
  return width % 10 === 0 || width === 132;
}

/** Lines that end where the next word would not have fitted. A word is parted behind a hyphen only. */
function joinWords(lines: readonly string[], seen: WrapWidth): string | null {
  if ((lines.length < MIN_WORDED && seen.worded === 0) || lines.some((line) => line.startsWith(" "))) return null;
  const width = Math.max(seen.worded, ...lines.map(lengthOf));
  if (width > MAX_WIDTH) return null;
  let joined = "";
  for (const [at, line] of lines.entries()) {
    joined += line;
    const next = lines[at + 1];
    if (next === undefined) break;
    const parted = /[^\s-]-$/.test(line);
    const word = /^[^\s-]*-?/.exec(next)?.[0] ?? "";
    if (lengthOf(line) + (parted ? 0 : 1) + lengthOf(parted ? word : firstPart(next)) <= width) return null;
    if (!parted && !line.endsWith(" ")) joined += " ";
  }
  seen.worded = width;
  return joined;
}

/** What stands before the first space, or up to the first hyphen, where it may be parted too. */
function firstPart(line: string): string {
  return /^(?:[^\s-]+-(?=\w)|\S*)/.exec(line)?.[0] ?? "";
}

/** Columns, as far as one character is one. */
function lengthOf(line: string): number {
  return /[\ud800-\udfff]/.test(line) ? [...line].length : line.length;
}
