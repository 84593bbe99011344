/**
 * The report for people.
 *
 * For each group of like cascades: one sentence that names who started it, the drawn tree, why, why not the others, the lines behind it.
 * Then the origins, the warnings, and an honest count of what was read. Bounded unless the user asks for all.
 */

import type { Cascade, Diagnosis, Evidence, Reason } from "../model/index.ts";
import { formatInstant, formatPlace, millisBetween, victimsOf } from "../model/index.ts";
import {
  type AlikeGroup,
  accountLines,
  count,
  cut,
  doubtOutside,
  type Findings,
  fateFacts,
  fateOf,
  formatPlaces,
  groupAlike,
  type HopRole,
  headline,
  type InputSummary,
  isSure,
  nothingFound,
  pad,
  padLeft,
  plural,
  printable,
  readLine,
  reasonsTitle,
  receiverNotes,
  runningSentence,
  shownDelay,
  shownName,
  storeNotes,
  sureWords,
  widthOf,
  wouldProve,
  wrap,
} from "../present/index.ts";
import type { Styles } from "./styles.ts";
import { drawTree } from "./tree.ts";

/** How much to print, and how. */
export interface TextOptions {
  readonly styles: Styles;
  /** Columns of the terminal, or null for lines of any length. */
  readonly columns: number | null;
  /** How many groups of like cascades to print; Infinity for all. */
  readonly limit: number;
  /** How many lines of evidence, places of a reason, warnings and diagnostics to print for each. */
  readonly detail: number;
  /** True to list every line that looks like a cancellation and was not understood. */
  readonly unmatched?: boolean;
}

/** Writes the report as lines without line ends. */
export function reportText(findings: Findings, options: TextOptions): string[] {
  const { diagnosis } = findings;
  const groups = groupAlike(diagnosis.cascades);
  const shown = groups.slice(0, options.limit);
  const lines: string[] = [];
  for (const [index, group] of shown.entries()) lines.push(...groupLines(group, index + 1, groups.length, options), "");
  if (shown.length < groups.length) {
    const rest = groups.slice(shown.length);
    const hidden = rest.reduce((sum, group) => sum + group.count, 0);
    lines.push(
      `… and ${plural(hidden, "more cascade")} of ${plural(rest.length, "other shape")}. Print them with --all, or choose with --where.`,
      "",
    );
  }
  if (groups.length > 1) lines.push(...originLines(diagnosis, options), "");
  lines.push(...warningLines(diagnosis, options));
  lines.push(...closingLines(findings, options));
  return lines;
}

/** One cascade as it stands in the report. */
export function reportCase(cascade: Cascade, options: TextOptions): string[] {
  return groupLines({ example: cascade, members: [cascade], count: cascade.count }, 1, 1, options);
}

function groupLines(group: AlikeGroup, number: number, groups: number, options: TextOptions): string[] {
  const { styles } = options;
  const cascade = group.example;
  const { origin } = cascade;
  const title = printable(headline(cascade));
  const before = groups > 1 ? `${number}. ` : "";
  const times = group.count > 1 ? `   ${styles.bold(`×${count(group.count)}`)}` : "";
  const lines = [
    `${before}${styles.origin(title)}${times}`,
    `   sure: ${styledSure(styles, origin)}`,
    `   ${styles.dim(factsOf(group))}`,
  ];
  const running = runningSentence(fateOf(cascade));
  if (running !== "") lines.push(`   ${styles.warn(running)}`);
  const doubt = doubtOutside(origin);
  if (doubt !== null) lines.push(`   outside these logs: ${printable(doubt)}`);
  const proof = wouldProve(cascade);
  if (proof !== null) lines.push(`   would prove it: ${proof}`);
  if (origin.intent !== undefined) lines.push(`   intent: ${printable(origin.intent)}`);
  if (origin.callSite !== undefined) lines.push(`   called at: ${styles.bold(printable(origin.callSite))}`);
  if (cascade.trigger !== undefined) {
    const { service, text } = cascade.trigger;
    lines.push(`   triggered by: ${styles.bold(shownName(service))}: ${cutFor(printable(text), 18, options)}`);
  }
  lines.push("", ...treeLines(cascade, options), "");
  lines.push(...reasonLines(styles.bold(`   ${reasonsTitle(origin)}`), origin.reasons, options));
  for (const fake of cascade.falseOrigins) {
    lines.push(...reasonLines(styles.fake(`   why not ${shownName(fake.service)}`), fake.reasons, options));
  }
  lines.push(...evidenceLines(cascade, options));
  return lines;
}

function factsOf(group: AlikeGroup): string {
  const cascade = group.example;
  const victims = victimsOf(cascade);
  const facts = [`id ${printable(cascade.id)}`];
  if (cascade.traceId !== undefined) facts.push(`trace ${printable(cascade.traceId)}`);
  if (cascade.firstAt !== undefined) facts.push(formatInstant(cascade.firstAt));
  facts.push(fateFacts(fateOf(cascade)));
  if (victims > 0 && cascade.firstAt !== undefined && cascade.lastAt !== undefined) {
    facts.push(`within ${shownDelay(spreadOf(cascade)).slice(1)}`);
  }
  if (group.members.length > 1) {
    const others = group.members.filter((member) => member !== cascade);
    facts.push(
      `also ${others
        .slice(0, 3)
        .map((member) => printable(member.id))
        .join(", ")}${others.length > 3 ? ", …" : ""}`,
    );
  }
  return facts.join(" · ");
}

