/**
 * Text in columns of a terminal.
 *
 * How wide a sign is, is a matter of tables that change every year; who prints brings the measure along, this file only cuts and fills.
 */

/** Functions that cut and fill printable text, all by one measure. */
export interface Columns {
  readonly widthOf: (text: string) => number;
  /** Fills with spaces up to a width; longer texts stay as they are. */
  readonly pad: (text: string, width: number) => string;
  /** Fills with spaces on the left side. */
  readonly padLeft: (text: string, width: number) => string;
  /** Cuts at a width, between graphemes; what was cut shows as the mark. */
  readonly cut: (text: string, width: number, mark?: string) => string;
  /** Breaks into lines of at most a width, between words where that is possible. */
  readonly wrap: (text: string, width: number) => string[];
}

let graphemes: Intl.Segmenter | null = null;

/** Makes the functions for a measure. */
export function createColumns(widthOf: (text: string) => number): Columns {
  /** The longest beginning that fits, and its width. */
  const take = (text: string, width: number): string => {
    // A grapheme is rarely longer than a dozen units; without this bound a text of megabytes would be segmented for one row.
    const near = text.length > width * 16 ? text.slice(0, width * 16) : text;
    let used = 0;
    let end = 0;
    graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
    for (const { segment, index } of graphemes.segment(near)) {
      used += widthOf(segment);
      if (used > width) break;
      end = index + segment.length;
    }
    return near.slice(0, end);
  };
  const cut = (text: string, width: number, mark = "…"): string => {
    if (width < 1) return "";
    if (text.length <= width * 16 && widthOf(text) <= width) return text;
    return take(text, Math.max(0, width - widthOf(mark))) + (widthOf(mark) <= width ? mark : "");
  };
  return {
    widthOf,
    cut,
    pad: (text, width) => text + " ".repeat(Math.max(0, width - widthOf(text))),
    padLeft: (text, width) => " ".repeat(Math.max(0, width - widthOf(text))) + text,
    wrap: (text, width) => {
      const lines: string[] = [];
      let line = "";
      for (let word of text.split(" ")) {
        const next = line === "" ? word : `${line} ${word}`;
        if (widthOf(next) <= width) {
          line = next;
          continue;
        }
        if (line !== "") lines.push(line);
        while (widthOf(word) > width) {
          const head = take(word, width);
          if (head === "") break;
          lines.push(head);
          word = word.slice(head.length);
        }
        line = word;
      }
      lines.push(line);
      return lines;
    },
  };
}
