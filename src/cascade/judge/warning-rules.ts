/** The named rules: each looks at one cascade and names the services it noticed. */
import type { Cascade, Evidence, Place, Reached } from "../../model/index.ts";
import { millisBetween } from "../../model/index.ts";
import { SKEW_MS, SLOW_HOP_MS } from "../tolerances.ts";

/** What a rule noticed about one service in one cascade. */
export interface Finding {
  readonly service: string;
  /** The figure that the rule measures, in milliseconds. */
  readonly ms?: number;
  readonly messages?: number;
  readonly places?: readonly Place[];
}

/** A named rule. */
export interface Rule {
  readonly rule: string;
  /** Fewer cascades are no habit, and no warning; default 1. */
  readonly least?: number;
  readonly check: (cascade: Cascade) => readonly Finding[];
  readonly text: (service: string, cascades: number, worstMs: number, messages: number) => string;
}

/** The rules, by weight. */
export const RULES: readonly Rule[] = [
  {
    rule: "false-origin",
    check: ({ falseOrigins }) =>
      falseOrigins.map(({ service, reasons }) => ({ service, places: reasons.flatMap(({ places }) => places) })),
    text: (service, n) =>
      `${service} looked like the origin of ${times(n)} and was not: it cancels its own streams with a context that forgot who cancelled it`,
  },
  {
    rule: "origin-unverified",
    check: ({ origin }) =>
      origin.service !== null && (origin.confidence === "weak" || origin.confidence === "guess")
        ? [{ service: origin.service, places: origin.reasons.flatMap(({ places }) => places) }]
        : [],
    text: (service, n) =>
      `${service} may only have passed ${times(n)} on: the logs of its callers are missing or silent`,
  },
  {
    rule: "silent-hop",
    check: ({ reached }) => reached.filter((each) => !each.observed).map(({ service }) => ({ service })),
    text: (service, n) =>
      `${service} was reached by ${times(n)} and left no line: its logs are missing, or it did not notice`,
  },
  {
    rule: "slow-hop",
    check: (cascade) => slowHops(cascade),
    text: (service, n, ms) =>
      `${service} heard of ${times(n)} up to ${(ms / 1000).toFixed(1)} s after its caller: it was not reading the stream`,
  },
  {
    rule: "ghost-work",
    check: ({ ghosts = [] }) =>
      ghosts.map(({ service, durationMs, messages, places }) => ({ service, ms: durationMs, messages, places })),
    text: (service, n, ms, messages) =>
      `${service} was still at work up to ${(ms / 1000).toFixed(1)} s after ${times(n)} had reached it or should have${messages === 0 ? "" : `, with ${messages} wasted messages`}`,
  },
  {
    rule: "ignores-signal",
    least: 3,
    check: ({ ghosts = [], reached }) =>
      ghosts
        .filter(({ service }) => reached.some((each) => each.service === service && each.observed))
        .map(({ service, places }) => ({ service, places })),
    text: (service, n) =>
      `${service} heard of ${times(n)} and worked on each time: its handler does not look at the signal of its stream`,
  },
  {
    rule: "retried",
    check: (cascade) => retries(cascade),
    text: (service, n) =>
      `${service} opened another stream after it had heard of ${times(n)}: it tries again for somebody who has left`,
  },
  {
    rule: "deadline-shrinks",
    check: (cascade) => shrinks(cascade),
    text: (service, n) => `${service}'s own, shorter time ended ${times(n)} while its callers would have waited on`,
  },
  {
    rule: "unnamed-client",
    check: ({ evidence }) =>
      evidence.filter(hasUnnamedCaller).map(({ service, place }) => ({ service: service as string, places: [place] })),
    text: (service, n) =>
      `a caller of ${service} has no name in ${times(n)}: what it starts cannot be told from what others start`,
  },
  {
    rule: "clock-skew",
    check: ({ reached }) =>
      reached
        .filter((each) => each.delayMs !== undefined && each.delayMs < -SKEW_MS)
        .map(({ service, delayMs = 0, places }) => ({ service, ms: -delayMs, places })),
    text: (service, n, ms) =>
      `${service} shows ${times(n)} up to ${ms.toFixed(1)} ms before the origin: the clocks differ, or the origin logged late`,
  },
  {
    rule: "broken-connection",
    check: ({ origin }) => {
      const broken = origin.reasons.filter((reason) => reason.rule === "broken-by-caller");
      return origin.service !== null && broken.length > 0
        ? [{ service: origin.service, places: broken.flatMap(({ places }) => places) }]
        : [];
    },
    text: (service, n) =>
      `${service} broke a connection that other streams shared: ${times(n)} ended streams that were not cancelled`,
  },
];

/** `a cascade`, `31 cascades`. */
export function times(n: number): string {
  return n === 1 ? "a cascade" : `${n} cascades`;
}

function slowHops({ reached }: Cascade): Finding[] {
  const known = new Map(reached.map((each) => [each.service, each]));
  return reached.flatMap((each) => {
    const ms = slowness(each, each.via === null ? undefined : known.get(each.via));
    return ms > SLOW_HOP_MS ? [{ service: each.service, ms, places: each.places }] : [];
  });
}

/** How long after its caller a service heard of the cancel, in milliseconds; 0 where that is not known. */
function slowness(each: Reached, caller: Reached | undefined): number {
  if (each.delayMs !== undefined) return each.delayMs - (caller?.delayMs ?? 0);
  // Nothing is known of the origin's instant, but of the caller's
  return each.at === undefined || caller?.at === undefined ? 0 : millisBetween(caller.at, each.at);
}

/** Streams that a reached service opened after it had heard of the cancel, by its own clock. */
function retries({ reached, evidence }: Cascade): Finding[] {
  const heard = new Map(reached.map(({ service, at }) => [service, at]));
  return evidence.flatMap((each) => {
    const { service, place } = each;
    const since = service === null ? undefined : heard.get(service);
    const at = openedAt(each);
    if (service === null || since === undefined || at === null) return [];
    return millisBetween(since, at) > SKEW_MS ? [{ service, places: [place] }] : [];
  });
}

/** When a piece of evidence shows that a stream to a service below was opened; null where it shows no such thing. */
function openedAt({ side, operation, request, at }: Evidence): bigint | null {
  if (request !== null) return request.role === "sent" ? request.startAt : null;
  return side === "client" && operation === "open" ? at : null;
}

/** A timer fired in a service that itself is called: its callers had not given up. */
function shrinks({ origin, evidence }: Cascade): Finding[] {
  const { service, kind } = origin;
  if (service === null || kind !== "deadline" || origin.external !== undefined) return [];
  const own = evidence.filter((each) => each.service === service);
  const timers = own.filter(
    (each) => each.type === "claim" && each.observation === "started" && each.kind === "deadline",
  );
  if (timers.length === 0 || !own.some(({ serves, side }) => serves || side === "server")) return [];
  return [{ service, places: timers.map(({ place }) => place) }];
}

function hasUnnamedCaller(evidence: Evidence): boolean {
  if (evidence.type !== "claim" || evidence.service === null || evidence.observation !== "received") return false;
  const { caller, path } = evidence;
  return caller?.name === "" || path?.[0] === "";
}
