/**
 * Linking without a path: hops that name only their caller, hops whose caller has no name, hops whose caller died.
 */
import { absorb, adopt, type ClaimLine, calls, type Hop, hasClientLine, type Link, sharesSpan } from "../hops/hop.ts";
import { allHops, byTime, type HopIndex, imply, push, remove } from "../hops/hop-index.ts";
import { matchNearest, nearest } from "../hops/nearest.ts";
import {
  AT_ONCE_MS,
  DEATH_MS,
  OTHER_KIND_MS,
  OTHER_PEER_MS,
  PER_HOP_MS,
  TWO_ENDS_MS,
  TWO_ENDS_UNTRACED_MS,
} from "../tolerances.ts";

/** Links every hop that was reached and knows no path. */
export function linkNeighbours(index: HopIndex): void {
  const reached = allHops(index).filter((hop) => hop.role === "reached" && hop.path === null && hop.parent === null);
  linkNamed(index, reached);
  const absorbed = absorbCarriedDeadlines(
    index,
    reached.filter((hop) => hop.parent === null && isCarriedDeadline(hop)),
  );
  linkUnnamed(
    index,
    reached.filter((hop) => hop.parent === null && !absorbed.has(hop) && !isLost(hop)),
  );
}

/** True for a handler that says no more than that a deadline is over: it had come with the call. */
function isCarriedDeadline(hop: Hop): boolean {
  const { kind, lines } = hop;
  return kind === "deadline" && lines.length > 0 && lines.every(({ evidence }) => evidence.carriesDeadlines);
}

/**
 * A handler whose deadline is over has two ends: the context says so first, and that the caller reset the stream afterwards
 * (docs/protocol.md#inherited-deadlines). What names the caller says more, and takes the other in; returns those that are gone.
 */
function absorbCarriedDeadlines(index: HopIndex, hops: readonly Hop[]): ReadonlySet<Hop> {
  const absorbed = new Set<Hop>();
  const families = new Map<string, Hop[]>();
  for (const hop of hops) push(families, hop.service ?? "", hop);
  for (const service of [...families.keys()].sort()) {
    const family = (families.get(service) as Hop[]).sort(byTime);
    const linked = (index.byService.get(service) ?? []).filter((hop) => hop.role === "reached" && hop.parent !== null);
    const matched = matchNearest(family, linked, index.traced ? TWO_ENDS_MS : TWO_ENDS_UNTRACED_MS, (hop, other) =>
      sharesSpan(hop, other) ? 0 : 1,
    );
    family.forEach((hop, place) => {
      const other = linked[matched[place] as number];
      if (other === undefined) return;
      absorb(other, hop);
      remove(index, hop);
      absorbed.add(hop);
    });
  }
  return absorbed;
}

/** True for a hop whose connection to its caller went away. */
export function isLost(hop: Hop): boolean {
  return hop.role === "reached" && hop.kind === "disconnect" && hop.path === null;
}

/** The caller that a hop's text names; null where it names none. */
function namedCaller(hop: Hop): string | null {
  return hop.caller?.name ?? null;
}

function linkNamed(index: HopIndex, hops: readonly Hop[]): void {
  const families = new Map<string, Hop[]>();
  for (const hop of hops) {
    const caller = namedCaller(hop);
    if (caller === null) continue;
    push(families, `${caller}\u0000${hop.service}`, hop);
  }
  for (const key of [...families.keys()].sort()) {
    const family = families.get(key) as Hop[];
    const caller = namedCaller(family[0] as Hop) as string;
    const service = (family[0] as Hop).service;
    const above = caller === service ? [] : [...(index.byService.get(caller) ?? [])];
    const tolerance = index.traced ? Number.POSITIVE_INFINITY : PER_HOP_MS;
    const matched = matchNearest(family, above, tolerance, (_, parent) => {
      if (service !== null && calls(parent, service)) return parent.role === "started" ? 0 : 0.5;
      return (
        (parent.role === "started" ? 1 : 2) +
        (hasClientLine(parent) && parent.lines.some((line) => line.evidence.peer !== null) ? OTHER_PEER_MS : 0)
      );
    });
    family.forEach((hop, place) => {
      const parent = above[matched[place] as number];
      if (parent !== undefined && adopt(parent, hop, "neighbour")) return;
      adopt(implyStart(index, hop, caller, ""), hop, "neighbour");
    });
  }
}

