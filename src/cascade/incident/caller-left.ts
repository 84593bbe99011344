/** Whoever says that its caller left, and nobody of those that were stopped stands above it: which caller that was, or that it left no log. */
import { around } from "../hops/nearest.ts";
import { FAILED_BEFORE_MS, ORDERED_STEP_MS } from "../tolerances.ts";
import { type Case, type Finding, isRound } from "./case.ts";
import { nameOf } from "./endings.ts";
import { externalIn, isAfter, type Sight } from "./sight.ts";
import { begunOneDurationBefore, seconds } from "./timers.ts";
import { diedBetween, firstAt } from "./word-only.ts";

/** A service whose caller left, as far as its log and the others tell. */
interface Left {
  readonly given: Case;
  readonly service: string;
  /** For sentences. */
  readonly name: string;
  readonly first: Sight;
  readonly lines: Finding["lines"];
  /** Whether it hands on what its caller does: a proxy, or one that says so. */
  readonly handsOn: boolean;
  /** Services that may stand above it and say nothing of the end. */
  readonly silent: readonly string[];
  /** Whether it calls nobody. */
  readonly leaf: boolean;
  /** Others whose callers left, and of whom nothing tells that they stand below this one. */
  readonly rivals: readonly string[];
  /** Of those, whoever wrote of it in the same moment and has as many below. */
  readonly alike: readonly string[];
}

/** Who it was, for the first of `tops` that says that its caller left; `stopped` are all that were stopped. */
export function callerLeft(given: Case, tops: readonly string[], stopped: readonly string[]): Finding {
  const left = leftOf(given, tops, stopped);
  for (const rule of RULES) {
    const finding = rule(left);
    if (finding !== null) return finding;
  }
  return outside(left);
}

function leftOf(given: Case, tops: readonly string[], stopped: readonly string[]): Left {
  const { map } = given.around;
  const ended = new Set(stopped);
  const below = new Map(tops.map((top) => [top, [...map.below(top)].filter((other) => ended.has(other)).length]));
  const isPassing = (service: string): boolean => handsOn(given, service);
  const isFrontdoor = (service: string): boolean => isProxy(given, service);
  const [service = ""] = [...tops].sort(
    (a, b) =>
      Number(isPassing(b)) - Number(isPassing(a)) ||
      Number(isFrontdoor(b)) - Number(isFrontdoor(a)) ||
      (below.get(b) as number) - (below.get(a) as number) ||
      firstAt(given, a) - firstAt(given, b),
  );
  const sights = given.of(service, "caller");
  // Whoever says no more than this one may as well be the first
  const rivals = tops.filter(
    (other) =>
      other !== service && (isPassing(other) || !isPassing(service)) && (isFrontdoor(other) || !isFrontdoor(service)),
  );
  return {
    given,
    service,
    name: nameOf(service) ?? "a service",
    first: sights[0] as Sight,
    lines: sights.map(({ line }) => line),
    handsOn: isPassing(service),
    silent: given.silentAbove(service),
    leaf: map.calleesOf(service).length === 0,
    rivals,
    alike: rivals.filter(
      (other) => isPassing(service) && isAtOnce(given, service, other) && below.get(other) === below.get(service),
    ),
  };
}

function handsOn(given: Case, service: string): boolean {
  return given
    .of(service, "caller")
    .some(({ sighting, passedOn }) => sighting.proxy || sighting.publicClient || passedOn || sighting.handsOn === true);
}

function isProxy(given: Case, service: string): boolean {
  return given.of(service, "caller").some(({ sighting }) => sighting.proxy);
}

/** In the order in which they are asked; the first that knows somebody is believed. */
const RULES: readonly ((left: Left) => Finding | null)[] = [
  answeredCaller,
  goneBetween,
  silentCaller,
  timerNobodyMentions,
  onlySilentService,
  severalAtOnce,
];

/** Its one caller was answered with an error and ended the call after that. */
function answeredCaller({ given, service, name, lines }: Left): Finding | null {
  const closing = given.around.map
    .callersOf(service)
    .filter((other) => given.allOf(other).length > 0 && given.of(other).length === 0);
  const [closer] = closing;
  if (closer === undefined || closing.length > 1) return null;
  return {
    service: closer,
    kind: "cancel",
    confidence: "weak",
    rule: "own-close-handed-on",
    text: `${name} says that its caller left; that is ${closer}, which ended the call itself after it was answered with an error`,
    lines: [...lines, ...given.allOf(closer).map(({ line }) => line)],
  };
}

