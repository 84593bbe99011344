/** From a root with its hops to a cascade as the model has it: services reached, false origins, trigger. */
import type {
  Cascade,
  Confidence,
  FalseOrigin,
  Instant,
  Origin,
  Reached,
  Reason,
  ReportedError,
  Trigger,
} from "../../model/index.ts";
import type { Hop, Line, Link } from "../hops/hop.ts";
import { errorKey, type FailureLine, type HopIndex, startedWith } from "../hops/hop-index.ts";
import { nearest } from "../hops/nearest.ts";
import { PER_HOP_MS, TRIGGER_MS } from "../tolerances.ts";
import { ghostServices, ghostsOf } from "./ghost-work.ts";
import { comparePlaces, placesOf } from "./places.ts";
import { judge, reason } from "./verdict.ts";

/** A cascade before it has an id, with all the lines it rests on. */
export interface Tree {
  readonly cascade: Omit<Cascade, "id" | "aliases">;
  readonly lines: readonly Line[];
}

const SAMPLE = 60;

/** Builds the tree under one root; `roots` are several where one incident has several streams. */
export function buildTree(index: HopIndex, roots: readonly Hop[], traceId: string | null): Tree {
  const root = roots[0] as Hop;
  const verdict = held(judge(index, root), roots);
  const hops = below(roots);
  const told = hops.flatMap((hop) => hop.lines).sort(byPlace);
  const ghosts = ghostsOf(index, hops);
  const lines = merge(told, ghosts);
  const originAt = instantOf(roots.flatMap((hop) => hop.lines)) ?? returnedAt(index, verdict, hops);
  const ghostly = ghostServices(
    ghosts.map(({ evidence }) => evidence),
    hops,
  );
  const running = new Set(ghostly.map(({ service }) => service));
  const reached = reachedBy(index, hops, verdict, originAt, running);
  const trigger = triggerOf(index, roots, verdict, originAt);
  const bystanders = bystandersOf(index, reached, verdict, trigger);
  const timed = (line: Line): boolean => line.evidence.at !== null;
  const firstAt = lines.find(timed)?.evidence.at;
  const lastAt = lines.findLast(timed)?.evidence.at;
  return {
    cascade: {
      count: 1,
      ...(traceId === null ? {} : { traceId }),
      origin: verdict,
      ...(trigger === null ? {} : { trigger }),
      falseOrigins: falseOriginsOf(hops, verdict),
      reached,
      ...(ghostly.length === 0 ? {} : { ghosts: ghostly }),
      ...(bystanders.length === 0 ? {} : { bystanders }),
      ...(firstAt == null ? {} : { firstAt }),
      ...(lastAt == null ? {} : { lastAt }),
      // What went on comes last and must not be cut off
      evidence: merge(told.slice(0, SAMPLE), ghosts.slice(0, SAMPLE)).map((line) => line.evidence),
      evidenceCount: lines.length,
    },
    lines,
  };
}

/** A verdict is weak at most if nothing but paths says whose the lines behind it are. */
function held(verdict: Origin, roots: readonly Hop[]): Origin {
  // What a service below says of the path counts less than what the origin itself says
  const hops = roots.flatMap((root) => (root.lines.length > 0 ? [root] : root.children));
  const guessed = hops.flatMap((hop) => hop.lines.filter(({ ownerGuessed }) => ownerGuessed));
  if (guessed.length === 0 || verdict.confidence === "guess") return verdict;
  const text =
    "nothing but the paths of cancels says which service wrote these lines: read each service's log under its own name";
  const why = reason("owner-unknown", text, guessed);
  return { ...verdict, confidence: "weak", reasons: [...verdict.reasons, why] };
}

/** Hardly any cascade has ghosts. */
function merge(told: readonly Line[], ghosts: readonly Line[]): readonly Line[] {
  return ghosts.length === 0 ? told : [...told, ...ghosts].sort(byPlace);
}

function byPlace(a: Line, b: Line): number {
  if (a.at !== b.at) return a.at - b.at;
  return comparePlaces(a.evidence.place, b.evidence.place);
}

function below(roots: readonly Hop[]): Hop[] {
  const hops: Hop[] = [...roots];
  for (let index = 0; index < hops.length; index += 1) hops.push(...(hops[index] as Hop).children);
  return hops;
}

