/** Answers out of a history as lines for people. */
import type { Change, ChangeKind, HistorySummary, Part, Search, Shape } from "../../history/index.ts";
import type { Cascade } from "../../model/index.ts";
import {
  type Clock,
  clockDate,
  count,
  cut,
  headline,
  howOfKind,
  pad,
  padLeft,
  plural,
  printable,
} from "../../present/index.ts";
import type { Styles } from "../../report/index.ts";

/** How many cancels somebody started, in each part of time. */
export interface StarterCounts {
  readonly service: string | null;
  readonly starter: string;
  readonly kind: string;
  readonly cascades: number;
  readonly victims: number;
  readonly counts: readonly number[];
}

/** What is printed of counts by day or week. */
export interface CountsShown {
  readonly file: string;
  readonly summary: HistorySummary;
  readonly parts: readonly Part[];
  readonly starters: readonly StarterCounts[];
  readonly limit: number;
  readonly clock: Clock;
  readonly columns: number | null;
  readonly styles: Styles;
}

const NAME_WIDTH = 24;
const HOW_WIDTH = 9;
const TOTAL_WIDTH = 7;
const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/** A pipe gets as many columns as two weeks of days take. */
const PIPE_PARTS = 14;

/** A table: who started how many, by day or week; of the time that does not fit, the bars alone tell. */
export function countLines(shown: CountsShown): string[] {
  const { file, summary, parts, starters, limit, clock, columns, styles } = shown;
  const lines = [aboutLine(file, summary, clock)];
  if (starters.length === 0) {
    const [from, to] = [parts[0]?.name ?? "then", parts.at(-1)?.name ?? "now"];
    return [...lines, `Nothing was cancelled ${from === to ? `on ${from}` : `from ${from} to ${to}`}.`];
  }
  const bars = Math.min(parts.length, 30);
  const fixed = NAME_WIDTH + 1 + HOW_WIDTH + 1 + TOTAL_WIDTH + 2 + bars + 1;
  const most = columns === null ? PIPE_PARTS : Math.max(1, Math.floor((columns - fixed) / 7));
  const named = parts.slice(-most);
  const heads = named.map(({ name }) => padLeft(name.slice(5), 6)).join(" ");
  lines.push(
    "",
    styles.dim(
      `${pad("STARTED BY", NAME_WIDTH)} ${pad("HOW", HOW_WIDTH)} ${padLeft("ALL", TOTAL_WIDTH)}  ${pad("TREND", bars)} ${heads}`,
    ),
  );
  for (const { starter, kind, cascades, counts } of starters.slice(0, limit)) {
    const cells = counts.slice(-most).map((each) => padLeft(each === 0 ? "·" : count(each), 6));
    const name = pad(cut(printable(starter), NAME_WIDTH), NAME_WIDTH);
    const how = pad(cut(howOfKind(kind), HOW_WIDTH), HOW_WIDTH);
    const trend = barsOf(counts.slice(-bars));
    lines.push(`${styles.origin(name)} ${how} ${padLeft(count(cascades), TOTAL_WIDTH)}  ${trend} ${cells.join(" ")}`);
  }
  const rest = starters.length - limit;
  if (rest > 0) lines.push(`… and ${plural(rest, "more starter")}: --limit ${starters.length} prints them.`);
  return lines;
}

/** One bar for each count; the highest is the most there was. */
function barsOf(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts.map((each) => (each === 0 ? " " : (BARS[Math.ceil((each / most) * BARS.length) - 1] ?? ""))).join("");
}

/** What is printed of changes. All times in milliseconds since 1970. */
export interface ChangesShown {
  readonly file: string;
  readonly changes: readonly Change[];
  readonly exampleOf: (change: Change) => Cascade | null;
  /** Where what came before begins, and where it was asked to. */
  readonly begin: number;
  readonly asked: number;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
  readonly clock: Clock;
  readonly styles: Styles;
}

const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  new: "NEW",
  more: "MORE",
  gone: "GONE",
  fewer: "FEWER",
  alike: "as before",
};

