/**
 * One cancel, one cascade: what the requests of a trace tell, and what claims about streams of the same trace tell, are joined where they
 * are about the same services. Whoever stands further up in the trace started it.
 */
import type { FalseOrigin, Origin, Reached } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import { bystandersAmong, type Tree } from "../judge/cascade.ts";
import type { Part } from "./parts.ts";
import { reasonOf } from "./pressed.ts";
import type { RequestTree } from "./request-trees.ts";

/** Joins the trees that claims made with those of the requests, which were sorted into these parts. */
export function joinStories(parts: readonly Part[], requests: readonly RequestTree[], claims: readonly Tree[]): Tree[] {
  if (requests.length === 0) return [...claims];
  const seats = new Seats(parts);
  const free = new Set(claims);
  const told = claims.filter(({ cascade }) => cascade.origin.service !== null);
  const joined: Tree[] = [];
  for (const each of requests) {
    // Claims that name the service at the other end know more than the one who only lost it
    if (each.origin === null && told.some((tree) => seats.shareReasons(tree, each.tree))) continue;
    const about = new Set([...(each.origin === null ? [] : [each.origin]), ...each.reached]);
    const related = [...free].filter(({ lines }) =>
      lines.some((line) => seats.of(line).some((part) => about.has(part))),
    );
    for (const tree of related) free.delete(tree);
    joined.push(related.reduce((tree, other) => join(tree, other, seats), each).tree);
  }
  return [...free, ...joined];
}

/** Where the lines of a tree stand among the parts. */
class Seats {
  readonly #bySpan = new Map<string, Part>();
  readonly #byService = new Map<string | null, Part[]>();

  constructor(parts: readonly Part[]) {
    for (const part of parts) {
      for (const { id } of part.spans) this.#bySpan.set(id, part);
      const same = this.#byService.get(part.service);
      if (same === undefined) this.#byService.set(part.service, [part]);
      else same.push(part);
    }
  }

