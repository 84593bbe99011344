/** Rules about timers: those that speak for themselves, those that nobody mentions, deadlines that are handed on. */
import { around } from "../hops/nearest.ts";
import { isSetTime } from "../set-time.ts";
import { LONG_PAUSE_MS, ORDERED_STEP_MS, TIMER_EXACT_MS } from "../tolerances.ts";
import { type Case, type Finding, isRound } from "./case.ts";
import { nameOf } from "./endings.ts";
import { SHORTEST_ID } from "./id-kinds.ts";
import { externalIn, type Sight, type SightedLine } from "./sight.ts";

/** A timer that the software is known for fires within this share of its setting. */
const NEAR_DEFAULT = 0.01;

/** A timer in its own words: the earliest, because those above repeat what they were answered. */
export function ownTimer(given: Case): Finding | null {
  const timers = given.saw("timer");
  const first = earliest(given, timers);
  if (first === undefined) return null;
  const { service } = first;
  const specific = isSpecific(first);
  const rivals = timers.filter(
    (other) =>
      other.service !== service &&
      Math.abs(other.at - first.at) <= Math.max(first.stepMs, other.stepMs) &&
      !given.around.map.isAbove(other.service, service) &&
      isSpecific(other) === specific,
  );
  const told =
    first.sighting.durationsMs.length > 0 || /\b(?:giving|gave) up\b|\bexceeded\b/i.test(first.line.evidence.text);
  // Its own callee was cut off at that time, which no answer from further down does
  const cut = given.sights.some(
    (sight) =>
      sight.saw === "caller" && sight.at >= first.at - first.stepMs && given.around.map.calls(service, sight.service),
  );
  const handed = mayHaveTravelled(given, first);
  const lonely = !specific && given.services.size > 2;
  const sure = (specific || ((told || cut) && !lonely)) && rivals.length === 0 && service !== "" && !handed;
  const external = externalIn(first.line);
  if (
    handed &&
    given.services.size > 1 &&
    first.line.placed !== undefined &&
    timers.every((other) => other.service === service)
  ) {
    return {
      service: null,
      kind: "deadline",
      confidence: "weak",
      rule: "deadline-handed-on",
      text: `${nameOf(service) ?? "a service"} says that a deadline was over, in words that go up from service to service; nothing tells whether those that were cut off were its own callees`,
      lines: timers.map(({ line }) => line),
      external: `${nameOf(service) ?? "a service"}, or the service that it called`,
    };
  }
  return {
    service: nameOf(service),
    kind: "deadline",
    confidence: sure ? "strong" : "weak",
    rule: "own-timer",
    text: `${nameOf(service) ?? "a service"} says that its own timer ran out, before anybody else noticed`,
    lines: timers.filter((sight) => sight.service === service).map(({ line }) => line),
    ...(external === undefined ? {} : { external }),
  };
}

/** True where a text that goes up with the status is not known to be the writer's: those it would have cut off were told of before, or nobody says when. */
function mayHaveTravelled({ sights, around: { map } }: Case, first: Sight): boolean {
  const { evidence } = first.line;
  if (evidence.type !== "claim" || evidence.knowledge === "fact" || !evidence.ownSetting) return false;
  const cut = sights.filter(({ service, saw }) => service !== first.service && (saw === "caller" || saw === "word"));
  if (cut.some(({ service }) => map.isAbove(first.service, service))) return false;
  const isLater = ({ at, line }: Sight): boolean => line.placed === undefined && at - first.at > ORDERED_STEP_MS;
  return cut.length === 0 || first.line.placed !== undefined || !cut.every(isLater);
}

function isSpecific({ line: { evidence } }: Sight): boolean {
  return evidence.type === "claim" && evidence.ownSetting;
}

/** The first in time; within one step of the clock a text of its own before ordinary words, and the lowest before those above it. */
function earliest(given: Case, timers: readonly Sight[]): Sight | undefined {
  const { map } = given.around;
  return [...timers].sort((a, b) => {
    const step = Math.max(a.stepMs, b.stepMs);
    if (Math.abs(a.at - b.at) > step) return a.at - b.at;
    const specific = Number(isSpecific(b)) - Number(isSpecific(a));
    if (specific !== 0) return specific;
    if (map.isAbove(a.service, b.service)) return 1;
    if (map.isAbove(b.service, a.service)) return -1;
    // A server answers whoever calls it, and that one repeats it
    return Number(given.isServer(b.service)) - Number(given.isServer(a.service)) || a.at - b.at;
  })[0];
}

