/**
 * The report as a Mermaid flowchart: one subgraph for each group of like cascades. Renders on code hosts and in wikis.
 */

import type { Cascade, Diagnosis } from "../model/index.ts";
import { groupAlike, type HopRole, headline, hopName, hopRows, hopWords, printable } from "../present/index.ts";

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

const CLASSES: Readonly<Record<HopRole, string | null>> = {
  trigger: null,
  outside: "origin",
  origin: "origin",
  unknown: "silent",
  first: null,
  stopped: null,
  silent: "silent",
  running: "running",
  bystanders: "silent",
};

/** One cascade as nodes and edges; names of nodes begin with `prefix`. */
function cascadeLines(cascade: Cascade, prefix: string): string[] {
  const lines: string[] = [];
  const parents: string[] = [];
  let trigger: string | null = null;
  for (const [index, { hop, depth }] of hopRows(cascade).entries()) {
    const id = `${prefix}n${index}`;
    parents[depth] = id;
    const { state, delay } = hopWords(cascade, hop);
    const label = `${escapeLabel(hopName(cascade, hop))}<br/>${escapeLabel(state)}${hop.falseOrigin ? ", not the origin" : ""}`;
    const style = hop.falseOrigin && hop.role !== "running" ? "fake" : CLASSES[hop.role];
    lines.push(`${id}["${label}"]${style === null ? "" : `:::${style}`}`);
    if (hop.role === "trigger") trigger = id;
    else if (depth === 0 && trigger !== null && hop.role !== "bystanders")
      lines.push(`${trigger} -.->|"the error went up"| ${id}`);
    if (depth === 0) continue;
    const arrow = hop.loose || hop.reached?.observed === false ? "-.->" : "-->";
    lines.push(`${parents[depth - 1]} ${arrow}${delay === "" ? "" : `|"${delay}"|`} ${id}`);
  }
  return lines;
}

/** Makes a text safe inside the quotes of a Mermaid label: whatever Mermaid, HTML or Markdown would act on becomes an entity. */
export function escapeLabel(text: string): string {
  return printable(text).replace(/[#"&<>`*_~[\](){}|;%\\:]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
