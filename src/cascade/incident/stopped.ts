/** Rules about whoever was stopped: the topmost of them ended it, or its caller did. */
import { callerLeft } from "./caller-left.ts";
import type { Case, Finding } from "./case.ts";
import { nameOf } from "./endings.ts";
import { externalIn, type Sight } from "./sight.ts";
import { wordOnly } from "./word-only.ts";

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
