/**
 * Storms: one starter cancels again and again within seconds, or one cancel reaches a crowd.
 *
 * Cancels are counted by seconds, so that the counts of two lists of cascades add up.
 */
import type { Cascade } from "../../model/index.ts";
import { STORM_MS } from "../tolerances.ts";
import { times } from "./warning-rules.ts";

/** More cancels of one starter within {@link STORM_MS} are a storm. */
const MOST_CANCELS = 20;
/** A cancel that reaches more services is one. */
const MOST_SERVICES = 50;
/** Cancels that were folded into one lie evenly in its time; a longer time is not looked at further. */
const MOST_SECONDS = 3_600;

/** Cancels of one starter, by second, and the most services that one of them reached. */
export interface Gusts {
  readonly seconds: Map<number, number>;
  services: number;
}

/** Counts a cascade of a starter. */
export function addGust(gusts: Gusts, { count, firstAt, lastAt, reached }: Cascade): void {
  gusts.services = Math.max(gusts.services, reached.length);
  if (firstAt === undefined) return;
  const first = Number(firstAt / 1_000_000_000n);
  const last = count === 1 || lastAt === undefined ? first : Number(lastAt / 1_000_000_000n);
  const seconds = Math.min(MOST_SECONDS, last - first + 1);
  for (let second = 0; second < seconds; second += 1) {
    const share = Math.floor(((second + 1) * count) / seconds) - Math.floor((second * count) / seconds);
    if (share > 0) gusts.seconds.set(first + second, (gusts.seconds.get(first + second) ?? 0) + share);
  }
}

/** Adds what was counted elsewhere. */
export function mergeGusts(into: Gusts, from: Gusts): void {
  into.services = Math.max(into.services, from.services);
  for (const [second, number] of from.seconds) into.seconds.set(second, (into.seconds.get(second) ?? 0) + number);
}

/** Says what storm it was; null where it was none. */
export function stormText(service: string, { seconds, services }: Gusts): string | null {
  const most = densest(seconds);
  if (most > MOST_CANCELS) return `${service} started ${times(most)} within ${STORM_MS / 1000} s`;
  return services > MOST_SERVICES ? `${service} started a cascade that reached ${services} services` : null;
}

/** The most cancels in a window of {@link STORM_MS}. */
function densest(seconds: ReadonlyMap<number, number>): number {
  const counted = [...seconds].sort(([one], [other]) => one - other);
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const [second, number] of counted) {
    sum += number;
    while (second - (counted[from]?.[0] ?? second) >= STORM_MS / 1000) {
      sum -= counted[from]?.[1] ?? 0;
      from += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}
