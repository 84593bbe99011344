/**
 * Ghost work: what went on after the cancel had reached a service, or should have.
 *
 * Some runtimes measure it and say so in a span. Of other services the spans of the trace tell: a server span that ended
 * long after the stream of the cancelled service that it hangs under.
 */
import type { Evidence, GhostWork } from "../../model/index.ts";
import type { Hop, Line } from "../hops/hop.ts";
import type { HopIndex } from "../hops/hop-index.ts";
import { STILL_RUNNING_MS } from "../tolerances.ts";

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
