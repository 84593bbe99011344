/** Nothing but a context's end or a status, which every service on the way writes alike: what stands around it tells more. */
import { around } from "../hops/nearest.ts";
import { ACCESS_LINE_MS, ORDERED_STEP_MS } from "../tolerances.ts";
import type { Case, Finding } from "./case.ts";
import { nameOf } from "./endings.ts";
import type { Sight } from "./sight.ts";

const ORDERED_SERVICES = 3;

/** When a service first wrote of the incident. */
export function firstAt(given: Case, service: string): number {
  return given.of(service).reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
}

/** Only a status or a context's end, which every service on the way writes alike. */
export function wordOnly(given: Case, tops: readonly string[], stopped: readonly string[]): Finding {
  const { map } = given.around;
  const rank = new Map(given.topsOf(stopped).map((service, index) => [service, index]));
  const begins = new Map(tops.map((service) => [service, firstAt(given, service)]));
  const ranked = [...tops].sort(
    (a, b) => (rank.get(a) ?? -1) - (rank.get(b) ?? -1) || (begins.get(a) as number) - (begins.get(b) as number),
  );
  const top = (ranked.find((service) => !given.isServer(service)) ?? ranked[0]) as string;
  const sights = given.of(top, "word");
  const first = sights[0] as Sight;
  const lines = sights.map(({ line }) => line);
  const name = nameOf(top) ?? "a service";
  const access = accessNear(given, top, first);
  const silent = given.silentAbove(top);
  const found = tops.length === 1 ? (goneBetween(given, top, silent) ?? outOfTime(given, top, first)) : null;
  if (found !== null) return found;
  if (given.isServer(top) || access) {
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

/** Answers of a server that had no more time, and still had somebody to answer. */
const OUT_OF_TIME: ReadonlySet<number> = new Set([408, 503, 504]);

/** The status with which a service answered the request that was cancelled in it, if that speaks of a limit of its own; else null. */
function answeredOutOfTime(given: Case, service: string, { at, stepMs }: Sight): number | null {
  for (const line of around(
    given.around.byService.get(service) ?? [],
    at,
    ACCESS_LINE_MS + (stepMs > 1 ? stepMs : 0),
  )) {
    const { serves, sighting } = line.evidence;
    if (serves && sighting.status !== undefined && OUT_OF_TIME.has(sighting.status)) return sighting.status;
  }
  return null;
}

/** Lines of those who lost their callee and do not stand below. */
function lostAbove(given: Case, service: string): Sight[] {
  return given
    .saw("callee")
    .filter((sight) => sight.service !== service && !given.around.map.isAbove(service, sight.service));
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

/** The only service that wrote nothing from then on and may stand between one that lost its caller and those that lost their callee. */
export function diedBetween(given: Case, service: string): string | null {
  const { map } = given.around;
  const lost = lostAbove(given, service);
  const callers = map.callersOf(service);
  const dead = given.fellSilent().filter((name) => {
    if (map.isAbove(service, name) || (callers.length > 0 && !callers.includes(name))) return false;
    return lost.some((above) => map.calls(above.service, name) || map.calleesOf(above.service).length === 0);
  });
  return dead.length === 1 ? (dead[0] as string) : null;
}

/** Those above lost the service they had called, and it says nothing; or nobody stands between, and it was this one. */
function goneBetween(given: Case, top: string, silent: readonly string[]): Finding | null {
  const { map } = given.around;
  const lost = lostAbove(given, top);
  if (lost.length === 0) return null;
  const between = silent.filter(
    (other) => map.calls(other, top) || lost.some(({ service }) => map.calls(service, other)),
  );
  if (between.length > 1) return null;
  const name = nameOf(top) ?? "a service";
  const gone = between[0] ?? diedBetween(given, top) ?? nameOf(top);
  if (gone === null) return null;
  return {
    service: gone,
    kind: "disconnect",
    confidence: "weak",
    rule: "gone-between",
    text:
      gone === top
        ? `${name} was cancelled, and whoever called it lost the service it called; nobody stands between, so ${name} itself, or the connection to it, ended`
        : `${name} was cancelled, and whoever stands above lost the service it called: that is ${gone}, which says nothing`,
    lines: [...given.of(top, "word"), ...lost].map(({ line }) => line),
  };
}

/** A handler that was cancelled while its server still answered the caller. */
function outOfTime(given: Case, top: string, first: Sight): Finding | null {
  const status = answeredOutOfTime(given, top, first);
  if (status === null) return null;
  const name = nameOf(top) ?? "a service";
  return {
    service: nameOf(top),
    kind: "deadline",
    confidence: "weak",
    rule: "answered-out-of-time",
    text: `${name} was cancelled and answered its own caller with ${status} at once: that caller was there, and a limit of ${name} itself was over`,
    lines: given.of(top, "word").map(({ line }) => line),
  };
}
