/** The services above a hop, as its evidence lists them. */
import type { Claim } from "../../model/index.ts";

/** No chain of streams is longer; of a longer path the two ends count. */
const MAX_NAMES = 200;

/** The path that links a hop to others; null if it names nobody. */
export function chainOf({ path }: Pick<Claim, "path">): readonly string[] | null {
  if (path === null) return null;
  return path.length <= MAX_NAMES ? path : [...path.slice(0, MAX_NAMES / 2), ...path.slice(-MAX_NAMES / 2)];
}
