import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type CascadeStoreOptions, createCascadeStore } from "../../../src/cascade/index.ts";
import type { Cascade, Claim, Diagnosis, Evidence } from "../../../src/model/index.ts";
import { diagnose, evidenceOf } from "../../support/diagnose.ts";
import { at, claim } from "../../support/evidence.ts";

const recordings = [
  "a_cancel_plain_bidi",
  "b_derive_cancel",
  "f_kill_b",
  "j_fanout_timeout",
  "j_fanout_error_return",
  "m_proxy_rst_both",
  "n_grpc_parent",
  "o_no_name",
];

/** A chain in which gateway cancels, and chat and model hear of it. */
function chain(ms: number, traceId: string | null = null): Evidence[] {
  const line = (offset: number, fields: Partial<Claim>): Evidence =>
    claim({ at: at(ms + offset), traceId, message: "cancelled", text: `cancelled ${ms} ${offset}`, ...fields });
  return [
    line(0, { service: "gateway", observation: "started", side: "client", peer: "chat", operation: "receive" }),
    line(1, { service: "chat", path: ["gateway"], operation: "context", serves: true }),
    line(2, {
      service: "chat",
      path: ["gateway"],
      observation: "relayed",
      side: "client",
      peer: "model",
      operation: "receive",
    }),
    line(3, { service: "model", path: ["gateway", "chat"], operation: "context", serves: true }),
  ];
}

function outline(diagnosis: Diagnosis): unknown {
  return diagnosis.cascades.map((cascade) => ({ ...cascade, evidence: cascade.evidence.map((each) => each.place) }));
}

function origins(cascades: readonly Cascade[]): unknown {
  return cascades.map(({ origin, count }) => [origin.service, origin.kind, count]);
}

