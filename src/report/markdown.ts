/**
 * The report as Markdown, for a ticket or a chat.
 */

import type { Cascade, Reason } from "../model/index.ts";
import { formatInstant, formatPlace } from "../model/index.ts";
import {
  accountLines,
  count,
  doubtOutside,
  type Findings,
  fateFacts,
  fateOf,
  formatPlaces,
  groupAlike,
  headline,
  nothingFound,
  plural,
  printable,
  readLine,
  reasonsTitle,
  receiverNotes,
  runningSentence,
  shownName,
  storeNotes,
  sureWords,
  wouldProve,
} from "../present/index.ts";
import { plainTree } from "./tree.ts";

/** Writes the report as lines without line ends. */
export function reportMarkdown(findings: Findings, limit: number, detail: number): string[] {
  const { diagnosis, input } = findings;
  const groups = groupAlike(diagnosis.cascades);
  const lines = ["# Stream cancellations", ""];
  if (groups.length === 0) lines.push(`${nothingFound(input)}.`, "");
  for (const group of groups.slice(0, limit)) {
    const cascade = group.example;
    const times = group.count > 1 ? ` (×${count(group.count)})` : "";
    lines.push(`## ${escapeMarkdown(headline(cascade))}${times}`, "", ...factLines(cascade), "");
    lines.push(...fence(plainTree(cascade)), "");
    const about = escapeMarkdown(reasonsTitle(cascade.origin).replace(/^w/, "W"));
    lines.push(...reasonLines(about, cascade.origin.reasons, detail));
    for (const fake of cascade.falseOrigins) {
      lines.push(...reasonLines(`Why not ${escapeMarkdown(shownName(fake.service))}`, fake.reasons, detail));
    }
    const shown = cascade.evidence.slice(0, detail);
    if (shown.length > 0) {
      const texts = shown.map((each) => `${printable(formatPlace(each.place))}  ${printable(each.text)}`);
      lines.push(`**Evidence** (${plural(cascade.evidenceCount, "line")})`, "", ...fence(texts), "");
    }
  }
  const hidden = groups.length - Math.min(limit, groups.length);
  if (hidden > 0) lines.push(`… and ${plural(hidden, "more shape")} of cascade, printed with \`--all\`.`, "");
  if (groups.length > 1) {
    lines.push("| origin | kind | cascades | victims |", "| --- | --- | ---: | ---: |");
    for (const row of diagnosis.origins) {
      lines.push(`| ${escapeMarkdown(shownName(row.service))} | ${row.kind} | ${row.cascades} | ${row.victims} |`);
    }
    lines.push("");
  }
  const warnings = diagnosis.warnings.slice(0, detail);
  if (warnings.length > 0) {
    lines.push("## Warnings", "");
    for (const each of warnings) lines.push(`- **${escapeMarkdown(each.rule)}**: ${escapeMarkdown(each.text)}`);
    const more = diagnosis.warnings.length - warnings.length;
    if (more > 0) lines.push(`- … ${plural(more, "more warning")}`);
    lines.push("");
  }
  const notes = input.receiver === undefined ? [] : receiverNotes(input.receiver);
  const account = diagnosis.cascades.length > 0 || input.account === undefined ? [] : accountLines(input.account);
  if (account.length > 0) lines.push(...account.map((line) => `- ${escapeMarkdown(line.trim())}`), "");
  lines.push(`Read: ${readLine(findings)}.`, ...notes.map((note) => `Receiver: ${escapeMarkdown(note)}.`));
  for (const store of input.stores ?? [])
    lines.push(...storeNotes(store).map((note) => `${escapeMarkdown(`${store.name}: ${note}`)}.`));
  return lines;
}

/** Makes a text safe in running Markdown: no markup, no HTML, no links, no table cells of its own. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]#|~<>&@]|^[-+]/g, (sign) => (/[<>&@]/.test(sign) ? `&#${sign.charCodeAt(0)};` : `\\${sign}`))
    .replace(/\b(https?|ftp|mailto):/gi, "$1&#58;")
    .replace(/\bwww\./gi, "www&#46;");
}

function factLines(cascade: Cascade): string[] {
  const { origin, trigger } = cascade;
  const lines = [
    `- sure: ${sureWords(origin)}`,
    `- kind: ${origin.kind}, ${fateFacts(fateOf(cascade))}`,
    `- id: ${codeSpan(cascade.id)}${cascade.traceId === undefined ? "" : `, trace ${codeSpan(cascade.traceId)}`}`,
  ];
  if (cascade.firstAt !== undefined) lines.push(`- first seen: ${formatInstant(cascade.firstAt)}`);
  const running = runningSentence(fateOf(cascade));
  if (running !== "") lines.push(`- **${escapeMarkdown(running)}**`);
  const proof = wouldProve(cascade);
  if (proof !== null) lines.push(`- would prove it: ${escapeMarkdown(proof)}`);
  const doubt = doubtOutside(origin);
  if (doubt !== null) lines.push(`- outside these logs: ${codeSpan(doubt)}`);
  if (origin.aliases !== undefined && origin.aliases.length > 0)
    lines.push(`- other names: ${origin.aliases.map(codeSpan).join(", ")}`);
  if (origin.callSite !== undefined) lines.push(`- called at: ${codeSpan(origin.callSite)}`);
  if (origin.intent !== undefined) lines.push(`- intent: ${codeSpan(origin.intent)}`);
  if (trigger !== undefined)
    lines.push(`- triggered by: ${codeSpan(shownName(trigger.service))}: ${codeSpan(trigger.text)}`);
  return lines;
}

function reasonLines(title: string, reasons: readonly Reason[], detail: number): string[] {
  if (reasons.length === 0) return [];
  const lines = [`**${title}**`, ""];
  for (const reason of reasons.slice(0, detail)) {
    const places = formatPlaces(reason.places, 6).map(codeSpan);
    lines.push(
      `- ${escapeMarkdown(reason.text)} (${escapeMarkdown(reason.rule)})${places.length === 0 ? "" : `: ${places.join(", ")}`}`,
    );
  }
  return [...lines, ""];
}

/** Text in a code span: the fence is longer than any run of backticks inside. */
function codeSpan(text: string): string {
  const safe = printable(text);
  const ticks = "`".repeat(longestRun(safe) + 1);
  const space = safe.startsWith("`") || safe.endsWith("`") || safe === "" ? " " : "";
  return `${ticks}${space}${safe}${space}${ticks}`;
}

/** A code block whose fence is longer than any run of backticks inside. */
function fence(lines: readonly string[]): string[] {
  const ticks = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${ticks}text`, ...lines, ticks];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
