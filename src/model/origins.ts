/**
 * Counting origins: the list a diagnosis begins with, and the same list again for a filtered part of its cascades.
 *
 * Knows: cascade, headline, where. Known by: the command line, the screens.
 */
import type { Cascade, Diagnosis, OriginRow } from "./cascade.ts";
import { victimsOf } from "./headline.ts";

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

/**
 * The part of a diagnosis whose cascades are kept: origins are counted anew, warnings about other cascades go. The very same object comes
 * back where nothing goes.
 */
export function narrow(diagnosis: Diagnosis, keep: (cascade: Cascade) => boolean): Diagnosis {
  const cascades = diagnosis.cascades.filter(keep);
  if (cascades.length === diagnosis.cascades.length) return diagnosis;
  const ids = new Set(cascades.flatMap((cascade) => [cascade.id, ...cascade.aliases]));
  return {
    cascades,
    origins: countOrigins(cascades),
    warnings: diagnosis.warnings.filter((warning) => warning.cascade === undefined || ids.has(warning.cascade)),
    counts: diagnosis.counts,
  };
}