describe("the cascade store", () => {
  let all: Evidence[] = [];
  beforeAll(async () => {
    for (const name of recordings) {
      all.push(...(await evidenceOf([`${import.meta.dirname}/../../fixtures/kitex/json/${name}.jsonl`])));
    }
    // The recordings were made one after the other; here they happen at the same time, as in a busy system.
    const first = new Map<string, bigint>();
    all = all.map((each) => {
      const source = "source" in each.place ? each.place.source : "";
      const start = first.get(source) ?? each.at ?? 0n;
      first.set(source, start);
      return each.at === null ? each : { ...each, at: at(0) + (each.at - start) };
    });
  });

  it("makes the same cascades of the same evidence in any order", () => {
    const expected = outline(diagnose(all));
    fc.assert(
      fc.property(fc.shuffledSubarray([...all.keys()], { minLength: all.length }), (order) => {
        expect(outline(diagnose(order.map((index) => all[index] as Evidence)))).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it("makes the same cascades whether it is asked in between or not", () => {
    const store = createCascadeStore();
    for (const each of all) {
      store.add(each);
      store.diagnose();
    }
    store.finish();
    const ids = (diagnosis: Diagnosis): unknown =>
      (outline(diagnosis) as Cascade[]).map(({ id: _, aliases: __, exemplars: ___, ...rest }) => rest);
    expect(ids(store.diagnose())).toEqual(ids(diagnose(all)));
  });

  it("judges old evidence for good and forgets it, hour after hour", () => {
    const store = createCascadeStore();
    const hours = 3;
    for (let second = 0; second < hours * 3_600; second += 1) for (const each of chain(second * 1_000)) store.add(each);
    store.finish();
    const { cascades, counts } = store.diagnose();
    expect(origins(cascades)).toEqual([["gateway", "cancel", hours * 3_600]]);
    expect(counts).toEqual({ evidence: hours * 3_600 * 4, late: 0, dropped: 0 });
  });

  it("counts evidence that comes after its time, and says nothing new because of it", () => {
    const store = createCascadeStore({ watermarkMs: 1_000 });
    for (let second = 0; second < 3_000; second += 1) for (const each of chain(second * 1_000)) store.add(each);
    for (const each of chain(5_000)) store.add(each);
    expect(store.diagnose().counts.late).toBe(4);
  });

  const traceOf = (index: number): string => index.toString(16).padStart(32, "0");

  it("makes room when it holds too much, and counts what it forgot", () => {
    const store = createCascadeStore({ capacity: 2_000, maxCascades: 100 });
    for (let index = 0; index < 5_000; index += 1) for (const each of chain(index, traceOf(index))) store.add(each);
    store.finish();
    const { cascades, counts } = store.diagnose();
    expect(cascades).toHaveLength(100);
    expect(counts.dropped).toBe((5_000 - 100) * 4);
  });

  it("keeps what fits into its bytes, of evidence that is open and of cascades", () => {
    const heldOf = (options: CascadeStoreOptions): { cascades: number; late: number; dropped: number } => {
      const store = createCascadeStore(options);
      for (let index = 0; index < 1_000; index += 1) for (const each of chain(index, traceOf(index))) store.add(each);
      for (const each of chain(0, traceOf(1_000))) store.add(each);
      store.finish();
      const { cascades, counts } = store.diagnose();
      return { cascades: cascades.length, late: counts.late, dropped: counts.dropped };
    };
    expect(heldOf({})).toEqual({ cascades: 1_001, late: 0, dropped: 0 });
    expect(heldOf({ openBytes: 1_000_000 })).toMatchObject({ cascades: 1_000, late: 4 });
    const few = heldOf({ cascadeBytes: 500_000 });
    expect(few.cascades).toBeGreaterThan(100);
    expect(few.cascades).toBeLessThan(250);
    expect(few.dropped).toBe((1_001 - few.cascades) * 4);
  });

  it("forgets cascades without a trace too where they are too many, with all they stand for", () => {
    const store = createCascadeStore({ maxCascades: 2 });
    for (const [index, service] of ["one", "two", "three"].entries()) {
      for (let time = 0; time < 3; time += 1)
        store.add(
          claim({
            at: at(index * 60_000 + time * 2_000),
            service,
            observation: "started",
            side: "client",
            text: service,
          }),
        );
    }
    store.finish();
    const { cascades, counts } = store.diagnose();
    expect(cascades.map(({ origin, count }) => [origin.service, count])).toEqual([
      ["two", 3],
      ["three", 3],
    ]);
    expect(counts.dropped).toBe(3);
  });

  it("looks for a part that is complete with every 5,000th piece of evidence", () => {
    const store = createCascadeStore({ watermarkMs: 1_000 });
    const add = (ms: number): void => store.add(claim({ at: at(ms), service: "gateway", text: "x" }));
    add(0);
    for (let index = 1; index < 4_999; index += 1) add(200_000 + index);
    const { late } = store.diagnose().counts;
    add(0);
    expect([late, store.diagnose().counts.late]).toEqual([0, 0]);
    // The first of the 200,000s have come up to the horizon with it: what is as old as the cut, or older, is late
    add(0);
    expect(store.diagnose().counts.late).toBe(1);
    add(0.001);
    expect(store.diagnose().counts.late).toBe(1);
  });

  it("keeps the id of a cascade while evidence of it still arrives", () => {
    const lines = chain(0, "0af7651916cd43dd8448eb211c80319c");
    const store = createCascadeStore();
    const seen = new Set<string>();
    for (const each of [...lines].reverse()) {
      store.add(each);
      for (const cascade of store.diagnose().cascades) seen.add(cascade.id);
    }
    expect(seen.size).toBe(1);
  });

  it("makes the ids of two cascades that turn out to be one an id and an alias", () => {
    const [start, middle] = chain(0);
    const store = createCascadeStore();
    store.add({ ...(start as Evidence), peer: null });
    store.add(
      claim({ at: at(3), service: "search", path: ["chat"], message: "cancelled", text: "x", operation: "context" }),
    );
    const before = store.diagnose().cascades.map(({ id }) => id);
    expect(before).toHaveLength(2);
    store.add(middle as Evidence);
    const [cascade, ...others] = store.diagnose().cascades;
    expect(others).toEqual([]);
    expect(before).toContain(cascade?.id);
    expect(cascade?.aliases).toEqual(before.filter((id) => id !== cascade?.id));
  });

  it("shows ten thousand lines of one cascade as one cascade with a count", () => {
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const [start, line] = chain(0, trace);
    const store = createCascadeStore();
    store.add(start as Evidence);
    for (let index = 0; index < 10_000; index += 1)
      store.add({ ...(line as Evidence), at: at(1 + index / 100), operation: index % 2 === 0 ? "context" : null });
    store.finish();
    const { cascades } = store.diagnose();
    expect(cascades.reduce((sum, each) => sum + each.evidenceCount, 0)).toBe(10_001);
    expect(cascades.every(({ evidence: sample }) => sample.length <= 60)).toBe(true);
  });

  it("names the option that is wrong", () => {
    expect(() => createCascadeStore({ capacity: 0 })).toThrow(/capacity/);
  });
});

describe("a hostile line", () => {
  it("with a path of ten thousand names is one cascade, and no crash", () => {
    const path = Array.from({ length: 10_000 }, (_, index) => `svc-${index}`);
    const { cascades } = diagnose([claim({ at: at(0), service: "last", path, text: "x" })]);
    expect(cascades).toHaveLength(1);
    expect(cascades[0]?.origin.service).toBe("svc-0");
    expect(cascades[0]?.reached.at(-1)?.service).toBe("last");
  });
});