function instantOf(lines: readonly Line[]): Instant | null {
  let first: Instant | null = null;
  for (const { evidence } of lines)
    if (evidence.at !== null && (first === null || evidence.at < first)) first = evidence.at;
  return first;
}

interface Stop {
  service: string;
  via: string | null;
  side: Reached["side"];
  link: Link | null;
  readonly lines: Line[];
  depth: number;
}

function reachedBy(
  index: HopIndex,
  hops: readonly Hop[],
  verdict: Origin,
  originAt: Instant | null,
  running: ReadonlySet<string | null>,
): Reached[] {
  const stops = new Map<string, Stop>();
  for (const hop of hops) {
    const service = hop.service;
    if (service !== null && service !== verdict.service && !(hop.parent === null && hop.role === "started")) {
      const stop = stopOf(stops, service, viaOf(hop, verdict), hop);
      stop.lines.push(...hop.lines);
    }
    for (const silent of silentPeers(index, hop, verdict)) stopOf(stops, silent, service ?? verdict.service, null);
  }
  return [...stops.values()]
    .sort((a, b) => a.depth - b.depth || (a.service < b.service ? -1 : 1))
    .map((stop) => dress(stop, originAt, running.has(stop.service)));
}

/** Services of the trace that no line says were cancelled, or failed. */
function bystandersOf(
  index: HopIndex,
  reached: readonly Reached[],
  verdict: Origin,
  trigger: Trigger | null,
): readonly string[] {
  if (!index.traced) return [];
  const touched = [
    ...[verdict.service, trigger?.service],
    ...reached.map(({ service }) => service),
    ...index.byService.keys(),
    ...index.failures.keys(),
  ];
  return bystandersAmong(
    index.spans.map(({ evidence }) => evidence.service),
    touched,
  );
}

/** The services among those that took part which nothing touched, in order of their names. */
export function bystandersAmong(
  services: readonly (string | null)[],
  touched: readonly (string | null | undefined)[],
): readonly string[] {
  const hit = new Set(touched);
  const others = new Set(services.filter((service) => service !== null && service !== "" && !hit.has(service)));
  return ([...others] as string[]).sort().slice(0, MAX_BYSTANDERS);
}

const MAX_BYSTANDERS = 20;

function stopOf(stops: Map<string, Stop>, service: string, via: string | null, hop: Hop | null): Stop {
  let stop = stops.get(service);
  if (stop === undefined) {
    stop = {
      service,
      via,
      side: "server",
      link: null,
      lines: [],
      depth: (via === null ? 0 : (stops.get(via)?.depth ?? 0)) + 1,
    };
    stops.set(service, stop);
  }
  // Its caller may have named it before a line of its own did
  stop.link ??= hop?.link ?? null;
  return stop;
}

/** The nearest service above that is another one. */
function viaOf(hop: Hop, verdict: Origin): string | null {
  for (let above = hop.parent; above !== null; above = above.parent) {
    if (above.service !== null && above.service !== hop.service) return above.service;
  }
  return verdict.service;
}

/** When the handler whose return ended the streams had returned, as its own streams show; null where they do not. */
function returnedAt(index: HopIndex, { service, kind }: Origin, hops: readonly Hop[]): Instant | null {
  if (kind !== "handler-return") return null;
  const heardAt = hops.reduce(
    (first, { lines, at }) => (lines.length > 0 ? Math.min(first, at) : first),
    Number.POSITIVE_INFINITY,
  );
  const own = index.returns.get(service) ?? [];
  return nearest(own, heardAt, index.traced ? Number.POSITIVE_INFINITY : PER_HOP_MS, () => true)?.evidence.at ?? null;
}

/** Services at the other end of a stream that was ended there and that left no line of their own. */
function silentPeers(index: HopIndex, hop: Hop, verdict: Origin): string[] {
  const found: string[] = [];
  for (const { evidence } of hop.lines) {
    if (evidence.side !== "client" || (evidence.observation !== "started" && evidence.observation !== "relayed"))
      continue;
    const peer = index.calls.peerOf(evidence);
    if (peer === null || peer === hop.service || peer === verdict.service) continue;
    if (!found.includes(peer)) found.push(peer);
  }
  return found;
}