/** Hops that were reached by a caller without a name. */
function linkUnnamed(index: HopIndex, hops: readonly Hop[]): void {
  const own = hops.filter((hop) => hop.kind !== "reset" && hop.kind !== "shutdown");
  linkArrivals(index, own, "unnamed-caller");
  linkNearInTime(index, own, (hop, parent) => parent.role === "started" && parent.code === hop.code);
  for (const hop of hops) {
    if (hop.parent !== null) continue;
    const { message, at } = hop;
    const caller = isCarriedDeadline(hop) ? onlyCaller(index, hop) : null;
    const free = (root: Hop): boolean => !root.children.some((child) => child.service === hop.service);
    const alike = caller === null ? (index.groups.get(unnamedKey(hop)) ?? []) : [];
    const root = nearest(alike, at, AT_ONCE_MS, free) ?? implyStart(index, hop, caller, message);
    adopt(root, hop, "unnamed-caller");
  }
}

/** The silent hop of a caller (null: nobody knows which) that must have started what ended a hop. */
function implyStart(index: HopIndex, { kind, code, at }: Hop, service: string | null, message: string): Hop {
  return imply(index, {
    role: "started",
    service,
    kind,
    code,
    path: null,
    foreignPath: false,
    message,
    caller: null,
    at,
  });
}

/** The only service that is known to call this one; null if there is none, are several, or the trace shows that none did. */
function onlyCaller(index: HopIndex, { service }: Hop): string | null {
  if (service === null || isServedRoot(index, service)) return null;
  const [only, ...others] = index.calls.callersOf(service);
  return only === undefined || others.length > 0 ? null : only;
}

/** True if the service served the request that its trace begins with: a caller known from other traces had no part in it. */
function isServedRoot({ traced, spans }: HopIndex, service: string): boolean {
  return (
    traced &&
    spans.some(
      ({ evidence }) =>
        evidence.service === service &&
        evidence.type === "request" &&
        evidence.serves &&
        evidence.parentSpanId === null,
    )
  );
}

function unnamedKey({ code, message }: Hop): string {
  return `null\u0000started\u0000${code}\u0000\u0000${message}`;
}

/**
 * Finds, for hops that must have come from somewhere, a caller's hop that shows its own end towards this service and has no arrival
 * there yet.
 */
export function linkArrivals(index: HopIndex, hops: readonly Hop[], link: Link): void {
  const families = new Map<string, Hop[]>();
  for (const hop of hops) {
    if (hop.service === null || hop.parent !== null) continue;
    push(families, hop.service, hop);
  }
  if (families.size === 0) return;
  const leading = departures(index);
  for (const service of [...families.keys()].sort()) {
    const family = (families.get(service) as Hop[]).sort(byTime);
    const free = (hop: Hop): boolean => !hop.children.some((child) => child.service === service);
    const above = (leading.get(service) ?? []).filter(free);
    const tolerance = index.traced ? Number.POSITIVE_INFINITY : PER_HOP_MS;
    const matched = matchNearest(family, above, tolerance, (hop, parent) =>
      parent.kind === hop.kind ? 0 : OTHER_KIND_MS,
    );
    family.forEach((hop, place) => {
      const parent = above[matched[place] as number];
      if (parent !== undefined) adopt(parent, hop, link);
    });
  }
}

/** Hops whose own stream to a service ended, in order of time, by that service. */
function departures(index: HopIndex): ReadonlyMap<string, readonly Hop[]> {
  const found = new Map<string, Hop[]>();
  for (const [name, hops] of index.byService) {
    if (name === "") continue;
    for (const hop of hops) {
      if (!hasClientLine(hop)) continue;
      for (const service of leadsTo(index, hop)) if (service !== name) push(found, service, hop);
    }
  }
  for (const hops of found.values()) hops.sort(byTime);
  return found;
}

/** The services at the other end of the hop's outgoing streams. */
function leadsTo(index: HopIndex, { lines }: Hop): ReadonlySet<string> {
  const services = new Set<string>();
  for (const { evidence } of lines) {
    const peer = evidence.side === "server" ? null : index.calls.peerOf(evidence);
    if (peer !== null) services.add(peer);
  }
  return services;
}

