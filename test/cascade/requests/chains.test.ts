import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cascade, RequestFact } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { type Ending, nameOf, type Play, play, withClocks } from "../../support/request-chain.ts";

const plays: fc.Arbitrary<Play> = fc
  .record({
    services: fc.integer({ min: 2, max: 5 }),
    stack: fc.constantFrom("responses", "handlers", "calls"),
    hopMs: fc.double({ min: 1, max: 20, noNaN: true }),
    how: fc.constantFrom("ok", "leaves", "aborts", "times-out", "dies"),
    seed: fc.nat(),
  })
  .map(({ services, stack, hopMs, how, seed }): Play => {
    // The last one calls nobody, and the first one's death is seen by nobody
    const who = how === "dies" ? 1 + (seed % (services - 1)) : seed % (services - 1);
    const ending: Ending = how === "ok" || how === "leaves" ? { how } : { how: how as "aborts", who };
    return { services, stack: stack as Play["stack"], hopMs, ending };
  });

/** The cascades that name somebody with confidence who did not do it, or say nothing of the user who did. */
function confidentlyWrong({ ending }: Play, cascades: readonly Cascade[]): unknown[] {
  const sure = cascades.filter(({ origin }) => origin.confidence === "strong" || origin.confidence === "proven");
  const right = ({ origin }: Cascade): boolean => {
    if (ending.how === "ok") return origin.kind === "error";
    if (ending.how === "leaves") return origin.external !== undefined;
    return origin.service === nameOf(ending.who) && (origin.external ?? "").startsWith("perhaps") === false;
  };
  return sure.filter((each) => !right(each)).map(({ origin }) => origin);
}

const cascadesOf = (requests: readonly RequestFact[]): readonly Cascade[] => diagnose(requests).cascades;

describe("a chain of services", () => {
  it("is told as it happened where responses end with their callers", () => {
    fc.assert(
      fc.property(plays, (each) => {
        if (each.stack !== "responses") return;
        const cascades = cascadesOf(play(each));
        const { ending } = each;
        if (ending.how === "ok") {
          expect(cascades).toEqual([]);
          return;
        }
        expect(cascades).toHaveLength(1);
        const origin = cascades[0]?.origin;
        if (ending.how === "leaves")
          expect(origin).toMatchObject({ service: "s0", kind: "disconnect", confidence: "strong" });
        else if (ending.how !== "dies") {
          const kind = ending.how === "aborts" ? "cancel" : "deadline";
          expect(origin).toMatchObject({ service: nameOf(ending.who), kind, confidence: "strong" });
        }
        const below = Array.from({ length: each.services }, (_, index) => nameOf(index));
        if (ending.how === "dies") return;
        const stopped = below.slice(ending.how === "leaves" ? 1 : ending.who + 1);
        expect(cascades[0]?.reached.map(({ service }) => service)).toEqual(stopped);
      }),
    );
  });

  it("has no cascade where nothing was cancelled, on whatever clocks", () => {
    fc.assert(
      fc.property(
        plays,
        fc.array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: 1, maxLength: 5 }),
        (each, skews) => {
          const healthy = play({ ...each, ending: { how: "ok" } });
          expect(cascadesOf(healthy)).toEqual([]);
          expect(cascadesOf(withClocks(healthy, skews))).toEqual([]);
        },
      ),
    );
  });

  it("is told the same in any order", () => {
    const shuffled = plays.chain((each) => {
      const requests = play(each);
      return fc.shuffledSubarray(requests, { minLength: requests.length }).map((other) => ({ requests, other }));
    });
    fc.assert(
      fc.property(shuffled, ({ requests, other }) => {
        expect(cascadesOf(other)).toEqual(cascadesOf(requests));
      }),
    );
  });

  it("never blames the wrong one with confidence because clocks differ", () => {
    fc.assert(
      fc.property(
        plays,
        fc.array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: 1, maxLength: 5 }),
        (each, skews) => {
          expect(confidentlyWrong(each, cascadesOf(withClocks(play(each), skews)))).toEqual([]);
        },
      ),
    );
  });

  it("never blames the wrong one with confidence because a service sends no spans, or single spans are lost", () => {
    fc.assert(
      fc.property(plays, fc.nat(), fc.nat(), fc.boolean(), (each, service, span, whole) => {
        const requests = play(each);
        const gone = requests[span % requests.length];
        const left = requests.filter((one) => (whole ? one.service !== nameOf(service % each.services) : one !== gone));
        expect(confidentlyWrong(each, cascadesOf(left))).toEqual([]);
      }),
    );
  });
});