function dress(stop: Stop, originAt: Instant | null, running: boolean): Reached {
  const first = instantOf(stop.lines);
  return {
    service: stop.service,
    state: running ? "still-running" : stop.lines.length > 0 ? "stopped" : "silent",
    via: stop.via,
    side: stop.side,
    ...(first === null ? {} : { at: first }),
    ...(first === null || originAt === null ? {} : { delayMs: Number(first - originAt) / 1e6 }),
    observed: stop.lines.length > 0,
    confidence: sureOf(stop),
    places: placesOf(stop.lines),
    evidenceCount: stop.lines.length,
  };
}

function sureOf(stop: Stop): Confidence {
  if (stop.link === "near-in-time") return "guess";
  if (stop.lines.length === 0) return "weak";
  const linked = stop.link === "path" || stop.link === "neighbour";
  // A runtime that says from whom it had the cancel, and that one's own word of it
  if (linked && stop.lines.some(({ evidence }) => evidence.type === "claim" && evidence.knowledge === "fact"))
    return "proven";
  return stop.link === "path" && stop.lines.length > 1 ? "proven" : "strong";
}

function falseOriginsOf(hops: readonly Hop[], verdict: Origin): FalseOrigin[] {
  const found = new Map<string, Reason[]>();
  for (const hop of hops) {
    if (hop.role !== "started" || hop.parent === null || hop.service === null || hop.service === verdict.service)
      continue;
    const reasons = found.get(hop.service) ?? [];
    reasons.push(whyFalse(hop));
    found.set(hop.service, reasons.slice(0, 5));
  }
  return [...found].map(([service, reasons]) => ({ service, reasons }));
}

function whyFalse(hop: Hop): Reason {
  const parent = hop.parent as Hop;
  const lines = [...parent.lines, ...hop.lines];
  const service = hop.service as string;
  if (hop.link === "own-incoming") {
    const from = parent.path?.at(-1) ?? parent.caller?.name ?? null;
    const text = from === null || from === "" ? "its caller" : from;
    return reason(
      "own-incoming-cancel",
      `${service} had itself been cancelled by ${text}; its context forgot that, so its error has no path`,
      lines,
    );
  }
  if (hop.link === "near-in-time") {
    return reason("near-in-time", `${parent.service} cancelled at the same moment, and ${service} has callers`, lines);
  }
  return reason("caller-cancelled", `${parent.service} ended its own stream to ${service} at that time`, lines);
}

/** The failure that made the origin act: an error of another stream of its own, right before. */
function triggerOf(index: HopIndex, roots: readonly Hop[], verdict: Origin, originAt: Instant | null): Trigger | null {
  const root = roots[0] as Hop;
  if (verdict.service === null || root.role !== "started" || root.kind === "deadline") return null;
  const own = index.failures.get(verdict.service) ?? [];
  const answer = ({ evidence }: FailureLine): boolean =>
    evidence.side !== "server" && !(evidence.type === "answer" && evidence.afterEnd);
  const failure = nearest(own, root.at, index.traced ? Number.POSITIVE_INFINITY : TRIGGER_MS, answer);
  if (failure === null) return null;
  const { evidence } = failure;
  const service = index.calls.peerOf(evidence) ?? whoReturned(index, failure, verdict.service);
  if (service === null) return null;
  const delayMs = originAt === null || evidence.at === null ? null : Number(evidence.at - originAt) / 1e6;
  return {
    service,
    text: toldBy(failure)?.message ?? evidence.message,
    ...(delayMs === null || delayMs > 0 ? {} : { delayMs }),
    place: evidence.place,
  };
}

/** The service whose own line has the text that another one got as an answer. */
function whoReturned(index: HopIndex, failure: FailureLine, except: string): string | null {
  const told = toldBy(failure);
  const other = (service: string | null): boolean => service !== null && service !== except;
  const same = index.errors.get(errorKey((told?.depth ?? 1) - 1, told?.message ?? failure.evidence.message)) ?? [];
  const writer = nearest(same, failure.at, Number.POSITIVE_INFINITY, ({ evidence }) => other(evidence.service));
  if (writer !== null || told?.depth !== 1) return writer?.evidence.service ?? null;
  const owners = startedWith(index, told.message);
  return nearest(owners, failure.at, Number.POSITIVE_INFINITY, ({ service }) => other(service))?.service ?? null;
}

function toldBy({ evidence }: FailureLine): ReportedError | null {
  return evidence.type === "answer" ? evidence.told : null;
}
