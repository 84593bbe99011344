import type { Cascade } from "../model/index.ts";
import { cut, type Hop, type HopRole, hopName, hopRows, hopWords, isSure, pad, widthOf } from "../present/index.ts";

/** One line of a drawn cascade: the branch and the name, and what is said about the hop. */
export interface TreeLine {
  readonly branch: string;
  readonly name: string;
  readonly delay: string;
  /** In plain words: `STARTED IT`, `stopped, looks like the origin and is not`, `stopped?, quiet: only chat says so`. */
  readonly note: string;
  readonly role: HopRole;
  readonly hop: Hop;
}

/** Draws a cascade: the trigger, one line for each service, who was not hit; silent hops hang on dashed branches. */
export function drawTree(cascade: Cascade): readonly TreeLine[] {
  return hopRows(cascade).map(({ hop, depth, last, rails }): TreeLine => {
    const dashed = hop.role === "silent" || hop.loose;
    const branch =
      depth === 0
        ? ""
        : rails.map((open) => (open ? "│  " : "   ")).join("") + (last ? "└" : "├") + (dashed ? "╌ " : "─ ");
    const { state, delay, note } = hopWords(cascade, hop);
    const doubt = hop.reached !== null && !isSure(hop.reached.confidence) ? hop.reached.confidence : "";
    const words = [state, note, doubt].filter((part) => part !== "").join(", ");
    return { branch, name: hopName(cascade, hop), delay, note: words, role: hop.role, hop };
  });
}

/** The tree as plain lines with aligned columns, names cut at `nameWidth`. */
export function plainTree(cascade: Cascade, nameWidth = 60): string[] {
  const lines = drawTree(cascade);
  const widest = Math.min(nameWidth, Math.max(...lines.map((line) => widthOf(line.branch + line.name))));
  const delays = Math.max(0, ...lines.map((line) => widthOf(line.delay)));
  return lines.map((line) =>
    `${pad(cut(line.branch + line.name, nameWidth), widest)}  ${pad(line.delay, delays)}  ${line.note}`.trimEnd(),
  );
}
