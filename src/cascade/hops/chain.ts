/** The services above a hop, as its evidence lists them. */
import type { Evidence } from "../../model/index.ts";

/** The first name of a path whose cancel came from a caller that does not speak ttstream. */
export const FOREIGN = "non-ttstream path";

/** No chain of streams is longer; of a longer path the two ends count. */
const MAX_NAMES = 200;

/** The path that links a hop to others. A path that only says "not from ttstream" names nobody: such a hop is known by its neighbour. */
export function chainOf({ path }: Pick<Evidence, "path">): readonly string[] | null {
  if (path === null || (path.length === 1 && path[0] === FOREIGN)) return null;
  return path.length <= MAX_NAMES ? path : [...path.slice(0, MAX_NAMES / 2), ...path.slice(-MAX_NAMES / 2)];
}
