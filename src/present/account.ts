/** What a reading read, and what it could not see: for whoever gets the answer that no cancel was found. */
import type { Place } from "../model/index.ts";
import { formatPlace } from "../model/index.ts";
import { plural } from "./columns.ts";

/** How much was read of one service. */
export interface ServiceRead {
  /** Null for records that name none. */
  readonly service: string | null;
  readonly lines: number;
  readonly spans: number;
}

/** Lines that differ only in their figures, counted together. */
export interface LikeLines {
  /** The first of them. */
  readonly text: string;
  readonly place: Place;
  readonly count: number;
}

/** What was read, and what would have told more. */
export interface Account {
  /** The most first; at most 20 of them. */
  readonly services: readonly ServiceRead[];
  readonly moreServices: number;
  /** Errors that no dialect takes for the end of a stream, the most frequent first. */
  readonly errors: readonly LikeLines[];
  /** Lines with the words of a cancel that no wording explains, the most frequent first. */
  readonly unexplained: readonly LikeLines[];
  /** What a source cannot see, one sentence each. */
  readonly limits: readonly string[];
  /** What would have told more, one sentence each. */
  readonly advice: readonly string[];
}

const SHOWN_SERVICES = 8;
const SHOWN_LINES = 5;
const TEXT_LENGTH = 160;

/** The account in lines of text, without colours; untrusted text is not yet made printable. */
export function accountLines({ services, moreServices, errors, unexplained, limits, advice }: Account): string[] {
  const shown = services.slice(0, SHOWN_SERVICES).map(serviceText);
  const more = moreServices + services.length - shown.length;
  if (more > 0) shown.push(`${plural(more, "more service")}`);
  return [
    ...(shown.length === 0 ? [] : [`looked at: ${shown.join("; ")}`]),
    ...likeLines("errors there, none of them known as the end of a stream:", errors),
    ...likeLines("words of a cancel that no wording explains (--show unmatched lists each):", unexplained),
    ...list("not seen:", limits),
    ...list("what would tell more:", advice),
  ];
}

function serviceText({ service, lines, spans }: ServiceRead): string {
  const counts = [lines === 0 ? "" : plural(lines, "line"), spans === 0 ? "" : plural(spans, "span")];
  return `${service ?? "no service named"} ${counts.filter((each) => each !== "").join(" and ")}`;
}

function likeLines(title: string, all: readonly LikeLines[]): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, SHOWN_LINES).map(({ text, place, count: times }) => {
    const cut = text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text;
    return `  ${times}x ${formatPlace(place)}  ${cut.replace(/\s+/g, " ")}`;
  });
  const more = all.length - shown.length;
  return [title, ...shown, ...(more > 0 ? [`  … and ${plural(more, "other kind")}`] : [])];
}

function list(title: string, sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : [title, ...sentences.map((sentence) => `  - ${sentence}`)];
}
