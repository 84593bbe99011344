/**
 * The report as a Mermaid flowchart: one subgraph for each group of like cascades. Renders on code hosts and in wikis.
 */

import type { Cascade, Diagnosis } from "../model/index.ts";
import {
  groupAlike,
  headline,
  hopName,
  hopTree,
  printable,
  roleOf,
  rootNote,
  shownDelay,
  walkHops,
} from "../present/index.ts";

/** Draws the most important groups of a diagnosis; `%%` comments say what was left out. */
export function reportMermaid(diagnosis: Diagnosis, limit: number): string[] {
  const groups = groupAlike(diagnosis.cascades);
  const lines = ["flowchart LR"];
  if (groups.length === 0) lines.push('  none["no cancel found"]');
  for (const [index, group] of groups.slice(0, limit).entries()) {
    const times = group.count > 1 ? ` ×${group.count}` : "";
    lines.push(`  subgraph c${index}["${escapeLabel(`${headline(group.example)}${times}`)}"]`);
    lines.push(...cascadeLines(group.example, `c${index}`).map((line) => `    ${line}`), "  end");
  }
  const hidden = groups.length - Math.min(limit, groups.length);
  if (hidden > 0) lines.push(`  %% ${hidden} more shapes left out, printed with --all`);
  lines.push(
    "  classDef origin fill:#e66100,color:#ffffff,stroke:#9a4100",
    "  classDef fake fill:#f6d55c,color:#000000,stroke:#b38f00",
    "  classDef silent stroke-dasharray:4 4",
    "  classDef running stroke:#e66100,stroke-width:3px",
  );
  return lines;
}

/** One cascade as nodes and edges; names of nodes begin with `prefix`. */
function cascadeLines(cascade: Cascade, prefix: string): string[] {
  const lines: string[] = [];
  const ids = new Map<object, string>();
  const parents: string[] = [];
  for (const [index, { hop, depth }] of walkHops(hopTree(cascade)).entries()) {
    const id = `${prefix}n${index}`;
    ids.set(hop, id);
    parents[depth] = id;
    const role = roleOf(hop);
    const words = {
      origin: `<br/>${rootNote(cascade.origin)}`,
      fake: "<br/>not the origin",
      silent: "<br/>silent",
      running: "<br/>still running",
      victim: "",
    }[role];
    lines.push(`${id}["${escapeLabel(hopName(cascade, hop))}${words}"]${role === "victim" ? "" : `:::${role}`}`);
    if (hop.reached === null) continue;
    const delay = hop.reached.delayMs === undefined ? "" : `|"${shownDelay(hop.reached.delayMs)}"|`;
    const arrow = hop.loose || !hop.reached.observed ? "-.->" : "-->";
    lines.push(`${parents[depth - 1]} ${arrow}${delay} ${id}`);
  }
  return lines;
}

/** Makes a text safe inside the quotes of a Mermaid label: whatever Mermaid, HTML or Markdown would act on becomes an entity. */
export function escapeLabel(text: string): string {
  return printable(text).replace(/[#"&<>`*_~[\](){}|;%\\:]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
