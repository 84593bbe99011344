/**
 * The cascade store: evidence in, diagnosis out, incremental and bounded.
 */
import type { Cascade, Diagnosis, Evidence } from "../model/index.ts";
import { CallGraph } from "./calls.ts";
import type { Line } from "./hop.ts";
import { solve } from "./solve.ts";

/** A live collection of evidence and the cascades it makes. */
export interface CascadeStore {
  readonly revision: number;
  add(evidence: Evidence): void;
  finish(): void;
  diagnose(): Diagnosis;
}

export function createCascadeStore(): CascadeStore {
  const calls = new CallGraph();
  const traces = new Map<string, Line[]>();
  const pool: Line[] = [];
  let base: bigint | null = null;
  let last = 0;
  let revision = 0;
  let count = 0;
  return {
    get revision() {
      return revision;
    },
    add(evidence) {
      revision += 1;
      count += 1;
      calls.learn(evidence);
      base ??= evidence.at;
      if (evidence.at !== null && base !== null) last = Number(evidence.at - base) / 1e6;
      const line: Line = { evidence, at: last, service: evidence.service, cascadeId: null };
      if (evidence.traceId === null) pool.push(line);
      else {
        const lines = traces.get(evidence.traceId);
        if (lines === undefined) traces.set(evidence.traceId, [line]);
        else lines.push(line);
      }
    },
    finish() {},
    diagnose() {
      const cascades: Cascade[] = [];
      for (const [traceId, lines] of [...traces, [null, pool] as const]) {
        for (const tree of solve(lines, calls, traceId)) {
          cascades.push({ ...tree.cascade, id: `c${cascades.length}`, aliases: [], count: 1 });
        }
      }
      return { cascades, origins: [], warnings: [], counts: { evidence: count, late: 0, dropped: 0 } };
    },
  };
}
