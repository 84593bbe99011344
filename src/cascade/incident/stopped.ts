/** Rules about whoever was stopped: the topmost of them ended it, or its caller did. */

import { ACCESS_LINE_MS, ORDERED_STEP_MS } from "../tolerances.ts";
import { type Case, type Finding, isRound } from "./case.ts";
import { nameOf } from "./endings.ts";
import type { Sight } from "./sight.ts";
import { begunOneDurationBefore, seconds } from "./timers.ts";

const ORDERED_SERVICES = 3;

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
  return {
    service: nameOf(service),
    kind,
    confidence: sure ? "strong" : "weak",
    rule: "own-act",
    text: `${name} says that it ended the stream itself, and nothing shows a caller of it`,
    lines,
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
    given.of(service, "caller").some(({ sighting, passedOn }) => sighting.proxy || sighting.publicClient || passedOn);
  const isProxy = (service: string): boolean => given.of(service, "caller").some(({ sighting }) => sighting.proxy);
  const below = (service: string): number => stopped.filter((other) => map.isAbove(service, other)).length;
  const ranked = [...tops].sort(
    (a, b) =>
      Number(handsOn(b)) - Number(handsOn(a)) ||
      Number(isProxy(b)) - Number(isProxy(a)) ||
      below(b) - below(a) ||
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
  const rivals = !proxy && tops.length > 1;
  const sure = service !== "" && !rivals && !disputed && (proxy || silent.length === 0);
  const round = given.durationsOf(service).find((ms) => isRound(ms));
  const said = first.line.evidence.type === "claim" ? first.line.evidence.external : undefined;
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

function firstAt(given: Case, service: string): number {
  return Math.min(...given.of(service).map(({ at }) => at));
}

/** Only a status or a context's end, which every service on the way writes alike. */
function wordOnly(given: Case, tops: readonly string[], stopped: readonly string[]): Finding {
  const { map } = given.around;
  const ranked = [...tops].sort(
    (a, b) =>
      given.topsOf(stopped).indexOf(a) - given.topsOf(stopped).indexOf(b) || firstAt(given, a) - firstAt(given, b),
  );
  const top = (ranked.find((service) => !given.isServer(service)) ?? ranked[0]) as string;
  const sights = given.of(top, "word");
  const first = sights[0] as Sight;
  const lines = sights.map(({ line }) => line);
  const name = nameOf(top) ?? "a service";
  const access = accessNear(given, top, first);
  if (given.isServer(top) || access) {
    const silent = given.silentAbove(top);
    const between = silent.filter((other) => map.calls(other, top));
    if (tops.length === 1 && between.length === 1 && lostAbove(given, top)) {
      return {
        service: between[0] as string,
        kind: "disconnect",
        confidence: "weak",
        rule: "gone-between",
        text: `${name} was cancelled, and whoever stands above lost the service it called: that is ${between[0]}, which calls ${name} and says nothing`,
        lines: [...lines, ...given.saw("callee").map(({ line }) => line)],
      };
    }
    if (silent.length > 0 || tops.length > 1) {
      return {
        service: null,
        kind: first.kind,
        confidence: "weak",
        rule: "word-of-a-server",
        text: `${name} says that a context or a call was cancelled; its own caller may have done it${silent.length === 0 ? "" : `, and ${silent.join(", ")} says nothing`}`,
        lines,
      };
    }
    const sure = access && top !== "" && sights.some(({ line }) => line.evidence.side === "client");
    return {
      service: nameOf(top),
      kind: "disconnect",
      confidence: sure ? "strong" : "weak",
      rule: "caller-left",
      text: `${name} is the first that shows it: the context of a request it was serving was cancelled, as it is when the caller leaves`,
      lines,
      external: `the caller of ${name}`,
    };
  }
  const callees = stopped.filter((other) => map.calls(top, other));
  const [only] = callees;
  const leafHeard =
    callees.length === 1 &&
    only !== undefined &&
    given.of(only, "caller").length > 0 &&
    map.calleesOf(only).length === 0;
  const sure = top !== "" && tops.length === 1 && (printsFromTopToBottom(given, stopped) || leafHeard);
  return {
    service: nameOf(top),
    kind: first.kind,
    confidence: sure ? "strong" : "weak",
    rule: sure ? "first-of-a-chain" : "top-of-a-chain",
    text: `${name} stands above all that were cancelled, and nothing shows a caller of it${sure ? "; those below noticed one after another" : ""}`,
    lines,
  };
}

/** True where somebody lost its callee who does not stand below. */
function lostAbove(given: Case, service: string): boolean {
  return given
    .saw("callee")
    .some((sight) => sight.service !== service && !given.around.map.isAbove(service, sight.service));
}

/** True where the service's own access line ends with the context. */
function accessNear(given: Case, service: string, { at }: Sight): boolean {
  return (given.around.byService.get(service) ?? []).some(({ at: end, evidence }) => {
    if (!evidence.serves || evidence.sighting.route === null || evidence.type === "process") return false;
    const step = evidence.stepMs ?? 1;
    // A coarse line stands at the beginning of its second
    return step > 1 ? end <= at && at < end + step : Math.abs(end - at) <= ACCESS_LINE_MS;
  });
}

function printsFromTopToBottom(given: Case, stopped: readonly string[]): boolean {
  if (stopped.length < ORDERED_SERVICES) return false;
  const { map } = given.around;
  const firsts = stopped.map((service) => {
    const sights = given.of(service);
    return { service, at: firstAt(given, service), fine: sights.every(({ stepMs }) => stepMs <= ORDERED_STEP_MS) };
  });
  if (firsts.some(({ fine }) => !fine)) return false;
  const ordered = firsts.sort((a, b) => a.at - b.at);
  return ordered.every(({ service, at }, index) => {
    const above = ordered[index - 1];
    return above === undefined || (at > above.at && map.calls(above.service, service));
  });
}

/** Nothing but words that are known to be wrong about whose doing it was. */
function guessed(given: Case, tops: readonly string[]): Finding {
  const [first] = given.sights.filter(({ service }) => tops.includes(service));
  const sight = (first ?? given.sights[0]) as Sight;
  return {
    service: null,
    kind: sight.kind,
    confidence: "weak",
    rule: "nobody-known",
    text: `${nameOf(sight.service) ?? "a service"} says that a stream was cut; the text is written for either side, and nothing else tells which`,
    lines: [sight.line],
  };
}
