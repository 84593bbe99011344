import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type CascadeStoreOptions, createCascadeStore } from "../../../src/cascade/index.ts";
import { readEvidence } from "../../../src/dialects/index.ts";
import type { Diagnosis, Evidence } from "../../../src/model/index.ts";
import { runs } from "../../support/chains.ts";
import { evidenceOf } from "../../support/diagnose.ts";
import { at } from "../../support/evidence.ts";
import { simulate } from "../../support/simulate.ts";
import { readLog } from "../../support/told.ts";

const recordings = ["a_cancel_plain_bidi", "b_derive_cancel", "f_kill_b", "j_fanout_timeout", "o_no_name"];

/** Everything but ids: an id that was shown stays, so it depends on when somebody looked. */
function told({ cascades, origins, warnings, counts }: Diagnosis): unknown {
  const said = cascades.map(({ id: _, aliases: __, exemplars: ___, ...rest }) => rest);
  return { said, origins, warnings: warnings.map(({ cascade: _, cascades: __, ...rest }) => rest), counts };
}

/** What a store says that judges everything from scratch. */
function anew(evidence: readonly Evidence[], options: CascadeStoreOptions): unknown {
  const store = createCascadeStore(options);
  for (const each of evidence) store.add(each);
  return told(store.diagnose());
}

/** How a chain's evidence is changed before it is mixed with that of others. */
interface Chain {
  readonly evidence: readonly Evidence[];
  readonly startMs: number;
  /** Of its services, so many carry the trace id, from the first of the alphabet on. */
  readonly traced: number;
  /** So many, from the last of the alphabet on, write their times to the second only. */
  readonly coarse: number;
}

const trace = (number: number): string => (number + 1).toString(16).padStart(32, "0");

function placed({ evidence, startMs, traced, coarse }: Chain, number: number): Evidence[] {
  const first = evidence.reduce((least, each) => (each.at !== null && each.at < least ? each.at : least), at(1e10));
  const services = [...new Set(evidence.map(({ service }) => service ?? ""))].sort();
  const tracing = services.slice(0, traced);
  const dull = services.slice(services.length - coarse);
  return evidence.map((each) => {
    const moved = each.at === null ? null : at(startMs) + (each.at - first);
    const toTheSecond = moved !== null && dull.includes(each.service ?? "");
    return {
      ...each,
      at: toTheSecond ? moved - (moved % 1_000_000_000n) : moved,
      ...(toTheSecond ? { stepMs: 1_000 } : {}),
      traceId: tracing.includes(each.service ?? "") ? trace(number) : null,
      place: "source" in each.place ? { ...each.place, source: `${number} ${each.place.source}` } : each.place,
    };
  });
}

/** What a gateway and a model write in their own words about a client that left. */
const words = [
  ...readLog("nginx", [
    '2026/11/27 06:58:01 [error] 7#7: *2 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:9802/chat", host: "127.0.0.1:9801"',
  ]),
  ...readLog("gateway", [
    JSON.stringify({
      level: 40,
      time: 1_795_762_681_977,
      pid: 1,
      name: "gateway",
      msg: "client closed the connection",
    }),
  ]),
  ...readLog("model", ["2026-11-27 06:58:01,998 INFO model: client cancelled the stream after 44 tokens"]),
];

/** Evidence of several chains in an order of arrival, and where somebody asks in between. */
interface Course {
  readonly evidence: readonly Evidence[];
  readonly asked: ReadonlySet<number>;
}

function courses(chains: fc.Arbitrary<readonly Chain[]>): fc.Arbitrary<Course> {
  return fc
    .record({ chains, late: fc.infiniteStream(fc.nat(3_000)), ask: fc.infiniteStream(fc.nat(9)) })
    .map((made) => {
      const arrivals = made.chains.flatMap(placed).map((evidence) => ({
        evidence,
        at: Number((evidence.at ?? at(0)) - at(0)) / 1e6 + (made.late.next().value ?? 0),
      }));
      const evidence = arrivals.sort((a, b) => a.at - b.at).map((each) => each.evidence);
      const asked = new Set([...evidence.keys()].filter(() => made.ask.next().value === 0));
      return { evidence, asked: asked.add(evidence.length - 1) };
    });
}

function holds({ evidence, asked }: Course, options: CascadeStoreOptions): void {
  const store = createCascadeStore(options);
  for (const [index, each] of evidence.entries()) {
    store.add(each);
    if (asked.has(index)) expect(told(store.diagnose())).toEqual(anew(evidence.slice(0, index + 1), options));
  }
}

const placeFields = { startMs: fc.nat(120_000), traced: fc.nat(4), coarse: fc.constantFrom(0, 0, 1, 2) };

describe("a picture that is kept up says what judging everything anew says", () => {
  const recorded: Evidence[][] = [];
  beforeAll(async () => {
    for (const name of recordings)
      recorded.push(await evidenceOf([`${import.meta.dirname}/../../fixtures/kitex/json/${name}.jsonl`]));
  });

  const simulated = fc
    .record({ run: runs, context: fc.boolean(), ...placeFields })
    .map(({ run, context, ...place }) => {
      const { tree, origin, start, seed } = run;
      return { ...place, evidence: simulate(tree, origin, start, seed, context).records.flatMap(readEvidence) };
    });

  it("of simulated chains, with and without traces", () => {
    const some = courses(fc.array(simulated, { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(some, (course) => holds(course, {})),
      { numRuns: 40 },
    );
  });

  it("of recorded chains, with and without traces", () => {
    const some = fc
      .record({ pick: fc.nat(recordings.length - 1), ...placeFields })
      .map(({ pick, ...place }) => ({ ...place, evidence: recorded[pick] ?? [] }));
    fc.assert(
      fc.property(courses(fc.array(some, { minLength: 1, maxLength: 4 })), (course) => holds(course, {})),
      { numRuns: 40 },
    );
  });

  const told = fc.record(placeFields).map((place): Chain => ({ ...place, traced: 0, evidence: words }));

  it("of chains beside lines in the words of any program", () => {
    const some = courses(fc.array(fc.oneof(simulated, told), { minLength: 2, maxLength: 5 }));
    fc.assert(
      fc.property(some, (course) => holds(course, {})),
      { numRuns: 40 },
    );
  });

  it("while parts are judged for good and forgotten", () => {
    const some = courses(fc.array(fc.oneof(simulated, simulated, told), { minLength: 2, maxLength: 6 }));
    const small = fc.record({
      openBytes: fc.integer({ min: 5_000, max: 60_000 }),
      maxCascades: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(some, small, (course, options) => holds(course, { watermarkMs: 5_000, ...options })),
      { numRuns: 40 },
    );
  });
});
