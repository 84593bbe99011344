/**
 * Ghost work: what went on after the cancel had reached a service, or should have.
 *
 * Some runtimes measure it and say so in a span. Of other services the spans of the trace tell: a server span that ended
 * long after the stream of the cancelled service that it hangs under. And a log tells: a message sent, or a handler that returned, long
 * after its service had heard of the cancel.
 */
import type { Evidence, GhostService, GhostWork, Place } from "../../model/index.ts";
import type { ClaimLine, Hop, Line } from "../hops/hop.ts";
import type { HopIndex } from "../hops/hop-index.ts";
import { STILL_RUNNING_MS } from "../tolerances.ts";
import { MAX_PLACES } from "./places.ts";

/** Spans above a span that are looked at: loops of damaged parents end there. */
const DEEPEST = 64;

/** A line about work that went on. */
export type GhostLine = Line<GhostWork>;

/** The lines of a trace that tell of work after the cancel of these hops. */
export function ghostsOf(index: HopIndex, hops: readonly Hop[]): GhostLine[] {
  if (!index.traced) return [];
  const measured = measuredGhosts(index, hops);
  const known = new Set(measured.map(({ evidence }) => evidence.service));
  return [...measured, ...lateSpans(index, hops).filter(({ evidence }) => !known.has(evidence.service))];
}

/**
 * Who worked on after the cancel, for how long: the one decision that trees, titles, warnings and reports repeat. `ghosts` is what was
 * measured or seen in spans; what logs tell is found in the hops.
 */
export function ghostServices(ghosts: readonly GhostWork[], hops: readonly Hop[]): readonly GhostService[] {
  const found = new Map<string, GhostService>();
  const add = (service: string, durationMs: number, messages: number, place: Place): void => {
    const known = found.get(service);
    const places = known?.places ?? [];
    found.set(service, {
      service,
      durationMs: Math.max(durationMs, known?.durationMs ?? 0),
      messages: messages + (known?.messages ?? 0),
      places: places.length < MAX_PLACES ? [...places, place] : places,
    });
  };
  for (const { service, durationMs, messages, place } of ghosts)
    if (service !== null) add(service, durationMs, messages ?? 0, place);
  for (const { service, line, durationMs } of lateWork(hops)) add(service, durationMs, 0, line.evidence.place);
  return [...found.values()];
}

/** Lines of work that stand over a second after their service had heard of the cancel. */
function lateWork(hops: readonly Hop[]): { service: string; line: ClaimLine; durationMs: number }[] {
  const heard = new Map<string | null, number>();
  for (const hop of hops) {
    const at = heardAt(hop);
    heard.set(hop.service, Math.min(at, heard.get(hop.service) ?? at));
  }
  return hops.flatMap((hop) => {
    const { service } = hop;
    if (service === null) return [];
    const ownAt = heardAt(hop);
    const serviceAt = heard.get(service) as number;
    return hop.lines.flatMap((line) => {
      if (!isServing(line) || line.evidence.at === null) return [];
      // A handler returns once: only its own stream says how late that is
      const since =
        line.evidence.operation === "send" ? serviceAt : line.evidence.operation === "handler" ? ownAt : null;
      const durationMs = since === null ? 0 : line.at - since;
      return durationMs > STILL_RUNNING_MS ? [{ service, line, durationMs }] : [];
    });
  });
}

function heardAt({ lines }: Hop): number {
  return lines.reduce(
    (first, line) => (isServing(line) && line.evidence.at !== null ? Math.min(first, line.at) : first),
    Number.POSITIVE_INFINITY,
  );
}

/** The line is about a stream that its service served: it says so, or that its caller ended it. */
function isServing({ evidence: { side, observation, about } }: ClaimLine): boolean {
  return side === "server" || (side === null && observation === "received" && about === "caller");
}

function isGhost(line: Line): line is GhostLine {
  return line.evidence.type === "ghost";
}

function measuredGhosts({ spans }: HopIndex, hops: readonly Hop[]): GhostLine[] {
  const ghosts = spans.filter(isGhost);
  if (ghosts.length === 0) return ghosts;
  const ids = new Set(hops.flatMap((hop) => hop.lines.map((line) => line.evidence.cancelId)));
  return ghosts.filter(({ evidence }) => ids.has(evidence.cancelId));
}

function lateSpans({ spans }: HopIndex, hops: readonly Hop[]): GhostLine[] {
  const first = hops.reduce((earliest, { at }) => Math.min(earliest, at), Number.POSITIVE_INFINITY);
  const late = spans.filter(
    ({ evidence, at }) =>
      at - first > STILL_RUNNING_MS && evidence.serves && evidence.operation === "span" && evidence.cancelId === null,
  );
  if (late.length === 0) return [];
  const ended = endsOfStreams(hops);
  const parents = new Map(spans.map(({ evidence }) => [evidence.spanId, evidence.parentSpanId]));
  return late.flatMap((line) => {
    const end = endAbove(line.evidence.parentSpanId, ended, parents);
    const durationMs = end === null ? 0 : line.at - end;
    return durationMs > STILL_RUNNING_MS ? [{ ...line, evidence: asGhost(line.evidence, durationMs) }] : [];
  });
}

/** When streams of the cancelled services ended, by their spans. */
function endsOfStreams(hops: readonly Hop[]): ReadonlyMap<string, number> {
  const ended = new Map<string, number>();
  for (const { lines } of hops) {
    for (const { evidence, at } of lines) {
      // A cancel span of ours hangs under the span of its stream
      const spanId = evidence.cancelId === null ? evidence.spanId : evidence.parentSpanId;
      if (spanId !== null) ended.set(spanId, Math.min(at, ended.get(spanId) ?? at));
    }
  }
  return ended;
}

/** The end of the nearest stream above that was cancelled; null where there is none. */
function endAbove(
  parentSpanId: string | null,
  ended: ReadonlyMap<string, number>,
  parents: ReadonlyMap<string | null, string | null>,
): number | null {
  let spanId = parentSpanId;
  for (let depth = 0; spanId !== null && depth < DEEPEST; depth += 1) {
    const end = ended.get(spanId);
    if (end !== undefined) return end;
    spanId = parents.get(spanId) ?? null;
  }
  return null;
}

/** The evidence of a request, as work that went on for so long. */
export function asGhost(evidence: Evidence, durationMs: number): GhostWork {
  const text = `its stream went on for ${Math.round(durationMs)} ms after the one above it had ended${evidence.text === "" ? "" : `: ${evidence.text}`}`;
  const { dialect, service, serviceFrom, otherNames, peer, peerHint, address, serves, operation, method, at } =
    evidence;
  const { traceId, spanId, parentSpanId, request, cancelId, echo, place } = evidence;
  const testimony = {
    dialect,
    service,
    serviceFrom,
    otherNames,
    peer,
    peerHint,
    address,
    serves,
    operation,
    method,
    at,
    echo,
    place,
  };
  const ids = { traceId, spanId, parentSpanId, request, cancelId };
  return { ...testimony, ...ids, type: "ghost", side: "server", text, durationMs, messages: null };
}
