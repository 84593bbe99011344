/** Rules about what ends streams from outside: a person who asks for it, a service that has enough, something between that answers. */

import type { Mark } from "../../model/index.ts";
import { ACCESS_LINE_MS, ASKED_MS, SAME_ACT_MS, SKEW_MS } from "../tolerances.ts";
import type { Case, Finding } from "./case.ts";
import { SHORTEST_ID } from "./id-kinds.ts";
import { isAfter, type Sight, type SightedLine } from "./sight.ts";

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
    // What ended with a request of somebody else ended for that one
    if (asked.length < acting.length && !asked.some((sight) => shareId(event, sight))) continue;
    const followed = asked.filter(
      (sight) =>
        Math.abs(sight.at - event.at) <= ASKED_MS && (!isAfter(event, sight.line) || isToldAtOnce(event, sight)),
    );
    const here = asked.filter(
      ({ line, service }) => service === evidence.service && Math.abs(line.at - event.at) <= SAME_ACT_MS,
    );
    if (followed.length + here.length === 0 || hasTimerOfItsOwn(given, event)) continue;
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

/** Whoever ends a stream may write of it a moment after the other end does. */
function isToldAtOnce(event: SightedLine, { at, service }: Sight): boolean {
  return service !== event.evidence.service && event.at - at <= SKEW_MS;
}

/** True where somebody who does not stand below whoever was asked says that its own timer ran out: two ends at about one time. */
function hasTimerOfItsOwn(given: Case, { evidence: { service } }: SightedLine): boolean {
  return given
    .saw("timer")
    .some(
      ({ service: other, line: { evidence } }) =>
        evidence.type === "claim" &&
        evidence.ownSetting &&
        other !== service &&
        !given.around.map.isAbove(service ?? "", other),
    );
}

/** Words of a service that cancels what it had called, and does not just leave it. */
const ENDS_IT = /\b(?:cancel+|abort)ing\b/i;

/** A service that says that it has enough, and those below it that were cancelled right then; nobody had told it to. */
export function ownChoice(given: Case): Finding | null {
  const { around, sights } = given;
  const { map } = around;
  for (const event of given.eventsWithin(SAME_ACT_MS)) {
    const { evidence } = event;
    if (evidence.type !== "decision" || evidence.external !== null || evidence.service === null) continue;
    const { service } = evidence;
    const isBelow = (sight: Sight): boolean =>
      map.isAbove(service, sight.service) || (!map.isAbove(sight.service, service) && shareId(event, sight));
    // Nobody says who calls whom
    const mayBeBelow = ({ service: other }: Sight): boolean =>
      (evidence.stepMs ?? 1) === 1 &&
      map.callersOf(other).length === 0 &&
      map.calleesOf(service).length === 0 &&
      !map.isAbove(other, service);
    const below = sights.filter(
      (sight) =>
        (sight.saw === "word" || sight.saw === "caller" || sight.saw === "reset") &&
        sight.service !== service &&
        (isBelow(sight) || mayBeBelow(sight)) &&
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
    const acts = ENDS_IT.test(evidence.text) || given.of(service, "act").some(({ sighting }) => !sighting.generic);
    return {
      service,
      kind: acts ? "cancel" : "handler-return",
      confidence: (evidence.stepMs ?? 1) > 1 || !below.some(isBelow) ? "weak" : "strong",
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
  { sighting: { marks }, service, at, stepMs }: Sight,
  all: readonly Sight[],
): boolean {
  const { sighting, text } = event.evidence;
  const tells = (sight: Sight): boolean => sight.service === event.evidence.service;
  const told = marks.length > 0 ? marks : all.flatMap((sight) => sight.sighting.marks);
  // Ids that each service gives by itself say nothing about two ends of one moment; others may be about anybody's
  const step = Math.max(stepMs, event.evidence.stepMs ?? 1);
  const atOnce = Math.abs(at - event.at) <= ACCESS_LINE_MS + (step > 1 ? step : 0);
  const byOne = !atOnce || (marks.length > 0 ? service === event.evidence.service : all.some(tells));
  // A path names what is to be stopped without saying that it is an id
  const asked = [...sighting.marks, ...kinds.namedIn(event)];
  if (told.some(({ value }) => asked.some((mark) => mark.value === value) || text.includes(value))) return false;
  // Whoever asks for a stop sends a request of its own: its count tells nothing of the other one
  return (
    kinds.differ(asked.filter(isNoCount), told, byOne) ||
    asked.some(
      ({ key }) =>
        REQUEST_KEY.test(key) && (byOne || kinds.isHandedOn(key)) && told.some((mark) => REQUEST_KEY.test(mark.key)),
    )
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
