/** Rules about whoever was stopped: the topmost of them ended it, or its caller did. */

import { around } from "../hops/nearest.ts";
import { FAILED_BEFORE_MS, ORDERED_STEP_MS } from "../tolerances.ts";
import { type Case, type Finding, isRound } from "./case.ts";
import { nameOf } from "./endings.ts";
import { externalIn, isAfter, type Sight } from "./sight.ts";
import { begunOneDurationBefore, seconds } from "./timers.ts";
import { diedBetween, firstAt, wordOnly } from "./word-only.ts";

/** The services that something stopped, by what they saw of it. */
function stoppedServices(given: Case): string[] {
  const stopped = given.sights.filter(
    ({ saw, line }) =>
      saw === "act" ||
      saw === "caller" ||
      saw === "word" ||
      saw === "guess" ||
      (saw === "reset" && line.evidence.side !== "client"),
  );
  return [...new Set(stopped.map(({ service }) => service))];
}

/** Who stands at the top of those that were stopped. */
export function topmost(given: Case): Finding | null {
  const stopped = stoppedServices(given);
  if (stopped.length === 0) return null;
  const tops = given.topsOf(stopped);
  const acting = tops.filter((service) => given.of(service, "act").length > 0);
  const left = tops.filter((service) => given.of(service, "caller").length > 0);
  const proxies = left.filter((service) => given.of(service, "caller").some(({ sighting }) => sighting.proxy));
  const own = acting.filter((service) => !given.isServer(service));
  if (own.length > 0) return acted(given, own, stopped);
  if (acting.length > 0 && proxies.length === 0) return acted(given, acting, stopped);
  if (left.length > 0) return callerLeft(given, left, stopped);
  const words = tops.filter((service) => given.of(service, "word").length > 0);
  return words.length > 0 ? wordOnly(given, words, stopped) : guessed(given, tops);
}

/** It says that it ended the stream itself, and nobody of those that were stopped stands above it. */
function acted(given: Case, tops: readonly string[], stopped: readonly string[]): Finding {
  const service = tops[0] as string;
  const sights = given.of(service, "act");
  const kind = (sights[0] as Sight).kind;
  const lines = sights.map(({ line }) => line);
  const name = nameOf(service) ?? "a service";
  if (given.isServer(service)) {
    return {
      service: nameOf(service),
      kind,
      confidence: "weak",
      rule: "own-act-of-a-server",
      text: `${name} says that it ended the stream itself; it has callers, and one of them may have made it do so`,
      lines,
      external: `perhaps the caller of ${name}`,
    };
  }
  const alone = stopped.length === 1 && given.services.size === 1;
  const sure = service !== "" && tops.length === 1 && !(alone && sights.every(isAmbiguous));
  const external = sights.map(({ line }) => externalIn(line)).find((each) => each !== undefined);
  return {
    service: nameOf(service),
    kind,
    confidence: sure ? "strong" : "weak",
    rule: "own-act",
    text: `${name} says that it ended the stream itself, and nothing shows a caller of it`,
    lines,
    ...(external === undefined ? {} : { external }),
  };
}

/** Ordinary words, and an abort that a timer may have called as well as a person. */
function isAmbiguous({ sighting, line: { evidence } }: Sight): boolean {
  return sighting.generic || /\babort/i.test(evidence.text);
}

