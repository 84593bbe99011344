/**
 * The picture on the terminal: rows are written only where they differ from what stands there.
 *
 * Ink could do this, but it lays out, measures and cuts every cell of every frame anew, which is most of what a frame costs
 * (docs/decisions/036-rows-are-drawn-by-us.md).
 */

/** What draws rows on a terminal. */
export interface Canvas {
  /** Makes the terminal show these rows, from its first line on; each is painted and no wider than the terminal. */
  readonly draw: (rows: readonly string[]) => void;
  /** Forgets what stands on the terminal: all is drawn next time. */
  readonly forget: () => void;
  /** Draws nothing until called with false: somebody else has the terminal. */
  readonly hold: (held: boolean) => void;
}

/** Between these the terminal keeps the old picture: no half of a new one is seen (synchronized output, mode 2026). */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";
const ERASE_ALL = "\u001b[H\u001b[J";
const ERASE_LINE = "\u001b[2K";
const HOME = "\u001b[H";

/** Makes a canvas over the whole terminal. */
export function createCanvas(stdout: Pick<NodeJS.WriteStream, "write">): Canvas {
  let stands: readonly string[] | null = null;
  let isHeld = false;
  return {
    draw(rows) {
      if (isHeld) return;
      let bytes = stands === null ? ERASE_ALL : "";
      const length = Math.max(rows.length, stands?.length ?? 0);
      for (let row = 0; row < length; row += 1) {
        const text = rows[row] ?? "";
        if (text !== (stands?.[row] ?? "")) bytes += `\u001b[${row + 1};1H${ERASE_LINE}${text}`;
      }
      stands = rows;
      if (bytes !== "") stdout.write(BEGIN + bytes + HOME + END);
    },
    forget() {
      stands = null;
    },
    hold(held) {
      isHeld = held;
      stands = null;
    },
  };
}
