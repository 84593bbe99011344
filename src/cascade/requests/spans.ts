/**
 * The requests of one trace as a tree: every record that is about a whole request, with what was said of single moments of it, under the
 * request that caused it. Damaged parents (loops, a request that is its own parent) end in a root of their own.
 */
import type { Claim, RequestExtent, RequestFact } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import { push } from "../hops/hop-index.ts";

/** One request, as the service saw it that served or sent it, or a step of the work on one. */
export interface Span {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: RequestExtent["role"];
  /** Null: nobody named it. */
  readonly service: string | null;
  /** Milliseconds on the axis of the lines. */
  readonly start: number;
  readonly end: number;
  /** What its record says. */
  readonly lines: readonly Line[];
  /** Claims about a moment of it: a cancel that a runtime measured, a log line of its handler. */
  readonly moments: Line<Claim>[];
  parent: Span | null;
  readonly children: Span[];
}

/** The plain fact of a request; null where its record says something else. */
export function factOf(span: Span | null): RequestFact | null {
  for (const { evidence } of span?.lines ?? []) if (evidence.type === "request") return evidence;
  return null;
}

/** The roots of a trace, in order of time: requests without a parent, and such whose parent is not here. */
export function spansOf(lines: readonly Line[]): Span[] {
  const byId = new Map<string, Span[]>();
  const spans: Span[] = [];
  for (const [key, own] of groupByRequest(lines)) {
    const span = makeSpan(own);
    spans.push(span);
    push(byId, key.slice(0, key.indexOf(" ")), span);
  }
  addMoments(lines, byId);
  spans.sort(byStart);
  for (const span of spans) span.parent = parentOf(span, byId);
  cutLoops(spans);
  for (const span of spans) span.parent?.children.push(span);
  return spans.filter((span) => span.parent === null);
}

function groupByRequest(lines: readonly Line[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const { request, spanId } = line.evidence;
    // Both ends of a request may have one id
    if (request !== null && spanId !== null) push(groups, `${spanId} ${request.role}`, line);
  }
  return groups;
}

function makeSpan(lines: readonly Line[]): Span {
  const first = lines[0] as Line;
  const { evidence, at } = first;
  const { spanId, parentSpanId, service, request } = evidence;
  const { role, startAt } = request as RequestExtent;
  const lasted = startAt === null || evidence.at === null ? 0 : Number(evidence.at - startAt) / 1e6;
  return {
    id: spanId as string,
    parentId: parentSpanId,
    role,
    service,
    start: at - Math.max(0, lasted),
    end: at,
    lines,
    moments: [],
    parent: null,
    children: [],
  };
}

function addMoments(lines: readonly Line[], byId: ReadonlyMap<string, readonly Span[]>): void {
  for (const line of lines) {
    const { evidence } = line;
    if (evidence.type !== "claim" || evidence.request !== null) continue;
    const home = byId.get(evidence.spanId ?? "") ?? byId.get(evidence.parentSpanId ?? "") ?? [];
    const [span] = home.length < 2 ? home : home.filter(({ service }) => service === evidence.service);
    span?.moments.push(line as Line<Claim>);
  }
}

/** Order of time, with ties broken by the ids. */
function byStart(a: Span, b: Span): number {
  return a.start - b.start || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) || (a.role < b.role ? -1 : 1);
}

function parentOf(span: Span, byId: ReadonlyMap<string, readonly Span[]>): Span | null {
  if (span.role === "served") {
    const twin = byId.get(span.id)?.find((other) => other.role === "sent");
    if (twin !== undefined) return twin;
  }
  const above = (byId.get(span.parentId ?? "") ?? []).filter((other) => other !== span);
  return above.find(({ service }) => service === span.service) ?? above[0] ?? null;
}

function cutLoops(spans: readonly Span[]): void {
  const safe = new Set<Span>();
  for (const span of spans) {
    const way = new Set<Span>();
    for (let at: Span | null = span; at !== null && !safe.has(at); at = at.parent) {
      way.add(at);
      if (at.parent !== null && way.has(at.parent)) at.parent = null;
    }
    for (const each of way) safe.add(each);
  }
}
