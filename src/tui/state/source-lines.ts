/**
 * What is read and what became of it, who was heard, and who was named and not heard, as lines of text.
 */
import { type Cascade, formatPlace } from "../../model/index.ts";
import {
  type Clock,
  clockTime,
  count,
  doubtOutside,
  outsideParty,
  pad,
  padLeft,
  partyInShort,
  plural,
  printable,
  shownName,
  widthOf,
  wrap,
} from "../../present/index.ts";
import type { Progress, Snapshot } from "../feed.ts";
import { type Line, span } from "../line.ts";
import type { Theme } from "../theme.ts";
import { historyWords } from "./past-lines.ts";

const MOST_NAMES = 200;
/** Below that many columns only the state and what was read are shown. */
const NARROW = 76;

/** The sources screen; none of its lines is wider than `width`, names excepted. */
export function sourceLines(snapshot: Snapshot, width: number, theme: Theme): readonly Line[] {
  const { diagnosis, progress, past } = snapshot;
  const { counts, cascades } = diagnosis;
  const said = (text: string, style: Line[number]["style"] = "plain"): Line[] =>
    wrap(text, Math.max(10, width - 2)).map((line) => [span(` ${line}`, style)]);
  const lost: Line[] = [
    ...(counts.late === 0
      ? []
      : said(`lost: ${plural(counts.late, "line")} came too late to be joined; no verdict uses them`, "danger")),
    ...(counts.dropped === 0
      ? []
      : said(
          `lost: ${plural(counts.dropped, "line")} dropped, the memory limit was reached; the oldest cancels may lack lines`,
          "danger",
        )),
    ...(progress.live?.notes ?? []).flatMap((note) => said(printable(note), "doubt")),
  ];
  const { heard, missing } = servicesOf(cascades);
  const names = Math.max(8, ...[...heard.keys(), ...missing.keys()].map((name) => Math.min(30, widthOf(name))));
  const history = historyWords(snapshot);
  const kept = history === null ? [] : said(history, past?.note == null ? "plain" : "doubt");
  const read: Line[] = [
    ...(progress.inputs.length === 0 ? said(printable(progress.title), "bold") : inputLines(progress, width, theme)),
    ...said(
      `read ${plural(progress.records, "record")}, ${count(counts.evidence)} of them about calls, errors or cancels`,
    ),
    ...(lost.length === 0 ? said("lost: nothing") : lost),
    ...(progress.leftOut === 0
      ? []
      : said(
          `${plural(progress.leftOut, "line")} about cancels are left out by the conditions of the command line`,
          "doubt",
        )),
    ...said(`u  ${plural(progress.unmatched, "line")} look like cancels and were not understood`),
    ...progress.notes.flatMap((note) => said(printable(note), "doubt")),
  ];
  return [
    ...(past?.alone === true ? [] : read),
    ...kept,
    [],
    [span(" heard in these cancels", "bold")],
    ...[...heard]
      .slice(0, MOST_NAMES)
      .map(([name, lines]): Line => [span(`   ${pad(name, names)}  ${plural(lines, "line")} of them`)]),
    ...(heard.size === 0 ? [[span("   nobody: no line belongs to a cancel", "dim")] as Line] : []),
    [],
    [span(" NOT HEARD", missing.size === 0 ? "bold" : "danger")],
    ...[...missing]
      .slice(0, MOST_NAMES)
      .map(
        ([name, { times, by }]): Line => [
          span(`   ${pad(name, names)}  `, "doubt"),
          span(`named in ${plural(times, "cancel")}${by === null ? "" : ` by ${by}`}, and no line of it was read`),
        ],
      ),
    ...(missing.size === 0 ? [[span("   nobody that was named", "dim")] as Line] : []),
    [],
    ...passedOnLines(progress.live, said),
    ...said(memoryWords(cascades, progress.memoryBytes, theme.clock)),
  ];
}

function passedOnLines(live: Progress["live"], said: (text: string, style?: Line[number]["style"]) => Line[]): Line[] {
  if (live === null || live.passedOn === null) return [];
  const { sent, lost, waitingBytes } = live.passedOn;
  const waits = waitingBytes === 0 ? "" : `, ${mebibytes(waitingBytes)} wait`;
  return said(`passed on: ${plural(sent, "request")}, ${count(lost)} lost${waits}`, lost > 0 ? "danger" : "plain");
}

/** `memory: 212 MiB; 31,000 cancels are kept in full, the oldest of 10:12:04 UTC`. */
function memoryWords(cascades: readonly Cascade[], bytes: number, clock: Clock): string {
  let oldest: bigint | null = null;
  for (const { firstAt } of cascades)
    if (firstAt !== undefined && (oldest === null || firstAt < oldest)) oldest = firstAt;
  const since = oldest === null ? "" : `, the oldest of ${clockTime(oldest, clock)} ${clock.name}`;
  const kept = `${plural(cascades.length, "cancel")} ${cascades.length === 1 ? "is" : "are"} kept in full${since}`;
  return `memory: ${mebibytes(bytes)}; ${kept}`;
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 20 ? "under 1 MiB" : `${count(Math.round(bytes / 2 ** 20))} MiB`;
}