/** How long the cancel was on its way; without a common clock, how long its lines went on. */
function spreadOf({ reached, firstAt, lastAt }: Cascade): number {
  const delays = reached.flatMap(({ delayMs = -1 }) => (delayMs < 0 ? [] : [delayMs]));
  if (delays.length > 0) return Math.max(...delays);
  return firstAt === undefined || lastAt === undefined ? 0 : millisBetween(firstAt, lastAt);
}

function treeLines(cascade: Cascade, options: TextOptions): string[] {
  const { styles } = options;
  const lines = drawTree(cascade);
  const room = options.columns === null ? 80 : Math.max(16, options.columns - 46);
  const widest = Math.min(room, Math.max(...lines.map((line) => widthOf(line.branch + line.name))));
  const delays = Math.max(0, ...lines.map((line) => widthOf(line.delay)));
  return lines.map((line) => {
    const style = line.hop.falseOrigin && line.role !== "running" ? styles.fake : ROLE_STYLES[line.role](styles);
    const name = cut(line.branch + line.name, widest);
    const shown = line.branch + style(name.slice(line.branch.length));
    const fill = " ".repeat(Math.max(0, widest - widthOf(name)));
    const note = line.role === "stopped" && !line.hop.falseOrigin ? styles.dim(line.note) : style(line.note);
    return `     ${name.length < line.branch.length ? name : shown}${fill}  ${padLeft(line.delay, delays)}  ${note}`.trimEnd();
  });
}

type Style = (text: string) => string;

const plainly: Style = (text) => text;
const ROLE_STYLES: Readonly<Record<HopRole, (styles: Styles) => Style>> = {
  trigger: (styles) => styles.warn,
  outside: (styles) => styles.origin,
  origin: (styles) => styles.origin,
  unknown: (styles) => styles.doubt,
  first: () => plainly,
  stopped: () => plainly,
  silent: (styles) => styles.dim,
  running: (styles) => styles.warn,
  bystanders: (styles) => styles.dim,
};

function reasonLines(title: string, reasons: readonly Reason[], options: TextOptions): string[] {
  if (reasons.length === 0) return [];
  const { styles } = options;
  const lines = [title];
  for (const reason of reasons.slice(0, options.detail)) {
    const places = formatPlaces(reason.places, Math.min(options.detail, 6)).map(printable).join(", ");
    const text = `${printable(reason.text)} (${printable(reason.rule)})`;
    const [first = "", ...rest] = options.columns === null ? [text] : wrap(text, options.columns - 7);
    lines.push(`     - ${first}`, ...rest.map((line) => `       ${line}`));
    if (places !== "") lines.push(`       ${styles.dim(cutFor(places, 7, options))}`);
  }
  const hidden = reasons.length - options.detail;
  if (hidden > 0) lines.push(styles.dim(`     … ${plural(hidden, "more reason")}, shown with --all`));
  return lines;
}

function evidenceLines(cascade: Cascade, options: TextOptions): string[] {
  if (cascade.evidence.length === 0) return [];
  const { styles } = options;
  // Lines in which a framework repeats what the application has logged say nothing new: they come last.
  const echoes = cascade.evidence.filter((each) => each.echo);
  const shown = [...cascade.evidence.filter((each) => !each.echo), ...echoes].slice(0, options.detail);
  const places = shown.map((each) => printable(formatPlace(each.place)));
  const widest = Math.max(...places.map(widthOf));
  const lines = [styles.bold(`   evidence (${plural(cascade.evidenceCount, "line")})`)];
  for (const [index, each] of shown.entries()) {
    const place = places[index] as string;
    const text = printable(each.text);
    if (options.columns === null) {
      // For grep and for wide eyes: one line each, whole.
      lines.push(`     ${styles.dim(pad(place, widest))}  ${whoOf(each)}${text}`);
    } else {
      lines.push(
        `     ${styles.dim(place)}  ${whoOf(each)}`.trimEnd(),
        `       ${cut(text, Math.max(20, options.columns - 7))}`,
      );
    }
  }
  const hidden = cascade.evidenceCount - shown.length;
  if (hidden > 0) {
    const kept = shown.length < cascade.evidence.length ? ", shown with --all" : "";
    lines.push(styles.dim(`     … ${plural(hidden, "more line")}${kept}`));
  }
  return lines;
}

function whoOf(evidence: Evidence): string {
  return evidence.service === null ? "" : `${shownName(evidence.service)}: `;
}