/** A timer that the software of a hop has by default and never mentions: its stream had run for exactly that time. */
export function silentTimer(given: Case): Finding | null {
  for (const { service, sighting, line } of given.saw("caller")) {
    if (sighting.silentTimersMs.length === 0 || service === "") continue;
    const durations = given.durationsOf(service);
    for (const timer of sighting.silentTimersMs) {
      const ran = durations.find((ms) => Math.abs(ms - timer) <= timer * NEAR_DEFAULT);
      if (ran === undefined) continue;
      return {
        service,
        kind: "deadline",
        confidence: "strong",
        rule: "silent-timer",
        text: `${service} says that its client left, but the request had run for ${seconds(ran)}: that is a timer this software has by default and never mentions`,
        lines: [line],
      };
    }
  }
  return null;
}

/** Deadlines that are told as a status or a context's end, which every service above repeats. */
export function deadlineWord(given: Case): Finding | null {
  const words = given.saw("word").filter(({ kind }) => kind === "deadline");
  const services = [...new Set(words.map(({ service }) => service))];
  if (services.length === 0) return null;
  const service = services.length === 1 ? (services[0] as string) : topOf(given, words, services);
  const own = words.filter((sight) => sight.service === service);
  const sure = services.length === 1 && service !== "" && isProven(given, service, own);
  return {
    service: nameOf(service),
    kind: "deadline",
    confidence: sure ? "strong" : "weak",
    rule: sure ? "deadline-began-here" : "deadline-handed-on",
    text: sure
      ? `${service} is the first to say that a deadline was over; those above only got it as an answer, those below were cancelled`
      : `${nameOf(service) ?? "a service"} says that a deadline was over; it may have come with the call, or from below`,
    lines: own.map(({ line }) => line),
  };
}

/**
 * A deadline that only came as an answer, while those further down were cancelled: whoever had the timer stands between them and left no
 * log.
 */
export function answeredDeadline(given: Case): Finding | null {
  const { map } = given.around;
  const answers = given.saw("answer").filter(({ kind }) => kind === "deadline");
  const [lowest] = given.bottomsOf([...new Set(answers.map(({ service }) => service))]);
  if (lowest === undefined) return null;
  const others = given.sights.filter(({ saw, service }) => saw !== "answer" && service !== lowest);
  const below = others.every(({ saw, kind, service }) => {
    const cancelled = saw === "caller" || saw === "reset" || (saw === "word" && kind === "cancel");
    return cancelled && !map.isAbove(service, lowest);
  });
  if (others.length === 0 || !below) return null;
  const name = nameOf(lowest) ?? "a service";
  return {
    service: null,
    kind: "deadline",
    confidence: "weak",
    rule: "answered-by-a-deadline",
    text: `${name} was answered that a deadline was over, and those further down were cancelled: whoever stands between them had the timer, and left no log`,
    lines: answers.map(({ line }) => line),
    external: `the service that ${name} called`,
  };
}

/** A server's line that shows the header in which the caller's time came. */
const TIMEOUT_CAME = /\b[a-z]+[-_]timeout[-_]ms\b/i;

/** The topmost, unless it is no server and speaks last: then it repeats what the next one answered. */
function topOf(given: Case, words: readonly Sight[], services: readonly string[]): string {
  const tops = given.topsOf(services);
  if (tops.length === services.length) {
    const caller = callerOfFirst(given, words);
    if (caller !== null) return caller;
  }
  const top = tops[0] ?? (services[0] as string);
  // Whoever was told how long it has did not set the time itself
  if (words.some((sight) => sight.service !== top && TIMEOUT_CAME.test(sight.line.evidence.text))) return top;
  const lastAt = words.reduce((last, { at }) => Math.max(last, at), Number.NEGATIVE_INFINITY);
  const speaksLast = words.some((sight) => sight.service === top && sight.at === lastAt);
  if (tops.length === 1 && speaksLast && !given.isServer(top)) {
    const below = given.topsOf(services.filter((service) => service !== top))[0];
    if (below !== undefined) return below;
  }
  return top;
}

/**
 * Nobody says who calls whom, but each wrote of the end the sooner the later it had begun: the end came up from the lowest, and the one above
 * that is the lowest that can have set the time. Null where that is not so.
 */
