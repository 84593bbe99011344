/**
 * Which of the names that only texts mention is which of the services that only write: the pod `prod-gateway-svc` and the `gateway` of
 * the paths.
 *
 * A cancel that went A -> B -> C is told by C with that path, and at the same time by B itself, under whatever name B writes: each such
 * pair in time is a vote. A name that holds the other as whole words needs one vote. Any other needs nearly all votes of both names, and
 * is believed only for a name that comes from where the lines stand (a pod, a file).
 */
import type { Claim } from "../../model/index.ts";
import { chainOf } from "../hops/chain.ts";
import type { ClaimLine, Line } from "../hops/hop.ts";
import { around, matchNearest } from "../hops/nearest.ts";
import { PER_HOP_MS } from "../tolerances.ts";
import { holdsName } from "./likeness.ts";
import type { NameFacts, Strangers } from "./name-facts.ts";
import type { NameGroups } from "./name-groups.ts";
import { isPlaceName } from "./name-groups.ts";

/** So many votes decide, where somebody else may have been meant each time; a writer without a rival has them with one line. */
const MANY = 10;
/** The share of its votes that a name needs which is not like the other. */
const NEARLY_ALL = 0.8;

/** No more pairs of names are compared without a line that pairs them. */
const MAX_PAIRS = 100_000;

/** A vote: somebody's line at a time, under a name. */
interface Ballot {
  readonly at: number;
  readonly name: string;
  /** True if the name is only a word that may be one: it takes a writer whose name is like it. */
  readonly hint?: boolean;
  /** True if the writer shows an end of a stream of its own: only a service that passes a cancel on is named by those below. */
  readonly passesOn: boolean;
}

/** True if there are names of both kinds, so that lines can pair them. */
export function votesCount(facts: NameFacts, groups: NameGroups): boolean {
  const { unheard, hinted, unmentioned } = facts.strangers(groups);
  return unheard.size + hinted.size > 0 && unmentioned.size > 0;
}

/** Joins the names that the lines show to be one service's, and returns the pairs. Changes `groups`; the facts stay as they are. */
export function joinByVotes(
  lines: readonly Line[],
  facts: NameFacts,
  groups: NameGroups,
): readonly (readonly [string, string])[] {
  const joined: (readonly [string, string])[] = [];
  // Once for the names in paths, once for those of peers, who are found below a service whose name is known by then
  for (const pairs of [pairsByPath, pairsByPeer]) {
    const strangers = facts.strangers(groups);
    if (strangers.unheard.size + strangers.hinted.size === 0 || strangers.unmentioned.size === 0) continue;
    const votes = new Votes();
    votes.countLike(strangers, facts);
    for (const [named, writers] of pairs(lines.filter(isClaim), groups, strangers)) votes.count(named, writers);
    for (const [mention, writer] of votes.decide(facts)) {
      groups.add(mention, "mention");
      groups.join(writer, mention);
      joined.push([mention, writer]);
    }
  }
  return joined;
}

function isClaim(line: Line): line is ClaimLine {
  return line.evidence.type === "claim" && line.evidence.observation !== "lost";
}

type Pairs = Iterable<readonly [named: Ballot[], writers: Ballot[]]>;

/** Lines that list a name at the end of their path, beside the lines of whoever wrote what that one must have seen. */
function pairsByPath(claims: readonly ClaimLine[], groups: NameGroups, { unheard, unmentioned }: Strangers): Pairs {
  const named = new Ballots();
  const writers = new Ballots();
  for (const { evidence, at } of claims) {
    const path = chainOf(evidence);
    const mention = path === null || path.length === 0 ? null : groups.nameOf(path.at(-1) as string);
    if (path !== null && mention !== null && unheard.has(mention)) {
      named.add(keyOf(evidence, path.slice(0, -1)), { at, name: mention, passesOn: true });
    }
    const caller = evidence.caller?.name ?? null;
    if (caller !== null && evidence.service !== null && unheard.has(groups.nameOf(caller))) {
      const key = `${evidence.traceId} -> ${groups.nameOf(evidence.service)}`;
      named.add(key, { at, name: groups.nameOf(caller), passesOn: true });
    }
    const writer = evidence.service === null ? null : groups.nameOf(evidence.service);
    if (writer === null || !unmentioned.has(writer)) continue;
    const passesOn = evidence.side === "client";
    writers.add(keyOf(evidence, path ?? []), { at, name: writer, passesOn });
    if (passesOn && evidence.peer !== null)
      writers.add(`${evidence.traceId} -> ${groups.nameOf(evidence.peer)}`, { at, name: writer, passesOn });
  }
  return named.beside(writers);
}