function originLines(diagnosis: Diagnosis, options: TextOptions): string[] {
  const rows = diagnosis.origins.slice(0, Number.isFinite(options.limit) ? Math.max(20, options.limit) : undefined);
  const names = rows.map((row) => shownName(row.service));
  const width = Math.min(40, Math.max(7, ...names.map(widthOf)));
  const lines = [
    options.styles.bold(`   ${pad("ORIGIN", width)}  ${pad("KIND", 14)}  ${"CASCADES"}  ${"VICTIMS"}`),
    ...rows.map((row, index) => {
      const name = pad(cut(names[index] as string, width), width);
      return `   ${name}  ${pad(row.kind, 14)}  ${padLeft(count(row.cascades), 8)}  ${padLeft(count(row.victims), 7)}`;
    }),
  ];
  const hidden = diagnosis.origins.length - rows.length;
  if (hidden > 0) lines.push(`   … ${plural(hidden, "more origin")}`);
  return lines;
}

function warningLines(diagnosis: Diagnosis, options: TextOptions): string[] {
  if (diagnosis.warnings.length === 0) return [];
  const { styles } = options;
  const shown = diagnosis.warnings.slice(0, options.detail);
  const lines = [styles.bold(`   warnings (${count(diagnosis.warnings.length)})`)];
  for (const warning of shown) {
    const about = warning.cascade === undefined ? "" : ` ${styles.dim(`[${printable(warning.cascade)}]`)}`;
    const text = `${styles.warn(`! ${printable(warning.rule)}`)}: ${printable(warning.text)}${about}`;
    const [first = "", ...rest] = options.columns === null ? [text] : wrap(text, options.columns - 7);
    lines.push(`     ${first}`, ...rest.map((line) => `       ${line}`));
  }
  const hidden = diagnosis.warnings.length - shown.length;
  if (hidden > 0) lines.push(styles.dim(`     … ${plural(hidden, "more warning")}, shown with --all`));
  return [...lines, ""];
}

function closingLines({ input, diagnosis }: Findings, options: TextOptions): string[] {
  const { counts, cascades } = diagnosis;
  const total = cascades.reduce((sum, cascade) => sum + cascade.count, 0);
  const found = total === 0 ? nothingFound(input) : plural(total, "cascade");
  const lines = [`${found} · ${readLine({ input, diagnosis })}`];
  if (total === 0 && input.account !== undefined) {
    for (const line of accountLines(input.account)) lines.push(`   ${cutFor(printable(line), 3, options)}`);
  }
  if (options.unmatched === true) lines.push(...unmatchedLines(input, options));
  else if (input.unmatched > 0) {
    lines.push(
      `${plural(input.unmatched, "line")} ${input.unmatched === 1 ? "looks like a cancellation but matches" : "look like cancellations but match"} no known format; no verdict uses them:`,
      ...input.unmatchedSample
        .slice(0, Math.min(3, options.detail))
        .map(({ place, message }) => `   ${printable(formatPlace(place))}  ${cutFor(printable(message), 20, options)}`),
    );
  }
  if (counts.late > 0) {
    lines.push(`${plural(counts.late, "line")} came too late to be joined with the others; no verdict uses them.`);
  }
  if (counts.dropped > 0) {
    lines.push(
      `${plural(counts.dropped, "line")} dropped: memory limit reached; read less at once, with --since and --until.`,
    );
  }
  if (input.receiver !== undefined) {
    for (const note of receiverNotes(input.receiver)) lines.push(`   receiver: ${printable(note)}`);
  }
  for (const store of input.stores ?? []) {
    // Where nothing was found the account says what was not looked for
    const notes = total === 0 && input.account !== undefined ? storeNotes(store).slice(0, 1) : storeNotes(store);
    for (const note of notes) lines.push(`   ${printable(store.name)}: ${printable(note)}`);
  }
  const shown = input.diagnostics.slice(0, options.detail);
  for (const { place, message } of shown) lines.push(`   ${printable(formatPlace(place))}: ${printable(message)}`);
  const hidden = input.diagnosticCount - shown.length;
  if (hidden > 0) lines.push(`   … ${plural(hidden, "more note")} about the input`);
  return lines;
}

function unmatchedLines({ unmatched, unmatchedSample }: InputSummary, options: TextOptions): string[] {
  if (unmatched === 0) return ["Every line that looks like a cancellation was understood."];
  const hidden = unmatched - unmatchedSample.length;
  return [
    options.styles.bold(
      `   unmatched (${plural(unmatched, "line")}): these look like cancellations, and no wording explains them`,
    ),
    ...unmatchedSample.map(
      ({ place, message }) => `   ${printable(formatPlace(place))}  ${cutFor(printable(message), 20, options)}`,
    ),
    ...(hidden > 0 ? [`   … and ${plural(hidden, "other")}`] : []),
    "   Own wordings are added with --dialects FILE (docs/own-dialects.md).",
  ];
}

function cutFor(text: string, used: number, options: TextOptions): string {
  return options.columns === null ? text : cut(text, Math.max(20, options.columns - used));
}

function styledSure(styles: Styles, origin: Cascade["origin"]): string {
  return (isSure(origin.confidence) ? styles.good : styles.doubt)(sureWords(origin));
}