/** What is new, more, gone, fewer; what is as before is counted only. */
export function changeLines(shown: ChangesShown): string[] {
  const { changes, exampleOf, begin, asked, since, until, limit, clock, styles } = shown;
  const before = since - begin;
  const lines = [`since ${moment(since, clock)} (${lasts(until - since)}), beside the ${lasts(before)} before`];
  if (begin > asked)
    lines.push(`the history begins at ${moment(begin, clock)}: nothing is known of the time before that`);
  if (before === 0) return [...lines, "", "There is nothing to compare with."];
  const told = changes.filter(({ kind }) => kind !== "alike");
  lines.push("");
  for (const change of told.slice(0, limit)) {
    const { kind, shape, before: was, after } = change;
    const word = pad(CHANGE_WORDS[kind], 6);
    const style = kind === "new" || kind === "more" ? styles.warn : styles.good;
    const example = exampleOf(change);
    lines.push(`${style(word)} ${styles.bold(shapeWords(shape))}`);
    const rate =
      kind === "new"
        ? plural(after, "time")
        : `${plural(after, "time")}; before ${count(was)}, so about ${round((was * (until - since)) / before)} were to be expected`;
    lines.push(`       ${rate}${example === null ? "" : `  ${styles.dim(`--id ${printable(example.id)}`)}`}`);
  }
  if (told.length > limit) lines.push(`… and ${plural(told.length - limit, "more change")}: --limit ${told.length}`);
  if (told.length === 0) lines.push("Nothing is new, and nothing more or less than chance does.");
  const alike = changes.length - told.length;
  if (alike > 0) lines.push(styles.dim(`as before: ${plural(alike, "shape")} of cancel`));
  return lines;
}

function shapeWords({ starter, kind, code, reached }: Shape): string {
  const shown = reached.slice(0, 4).map(printable).join(", ");
  const more = reached.length > 4 ? ` and ${reached.length - 4} more` : "";
  const whom = reached.length === 0 ? "" : `, reached ${shown}${more}`;
  return `${printable(starter)} ${howOfKind(kind)}${code === null ? "" : ` (code ${code})`}${whom}`;
}

/** What is printed of cascades that were looked for. */
export interface FoundShown {
  readonly cascades: readonly Cascade[];
  readonly more: boolean;
  readonly search: Search;
  readonly clock: Clock;
  readonly columns: number | null;
  readonly styles: Styles;
}

/** A line for each: when, its id, who started it and how; below it the first line that holds what was looked for. */
export function foundLines({ cascades, more, search, clock, columns, styles }: FoundShown): string[] {
  if (cascades.length === 0) return ["No cascade that was kept holds that."];
  const lines = cascades.flatMap((cascade) => {
    const when = cascade.firstAt === undefined ? "no time" : clockDate(cascade.firstAt, clock);
    const times = cascade.count > 1 ? ` ×${count(cascade.count)}` : "";
    const first = `${when}  ${printable(cascade.id)}  ${printable(headline(cascade))}${times}`;
    const line = lineWith(cascade, search);
    return [
      trimmed(first, columns),
      ...(line === null ? [] : [styles.dim(trimmed(`    ${printable(line)}`, columns))]),
    ];
  });
  if (more) lines.push("… there are more: --limit, --since, or more words");
  return [...lines, "", "streamscope history FILE --id ID prints one of them."];
}

function lineWith({ evidence }: Cascade, search: Search): string | null {
  const words = search.flatMap((phrase) => phrase.words);
  if (words.length === 0) return null;
  return evidence.find(({ text }) => words.some((word) => text.toLowerCase().includes(word)))?.text ?? null;
}

function trimmed(text: string, columns: number | null): string {
  return columns === null ? text : cut(text, columns);
}

function aboutLine(file: string, { cascades, cancels, from, to }: HistorySummary, clock: Clock): string {
  const name = printable(file);
  if (from === null || to === null) return `${name}: no cascade has been kept yet`;
  const counted = cancels === cascades ? "" : ` in ${plural(cascades, "cascade")}`;
  return `${name}: ${plural(cancels, "cancel")}${counted}, ${moment(from, clock)} to ${moment(to, clock)} ${clock.name}`;
}

function moment(ms: number, { offset }: Clock): string {
  return new Date(ms + offset(ms)).toISOString().slice(0, 16).replace("T", " ");
}

function lasts(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 1) return `${Math.max(1, Math.round(ms / 60_000))} min`;
  return hours < 48 ? `${round(hours)} h` : `${round(hours / 24)} days`;
}

function round(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : count(Math.round(value));
}
