/**
 * Warnings: named rules, each looking at one cascade and naming the service it noticed. The same finding in many cascades is one warning
 * with a number.
 */
import type { Cascade, Reached, Warning } from "../../model/index.ts";
import { millisBetween } from "../../model/index.ts";
import { SKEW_MS, SLOW_HOP_MS } from "../tolerances.ts";

interface Rule {
  readonly rule: string;
  /** The services a cascade gives this warning for, with a figure in milliseconds where the rule measures one. */
  readonly check: (cascade: Cascade) => readonly Finding[];
  readonly text: (service: string, cascades: number, worstMs: number, messages: number) => string;
}

interface Finding {
  readonly service: string;
  readonly ms?: number;
  readonly messages?: number;
}

const rules: readonly Rule[] = [
  {
    rule: "false-origin",
    check: (cascade) => cascade.falseOrigins,
    text: (service, n) =>
      `${service} looked like the origin of ${times(n)} and was not: it cancels its own streams with a context that forgot who cancelled it`,
  },
  {
    rule: "origin-unverified",
    check: ({ origin }) =>
      origin.service !== null && (origin.confidence === "weak" || origin.confidence === "guess")
        ? [{ service: origin.service }]
        : [],
    text: (service, n) =>
      `${service} may only have passed ${times(n)} on: the logs of its callers are missing or silent`,
  },
  {
    rule: "silent-hop",
    check: ({ reached }) => reached.filter((each) => !each.observed),
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
      ghosts.map(({ service, durationMs, messages }) => ({ service, ms: durationMs, messages })),
    text: (service, n, ms, messages) =>
      `${service} was still at work up to ${(ms / 1000).toFixed(1)} s after ${times(n)} had reached it or should have${messages === 0 ? "" : `, with ${messages} wasted messages`}`,
  },
  {
    rule: "clock-skew",
    check: ({ reached }) =>
      reached
        .filter((each) => each.delayMs !== undefined && each.delayMs < -SKEW_MS)
        .map(({ service, delayMs = 0 }) => ({ service, ms: -delayMs })),
    text: (service, n, ms) =>
      `${service} shows ${times(n)} up to ${ms.toFixed(1)} ms before the origin: the clocks differ, or the origin logged late`,
  },
  {
    rule: "broken-connection",
    check: ({ origin }) =>
      origin.service !== null && origin.reasons.some((reason) => reason.rule === "broken-by-caller")
        ? [{ service: origin.service }]
        : [],
    text: (service, n) =>
      `${service} broke a connection that other streams shared: ${times(n)} ended streams that were not cancelled`,
  },
];

/** The names of all warning rules, for help and documentation. */
export const WARNING_RULES: readonly string[] = rules.map(({ rule }) => rule);

/** What one rule noticed about one service, in some cascades. */
interface Noticed {
  readonly rule: Rule;
  readonly service: string;
  cascades: number;
  /** The cascade it is about; null for several. */
  id: string | null;
  worst: number;
  messages: number;
}

/** What the rules noticed in some cascades, by rule and service. */
export type Findings = ReadonlyMap<string, Readonly<Noticed>>;

/** Checks every rule on every cascade. */
export function findingsOf(cascades: readonly Cascade[]): Findings {
  const found = new Map<string, Noticed>();
  for (const cascade of cascades) {
    for (const rule of rules) {
      const own = new Map<string, Noticed>();
      for (const { service, ms = 0, messages = 0 } of rule.check(cascade)) {
        const noticed = own.get(service) ?? {
          rule,
          service,
          cascades: cascade.count,
          id: cascade.id,
          worst: 0,
          messages: 0,
        };
        noticed.worst = Math.max(noticed.worst, ms);
        noticed.messages += messages;
        own.set(service, noticed);
      }
      for (const noticed of own.values()) include(found, noticed);
    }
  }
  return found;
}

/** The findings of lists that have no cascade in common. */
export function mergeFindings(all: readonly Findings[]): Findings {
  const found = new Map<string, Noticed>();
  for (const findings of all) for (const noticed of findings.values()) include(found, noticed);
  return found;
}

function include(found: Map<string, Noticed>, noticed: Noticed): void {
  const key = `${noticed.rule.rule}\u0000${noticed.service}`;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, { ...noticed });
    return;
  }
  known.cascades += noticed.cascades;
  known.id = null;
  known.worst = Math.max(known.worst, noticed.worst);
  known.messages += noticed.messages;
}

/** Says in sentences what was found. */
export function warningsOf(findings: Findings): Warning[] {
  return [...findings.values()]
    .sort(
      (a, b) =>
        rules.indexOf(a.rule) - rules.indexOf(b.rule) || b.cascades - a.cascades || (a.service < b.service ? -1 : 1),
    )
    .map(({ rule, service, cascades, id, worst, messages }) => ({
      rule: rule.rule,
      service,
      ...(id === null ? {} : { cascade: id }),
      text: rule.text(service, cascades, worst, messages),
    }));
}

function times(n: number): string {
  return n === 1 ? "a cascade" : `${n} cascades`;
}

function slowHops({ reached }: Cascade): Finding[] {
  const known = new Map(reached.map((each) => [each.service, each]));
  return reached.flatMap((each) => {
    const ms = slowness(each, each.via === null ? undefined : known.get(each.via));
    return ms > SLOW_HOP_MS ? [{ service: each.service, ms }] : [];
  });
}

/** How long after its caller a service heard of the cancel, in milliseconds; 0 where that is not known. */
function slowness(each: Reached, caller: Reached | undefined): number {
  if (each.delayMs !== undefined) return each.delayMs - (caller?.delayMs ?? 0);
  // Nothing is known of the origin's instant, but of the caller's
  return each.at === undefined || caller?.at === undefined ? 0 : millisBetween(caller.at, each.at);
}