/** It says that its caller left, and nobody of those that were stopped stands above it. */
function callerLeft(given: Case, tops: readonly string[], stopped: readonly string[]): Finding {
  const { map } = given.around;
  const handsOn = (service: string): boolean =>
    given
      .of(service, "caller")
      .some(
        ({ sighting, passedOn }) => sighting.proxy || sighting.publicClient || passedOn || sighting.handsOn === true,
      );
  const isProxy = (service: string): boolean => given.of(service, "caller").some(({ sighting }) => sighting.proxy);
  const ended = new Set(stopped);
  const below = new Map(tops.map((top) => [top, [...map.below(top)].filter((other) => ended.has(other)).length]));
  const ranked = [...tops].sort(
    (a, b) =>
      Number(handsOn(b)) - Number(handsOn(a)) ||
      Number(isProxy(b)) - Number(isProxy(a)) ||
      (below.get(b) as number) - (below.get(a) as number) ||
      firstAt(given, a) - firstAt(given, b),
  );
  const service = ranked[0] as string;
  const sights = given.of(service, "caller");
  const first = sights[0] as Sight;
  const lines = sights.map(({ line }) => line);
  const name = nameOf(service) ?? "a service";
  const proxy = handsOn(service);
  const silent = given.silentAbove(service);
  const known = silent.filter((other) => map.calls(other, service));
  const closing = map
    .callersOf(service)
    .filter((other) => given.allOf(other).length > 0 && given.of(other).length === 0);
  const [closer] = closing;
  if (closer !== undefined && closing.length === 1) {
    return {
      service: closer,
      kind: "cancel",
      confidence: "weak",
      rule: "own-close-handed-on",
      text: `${name} says that its caller left; that is ${closer}, which ended the call itself after it was answered with an error`,
      lines: [...lines, ...given.allOf(closer).map(({ line }) => line)],
    };
  }
  const died = diedBetween(given, service);
  if (died !== null) {
    return {
      service: died,
      kind: "disconnect",
      confidence: "weak",
      rule: "gone-between",
      text: `${name} says that its caller left, and whoever stands above lost the service it called: that is ${died}, which wrote nothing from then on`,
      lines: [...lines, ...given.saw("callee").map(({ line }) => line)],
    };
  }
  const before = begunOneDurationBefore(given, service, first);
  if (known.length === 1) {
    return {
      service: known[0] as string,
      kind: given.durationsOf(service).some(isRound) ? "deadline" : "disconnect",
      confidence: "weak",
      rule: "silent-caller",
      text: `${name} says that its caller left; its caller is ${known[0]}, which says nothing of it`,
      lines,
    };
  }
  if (before !== null) {
    const round = isRound(before.ms);
    return {
      service: before.service,
      kind: round ? "deadline" : "disconnect",
      confidence: round && map.calls(before.service, service) ? "strong" : "weak",
      rule: "timer-nobody-mentions",
      text: `${name} says that its caller left after ${seconds(before.ms)}; exactly so long before, ${before.service} wrote its last line about it`,
      lines,
    };
  }
  const leaf = map.calleesOf(service).length === 0;
  if (!proxy && leaf && silent.length === 1) {
    return {
      service: silent[0] as string,
      kind: "disconnect",
      confidence: "weak",
      rule: "silent-caller",
      text: `${name} says that its caller left; ${silent[0]} is the only service here that may have been it, and says nothing`,
      lines,
    };
  }
  const disputed = given.all.some(
    (sight) =>
      !sight.muted && sight.saw === "callee" && sight.service !== service && !map.isAbove(service, sight.service),
  );
  // Whoever says no more than this one may as well be the first
  const rivals = tops.filter(
    (other) => other !== service && (handsOn(other) || !proxy) && (isProxy(other) || !isProxy(service)),
  );
  const alike = rivals.filter(
    (other) => proxy && isAtOnce(given, service, other) && below.get(other) === below.get(service),
  );
  if (alike.length > 0) {
    const names = [service, ...alike].sort().join(" and ");
    return {
      service: null,
      kind: "disconnect",
      confidence: "weak",
      rule: "caller-left",
      text: `${names} say at once that their caller left, and nothing tells which of them calls the other`,
      lines: [...lines, ...alike.flatMap((other) => given.of(other, "caller").map(({ line }) => line))],
      external: "the caller of the first of them",
    };
  }
  const sure =
    service !== "" &&
    !rivals.some((other) => !proxy || !isClearlyFirst(given, service, other)) &&
    !disputed &&
    !hadFailed(given, first) &&
    (proxy || (silent.length === 0 && !(leaf && mayHaveCaller(given, service))));
  const round = given.durationsOf(service).find((ms) => isRound(ms));
  const said = externalIn(first.line);
  return {
    service: nameOf(service),
    kind: round === undefined ? "disconnect" : "deadline",
    confidence: sure ? "strong" : "weak",
    rule: round === undefined ? "caller-left" : "caller-left-after-a-round-time",
    text:
      round === undefined
        ? `${name} is the first that shows it: its caller left, and left no log`
        : `${name} is the first that shows it: its caller left after ${seconds(round)}, as a timer does, and left no log`,
    lines,
    external: said ?? `the caller of ${name}`,
  };
}

/** True where a service of the input served before and has been silent since: it may be the caller that left. */
function mayHaveCaller(given: Case, service: string): boolean {
  return given.fellSilent().some((name) => !given.around.map.isAbove(service, name));
}

/** True where nothing tells which of two services wrote first of the end. */
function isAtOnce(given: Case, one: string, other: string): boolean {
  const sights = [...given.of(one, "caller"), ...given.of(other, "caller")];
  const stepMs = sights.reduce((widest, sight) => Math.max(widest, sight.stepMs), 1);
  const untimed = sights.some(({ line }) => line.placed !== undefined);
  return untimed || Math.abs(firstAt(given, one) - firstAt(given, other)) < stepMs;
}

/** True where one wrote of the end before the other, by more than the times may be rounded. */
function isClearlyFirst(given: Case, one: string, other: string): boolean {
  return firstAt(given, other) - firstAt(given, one) > ORDERED_STEP_MS;
}

/** Words of a failure, whatever failed. */
const FAILED = /\b(?:failed|failure|exception|out of memory|panicked)\b/i;

/** True where a service wrote of a failure right before it wrote that its caller left: it may have ended the call with that. */
function hadFailed({ around: { byService } }: Case, { service, line, at, stepMs }: Sight): boolean {
  return around(byService.get(service) ?? [], at, FAILED_BEFORE_MS + (stepMs > 1 ? stepMs : 0)).some(
    (other) => other.evidence.type === "call" && isAfter(line, other) && FAILED.test(other.evidence.text),
  );
}

/** Nothing but words that are known to be wrong about whose doing it was. */
function guessed(given: Case, tops: readonly string[]): Finding {
  const top = new Set(tops);
  const sight = (given.sights.find(({ service }) => top.has(service)) ?? given.sights[0]) as Sight;
  return {
    service: null,
    kind: sight.kind,
    confidence: "weak",
    rule: "nobody-known",
    text: `${nameOf(sight.service) ?? "a service"} says that a stream was cut; the text is written for either side, and nothing else tells which`,
    lines: [sight.line],
  };
}
