/**
 * Counting origins: the list a diagnosis begins with.
 */
import type { Cascade, OriginRow } from "./cascade.ts";

/** Counts cascades and services stopped for each origin and kind, most cascades first. */
export function countOrigins(cascades: readonly Cascade[]): OriginRow[] {
  const rows = new Rows();
  for (const cascade of cascades) {
    const { service, kind } = cascade.origin;
    rows.add({ service, kind, cascades: cascade.count, victims: cascade.count * victimsOf(cascade) });
  }
  return rows.sorted();
}

/** The rows of lists of cascades that were counted one by one. */
export function mergeOrigins(all: readonly (readonly OriginRow[])[]): OriginRow[] {
  const rows = new Rows();
  for (const counted of all) for (const row of counted) rows.add(row);
  return rows.sorted();
}

class Rows {
  readonly #rows = new Map<string, OriginRow>();

  add(row: OriginRow): void {
    const key = `${row.kind} ${row.service === null ? "" : `=${row.service}`}`;
    const known = this.#rows.get(key);
    if (known === undefined) this.#rows.set(key, row);
    else {
      const { service, kind } = known;
      const [cascades, victims] = [known.cascades + row.cascades, known.victims + row.victims];
      this.#rows.set(key, { service, kind, cascades, victims });
    }
  }

  sorted(): OriginRow[] {
    const name = ({ service, kind }: OriginRow): string => `${service} ${kind}`;
    return [...this.#rows.values()].sort(
      (one, other) =>
        other.cascades - one.cascades || other.victims - one.victims || (name(one) < name(other) ? -1 : 1),
    );
  }
}

/** How many services a cascade stopped, the origin not counted. */
export function victimsOf(cascade: Cascade): number {
  const names = new Set(cascade.reached.map((reached) => reached.service));
  if (cascade.origin.service !== null) names.delete(cascade.origin.service);
  return names.size;
}