/** The service whose end a lost connection tells of, and how that is known, with the lines that say so. */
export interface LostCaller {
  readonly service: string;
  readonly rule: "died-between" | "broken-by-caller" | "only-caller";
  readonly lines: readonly ClaimLine[];
}

/** The service whose end a lost connection tells of; null where nobody can know. */
export function lostCaller(index: HopIndex, hop: Hop): LostCaller | null {
  const broken = brokenByCaller(index, hop);
  const died = diedBetween(index, hop);
  const first = broken === null || (died !== null && isNearer(hop, died, broken)) ? died : broken;
  if (first !== null) {
    return first === broken
      ? { service: first.evidence.service as string, rule: "broken-by-caller", lines: [first] }
      : { service: index.calls.peerOf(first.evidence) as string, rule: "died-between", lines: [first] };
  }
  const only = onlyCaller(index, hop);
  if (only === null) return null;
  const above = lossAbove(index, hop, only);
  return above === null
    ? { service: only, rule: "only-caller", lines: [] }
    : { service: only, rule: "died-between", lines: [above] };
}

function isNearer({ at }: Hop, one: ClaimLine, other: ClaimLine): boolean {
  return (Math.abs(one.at - at) - Math.abs(other.at - at) || one.at - other.at) < 0;
}

function nearestLoss(
  { traced }: HopIndex,
  hop: Hop,
  losses: readonly ClaimLine[] | undefined,
  passes: (line: ClaimLine) => boolean,
): ClaimLine | null {
  const byAnother = (line: ClaimLine): boolean =>
    line.evidence.service !== null && line.evidence.service !== hop.service && passes(line);
  return losses === undefined ? null : nearest(losses, hop.at, traced ? Number.POSITIVE_INFINITY : DEATH_MS, byAnother);
}

/** A loss whose writer broke the whole connection to this service. */
function brokenByCaller(index: HopIndex, hop: Hop): ClaimLine | null {
  if (hop.service === null) return null;
  return nearestLoss(index, hop, index.lossesByPeer.get(hop.service), ({ evidence }) => evidence.breaksConnection);
}

/** A loss of somebody above a caller of this service: the process between them is gone. Without known callers any process will do. */
function diedBetween(index: HopIndex, hop: Hop): ClaimLine | null {
  const { service } = hop;
  const callers = service === null ? null : index.calls.callersOf(service);
  if (callers === null || callers.size === 0) {
    return nearestLoss(index, hop, index.losses, ({ evidence }) => {
      const peer = index.calls.peerOf(evidence);
      return peer !== null && peer !== service;
    });
  }
  let found: ClaimLine | null = null;
  for (const caller of callers) {
    if (caller === service) continue;
    const line = nearestLoss(index, hop, index.lossesByPeer.get(caller), () => true);
    if (line !== null && (found === null || isNearer(hop, line, found))) found = line;
  }
  return found;
}

/** A loss whose line does not name its peer: where its service calls the only caller, it is the other side of the same death. */
function lossAbove(index: HopIndex, hop: Hop, only: string): ClaimLine | null {
  const callers = index.calls.callersOf(only);
  return nearestLoss(
    index,
    hop,
    index.lossesByPeer.get(null),
    ({ evidence }) =>
      evidence.about === "callee" &&
      evidence.service !== only &&
      evidence.service !== null &&
      callers.has(evidence.service),
  );
}

/** Links what is left by time alone: never more than a guess. */
export function linkNearInTime(
  index: HopIndex,
  hops: readonly Hop[],
  fits: (hop: Hop, parent: Hop) => boolean = () => true,
): void {
  const left = hops.filter((hop) => hop.parent === null).sort(byTime);
  if (left.length === 0) return;
  const waiting = new Set(left);
  const above = allHops(index).filter(
    (hop) =>
      hop.service !== null &&
      hop.children.length === 0 &&
      hasClientLine(hop) &&
      !hop.lines.some((line) => index.calls.peerOf(line.evidence) !== null),
  );
  const matched = matchNearest(left, above, AT_ONCE_MS, (hop, parent) =>
    parent === hop || parent.service === hop.service || waiting.has(parent) || !fits(hop, parent)
      ? Number.POSITIVE_INFINITY
      : 0,
  );
  left.forEach((hop, place) => {
    const parent = above[matched[place] as number];
    if (parent !== undefined) adopt(parent, hop, "near-in-time");
  });
}
