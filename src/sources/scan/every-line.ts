/**
 * A window in which, up to a budget of bytes, every line is a hit: what happened around a cancel stands in ordinary lines, too (who started,
 * who stopped, who asked whom). Inputs larger than the budget are searched for patterns from there on.
 */
import type { ScanWindow } from "./window.ts";

/** How many bytes are still wanted line by line; whoever made it may give more. */
export interface LineBudget {
  left: number;
}

/** The same window, which finds a hit at the beginning of every line as long as the budget lasts. */
export function withEveryLine(window: ScanWindow, budget: LineBudget): ScanWindow {
  return {
    get bytes() {
      return window.bytes;
    },
    reserve: (capacity) => window.reserve(capacity),
    changed: (foreseen) => window.changed(foreseen),
    find(from, to) {
      if (budget.left <= 0) return window.find(from, to);
      // Empty lines are none
      let at = from;
      while (at < to && (window.bytes[at] === 10 || window.bytes[at] === 13)) at += 1;
      if (at >= to) return -1;
      const end = window.bytes.indexOf(10, at);
      budget.left -= (end < 0 || end > to ? to : end + 1) - at;
      return at;
    },
    countLines: (from, to) => window.countLines(from, to),
    lineFeed: (from, to) => window.lineFeed(from, to),
    lineFeedBefore: (to) => window.lineFeedBefore(to),
    lineStart: (at) => window.lineStart(at),
  };
}