function callerOfFirst(given: Case, words: readonly Sight[]): string | null {
  const told = new Map<string, Sight>();
  for (const sight of words) if (sight.service !== "" && !told.has(sight.service)) told.set(sight.service, sight);
  const ends = [...told.values()].sort((a, b) => a.at - b.at);
  if (ends.length < 3 || ends.some(({ stepMs, at }, index) => stepMs > 1 || at === ends[index - 1]?.at)) return null;
  const began = ends.map(({ service, at }) => beganAt(given, service, at)).filter((at) => at !== null);
  const late = began.length >= 2 && began.every((at, index) => index === 0 || at < (began[index - 1] as number));
  return late && beganAt(given, (ends[0] as Sight).service, (ends[0] as Sight).at) !== null
    ? (ends[1] as Sight).service
    : null;
}

/** When a service wrote its first ordinary line before its end; null where it wrote none. */
function beganAt({ around: { byService } }: Case, service: string, end: number): number | null {
  const first = byService.get(service)?.find(({ at, evidence }) => evidence.type === "call" && at < end);
  return first?.at ?? null;
}

function isProven(given: Case, service: string, own: readonly Sight[]): boolean {
  const { map } = given.around;
  const above = (sight: Sight): boolean => map.isAbove(sight.service, service);
  const answered = given.all.some(
    (sight) => above(sight) && (sight.saw === "answer" || sight.saw === "callee" || sight.saw === "reset"),
  );
  const set = own.some((sight) => goesOnAbove(given, service, sight) || ranForASetTime(sight));
  if (given.isServer(service) && !answered && !set) return false;
  const stopped = given.sights.some(
    (sight) =>
      sight.service !== service &&
      !above(sight) &&
      (sight.saw === "caller" || (sight.saw === "word" && sight.kind === "cancel")),
  );
  return stopped || own.some((sight) => beganRoundBefore(given, service, sight) !== null);
}

/**
 * True where the service counted a time that people set, and not less. One that came with the call has run for a while when the callee
 * begins to count.
 */
function ranForASetTime({ sighting }: Sight): boolean {
  return sighting.durationsMs.some((ms) => !Number.isInteger(ms) && isSetTime(ms));
}

/** True where a service that had the request before this one writes of it after the end, and of no end: the time was not set there. */
function goesOnAbove(given: Case, service: string, { at, sighting: { marks } }: Sight): boolean {
  const ids = new Set(marks.map(({ value }) => value).filter((value) => value.length >= SHORTEST_ID));
  if (ids.size === 0) return false;
  const isAbout = ({ evidence }: SightedLine): boolean => evidence.sighting.marks.some(({ value }) => ids.has(value));
  const { byService } = given.around;
  const began = byService.get(service)?.find(isAbout)?.at ?? at;
  return [...byService].some(([name, lines]) => {
    if (name === "" || name === service || given.services.has(name)) return false;
    const about = lines.filter((line) => line.evidence.type === "call" && isAbout(line));
    const [first] = about;
    return first !== undefined && first.at < began && (about.at(-1) as SightedLine).at >= at;
  });
}

/** A service that wrote an ordinary line exactly a timer's time before the end, and the time. */
function beganRoundBefore(given: Case, service: string, { at, stepMs }: Sight): string | null {
  for (const [name, lines] of given.around.byService) {
    if (name === service) continue;
    for (const line of lines) {
      const ran = at - line.at;
      if (ran < LONG_PAUSE_MS) break;
      if (stepMs === 1 && (line.evidence.stepMs ?? 1) === 1 && isRound(ran) && ran % 1_000 <= TIMER_EXACT_MS)
        return name;
    }
  }
  return null;
}

/**
 * The service that calls this one, wrote an ordinary line exactly one duration before its caller left, and nothing about the request since;
 * whoever is called writes such a line, too.
 */
export function begunOneDurationBefore(
  given: Case,
  service: string,
  sight: Sight,
): { service: string; ms: number } | null {
  for (const ms of given.durationsOf(service)) {
    if (ms < 1_000) continue;
    for (const [name, lines] of given.around.byService) {
      if (name === service || name === "" || !given.around.map.calls(name, service)) continue;
      if (lines.some((line) => line.at > given.firstAt && given.sharesId(line))) continue;
      const near = around(lines, sight.at - ms, TIMER_EXACT_MS);
      if (near.some(({ evidence }) => evidence.type === "call")) return { service: name, ms };
    }
  }
  return null;
}

/** A duration for people. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
