/** What has changed since a moment, a deploy say: pure, of counts before and after it. */
import type { ShapeCounts } from "./reader.ts";

/**
 * - `new`: there was none before
 * - `more`, `fewer`: three standard deviations of a Poisson count above or below what came before in as long a time
 * - `gone`: as `fewer`, and there is none any more
 * - `alike`: nothing that chance does not do
 */
export type ChangeKind = "new" | "more" | "fewer" | "gone" | "alike";

/** One shape of cancel, before and after. */
export interface Change {
  readonly kind: ChangeKind;
  readonly shape: ShapeCounts["shape"];
  readonly key: number;
  readonly before: number;
  readonly after: number;
}

const ORDER: readonly ChangeKind[] = ["new", "more", "gone", "fewer", "alike"];
const DEVIATIONS = 3;

/**
 * The shapes with their change, the most telling first. `counts` has two counts each, of the time before and of that after; `beforeMs` and
 * `afterMs` say how long these are.
 */
export function changesOf(counts: readonly ShapeCounts[], beforeMs: number, afterMs: number): readonly Change[] {
  const share = beforeMs <= 0 ? 0 : afterMs / beforeMs;
  const changes = counts.map(({ shape, key, counts: [before = 0, after = 0] }): Change => {
    return { kind: kindOf(before, after, share), shape, key, before, after };
  });
  const weight = ({ before, after, shape }: Change): number => Math.abs(after - before * share) * (1 + shape.victims);
  return changes.sort(
    (one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || weight(other) - weight(one),
  );
}

function kindOf(before: number, after: number, share: number): ChangeKind {
  if (before === 0) return "new";
  const expected = before * share;
  // What was expected is a count itself, of another length
  const deviation = Math.sqrt(expected * (1 + share));
  if (after > expected + Math.max(1, DEVIATIONS * deviation)) return "more";
  if (after < expected - DEVIATIONS * deviation) return after === 0 ? "gone" : "fewer";
  return "alike";
}
