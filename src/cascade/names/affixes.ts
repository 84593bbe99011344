/**
 * How a cluster makes the names of its pods and files out of the services': where several are known to be `prod-X-svc`, the others that
 * are written like that are so, too.
 */
import { foldName } from "./likeness.ts";
import type { NameFacts } from "./name-facts.ts";
import { isPlaceName, type NameGroups } from "./name-groups.ts";

/** So many services must be named in one way before another one is taken to be. */
const ENOUGH = 1;

/** Joins writers whose names are made in a way that `joined` pairs show to be the usual one, each with the name that is inside. */
export function joinByAffixes(
  joined: readonly (readonly [string, string])[],
  facts: NameFacts,
  groups: NameGroups,
): readonly (readonly [string, string])[] {
  const ways = new Map<string, { readonly prefix: string; readonly suffix: string; services: number }>();
  for (const [mention, writer] of joined.flatMap(([one, other]) => [[one, other] as const, [other, one] as const])) {
    const at = foldName(writer).indexOf(foldName(mention));
    if (at === -1 || writer.length === mention.length || !isPlaceName(facts.writerOf(writer))) continue;
    const prefix = writer.slice(0, at);
    const suffix = writer.slice(at + mention.length);
    const way = ways.get(`${prefix}\u0000${suffix}`) ?? { prefix, suffix, services: 0 };
    way.services += 1;
    ways.set(`${prefix}\u0000${suffix}`, way);
  }
  const [usual, ...others] = [...ways.values()].filter(({ services }) => services >= ENOUGH);
  if (usual === undefined || others.length > 0) return [];
  const { prefix, suffix } = usual;
  const found: (readonly [string, string])[] = [];
  for (const writer of facts.strangers(groups).unmentioned) {
    const inner = writer.slice(prefix.length, writer.length - suffix.length);
    if (inner === "" || `${prefix}${inner}${suffix}` !== writer || !isPlaceName(facts.writerOf(writer))) continue;
    if (facts.writerOf(inner) !== null) continue;
    groups.add(inner, "mention");
    groups.join(writer, inner);
    found.push([inner, writer]);
  }
  return found;
}