/** A service between it and whoever stands above died. */
function goneBetween({ given, service, name, lines }: Left): Finding | null {
  const died = diedBetween(given, service);
  if (died === null) return null;
  return {
    service: died,
    kind: "disconnect",
    confidence: "weak",
    rule: "gone-between",
    text: `${name} says that its caller left, and whoever stands above lost the service it called: that is ${died}, which wrote nothing from then on`,
    lines: [...lines, ...given.saw("callee").map(({ line }) => line)],
  };
}

/** The one caller of it that is known says nothing. */
function silentCaller({ given, service, name, lines, silent }: Left): Finding | null {
  const known = silent.filter((other) => given.around.map.calls(other, service));
  const [caller] = known;
  if (caller === undefined || known.length > 1) return null;
  return {
    service: caller,
    kind: given.durationsOf(service).some(isRound) ? "deadline" : "disconnect",
    confidence: "weak",
    rule: "silent-caller",
    text: `${name} says that its caller left; its caller is ${caller}, which says nothing of it`,
    lines,
  };
}

/** Somebody wrote its last line about it just as long before as the request had lasted. */
function timerNobodyMentions({ given, service, name, first, lines }: Left): Finding | null {
  const before = begunOneDurationBefore(given, service, first);
  if (before === null) return null;
  const round = isRound(before.ms);
  return {
    service: before.service,
    kind: round ? "deadline" : "disconnect",
    confidence: round && given.around.map.calls(before.service, service) ? "strong" : "weak",
    rule: "timer-nobody-mentions",
    text: `${name} says that its caller left after ${seconds(before.ms)}; exactly so long before, ${before.service} wrote its last line about it`,
    lines,
  };
}

/** It calls nobody, and one service alone may be its caller. */
function onlySilentService({ name, lines, handsOn, leaf, silent }: Left): Finding | null {
  const [caller] = silent;
  if (handsOn || !leaf || caller === undefined || silent.length > 1) return null;
  return {
    service: caller,
    kind: "disconnect",
    confidence: "weak",
    rule: "silent-caller",
    text: `${name} says that its caller left; ${caller} is the only service here that may have been it, and says nothing`,
    lines,
  };
}

/** Several say it in one moment, and each may be the first. */
function severalAtOnce({ given, service, lines, alike }: Left): Finding | null {
  if (alike.length === 0) return null;
  return {
    service: null,
    kind: "disconnect",
    confidence: "weak",
    rule: "caller-left",
    text: `${[service, ...alike].sort().join(" and ")} say at once that their caller left, and nothing tells which of them calls the other`,
    lines: [...lines, ...alike.flatMap((other) => given.of(other, "caller").map(({ line }) => line))],
    external: "the caller of the first of them",
  };
}

/** Its caller left no log. */
function outside(left: Left): Finding {
  const { given, service, name, first, lines } = left;
  const round = given.durationsOf(service).find((ms) => isRound(ms));
  return {
    service: nameOf(service),
    kind: round === undefined ? "disconnect" : "deadline",
    confidence: isSurelyFirst(left) ? "strong" : "weak",
    rule: round === undefined ? "caller-left" : "caller-left-after-a-round-time",
    text:
      round === undefined
        ? `${name} is the first that shows it: its caller left, and left no log`
        : `${name} is the first that shows it: its caller left after ${seconds(round)}, as a timer does, and left no log`,
    lines,
    external: externalIn(first.line) ?? `the caller of ${name}`,
  };
}

/** True where nobody else may be the first, nor its caller. */
function isSurelyFirst({ given, service, first, handsOn, silent, leaf, rivals }: Left): boolean {
  const { map } = given.around;
  const disputed = given.all.some(
    (sight) =>
      !sight.muted && sight.saw === "callee" && sight.service !== service && !map.isAbove(service, sight.service),
  );
  return (
    service !== "" &&
    !rivals.some((other) => !handsOn || !isClearlyFirst(given, service, other)) &&
    !disputed &&
    !hadFailed(given, first) &&
    (handsOn || (silent.length === 0 && !(leaf && mayHaveCaller(given, service))))
  );
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
