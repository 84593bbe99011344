/** Rules about what ends streams from outside: a process that ends, a person who asks for it, something between that answers. */

import type { Mark } from "../../model/index.ts";
import {
  ASKED_MS,
  CRASH_EARLY_MS,
  CRASH_LATE_MS,
  SAME_ACT_MS,
  SKEW_MS,
  STOPPING_MS,
  UNCALLED_MS,
} from "../tolerances.ts";
import type { Case, Finding } from "./case.ts";
import { SHORTEST_ID } from "./id-kinds.ts";
import { isAfter, type Sight, type SightedLine } from "./sight.ts";

/** A process that was told to stop, or crashed, before anybody noticed. */
export function processEnd(given: Case): Finding | null {
  const timers = given.saw("timer");
  for (const event of given.eventsWithin(Math.max(CRASH_EARLY_MS, CRASH_LATE_MS, STOPPING_MS))) {
    const { evidence } = event;
    if (evidence.type !== "process" || evidence.happened === "started" || evidence.service === null) continue;
    const crashed = evidence.happened === "crashed";
    const ordered = event.placed === undefined || isFollowed(given, event);
    if (!crashed && !ordered) continue;
    if (!isInTime(given, event, crashed) || timers.some(({ line }) => isAfter(event, line))) continue;
    if (hasRestarted(given, event)) continue;
    const victims = victimsOf(given, evidence.service, given.firstAt - event.at, (evidence.stepMs ?? 1) > 1);
    if (victims.length === 0) continue;
    const { service } = evidence;
    const coarse =
      (evidence.stepMs ?? 1) > 1 || (victims.every(({ stepMs }) => stepMs > 1) && !isFollowed(given, event));
    const said = evidence.saidBy === null ? "" : `, as ${evidence.saidBy} says`;
    return {
      service,
      kind: crashed ? "error" : "shutdown",
      confidence: coarse || !ordered ? "weak" : "strong",
      rule: crashed ? "process-crashed" : "process-stopping",
      text: `${service} ${crashed ? "crashed" : "was told to stop"}${said}, and its streams ended with it`,
      lines: [event, ...victims.map(({ line }) => line)],
    };
  }
  return null;
}

function isInTime({ firstAt, all }: Case, event: SightedLine, crashed: boolean): boolean {
  const ahead = firstAt - event.at;
  if (crashed) return ahead >= -CRASH_LATE_MS && ahead <= CRASH_EARLY_MS;
  return ahead >= 0 && ahead <= STOPPING_MS && all.every(({ line }) => line.at > event.at || isAfter(line, event));
}

/** True where the process itself tells of an end below its line in the same log: the order of lines says what a time would. */
function isFollowed({ all }: Case, event: SightedLine): boolean {
  const own = all.filter(({ service }) => service === event.evidence.service);
  return own.length > 0 && own.every(({ line }) => isAfter(line, event));
}

function hasRestarted(given: Case, event: SightedLine): boolean {
  const { firstAt } = given;
  return given
    .eventsWithin(firstAt - event.at)
    .some(
      ({ evidence, at }) =>
        evidence.type === "process" &&
        evidence.happened === "started" &&
        evidence.service === event.evidence.service &&
        at > event.at &&
        at <= firstAt,
    );
}

/** Those whose stream to the process, or from it, ended. */
function victimsOf({ sights, around }: Case, service: string, afterMs: number, coarse: boolean): Sight[] {
  const { map } = around;
  return sights.filter((sight) => {
    if (sight.service === service) return false;
    if (sight.saw === "callee" || sight.saw === "reset") {
      if (map.calls(sight.service, service)) return true;
      // Whoever calls others has lost one of those, not its caller
      const ambiguous = sight.saw === "reset" || map.calleesOf(sight.service).length === 0;
      if (ambiguous && map.calls(service, sight.service)) return true;
      // Nobody says who calls whom: then only what ends right with the process may be one of its streams
      const right = !coarse && afterMs <= UNCALLED_MS;
      return right && !map.isAbove(service, sight.service) && map.calleesOf(sight.service).length === 0;
    }
    return (
      (sight.saw === "answer" && map.calls(sight.service, service)) ||
      ((sight.saw === "caller" || sight.saw === "word") && map.calls(service, sight.service))
    );
  });
}

/** A stop button: a request that asks for the stop, or words that say so, right before. */
export function decision(given: Case): Finding | null {
  const { sights } = given;
  const acting = sights.filter(({ saw }) => saw === "act" || saw === "word" || saw === "caller");
  const passesOn = ({ evidence: { service } }: SightedLine): boolean => given.around.fronts.has(service ?? "");
  const events = [...given.eventsWithin(ASKED_MS)].sort((a, b) => Number(passesOn(a)) - Number(passesOn(b)));
  for (const event of events) {
    const { evidence } = event;
    if (evidence.type !== "decision" || evidence.external === null) continue;
    const asked = acting.filter((sight) => !isOfAnother(given, event, sight, acting));
    const followed = asked.filter(({ line }) => Math.abs(line.at - event.at) <= ASKED_MS && !isAfter(event, line));
    const here = asked.filter(
      ({ line, service }) => service === evidence.service && Math.abs(line.at - event.at) <= SAME_ACT_MS,
    );
    if (followed.length + here.length === 0) continue;
    // Whoever only heard of it did not do it: then the service that was asked did, by whatever way
    const did = followed.filter(({ saw, sighting }) => saw === "act" || (saw === "word" && sighting.route !== null));
    const own =
      here.length > 0 || did.length === 0
        ? evidence.service
        : given.topsOf([...new Set(did.map(({ service }) => service))])[0];
    if (own == null || own === "") continue;
    const lines = [event, ...[...here, ...followed].map(({ line }) => line)];
    if (own === evidence.service && here.length === 0 && passesOn(event)) {
      return {
        service: null,
        kind: "cancel",
        confidence: "weak",
        rule: "asked-to-stop",
        text: `${evidence.external} asked for it through ${own}, which only passes requests on; the service behind it left no log`,
        lines,
        external: evidence.external,
        intent: evidence.intent,
      };
    }
    return {
      service: own,
      kind: "cancel",
      confidence: "strong",
      rule: "asked-to-stop",
      text: `${evidence.external} asked for it, and ${own} ended its streams`,
      lines,
      external: evidence.external,
      intent: evidence.intent,
    };
  }
  return null;
}

