/**
 * False origins: hops that look started and were relayed.
 *
 * A context that the handler derived may forget the reason of its parent: the relay's own error then has no path and the services
 * below see a path that begins with it (docs/protocol.md#false-origins). Any incoming cancel of the same handler explains such a hop; the
 * caller's own cancel towards it does too; the caller having been told of an error speaks against it. Timeouts and handler returns are a
 * service's own and are never explained away, but for a deadline that had come with the call (docs/protocol.md#inherited-deadlines).
 */
import type { Claim, FailedAnswer } from "../../model/index.ts";
import { adopt, factualLines, type Hop, hasClientLine, sharesSpan } from "../hops/hop.ts";
import { allHops, byTime, errorKey, errorKeyOf, type FailureLine, type HopIndex, push } from "../hops/hop-index.ts";
import { matchNearest, nearest } from "../hops/nearest.ts";
import { ANSWERED_MS, INHERITED_MS, PER_HOP_MS, SAME_HANDLER_MS, TOLD_MS } from "../tolerances.ts";
import { linkArrivals, linkNearInTime } from "./by-caller.ts";

/** Hangs every hop that only looks started under what explains it. */
export function explainFalseOrigins(index: HopIndex): void {
  const suspects = allHops(index).filter((hop) => hop.parent === null && hop.service !== null && mayBeRelay(hop));
  markProvenOrigins(index, suspects, "told");
  explainByOwnIncoming(index, open(suspects));
  linkArrivals(index, open(suspects).filter(mayHaveCaller), "caller-cancelled");
  markProvenOrigins(index, open(suspects), "caller-failed");
  explainInherited(index);
  linkNearInTime(
    index,
    open(suspects).filter((hop) => index.calls.serves(hop.service as string)),
  );
}

function open(hops: readonly Hop[]): Hop[] {
  return hops.filter((hop) => hop.parent === null && hop.provenOrigin === null);
}

/** Only a plain cancel can come from a derived context, and a runtime that says that it started the cancel knows. */
function mayBeRelay(hop: Hop): boolean {
  return hop.role === "started" && hop.kind === "cancel" && factualLines(hop).length === 0;
}

function mayHaveCaller(hop: Hop): boolean {
  return hop.provenOrigin === null;
}

/** A caller that got an error as an answer did not cancel the call. */
function markProvenOrigins(index: HopIndex, hops: readonly Hop[], how: "told" | "caller-failed"): void {
  if (hops.length === 0 || index.failures.size === 0) return;
  const answers = new Answers(index, how);
  for (const [service, suspects] of group(hops)) {
    const matched = matchNearest(
      suspects,
      answers.of(service),
      index.traced ? Number.POSITIVE_INFINITY : how === "told" ? TOLD_MS : ANSWERED_MS,
    );
    suspects.forEach((hop, place) => {
      if (matched[place] !== -1) hop.provenOrigin = how;
    });
  }
}

/** What callers got as an answer, by who may have given it: each service looks at its own answers only. */
class Answers {
  readonly #index: HopIndex;
  readonly #named = new Map<string, FailureLine[]>();
  readonly #nameless: FailureLine[] = [];
  readonly #namelessByWriter = new Map<string | null, FailureLine[]>();
  readonly #namelessByError = new Map<string, FailureLine[]>();
  /** Where an answer stands among all: the order of those that came at one time. */
  readonly #rank = new Map<FailureLine, number>();

  constructor(index: HopIndex, how: "told" | "caller-failed") {
    this.#index = index;
    for (const [writer, lines] of index.failures) {
      for (const line of lines) if (isAnswer(line.evidence, how)) this.#add(writer, line);
    }
  }

