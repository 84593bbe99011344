import type { Cascade } from "../model/index.ts";
import {
  cut,
  type Hop,
  type HopRole,
  hopName,
  hopTree,
  isSure,
  pad,
  roleOf,
  rootNote,
  shownDelay,
  walkHops,
  widthOf,
} from "../present/index.ts";

/** One line of a drawn tree: the branch and the name, and what is said about the hop. */
export interface TreeLine {
  readonly branch: string;
  readonly name: string;
  readonly delay: string;
  /** In plain words: `started it`, `looks like the origin and is not`, `silent: no line of its own`. */
  readonly note: string;
  readonly role: HopRole;
  readonly hop: Hop;
}

/** Draws a cascade, one line for each service; silent hops hang on dashed branches. */
export function drawTree(cascade: Cascade): readonly TreeLine[] {
  return walkHops(hopTree(cascade)).map(({ hop, depth, last, rails }): TreeLine => {
    const role = roleOf(hop);
    const dashed = role === "silent" || hop.loose;
    const branch =
      depth === 0
        ? ""
        : rails.map((open) => (open ? "│  " : "   ")).join("") + (last ? "└" : "├") + (dashed ? "╌ " : "─ ");
    const delay = delayOf(hop);
    return { branch, name: hopName(cascade, hop), delay, note: noteOf(cascade, hop), role, hop };
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

function delayOf(hop: Hop): string {
  const delayMs = hop.reached?.delayMs;
  return delayMs === undefined ? "" : shownDelay(delayMs);
}

function noteOf(cascade: Cascade, hop: Hop): string {
  if (hop.reached === null) return rootNote(cascade.origin).replace("started it", "STARTED IT");
  const notes: string[] = [];
  if (hop.falseOrigin) notes.push("looks like the origin and is not");
  if (!hop.reached.observed) notes.push("silent: no line of its own");
  if (hop.loose) notes.push("path from the origin unknown");
  if (hop.reached.state === "still-running") notes.push("STILL RUNNING");
  if (notes.length === 0) notes.push("stopped");
  if (!isSure(hop.reached.confidence)) notes.push(hop.reached.confidence);
  return notes.join(", ");
}
