/** Chains of any shape to simulate. */
import fc from "fast-check";
import { everyone, type Service, type Start } from "./simulate.ts";

/** One chain to simulate. */
export interface Run {
  readonly tree: Service;
  readonly origin: Service;
  readonly start: Start;
  readonly seed: number;
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_.-]{1,11}[a-z0-9]$/), { minLength: 12, maxLength: 12 });

/** A tree of two to twelve services; the root never derives: it has no context to forget. */
const trees = fc
  .tuple(fc.array(fc.record({ parent: fc.nat(), derives: fc.boolean() }), { minLength: 1, maxLength: 11 }), names)
  .map(([services, all]) => {
    const made = [{ name: all[0] as string, derives: false, below: [] as Service[] }];
    services.forEach(({ parent, derives }, index) => {
      const service = { name: all[index + 1] as string, derives, below: [] };
      made[parent % made.length]?.below.push(service);
      made.push(service);
    });
    return made[0] as Service;
  });

const starts = fc.constantFrom<Start>("cancel", "stream-timeout", "receive-timeout", "handler-return", "killed");

/** A chain, the service that starts a cancel in it, and how. */
export const runs: fc.Arbitrary<Run> = fc
  .record({ tree: trees, pick: fc.nat(), seed: fc.nat(), start: starts })
  .map(({ tree, pick, seed, start }) => {
    const able = everyone(tree).filter(({ below }) => below.length > 0);
    // Only the caller at the top calls cancel of its own accord; a handler that does has a failure to answer.
    const origin = start === "cancel" ? tree : (able[pick % able.length] as Service);
    // A receive timeout is one stream's; with several streams it is the handler's deadline here.
    return {
      tree,
      origin,
      seed,
      start: start === "receive-timeout" && origin.below.length > 1 ? ("stream-timeout" as const) : start,
    };
  });