  /** The part of a line; all of its service where the line has no span. */
  of({ evidence }: Line): readonly Part[] {
    const part = this.#bySpan.get(evidence.spanId ?? "") ?? this.#bySpan.get(evidence.parentSpanId ?? "");
    return part === undefined ? (this.#byService.get(evidence.service) ?? []) : [part];
  }

  /** True if the verdicts of two trees have reasons that were read in one part. */
  shareReasons(one: Tree, other: Tree): boolean {
    const behind = this.#behind(one);
    return this.#behind(other).some((part) => behind.includes(part));
  }

  #behind({ cascade }: Tree): Part[] {
    const places = cascade.origin.reasons.flatMap((reason) => reason.places);
    return places.flatMap((place) => ("spanId" in place ? (this.#bySpan.get(place.spanId) ?? []) : []));
  }

  /** The topmost part of the service that a tree blames; null where it has none. */
  originOf({ cascade, lines }: Tree): Part | null {
    const parts = lines.flatMap((line) => this.of(line)).filter(({ service }) => service === cascade.origin.service);
    return parts.reduce<Part | null>((top, part) => (top === null || isAbove(part, top) ? part : top), null);
  }
}

function isAbove(upper: Part, lower: Part): boolean {
  for (let part = lower.above?.part ?? null; part !== null; part = part.above?.part ?? null)
    if (part === upper) return true;
  return false;
}

/** Joins what claims tell into what requests tell. */
function join(requests: RequestTree, claims: Tree, seats: Seats): RequestTree {
  const seat = seats.originOf(claims);
  const below = claims.lines.flatMap((line) => seats.of(line));
  const ours = requests.tree.cascade;
  const theirs = claims.cascade;
  const verdict = verdictOf(requests, claims, seat, below);
  const known = new Set(claims.lines.filter(isGhost).map(({ evidence }) => evidence.service));
  // Nobody works on twice
  const isNew = (line: Pick<Line, "evidence">): boolean => !isGhost(line) || !known.has(line.evidence.service);
  const lines = [...new Set([...claims.lines, ...requests.tree.lines.filter(isNew)])].sort((a, b) => a.at - b.at);
  const times = lines.flatMap(({ evidence }) => (evidence.at === null ? [] : [evidence.at]));
  const [firstAt] = times;
  const lastAt = times.at(-1);
  const more = ours.evidence.filter((evidence) => isNew({ evidence }));
  // An origin without a span of its own is the callee that the requests have no name for
  const unnamed =
    verdict === theirs.origin && seat === null ? ours.reached.filter(({ observed }) => observed) : ours.reached;
  const reached = reachedOf(verdict, theirs.reached, unnamed);
  const { ghosts: _, bystanders: __, ...claimed } = theirs;
  return {
    origin: verdict === theirs.origin ? (seat ?? requests.origin) : requests.origin,
    reached: requests.reached,
    tree: {
      lines,
      cascade: {
        ...claimed,
        origin: verdict,
        falseOrigins: falseOriginsOf(verdict, claims, seat, requests),
        reached,
        ...asidesOf(verdict, reached, theirs, ours),
        ...(firstAt === undefined ? {} : { firstAt }),
        ...(lastAt === undefined ? {} : { lastAt }),
        evidence: [...new Set([...theirs.evidence, ...more])],
        evidenceCount: lines.length,
      },
    },
  };
}

type Sides = Tree["cascade"];

/** Who worked on, and who was not hit: both stories know some of them. */
function asidesOf(
  verdict: Origin,
  reached: readonly Reached[],
  theirs: Sides,
  ours: Sides,
): Pick<Sides, "ghosts" | "bystanders"> {
  const told = theirs.ghosts ?? [];
  const more = (ours.ghosts ?? []).filter(({ service }) => !told.some((each) => each.service === service));
  const ghosts = [...told, ...more];
  const hit = [verdict.service, theirs.origin.service, ...reached.map(({ service }) => service)];
  // Each story counts those as not hit that only the other one knows of
  const bystanders = bystandersAmong(
    (ours.bystanders ?? []).filter((service) => theirs.bystanders?.includes(service) ?? true),
    hit,
  );
  return {
    ...(ghosts.length === 0 ? {} : { ghosts }),
    ...(bystanders.length === 0 ? {} : { bystanders }),
  };
}

function isGhost({ evidence }: Pick<Line, "evidence">): boolean {
  return evidence.type === "ghost";
}

function verdictOf(
  { origin: part, tree }: RequestTree,
  claims: Tree,
  seat: Part | null,
  below: readonly Part[],
): Origin {
  const ours = tree.cascade.origin;
  const theirs = claims.cascade.origin;
  const outside = ours.external !== undefined && ours.confidence !== "weak";
  if (theirs.service !== null && theirs.service === ours.service) {
    // Who knows itself that its caller left needs no spans to say so
    if (!outside || (theirs.external !== undefined && theirs.confidence === "proven")) return theirs;
    // The line that cancelled is known, and that it did so because its caller had left
    const reasons = [...ours.reasons, ...theirs.reasons];
    return { ...theirs, kind: ours.kind, confidence: ours.confidence, reasons, external: ours.external as string };
  }
  if (part === null) return theirs;
  // A service that has no line and no span in the trace was only known to call the next one
  const present = seat !== null || claims.lines.some(({ evidence }) => evidence.service === theirs.service);
  const isSure = ({ confidence }: Origin): boolean => confidence === "proven" || confidence === "strong";
  const doubted = !isSure(theirs) || (isSure(ours) && below.every((each) => isAbove(part, each)));
  return (!present && doubted) || (seat !== null && isAbove(part, seat)) ? ours : theirs;
}

function falseOriginsOf(verdict: Origin, { cascade }: Tree, seat: Part | null, { origin }: RequestTree): FalseOrigin[] {
  const others = cascade.falseOrigins.filter(({ service }) => service !== verdict.service);
  const { service } = cascade.origin;
  if (service === null || service === verdict.service || seat === null || origin === null) return others;
  const text = `further up in the same trace the request of ${verdict.service ?? "an unnamed service"} had been ended before`;
  return [...others, { service, reasons: [reasonOf("caller-cancelled", text, [origin.root, seat.root])] }];
}

function reachedOf(verdict: Origin, theirs: readonly Reached[], ours: readonly Reached[]): Reached[] {
  const byService = new Map<string, Reached>();
  for (const each of ours) byService.set(each.service, each);
  // Claims know better when it came and how sure that is
  for (const each of theirs) {
    const known = byService.get(each.service);
    const running = known?.state === "still-running" || each.state === "still-running";
    byService.set(each.service, {
      ...each,
      state: running ? "still-running" : each.state,
      via: each.via ?? known?.via ?? null,
    });
  }
  byService.delete(verdict.service ?? "");
  return [...byService.values()];
}
