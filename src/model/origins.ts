/**
 * Counting origins: the list a diagnosis begins with.
 */
import type { Cascade, OriginRow } from "./cascade.ts";

/** Counts cascades and services stopped for each origin and kind, most cascades first. */
export function countOrigins(cascades: readonly Cascade[]): OriginRow[] {
  const rows = new Map<
    string,
    { service: string | null; kind: OriginRow["kind"]; cascades: number; victims: number }
  >();
  for (const cascade of cascades) {
    const { service, kind } = cascade.origin;
    const key = JSON.stringify([service, kind]);
    const row = rows.get(key) ?? { service, kind, cascades: 0, victims: 0 };
    rows.set(key, row);
    row.cascades += cascade.count;
    row.victims += cascade.count * victimsOf(cascade);
  }
  const name = ({ service, kind }: OriginRow): string => `${service} ${kind}`;
  return [...rows.values()].sort(
    (one, other) => other.cascades - one.cascades || other.victims - one.victims || (name(one) < name(other) ? -1 : 1),
  );
}

/** How many services a cascade stopped, the origin not counted. */
export function victimsOf(cascade: Cascade): number {
  const names = new Set(cascade.reached.map((reached) => reached.service));
  if (cascade.origin.service !== null) names.delete(cascade.origin.service);
  return names.size;
}
