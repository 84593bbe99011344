/**
 * The requests of a trace, sorted by services: a part is one request that a service served, with all the work on it; a call is one request
 * that it sent on, with the part below that served it.
 */
import type { Protocol } from "../../model/index.ts";
import { push } from "../hops/hop-index.ts";
import { ORPHAN_BEGINS_MS } from "../tolerances.ts";
import { factOf, type Span } from "./spans.ts";

/** One request that a part sent. */
export interface Call {
  readonly part: Part;
  /** The topmost of its spans; null where only the callee tells of it. */
  readonly span: Span | null;
  /** Requests sent for it in turn: one protocol carries another. */
  readonly carriers: Span[];
  /** Who served it; several where it was tried again. */
  readonly callees: Part[];
  /** True if what stands between is not known: the part hangs here for want of another place. */
  bridged: boolean;
}

/** One service's part in a trace. */
export interface Part {
  readonly root: Span;
  /** Null: nobody named it. */
  service: string | null;
  readonly spans: Span[];
  readonly calls: Call[];
  /** The call that asked for it; null where nobody in the trace did. */
  above: Call | null;
  /** True if its request had a caller whose span is not here. */
  readonly orphan: boolean;
  /** True if a clock that its instants are compared by cannot be right. */
  skewed: boolean;
}

/** The request that a part served; null where its span is not here. */
export function servedBy({ root }: Part): Span | null {
  return root.role === "served" ? root : null;
}

/** The part that served a call, of several the one that was over last; null where none did that has a span. */
export function calleeOf({ callees, bridged }: Call): Part | null {
  const [first = null, ...others] = callees;
  return bridged
    ? null
    : others.reduce((last, each) => (last === null || each.root.end > last.root.end ? each : last), first);
}

/** When the work of a part was over: with the last of its requests. */
export function endOf(part: Part): number {
  return part.spans.reduce((latest, { end }) => Math.max(latest, end), part.root.end);
}

/** The protocol of a call; null where nothing tells. */
export function protocolOf(call: Call): Protocol | null {
  return factOf(call.span)?.protocol ?? factOf(call.callees[0]?.root ?? null)?.protocol ?? null;
}

/** Sorts the spans below these roots into parts. */
export function partsOf(roots: readonly Span[]): Part[] {
  const parts: Part[] = [];
  const lost = new Map<string, Part>();
  for (const root of roots) {
    const key = root.parentId === null || root.role === "served" ? null : `${root.parentId} ${root.service}`;
    // What one missing request did has nobody above, but is one part
    const known = key === null ? undefined : lost.get(key);
    const part = fill(root, known ?? null, parts);
    if (key !== null) lost.set(key, part);
  }
  nameByCallees(parts);
  bridge(parts);
  return parts;
}

interface Place {
  readonly span: Span;
  readonly part: Part | null;
  readonly call: Call | null;
}

function fill(root: Span, home: Part | null, parts: Part[]): Part {
  const pending: Place[] = [{ span: root, part: home, call: null }];
  let first: Part | null = home;
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const { part, call } = seat(place, parts);
    first ??= part;
    for (const child of place.span.children.toReversed()) pending.push({ span: child, part, call });
  }
  return first as Part;
}

/** Where a span belongs, and the call that its children are for. */
function seat({ span, part, call }: Place, parts: Part[]): { readonly part: Part; readonly call: Call | null } {
  const opens =
    part === null ||
    isAsynchronous(span) ||
    (span.role === "served" ? isServedAnew(span, part, call) : isForeign(span, part));
  if (opens) {
    const above = part === null || isAsynchronous(span) ? null : (call ?? unseenCall(part));
    const own = open(span, above, parts);
    return { part: own, call: span.role === "sent" ? callOf(span, own) : null };
  }
  part.spans.push(span);
  part.service ??= span.service;
  if (span.role !== "sent") return { part, call };
  if (call === null) return { part, call: callOf(span, part) };
  call.carriers.push(span);
  return { part, call };
}

/** Whoever takes a message from a queue works for nobody who waits. */
function isAsynchronous(span: Span): boolean {
  return span.role === "served" && factOf(span)?.protocol === "messaging";
}

function isServedAnew(span: Span, part: Part, call: Call | null): boolean {
  return call !== null || span.service === null || span.service !== part.service;
}

function isForeign(span: Span, part: Part): boolean {
  return span.service !== null && part.service !== null && span.service !== part.service;
}

function unseenCall(part: Part): Call {
  const call: Call = { part, span: null, carriers: [], callees: [], bridged: false };
  part.calls.push(call);
  return call;
}

function open(root: Span, above: Call | null, parts: Part[]): Part {
  const orphan = above === null && root.parentId !== null && root.parent === null;
  const part: Part = { root, service: root.service, spans: [root], calls: [], above, orphan, skewed: false };
  above?.callees.push(part);
  parts.push(part);
  return part;
}

function callOf(span: Span, part: Part): Call | null {
  if (factOf(span)?.protocol === "messaging") return null;
  const call: Call = { part, span, carriers: [], callees: [], bridged: false };
  part.calls.push(call);
  return call;
}

/** A caller without a name has the one that it told its callee. */
function nameByCallees(parts: readonly Part[]): void {
  for (const part of parts) {
    const caller = factOf(part.root)?.caller ?? null;
    if (caller !== null && part.above !== null) part.above.part.service ??= caller;
  }
}

/**
 * Hangs orphans under the only call of their trace that nobody served: the span between them never came. Where several calls could be
 * meant none is.
 */
function bridge(parts: readonly Part[]): void {
  const open = parts.flatMap(({ calls }) => calls.filter(({ span, callees }) => span !== null && callees.length === 0));
  const wanted = new Map<Call, Part[]>();
  for (const part of parts) {
    if (!part.orphan) continue;
    const fitting = open.filter((call) => mayHaveAskedFor(call, part));
    if (fitting.length === 1) push(wanted, fitting[0] as Call, part);
  }
  for (const [call, orphans] of wanted) {
    for (const part of ofOneRequest(call, orphans)) {
      part.above = call;
      call.callees.push(part);
      call.bridged = true;
    }
  }
}

/** Orphans that one request left: what came of its own steps, those first, and of the one that it sent on; none where that is not sure. */
function ofOneRequest(call: Call, orphans: readonly Part[]): readonly Part[] {
  if (orphans.length < 2) return orphans;
  const steps = orphans.filter(({ root }) => root.role !== "served");
  const sentOn = orphans.filter(({ root }) => root.role === "served");
  const services = new Set(steps.map(({ service }) => service));
  const one = services.size === 1 && sentOn.length <= 1 && !services.has(null) && !services.has(call.part.service);
  return one && sentOn.every(({ service }) => !services.has(service)) ? [...steps, ...sentOn] : [];
}

function mayHaveAskedFor(call: Call, part: Part): boolean {
  const span = call.span as Span;
  if (protocolOf(call) === null) return false;
  for (let at: Part | null = call.part; at !== null; at = at.above?.part ?? null) if (at === part) return false;
  return span.start <= part.root.start + ORPHAN_BEGINS_MS && span.end >= part.root.start - ORPHAN_BEGINS_MS;
}

/** A part and all that is below it, each once, those above first. */
export function below(part: Part): Part[] {
  const found = [part];
  for (let index = 0; index < found.length; index += 1) {
    for (const { callees } of (found[index] as Part).calls) found.push(...callees);
  }
  return found;
}

/** All parts, each before the parts that are below it. */
export function topDown(parts: readonly Part[]): Part[] {
  return parts.filter(({ above }) => above === null).flatMap(below);
}