const STATE = 10;

/** A row for each input: its state, how much comes of it and came, and when the last line about a cancel was written. */
function inputLines({ inputs, inputCount }: Progress, width: number, { clock, glyphs }: Theme): readonly Line[] {
  const wide = width >= NARROW;
  const most = Math.max(10, width - STATE - (wide ? 44 : 16));
  const names = inputs.map(({ name }) => printable(name));
  const name = Math.min(most, Math.max(5, ...names.map(widthOf)));
  const figure = (value: number | null): string => (value === null ? "" : count(value));
  const head = wide
    ? `   ${pad("FROM", name)}  ${pad("STATE", STATE)} ${padLeft("RATE", 8)} ${padLeft("READ", 10)} ${padLeft("CANCELS", 8)}  LAST ${clock.name}`
    : `   ${pad("FROM", name)}  ${pad("STATE", STATE)} ${padLeft("READ", 10)}`;
  const hidden = inputCount - inputs.length;
  return [
    [span(head, "dim")],
    ...inputs.map((input, index): Line => {
      // The end of a path tells files apart
      const text = names[index] as string;
      const short = widthOf(text) <= name ? text : `${glyphs.cut}${text.slice(-(name - 1))}`;
      const start = span(`   ${pad(short, name)}  `);
      if (input.problem !== null) return [start, span(`NOT READ: ${printable(input.problem)}`, "danger")];
      const rate = input.perSecond === null ? "" : `${count(input.perSecond)}/s`;
      const last = input.lastAt === null ? "" : clockTime(input.lastAt, clock);
      const figures = wide
        ? `${padLeft(rate, 8)} ${padLeft(figure(input.records), 10)} ${padLeft(figure(input.claims), 8)}  ${last}`
        : padLeft(figure(input.records), 10);
      return [start, span(`${pad(input.state, STATE)} `, "sure"), span(figures)];
    }),
    ...(hidden > 0 ? [[span(`   and ${plural(hidden, "other input")}`, "dim")] as Line] : []),
    [],
  ];
}

interface Missing {
  readonly times: number;
  readonly by: string | null;
}

/** Who wrote lines about cancels, and who was only named, most first. */
function servicesOf(cascades: readonly Cascade[]): { heard: Map<string, number>; missing: Map<string, Missing> } {
  const heard = new Map<string, number>();
  const missing = new Map<string, Missing>();
  const add = (name: string, lines: number): void => void heard.set(name, (heard.get(name) ?? 0) + lines);
  const miss = (name: string, times: number, by: string | null): void => {
    const known = missing.get(name);
    missing.set(name, { times: times + (known?.times ?? 0), by: known?.by ?? by });
  };
  for (const { origin, reached, evidence, count: times } of cascades) {
    for (const { service, observed, evidenceCount, via } of reached) {
      if (observed) add(shownName(service), evidenceCount * times);
      else miss(shownName(service), times, via === null ? null : shownName(via));
    }
    const own = evidence.filter(({ service }) => service !== null && service === origin.service).length;
    if (own > 0) add(shownName(origin.service), own * times);
    const party = outsideParty(origin) ?? doubtOutside(origin);
    if (party !== null)
      miss(printable(partyInShort(party)), times, origin.service === null ? null : shownName(origin.service));
  }
  for (const name of heard.keys()) missing.delete(name);
  const byLines = [...heard].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const byTimes = [...missing].sort((a, b) => b[1].times - a[1].times || (a[0] < b[0] ? -1 : 1));
  return { heard: new Map(byLines), missing: new Map(byTimes) };
}

/** The lines that look like cancels and match no known format: a sample, each with its place. */
export function unmatchedLines({ progress }: Snapshot, width: number): readonly Line[] {
  const { unmatched, unmatchedSample } = progress;
  if (unmatched === 0) return [[span(" every line that looks like a cancel was understood")]];
  return [
    [span(` ${plural(unmatched, "line")} look like cancels and match no known format; no verdict uses them`, "bold")],
    ...unmatchedSample.flatMap(({ place, message }): Line[] => [
      [],
      [span(` ${printable(formatPlace(place))}`, "sure")],
      ...wrap(printable(message), Math.max(10, width - 4)).map((line): Line => [span(`   ${line}`)]),
    ]),
    ...(unmatched > unmatchedSample.length
      ? [[], [span(` and ${plural(unmatched - unmatchedSample.length, "other")}`, "dim")] as Line]
      : []),
  ];
}
