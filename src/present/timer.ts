/** The timer whose end started a cancel: how long it was, and for whom it ran, where the lines tell. */
import { type Cascade, type Evidence, millisBetween } from "../model/index.ts";
import { shownName } from "./columns.ts";

/** What is known of that timer. */
interface Timer {
  /** Its length in milliseconds, or how long it took until it fired; null where no line tells. */
  readonly ms: number | null;
  /** True where a line names the length; else it is what the call had taken. */
  readonly named: boolean;
  /** The service that was called and had not answered; null where no line tells. */
  readonly waitedFor: string | null;
}

/** A length near a word for a timer: `timeout in ctx: 299.95ms`, `Deadline exceeded after 0.299s`, `timed out after 30 seconds`. */
const NAMED =
  /(?:time-?out|timed out|deadline|exceeded|budget)[^0-9]{0,24}?(\d{1,9}(?:\.\d{1,9})? ?(?:milliseconds?|seconds?|minutes?|hours?|secs?|mins?|[mµun]s|[hms])(?![a-z])(?:\d{1,9}(?:\.\d{1,9})?(?:[mµun]s|[ms]))*)/i;
const PART = /(\d+(?:\.\d+)?) ?([a-zµ]+)/gi;
/** Milliseconds of a unit, by how it begins; the longer beginnings first. */
const UNITS: readonly (readonly [string, number])[] = [
  ["ms", 1],
  ["milli", 1],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ns", 1e-6],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
];
/** More text is no sentence about a timer. */
const MOST_TEXT = 2_000;

/** What a starter's timer did, as the end of a sentence: `its 300 ms for chat ran out`, `its time for chat was up after 803 ms`. */
export function timerWords(cascade: Cascade): string | null {
  const { ms, named, waitedFor } = timerOf(cascade);
  if (ms === null && waitedFor === null) return null;
  const on = waitedFor === null ? "" : ` for ${shownName(waitedFor)}`;
  if (ms === null) return `its time${on} ran out`;
  return named ? `its ${lengthWords(ms)}${on} ran out` : `its time${on} was up after ${lengthWords(ms)}`;
}

function timerOf({ origin, reached, evidence }: Cascade): Timer {
  const own = evidence.filter((each) => each.service === origin.service && isDeadline(each));
  const names = new Set(reached.flatMap(({ service, aliases = [] }) => [service, ...aliases]));
  const calls = own.filter(({ side }) => side === "client");
  const callees = reached.filter(({ observed, via, side }) => observed && via === origin.service && side === "server");
  const only = calls.length > 0 && callees.length === 1 ? (callees[0]?.service ?? null) : null;
  const waitedFor = calls.find(({ peer }) => peer !== null && names.has(peer))?.peer ?? only;
  for (const { text } of own) {
    const ms = namedMs(text.slice(0, MOST_TEXT));
    if (ms !== null) return { ms, named: true, waitedFor };
  }
  for (const each of own) {
    const ms = takenMs(each);
    if (ms !== null) return { ms, named: false, waitedFor };
  }
  return { ms: null, named: false, waitedFor };
}

function isDeadline(evidence: Evidence): boolean {
  if (evidence.type === "request") return evidence.outcome?.kind === "deadline";
  return (evidence.type === "claim" || evidence.type === "answer") && evidence.kind === "deadline";
}

function namedMs(text: string): number | null {
  const found = NAMED.exec(text)?.[1];
  if (found === undefined) return null;
  let ms = 0;
  for (const [, figure = "", unit = ""] of found.matchAll(PART)) {
    const factor = UNITS.find(([begin]) => unit.toLowerCase().startsWith(begin))?.[1] ?? 0;
    ms += Number(figure) * factor;
  }
  return ms > 0 ? ms : null;
}

/** How long a call that its caller's timer ended had taken; an access log tells of one request. */
function takenMs({ request, at, sighting }: Evidence): number | null {
  if (request?.role === "sent" && request.startAt !== null && at !== null) return millisBetween(request.startAt, at);
  const [only, ...others] = sighting?.durationsMs ?? [];
  return only !== undefined && others.length === 0 && sighting?.route !== null ? only : null;
}

/** `300 ms`, `1.5 s`, `1 min`: timers are set to round times, fire a little late, and what is left of one is a little less. */
function lengthWords(ms: number): string {
  const size = 10 ** Math.max(0, Math.floor(Math.log10(ms)) - 1);
  const round = ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms / size) * size;
  if (round < 1_000) return `${round} ms`;
  if (round < 120_000) return `${round / 1_000} s`;
  return `${Math.round(round / 60_000)} min`;
}

/** {@link timerWords} for a narrow column beside `timed out`: `300 ms for chat`. Other words stay as they are. */
export function timerInBrief(words: string): string {
  return words
    .replace(/^its (time for .+?|\d.+?) ran out\b/, "$1")
    .replace(/^its time( for .+?)? was up after ([\d.]+ \w+)/, "$2$1");
}
