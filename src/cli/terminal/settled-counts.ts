/** How many cascades have settled, by who began them and how: what an alert wants to know. */
import type { Settled } from "../../pipeline/index.ts";
import { counter, type Metric } from "../../sources/index.ts";

/** More origins than these are counted together, as `other`. */
const MOST_ORIGINS = 200;

/** Counts cascades. */
export class SettledCounts {
  readonly #counts = new Map<string, { readonly origin: string; readonly kind: string; count: number }>();
  readonly #origins = new Set<string>();
  #lines = 0;

  /** Takes a cascade that is told for the first time, or again. */
  take({ cascade, added: count }: Pick<Settled, "cascade" | "added">): void {
    this.#lines += 1;
    if (count === 0) return;
    const { service, kind } = cascade.origin;
    const origin = this.#nameOf(service ?? "");
    const key = `${kind} ${origin}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { origin, kind, count });
    else known.count += count;
  }

  /** The figures; an origin that nobody knows is an empty label. */
  metrics(): readonly Metric[] {
    return [
      {
        name: "cascades_total",
        help: "Cascades that have settled, by the service that began them and how.",
        type: "counter",
        samples: [...this.#counts.values()].map(({ origin, kind, count }) => ({
          labels: { origin, kind },
          value: count,
        })),
      },
      counter("cascade_lines_total", "Lines about cascades: a change is told again.", this.#lines),
    ];
  }

  #nameOf(service: string): string {
    if (this.#origins.has(service)) return service;
    if (this.#origins.size >= MOST_ORIGINS) return "other";
    this.#origins.add(service);
    return service;
  }
}
