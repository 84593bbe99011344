/**
 * Linking without a path: hops that name only their caller, hops whose caller has no name, hops whose caller died.
 */
import {
  absorb,
  adopt,
  type ClaimLine,
  calls,
  type Hop,
  hasClientLine,
  type Line,
  type Link,
  sharesSpan,
} from "../hops/hop.ts";
import { allHops, byTime, type HopIndex, imply, push, remove } from "../hops/hop-index.ts";
import { around, matchNearest, nearest } from "../hops/nearest.ts";
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
      const { kind, code, at } = hop;
      const silent = imply(index, {
        role: "started",
        service: caller,
        kind,
        code,
        path: null,
        foreignPath: false,
        message: "",
        caller: null,
        at,
      });
      adopt(silent, hop, "neighbour");
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
    const { kind, code, message, at } = hop;
    const caller = isCarriedDeadline(hop) ? onlyCaller(index, hop) : null;
    const free = (root: Hop): boolean => !root.children.some((child) => child.service === hop.service);
    const alike = caller === null ? (index.groups.get(unnamedKey(hop)) ?? []) : [];
    const root =
      nearest(alike, at, AT_ONCE_MS, free) ??
      imply(index, {
        role: "started",
        service: caller,
        kind,
        code,
        path: null,
        foreignPath: false,
        message,
        caller: null,
        at,
      });
    adopt(root, hop, "unnamed-caller");
  }
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
  for (const service of [...families.keys()].sort()) {
    const family = (families.get(service) as Hop[]).sort(byTime);
    const above = departures(index, service);
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

/** Hops of other services whose own stream to `service` ended, with nothing there to show for it. */
function departures(index: HopIndex, service: string): Hop[] {
  const found: Hop[] = [];
  for (const [name, hops] of index.byService) {
    if (name === service || name === "") continue;
    for (const hop of hops) {
      if (!hasClientLine(hop)) continue;
      if (!hop.lines.some((line) => leadsTo(index, line, service))) continue;
      if (!hop.children.some((child) => child.service === service)) found.push(hop);
    }
  }
  return found.sort(byTime);
}

function leadsTo(index: HopIndex, line: Line, service: string): boolean {
  return line.evidence.side !== "server" && index.calls.peerOf(line.evidence) === service;
}

/** The service whose end a lost connection tells of, with the lines that say so; null where nobody can know. */
export function lostCaller(
  index: HopIndex,
  hop: Hop,
): { service: string; rule: "died-between" | "broken-by-caller" | "only-caller"; lines: ClaimLine[] } | null {
  const service = hop.service;
  const near = index.traced ? [...index.losses] : [...around(index.losses, hop.at, DEATH_MS)];
  near.sort((a, b) => Math.abs(a.at - hop.at) - Math.abs(b.at - hop.at));
  for (const line of near) {
    const peer = index.calls.peerOf(line.evidence);
    const writer = line.evidence.service;
    if (writer === service || writer === null) continue;
    if (peer === service && line.evidence.breaksConnection)
      return { service: writer, rule: "broken-by-caller", lines: [line] };
    if (peer === null || peer === service) continue;
    const callers = service === null ? null : index.calls.callersOf(service);
    if (callers === null || callers.size === 0 || callers.has(peer))
      return { service: peer, rule: "died-between", lines: [line] };
  }
  const only = onlyCaller(index, hop);
  if (only === null) return null;
  // A loss whose line does not name its peer: where that service calls the only caller, it is the other side of the same death.
  const above = near.find(
    ({ evidence }) =>
      evidence.about === "callee" &&
      evidence.service !== null &&
      evidence.service !== only &&
      index.calls.peerOf(evidence) === null &&
      index.calls.callersOf(only).has(evidence.service),
  );
  return above === undefined
    ? { service: only, rule: "only-caller", lines: [] }
    : { service: only, rule: "died-between", lines: [above] };
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
