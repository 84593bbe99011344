/**
 * A hop: one service's part in one cancel.
 *
 * All lines that one handler (or one caller) wrote about one cancel are one hop. A hop that `started` is a stream the service ended
 * itself, as far as its own text can tell; a hop that was `reached` heard of the cancel from somebody else. Lines become hops by their
 * key; of several lines of a kind with the same key, each is a hop of its own, and lines of other kinds join the nearest.
 */
import type { Claim, Evidence, Kind, NamedService } from "../../model/index.ts";
import { OTHER_METHOD_MS, SAME_STREAM_MS, UNSPOKEN_MS } from "../tolerances.ts";
import { matchNearest, nearest } from "./nearest.ts";

/** A piece of evidence on the common axis of time. A value: what later evidence says of it is kept elsewhere. */
export interface Line<Kept extends Evidence = Evidence> {
  readonly evidence: Kept;
  /** The same as it was added to the store: {@link evidence} may have got names that it did not say. */
  readonly given: Evidence;
  /** Milliseconds from the store's base. */
  readonly at: number;
  /** True if nothing but the paths of other lines says whose it is. */
  readonly ownerGuessed?: true;
  /** Present where the line does not say when it was written: it stands after the line before it, or nowhere in time. */
  readonly placed?: "after" | "nowhere";
}

/** A line that claims something about a cancel. */
export type ClaimLine = Line<Claim>;

/** How a hop came to hang under its parent, strongest first; each name is also the rule that a reason carries. */
export type Link =
  | "path"
  | "neighbour"
  | "own-incoming"
  | "caller-cancelled"
  | "unnamed-caller"
  | "lost-connection"
  | "near-in-time";

/** One service's part in one cancel. */
export interface Hop {
  /** Hops with equal keys tell of the same thing at the same service. */
  readonly key: string;
  readonly role: "started" | "reached";
  /** Null: a service that nothing names. */
  readonly service: string | null;
  readonly kind: Kind;
  readonly code: number | null;
  readonly path: readonly string[] | null;
  /** True if the path, or the whole cancel, came from a caller that carries no path. */
  readonly foreignPath: boolean;
  readonly message: string;
  /** The caller that a text names; null if it has no place for it. */
  readonly caller: NamedService | null;
  at: number;
  readonly lines: ClaimLine[];
  parent: Hop | null;
  link: Link | null;
  readonly children: Hop[];
  /** Proof that the service started it and relayed nothing: the caller was told of an error. */
  provenOrigin: "told" | "caller-failed" | null;
}

/** What a hop needs to know to be made; `lines` may be empty: a silent hop, known from others only. */
export type HopFacts = Pick<
  Hop,
  "role" | "service" | "kind" | "code" | "path" | "foreignPath" | "message" | "caller" | "at"
>;

/** Makes a hop without parent and children. */
export function makeHop(key: string, facts: HopFacts, lines: ClaimLine[] = []): Hop {
  const { role, service, kind, code, path, foreignPath, message, caller, at } = facts;
  return {
    key,
    role,
    service,
    kind,
    code,
    path,
    foreignPath,
    message,
    caller,
    at,
    lines,
    parent: null,
    link: null,
    children: [],
    provenOrigin: null,
  };
}

/** Hangs a hop under another. A hop never becomes its own ancestor: such a link is refused. */
export function adopt(parent: Hop, child: Hop, link: Link): boolean {
  for (let above: Hop | null = parent; above !== null; above = above.parent) if (above === child) return false;
  child.parent = parent;
  child.link = link;
  parent.children.push(child);
  return true;
}

/** Moves everything of one hop into another: they were two lines about one stream. */
export function absorb(into: Hop, other: Hop): void {
  into.lines.push(...other.lines);
  for (const child of other.children) {
    child.parent = into;
    into.children.push(child);
  }
  other.children.length = 0;
  other.lines.length = 0;
  if (other.parent !== null) other.parent.children.splice(other.parent.children.indexOf(other), 1);
  other.parent = null;
}

/** The lines of a hop whose writer knows for a fact what it did. */
export function factualLines(hop: Hop): ClaimLine[] {
  return hop.lines.filter(({ evidence }) => evidence.knowledge === "fact");
}

