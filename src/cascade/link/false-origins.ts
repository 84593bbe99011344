/**
 * False origins: hops that look started and were relayed.
 *
 * In Kitex a context that the handler derived forgets the reason of its parent, so the relay's own error has no path and the services
 * below see a path that begins with it (docs/protocol.md#false-origins). Any incoming cancel of the same handler explains such a hop; the
 * caller's own cancel towards it does too; the caller having been told of an error speaks against it. Timeouts and handler returns are a
 * service's own and are never explained away, but for a deadline that gRPC had carried there (docs/protocol.md#inherited-deadlines).
 */
import type { Told } from "../../model/index.ts";
import { adopt, factualLines, type Hop, hasClientLine, type Line, sharesSpan } from "../hops/hop.ts";
import { allHops, byTime, errorKey, push, type Scene } from "../hops/hop-index.ts";
import { matchNearest } from "../hops/nearest.ts";
import { linkArrivals, linkNearInTime } from "./by-caller.ts";

const PER_HOP_MS = 7_000;
const SAME_HANDLER_MS = 5;
const TOLD_MS = 2_000;
const FAILED_MS = 200;
const INHERITED_MS = 100;

/** Hangs every hop that only looks started under what explains it. */
export function explainFalseOrigins(scene: Scene): void {
  const suspects = allHops(scene).filter((hop) => hop.parent === null && hop.service !== null && mayBeRelay(hop));
  markGenuine(scene, suspects, "told");
  explainByOwnIncoming(scene, open(suspects));
  linkArrivals(scene, open(suspects).filter(mayHaveCaller), "caller-cancelled");
  markGenuine(scene, open(suspects), "caller-failed");
  explainInherited(scene);
  linkNearInTime(
    scene,
    open(suspects).filter((hop) => scene.calls.serves(hop.service as string)),
  );
}

function open(hops: readonly Hop[]): Hop[] {
  return hops.filter((hop) => hop.parent === null && hop.genuine === null);
}

/** Only a plain cancel can come from a derived context, and a runtime that says that it started the cancel knows. */
function mayBeRelay(hop: Hop): boolean {
  return hop.role === "started" && hop.kind === "cancel" && factualLines(hop).length === 0;
}

function mayHaveCaller(hop: Hop): boolean {
  return hop.genuine === null;
}

/** A caller that got an error as an answer did not cancel the call. */
function markGenuine(scene: Scene, hops: readonly Hop[], how: "told" | "caller-failed"): void {
  const byService = group(hops);
  for (const [service, suspects] of byService) {
    const answers = [...scene.failures]
      .flatMap(([writer, lines]) =>
        writer === service ? [] : lines.filter((line) => answersFrom(scene, line, service, how)),
      )
      .sort((a, b) => a.at - b.at);
    const matched = matchNearest(
      suspects,
      answers,
      scene.traced ? Number.POSITIVE_INFINITY : how === "told" ? TOLD_MS : FAILED_MS,
    );
    suspects.forEach((hop, index) => {
      if (matched[index] !== -1) hop.genuine = how;
    });
  }
}

function answersFrom(scene: Scene, line: Line, service: string, how: "told" | "caller-failed"): boolean {
  const { evidence } = line;
  if (evidence.echo || evidence.side === "server" || (evidence.told === null && evidence.dialect !== "biz-status"))
    return false;
  const peer = scene.calls.peerOf(evidence);
  if (peer !== null && peer !== service) return false;
  const told = evidence.told;
  if (
    peer === null &&
    !scene.traced &&
    !scene.calls.callersOf(service).has(line.service ?? "") &&
    !returned(scene, service, told)
  )
    return false;
  if (how === "caller-failed") return true;
  return told !== null && told.depth === 1 && told.happening === "started" && told.kind === "cancel";
}

/** True where the service wrote that its handler returned the very error that another one got as an answer. */
function returned(scene: Scene, service: string, told: Told | null): boolean {
  if (told === null) return false;
  return (scene.errors.get(errorKey(told.depth - 1, told.message)) ?? []).some((line) => line.service === service);
}

function explainByOwnIncoming(scene: Scene, suspects: readonly Hop[]): void {
  for (const [service, hops] of group(suspects)) {
    const incoming = (scene.byService.get(service) ?? []).filter((hop) => hop.role === "reached");
    if (incoming.length === 0) continue;
    const sameSpan = (hop: Hop, other: Hop): number => (sharesSpan(hop, other) ? 0 : 1);
    const bare = incoming.filter((hop) => !hasClientLine(hop)).sort(byTime);
    take(hops, bare, scene.traced ? Number.POSITIVE_INFINITY : PER_HOP_MS, sameSpan);
    const relaying = incoming.filter(hasClientLine).sort(byTime);
    take(
      hops.filter((hop) => hop.parent === null),
      relaying,
      scene.traced ? PER_HOP_MS : SAME_HANDLER_MS,
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
  hops.forEach((hop, index) => {
    const parent = incoming[matched[index] as number];
    if (parent !== undefined) adopt(parent, hop, "own-incoming");
  });
}

/** Over gRPC a deadline travels, and the relay's own timer fires with its owner's. */
function explainInherited(scene: Scene): void {
  const deadlines = allHops(scene).filter(
    (hop) => hop.role === "started" && hop.kind === "deadline" && hop.parent === null && hop.service !== null,
  );
  const carried = deadlines.filter((hop) =>
    hop.lines.some(({ evidence }) => evidence.dialect === "grpc" || evidence.dialect === "go-context"),
  );
  for (const hop of deadlines) {
    const service = hop.service as string;
    const incoming = (scene.byService.get(service) ?? []).find(
      (other) =>
        other !== hop && other.role === "reached" && overGrpc(other) && Math.abs(other.at - hop.at) <= INHERITED_MS,
    );
    if (incoming !== undefined && adopt(incoming, hop, "own-incoming")) continue;
    const owner = carried.find(
      (other) =>
        other !== hop &&
        Math.abs(other.at - hop.at) <= INHERITED_MS &&
        other.lines.some((line) => line.evidence.side !== "server" && scene.calls.peerOf(line.evidence) === service) &&
        !other.children.some(
          (child) => child.service === service && child.kind === "deadline" && child.role === "started",
        ),
    );
    if (owner !== undefined) adopt(owner, hop, "caller-cancelled");
  }
}

function overGrpc(hop: Hop): boolean {
  return (
    hop.path === null &&
    hop.lines.some(({ evidence }) => evidence.dialect === "grpc" || evidence.dialect === "go-context")
  );
}

function group(hops: readonly Hop[]): Map<string, Hop[]> {
  const groups = new Map<string, Hop[]>();
  for (const hop of [...hops].sort(byTime)) push(groups, hop.service as string, hop);
  return groups;
}
