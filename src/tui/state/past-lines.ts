/** What is said of old cancels: how often they came, which page of them is shown, what was kept of one. */
import type { Cascade } from "../../model/index.ts";
import { clockDate, count, plural, printable, shownName, wrap } from "../../present/index.ts";
import type { Snapshot } from "../feed.ts";
import { type Line, span } from "../line.ts";
import type { Past, PastPage } from "../past.ts";
import type { Theme } from "../theme.ts";
import { trendBars, trendWords } from "./trend.ts";

/** Below that many columns a bar is two days. */
const WIDE = 100;

/** The trend of a starter in one line: ` before  ▁▁▂▅▇  new since 2026-11-23, 142 in 28 days`; null where nothing was counted. */
export function trendLine(past: Past | null, subject: string, width: number, { glyphs }: Theme): string | null {
  const trend = past?.trends.get(subject);
  if (past === null || trend === undefined) return null;
  return ` before  ${trendBars(trend, past.days.length / (width < WIDE ? 2 : 1), glyphs)}  ${trendWords(trend, past, glyphs)}`;
}

/** Who a list of old cancels is about: `gateway`, `chat, as starter or reached`. */
export function subjectName(subject: string): string {
  const [service, starter] = JSON.parse(subject) as readonly (string | null)[];
  return starter === undefined ? `${shownName(service ?? null)}, as starter or reached` : printable(starter ?? "?");
}

/** The lines above a page of old cancels; `kept`: how many of it the filter keeps. */
export function pastHead(
  past: Past,
  subject: string,
  page: PastPage | null,
  kept: number,
  width: number,
  theme: Theme,
): readonly Line[] {
  const trend = trendLine(past, subject, width, theme);
  return [
    ...(trend === null ? [] : [[span(trend, "sure")] as Line]),
    ...wrap(pageWords(page, kept, theme), Math.max(10, width - 2)).map((line): Line => [span(` ${line}`, "dim")]),
  ];
}

function pageWords(page: PastPage | null, kept: number, { clock }: Theme): string {
  if (page === null) return "reading";
  const { cascades, done, more, damaged } = page;
  const day = (cascade: Cascade | undefined): string =>
    cascade?.firstAt === undefined ? "no time" : clockDate(cascade.firstAt, clock).slice(0, 10);
  const [newest, oldest] = [day(cascades[0]), day(cascades.at(-1))];
  const words = [
    cascades.length === 0
      ? done
        ? "none are kept: esc goes back"
        : "reading"
      : `page ${count(page.page + 1)}: ${plural(cascades.length, "cancel")}, ${newest === oldest ? newest : `${newest} back to ${oldest}`}`,
    ...(kept === cascades.length ? [] : [`${count(kept)} of them meet the filter`]),
    ...(cascades.length > 0 && !done ? ["reading"] : []),
    ...(damaged === 0 ? [] : [`${count(damaged)} damaged ones are left out`]),
    ...(more ? ["] older"] : []),
    ...(page.page > 0 ? ["[ newer"] : []),
  ];
  return words.join("; ");
}

/** What the screen of sources says of a history; null where none is open. */
export function historyWords({ past }: Pick<Snapshot, "past">): string | null {
  if (past === null) return null;
  const { file, from, to, counted, note, alone } = past;
  const held = from === null ? (counted ? "nothing so far" : "not read yet") : `${from} to ${to}`;
  const kept = note ?? (alone ? "nothing else is read, and nothing is kept" : "what is found is kept there");
  return printable(`history ${file}: ${held}; ${kept}`);
}

/** Where an old cancel comes from, and what was not kept of it. */
export function keptWords(past: Past, { evidence, evidenceCount }: Cascade): string {
  const lines =
    evidence.length < evidenceCount
      ? `${count(evidence.length)} of its ${plural(evidenceCount, "line")} are kept`
      : evidenceCount === 1
        ? "its line is kept"
        : `its ${plural(evidenceCount, "line")} are kept`;
  return `from the history ${printable(past.file)}, as it was judged then: ${lines}; what stood around them, and the rest of its trace, are not`;
}
