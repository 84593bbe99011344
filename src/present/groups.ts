/**
 * Which cascades tell the same story.
 *
 * A service that gives up a thousand times a day makes a thousand cascades with a thousand ids and one cause. People want to read it
 * once, with its count.
 */
import { type Cascade, storyOf } from "../model/index.ts";

/** Cascades that tell the same story: the first of them to read, and all of them. */
export interface AlikeGroup {
  /** The one with the most evidence, the earliest among equals. */
  readonly example: Cascade;
  readonly members: readonly Cascade[];
  /** How many cancels that is: the sum of the members' counts. */
  readonly count: number;
}

/**
 * Puts cascades together that have the same origin, kind, code, confidence, shape and false origins. Groups stand with the most
 * important first: see {@link compareWeight}.
 */
export function groupAlike(cascades: readonly Cascade[]): readonly AlikeGroup[] {
  const groups = new Map<string, Cascade[]>();
  for (const cascade of cascades) {
    const key = storyOf(cascade);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [cascade]);
    else members.push(cascade);
  }
  const found = [...groups.values()].map((members): AlikeGroup => {
    let example = members[0] as Cascade;
    let count = 0;
    for (const member of members) {
      count += member.count;
      if (member.evidenceCount > example.evidenceCount) example = member;
    }
    return { example, members, count };
  });
  return found.sort(compareWeight);
}

/**
 * Orders groups by what a person should read first: cancels before errors that cancelled nobody, then the number of services stopped
 * (times count), then the earliest.
 */
function compareWeight(one: AlikeGroup, other: AlikeGroup): number {
  const harmless = Number(one.example.origin.kind === "error") - Number(other.example.origin.kind === "error");
  if (harmless !== 0) return harmless;
  const weight = weightOf(other) - weightOf(one);
  if (weight !== 0) return weight;
  const first = one.example.firstAt;
  const second = other.example.firstAt;
  if (first === second) return 0;
  if (first === undefined) return 1;
  if (second === undefined) return -1;
  return first < second ? -1 : 1;
}

function weightOf(group: AlikeGroup): number {
  return group.count * (1 + group.example.reached.length);
}