/** A service that says that it has enough, and those below it that were cancelled right then; nobody had told it to. */
export function ownChoice(given: Case): Finding | null {
  const { around, sights } = given;
  for (const event of given.eventsWithin(SAME_ACT_MS)) {
    const { evidence } = event;
    if (evidence.type !== "decision" || evidence.external !== null || evidence.service === null) continue;
    const { service } = evidence;
    const below = sights.filter(
      (sight) =>
        (sight.saw === "word" || sight.saw === "caller" || sight.saw === "reset") &&
        sight.service !== service &&
        (around.map.isAbove(service, sight.service) ||
          (!around.map.isAbove(sight.service, service) && shareId(event, sight))) &&
        !isOfAnother(given, event, sight, sights) &&
        isRightAfter(event, sight),
    );
    const before = sights.some(
      (sight) =>
        !around.map.isAbove(service, sight.service) &&
        sight.saw !== "act" &&
        sight.at < event.at &&
        !isAfter(sight.line, event),
    );
    if (below.length === 0 || before) continue;
    return {
      service,
      kind: "handler-return",
      confidence: (evidence.stepMs ?? 1) > 1 ? "weak" : "strong",
      rule: "had-enough",
      text: `${service} says that it had enough, and what it had called was cancelled right then`,
      lines: [event, ...below.map(({ line }) => line)],
      intent: evidence.intent,
    };
  }
  return null;
}

function shareId({ evidence: { sighting } }: SightedLine, { sighting: { marks } }: Sight): boolean {
  return sighting.marks.some(({ value }) => value.length >= SHORTEST_ID && marks.some((mark) => mark.value === value));
}

function isRightAfter(event: SightedLine, { at, stepMs }: Sight): boolean {
  const step = Math.max(stepMs, event.evidence.stepMs ?? 1);
  const after = at - event.at;
  return after >= -Math.max(SKEW_MS, step > 1 ? step : 0) && after <= SAME_ACT_MS + (step > 1 ? step : 0);
}

const REQUEST_KEY = /^x?(?:req|request|correlation)$/;

/**
 * True where ids say that a wish and an end are about different requests; the wish has an id of its own, and may name the other one. What
 * has no id itself is about the request that the lines with ids around it are about.
 */
function isOfAnother(
  { around: { kinds } }: Case,
  event: SightedLine,
  { sighting: { marks } }: Sight,
  all: readonly Sight[],
): boolean {
  const { sighting, text } = event.evidence;
  const told = marks.length > 0 ? marks : all.flatMap((sight) => sight.sighting.marks);
  // A path names what is to be stopped without saying that it is an id
  const asked = [...sighting.marks, ...kinds.namedIn(event)];
  if (told.some(({ value }) => asked.some((mark) => mark.value === value) || text.includes(value))) return false;
  // Whoever asks for a stop sends a request of its own: its count tells nothing of the other one
  return (
    kinds.differ(asked.filter(isNoCount), told) ||
    asked.some(({ key }) => REQUEST_KEY.test(key) && told.some((mark) => REQUEST_KEY.test(mark.key)))
  );
}

function isNoCount({ local }: Mark): boolean {
  return local !== true;
}

/** A proxy between two services answered in the place of the one that was called. */
export function between(given: Case): Finding | null {
  const [first] = given.saw("between");
  if (first === undefined) return null;
  const { service, kind } = first;
  const ended = kind === "deadline" ? "its timer had run out" : "the service behind it was gone";
  return {
    service: nameOf(service),
    kind,
    confidence: service === "" ? "weak" : kind === "deadline" ? "strong" : "weak",
    rule: "answered-between",
    text: `${nameOf(service) ?? "a service"} was answered by a proxy that ${ended}; the proxy left no log`,
    lines: [first.line],
    external: `a proxy between ${nameOf(service) ?? "a service"} and the service it called`,
  };
}

/** A limit of size or number. */
export function limit(given: Case): Finding | null {
  const sights = given.saw("limit");
  const [lowest] = given.bottomsOf([...new Set(sights.map(({ service }) => service))]);
  if (lowest === undefined) return null;
  const own = sights.filter(({ service }) => service === lowest);
  return {
    service: nameOf(lowest),
    kind: "error",
    confidence: "strong",
    rule: "limit-exceeded",
    text: `${nameOf(lowest) ?? "a service"} ended the stream because something was larger than it allows`,
    lines: own.map(({ line }) => line),
  };
}

/** A service as findings name it: null for a writer without a name. */
export function nameOf(service: string): string | null {
  return service === "" ? null : service;
}