/** Lines that name a peer, beside the lines of those who say that the writer of the first cancelled them. */
function pairsByPeer(
  claims: readonly ClaimLine[],
  groups: NameGroups,
  { unheard, hinted, unmentioned }: Strangers,
): Pairs {
  const named = new Ballots();
  const writers = new Ballots();
  for (const { evidence, at } of claims) {
    const service = evidence.service === null ? null : groups.nameOf(evidence.service);
    if (service === null) continue;
    const said = evidence.side === "server" ? null : (evidence.peer ?? evidence.peerHint);
    const peer = said === null ? null : groups.nameOf(said);
    if (peer !== null && (unheard.has(peer) || hinted.has(peer)))
      named.add(keyOf(evidence, [service]), { at, name: peer, hint: !unheard.has(peer), passesOn: false });
    if (!unmentioned.has(service) || evidence.side === "client") continue;
    const caller = evidence.caller?.name ?? chainOf(evidence)?.at(-1) ?? null;
    if (caller !== null) writers.add(keyOf(evidence, [groups.nameOf(caller)]), { at, name: service, passesOn: true });
  }
  return named.beside(writers);
}

/** What is told alike above and below: the trace, the cause, the services above. */
function keyOf({ traceId, code, message }: Claim, above: readonly string[]): string {
  return `${traceId}\u0000${code}\u0000${message}\u0000${above.join("\u0001")}`;
}

class Ballots {
  readonly #byKey = new Map<string, Ballot[]>();

  add(key: string, ballot: Ballot): void {
    const list = this.#byKey.get(key);
    if (list === undefined) this.#byKey.set(key, [ballot]);
    else list.push(ballot);
  }

  *beside(other: Ballots): Pairs {
    for (const [key, list] of this.#byKey) {
      const others = other.#byKey.get(key);
      if (others !== undefined) yield [list.sort(byTime), others.sort(byTime)];
    }
  }
}

function byTime(a: Ballot, b: Ballot): number {
  return a.at - b.at || (a.name < b.name ? -1 : 1);
}

class Votes {
  /** Votes by the name that is mentioned, then by the writer. */
  readonly #like = new Map<string, Map<string, number>>();
  readonly #near = new Map<string, Map<string, number>>();

  /** A name that only one pod or file holds, and that holds no other, needs no line of that one. */
  countLike({ unheard, unmentioned }: Strangers, facts: NameFacts): void {
    const places = [...unmentioned].filter((name) => isPlaceName(facts.writerOf(name)));
    if (places.length * unheard.size > MAX_PAIRS) return;
    for (const mention of unheard) {
      const holders = places.filter((name) => holdsName(name, mention));
      if (holders.length === 1) vote(this.#like, mention, holders[0]);
    }
  }

  count(named: readonly Ballot[], writers: readonly Ballot[]): void {
    const like = matchNearest(named, writers, PER_HOP_MS, (mention, writer) =>
      holdsName(writer.name, mention.name) ? 0 : Number.POSITIVE_INFINITY,
    );
    const near = matchNearest(named, writers, PER_HOP_MS, (mention, writer) =>
      mention.hint === true || (mention.passesOn && !writer.passesOn) ? Number.POSITIVE_INFINITY : 0,
    );
    named.forEach(({ name, at }, place) => {
      vote(this.#like, name, writers[like[place] as number]?.name);
      const nearest = writers[near[place] as number]?.name;
      const alone = around(writers, at, PER_HOP_MS).every((writer) => writer.name === nearest);
      vote(this.#near, name, nearest, alone ? MANY : 1);
    });
  }

  /** Pairs of a mentioned name and the writer that answers to it, each name at most once. */
  *decide(facts: NameFacts): Generator<readonly [mention: string, writer: string]> {
    const taken = new Set<string>();
    const done = new Set<string>();
    // A longer name says more: `web-chat` comes before `chat`
    for (const mention of [...this.#like.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
      const writers = [...(this.#like.get(mention)?.keys() ?? [])].filter((writer) => !taken.has(writer));
      if (writers.length !== 1) continue;
      taken.add(writers[0] as string);
      done.add(mention);
      yield [mention, writers[0] as string];
    }
    const received = totals(this.#near);
    for (const mention of [...this.#near.keys()].sort()) {
      if (done.has(mention)) continue;
      const writer = winner(this.#near.get(mention) as ReadonlyMap<string, number>);
      if (writer === null || taken.has(writer) || !isPlaceName(facts.writerOf(writer))) continue;
      const votes = this.#near.get(mention)?.get(writer) ?? 0;
      if (votes < MANY || votes < NEARLY_ALL * (received.get(writer) ?? 0)) continue;
      taken.add(writer);
      yield [mention, writer];
    }
  }
}

function vote(votes: Map<string, Map<string, number>>, mention: string, writer: string | undefined, weight = 1): void {
  if (writer === undefined) return;
  const writers = votes.get(mention) ?? new Map<string, number>();
  votes.set(mention, writers);
  writers.set(writer, (writers.get(writer) ?? 0) + weight);
}

/** The writer with nearly all votes for a name. */
function winner(writers: ReadonlyMap<string, number>): string | null {
  let sum = 0;
  for (const votes of writers.values()) sum += votes;
  for (const [writer, votes] of writers) if (votes >= NEARLY_ALL * sum) return writer;
  return null;
}

/** All the votes that each writer got, for whatever name. */
function totals(votes: ReadonlyMap<string, ReadonlyMap<string, number>>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const writers of votes.values())
    for (const [writer, count] of writers) sums.set(writer, (sums.get(writer) ?? 0) + count);
  return sums;
}
