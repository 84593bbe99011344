import { describe, expect, it, vi } from "vitest";
import type { Evidence } from "../../src/model/index.ts";
import { diagnose } from "../support/diagnose.ts";
import { answer, at, claim } from "../support/evidence.ts";
import { diagnoseLogs } from "../support/told.ts";

/** What service number `i` says, at `ms`. */
type Crowd = (i: number, ms: number) => Evidence[];

const cancel: Crowd = (i, ms) => [
  claim({ at: at(ms), service: `svc-${i}`, observation: "started", side: "client", peer: `db-${i}`, serves: true }),
];

const crowds: readonly (readonly [string, Crowd])[] = [
  ["that cancel", cancel],
  [
    "that cancel and were cancelled by a caller without a name",
    (i, ms) => [
      ...cancel(i, ms),
      claim({ at: at(ms + 1), service: `db-${i}`, caller: { name: null }, operation: "context", serves: true }),
    ],
  ],
  [
    "that cancel and got an error of nobody knows whom as an answer",
    (i, ms) => [
      ...cancel(i, ms),
      answer({
        at: at(ms + 1),
        service: `svc-${i}`,
        told: { depth: 1, observation: "started", kind: "cancel", message: `error ${i}` },
      }),
    ],
  ],
  [
    "whose deadlines came with their calls",
    (i, ms) => [
      claim({
        at: at(ms),
        service: `svc-${i}`,
        kind: "deadline",
        observation: "started",
        carriesDeadlines: true,
        side: "client",
        peer: `svc-${i + 1}`,
      }),
    ],
  ],
  [
    "that lost each other",
    (i, ms) => [
      claim({ at: at(ms), service: `svc-${i}`, kind: "disconnect", caller: { name: null } }),
      claim({
        at: at(ms),
        service: `svc-${i}`,
        kind: "disconnect",
        observation: "lost",
        side: "client",
        peer: `svc-${i + 1}`,
      }),
    ],
  ],
];

const OFTEN = ["service", "peer", "side", "observation", "kind", "at"] as const;

/** How often the fields of evidence are read while a crowd within five seconds is diagnosed. */
function reads(crowd: Crowd, size: number): number {
  let count = 0;
  const all = Array.from({ length: size }, (_, i) => crowd(i, (i * 5_000) / size)).flat();
  for (const evidence of all) {
    for (const field of OFTEN) {
      const value = evidence[field as keyof Evidence];
      const get = (): unknown => {
        count += 1;
        return value;
      };
      Object.defineProperty(evidence, field, { get, enumerable: true });
    }
  }
  diagnose(all);
  return count;
}

const WALKS = ["filter", "some", "every", "find", "includes", "flatMap"] as const;

/** How many elements of lists may be walked over while a function runs. */
function walked(run: () => void): number {
  let count = 0;
  const spies = WALKS.map((name) => {
    const original = Array.prototype[name] as (...given: unknown[]) => unknown;
    return vi.spyOn(Array.prototype, name).mockImplementation(function (this: unknown[], ...given: unknown[]): never {
      count += this.length;
      return Reflect.apply(original, this, given) as never;
    });
  });
  try {
    run();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return count;
}

/** Lines of many services, or of many requests, in free words. */
const wordy: readonly (readonly [string, (i: number, size: number) => { ms: number; service: string; msg: string }])[] =
  [
    [
      "contexts that were cancelled",
      (i, size) => ({ ms: (i * 3_000) / size, service: `s${i}`, msg: "context canceled" }),
    ],
    [
      "clients that left",
      (i, size) => ({ ms: (i * 3_000) / size, service: `s${i}`, msg: "client disconnected, aborting stream" }),
    ],
    [
      "stops that were asked for",
      (i) => ({
        ms: Math.floor(i / 2) * 700 + (i % 2) * 3,
        service: i % 2 === 0 ? "gateway" : "chat",
        msg:
          i % 2 === 0
            ? `user pressed stop, cancelling generation request_id=req-${10_000 + i}`
            : `rpc error: code = Canceled desc = context canceled request_id=req-${9_999 + i}`,
      }),
    ],
    [
      "echoes of a client that left",
      (i, size) => ({
        ms: (i * 3_000) / size,
        service: "s",
        msg: i % 2 === 0 ? "client disconnected" : "context canceled",
      }),
    ],
  ];

describe("the work of a diagnosis", () => {
  it.each(wordy)("grows with the number of %s, not with its square", (_, line) => {
    const work = (size: number): number => {
      const lines = Array.from({ length: size }, (_, i) => {
        const { ms, service, msg } = line(i, size);
        return JSON.stringify({ time: new Date(Date.UTC(2026, 10, 23) + ms).toISOString(), service, msg });
      });
      return walked(() => diagnoseLogs({ all: lines }));
    };
    expect(work(1_200) / work(300)).toBeLessThan(6);
  });

  it.each(crowds)("grows with the number of services %s, not with its square", (_, crowd) => {
    expect(reads(crowd, 1_200) / reads(crowd, 300)).toBeLessThan(6);
  });

  it("is done for thousands of services that say of one moment that something was cancelled", () => {
    const lines = Array.from({ length: 2_000 }, (_, i) =>
      JSON.stringify({
        time: `2026-11-23T06:56:37.${String(i).padStart(6, "0")}Z`,
        service: `s${i}`,
        msg: "rpc error: code = Canceled desc = context canceled",
      }),
    );
    expect(diagnoseLogs({ all: lines }).cascades).toHaveLength(1);
  });

  it("is done for a chain as deep as a hostile input wants", () => {
    const deep = Array.from({ length: 12_000 }, (_, i) =>
      claim({
        at: at(i / 1_000),
        service: `svc-${i}`,
        caller: i === 0 ? null : { name: `svc-${i - 1}` },
        serves: true,
      }),
    );
    expect(diagnose(deep).counts.evidence).toBe(12_000);
  });
});