/** True where a line of the hop is about an outgoing stream: the service passed the cancel on, or started it there. */
export function hasClientLine(hop: Hop): boolean {
  return hop.lines.some((line) => line.evidence.side === "client" && line.evidence.observation !== "received");
}

/** True where both have a line of one span. */
export function sharesSpan(a: Hop, b: Hop): boolean {
  return a.lines.some(
    ({ evidence }) => evidence.spanId !== null && b.lines.some((line) => line.evidence.spanId === evidence.spanId),
  );
}

/** True where a line of the hop names `service` as the other end of its outgoing stream. */
export function calls(hop: Hop, service: string): boolean {
  return hop.lines.some(
    ({ evidence }) => evidence.side !== "server" && (evidence.peer === service || evidence.peerHint === service),
  );
}

/** Joins the lines of one key to hops. The lines must be sorted by time. */
export function hopsOfLines(lines: readonly ClaimLine[], make: (line: ClaimLine) => Hop): Hop[] {
  if (lines.length === 1) return [make(lines[0] as ClaimLine)];
  const slots = new Map<string, ClaimLine[]>();
  for (const line of lines) {
    const { side, operation, echo, peer, peerHint } = line.evidence;
    const slot = `${echo ? "~" : ""}${side} ${operation} ${peer ?? peerHint ?? ""}`;
    const group = slots.get(slot);
    if (group === undefined) slots.set(slot, [line]);
    else group.push(line);
  }
  if (
    slots.size === lines.length &&
    (lines[lines.length - 1] as ClaimLine).at - (lines[0] as ClaimLine).at <= SAME_STREAM_MS
  ) {
    const [first, ...others] = lines as [ClaimLine, ...ClaimLine[]];
    const hop = make(first);
    hop.lines.push(...others);
    return [hop];
  }
  // A framework's own line is never the measure of how many streams there were while the application speaks for itself.
  const ordered = [...slots].sort(
    ([a, x], [b, y]) =>
      Number(a.startsWith("~")) - Number(b.startsWith("~")) || y.length - x.length || (a < b ? -1 : 1),
  );
  let hops: Hop[] = [];
  for (const [, group] of ordered) {
    // Some frameworks tell of an end twice: the second time is not about whichever stream ends next
    const tolerance = group[0]?.evidence.operation === null ? UNSPOKEN_MS : SAME_STREAM_MS;
    const matched = matchNearest(group, hops, tolerance, sameStream);
    const more: Hop[] = [];
    group.forEach((line, index) => {
      const hop = hops[matched[index] as number] ?? unspoken(line, hops, more);
      if (hop === null) more.push(make(line));
      else hop.lines.push(line);
    });
    if (more.length > 0) hops = [...hops, ...more].sort((a, b) => a.at - b.at);
  }
  for (const hop of hops) for (const line of hop.lines) if (line.at < hop.at) hop.at = line.at;
  return hops.length === 1 ? hops : hops.sort((a, b) => a.at - b.at);
}

/** A line that does not say what was being done repeats the nearest hop, if there is one close by. */
function unspoken(line: ClaimLine, hops: readonly Hop[], more: readonly Hop[]): Hop | null {
  if (line.evidence.operation !== null) return null;
  const last = more[more.length - 1];
  if (last !== undefined && line.at - last.at <= UNSPOKEN_MS) return last;
  return nearest(hops, line.at, UNSPOKEN_MS, () => true);
}

/** Lines of one handler carry one span id; lines of two methods are of two streams. */
function sameStream(line: ClaimLine, hop: Hop): number {
  const { spanId, method } = line.evidence;
  if (spanId === null && method === null) return 0;
  let penalty = 0;
  let spans = false;
  for (const { evidence } of hop.lines) {
    if (spanId !== null && evidence.spanId === spanId) return 0;
    if (evidence.spanId !== null) spans = true;
    if (method !== null && evidence.method !== null && method !== evidence.method) penalty = OTHER_METHOD_MS;
  }
  return spans && spanId !== null ? penalty + SAME_STREAM_MS : penalty;
}