  /** The answers that this service may have given, in order of time. */
  of(service: string): FailureLine[] {
    const found = new Set(this.#named.get(service));
    for (const line of this.#namelessOf(service)) found.add(line);
    const rank = (line: FailureLine): number => this.#rank.get(line) ?? 0;
    return [...found]
      .filter(({ evidence }) => evidence.service !== service)
      .sort((a, b) => a.at - b.at || rank(a) - rank(b));
  }

  #add(writer: string | null, line: FailureLine): void {
    this.#rank.set(line, this.#rank.size);
    const peer = this.#index.calls.peerOf(line.evidence);
    if (peer !== null) {
      push(this.#named, peer, line);
      return;
    }
    this.#nameless.push(line);
    push(this.#namelessByWriter, writer, line);
    const told = line.evidence.type === "answer" ? line.evidence.told : null;
    if (told !== null) push(this.#namelessByError, errorKey(told.depth - 1, told.message), line);
  }

  /**
   * An answer that does not name its peer: of a service that is known to call this one, or with the very error that this one wrote that
   * its handler returned.
   */
  *#namelessOf(service: string): Iterable<FailureLine> {
    if (this.#index.traced) {
      yield* this.#nameless;
      return;
    }
    if (this.#nameless.length === 0) return;
    for (const caller of this.#index.calls.callersOf(service)) yield* this.#namelessByWriter.get(caller) ?? [];
    for (const own of this.#index.failures.get(service) ?? []) yield* this.#namelessByError.get(errorKeyOf(own)) ?? [];
  }
}

function isAnswer(evidence: FailedAnswer | Claim, how: "told" | "caller-failed"): boolean {
  if (evidence.type === "claim" || evidence.echo || evidence.side === "server" || !evidence.returned) return false;
  if (how === "caller-failed") return true;
  const { told } = evidence;
  return told !== null && told.depth === 1 && told.observation === "started" && told.kind === "cancel";
}

function explainByOwnIncoming(index: HopIndex, suspects: readonly Hop[]): void {
  for (const [service, hops] of group(suspects)) {
    const incoming = (index.byService.get(service) ?? []).filter((hop) => hop.role === "reached");
    if (incoming.length === 0) continue;
    const sameSpan = (hop: Hop, other: Hop): number => (sharesSpan(hop, other) ? 0 : 1);
    const bare = incoming.filter((hop) => !hasClientLine(hop)).sort(byTime);
    take(hops, bare, index.traced ? Number.POSITIVE_INFINITY : PER_HOP_MS, sameSpan);
    const relaying = incoming.filter(hasClientLine).sort(byTime);
    take(
      hops.filter((hop) => hop.parent === null),
      relaying,
      index.traced ? PER_HOP_MS : SAME_HANDLER_MS,
      sameSpan,
    );
  }
}

function take(
  hops: readonly Hop[],
  incoming: readonly Hop[],
  toleranceMs: number,
  penalty: (a: Hop, b: Hop) => number,
): void {
  const matched = matchNearest(hops, incoming, toleranceMs, penalty);
  hops.forEach((hop, place) => {
    const parent = incoming[matched[place] as number];
    if (parent !== undefined) adopt(parent, hop, "own-incoming");
  });
}

/** Where calls carry their deadline, the timers of all who were called fire with their owner's. */
function explainInherited(index: HopIndex): void {
  const hops = allHops(index);
  const callers = hopsByCallee(index, hops);
  for (const hop of hops) {
    if (hop.role !== "started" || hop.kind !== "deadline" || hop.parent !== null || hop.service === null) continue;
    const { service, at } = hop;
    const carriedIn = ({ role, path, foreignPath }: Hop): boolean =>
      role === "reached" && path === null && !foreignPath;
    const incoming = nearest(
      index.byService.get(service) ?? [],
      at,
      INHERITED_MS,
      (other) => other !== hop && carriedIn(other) && carriesDeadlines(other),
    );
    if (incoming !== null && adopt(incoming, hop, "own-incoming")) continue;
    const owner = nearest(
      callers.get(service) ?? [],
      at,
      INHERITED_MS,
      (other) =>
        other !== hop && endedByCarriedDeadline(other) && !other.children.some((child) => isTimerOf(child, service)),
    );
    if (owner !== null) adopt(owner, hop, "caller-cancelled");
  }
}

/** Hops that ended an own stream, by the service at its other end; in order of time. */
function hopsByCallee(index: HopIndex, hops: readonly Hop[]): ReadonlyMap<string, Hop[]> {
  const callers = new Map<string, Hop[]>();
  for (const hop of hops) {
    const callees = new Set<string>();
    for (const { evidence } of hop.lines) {
      // Where a text reads alike on both sides, a name that is not the caller's is the callee's
      if (evidence.side === "server" && (evidence.caller === null || evidence.caller.name === evidence.peerHint))
        continue;
      const callee = index.calls.peerOf(evidence);
      if (callee !== null) callees.add(callee);
    }
    for (const callee of callees) push(callers, callee, hop);
  }
  return callers;
}

/** True for a deadline that was set here, or further up, on calls that carry it on. */
function endedByCarriedDeadline(hop: Hop): boolean {
  let root = hop;
  while (root.parent !== null) root = root.parent;
  return root.role === "started" && root.kind === "deadline" && carriesDeadlines(root);
}

function isTimerOf({ service: own, kind, role }: Hop, service: string): boolean {
  return own === service && kind === "deadline" && role === "started";
}

function carriesDeadlines(hop: Hop): boolean {
  return hop.lines.some(({ evidence }) => evidence.carriesDeadlines);
}

function group(hops: readonly Hop[]): Map<string, Hop[]> {
  const groups = new Map<string, Hop[]>();
  for (const hop of [...hops].sort(byTime)) push(groups, hop.service as string, hop);
  return groups;
}
