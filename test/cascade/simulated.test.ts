import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvidence } from "../../src/dialects/index.ts";
import type { Cascade } from "../../src/model/index.ts";
import { runs } from "../support/chains.ts";
import { diagnose } from "../support/diagnose.ts";
import { rounds } from "../support/effort.ts";
import { type SimulatedCascade, simulate } from "../support/simulate.ts";

/** A cascade without the lines it rests on. */
type Shape = Omit<SimulatedCascade, "own">;

const sorted = (all: readonly string[]): string[] => [...new Set(all)].sort();

function outline(cascade: Cascade): Shape {
  const { origin, reached, falseOrigins } = cascade;
  return {
    origin: origin.service ?? "",
    kind: origin.kind,
    reached: sorted(reached.map(({ service }) => service)),
    falseOrigins: sorted(falseOrigins.map(({ service }) => service)),
  };
}

/** Nobody names a process that died: what it ended may be several cascades of an unknown origin. */
function joinNameless(cascades: readonly Shape[], died: string): Shape[] {
  const [nameless, named] = [
    cascades.filter((each) => each.origin === ""),
    cascades.filter((each) => each.origin !== ""),
  ];
  const known = named.find((each) => each.origin === died && each.kind === "disconnect");
  const parts = known === undefined ? nameless : [known, ...nameless];
  if (parts.length === 0) return [...named];
  const joined = {
    origin: died,
    kind: "disconnect",
    reached: sorted(parts.flatMap((each) => each.reached)),
    falseOrigins: sorted(parts.flatMap((each) => each.falseOrigins)),
  };
  return [...named.filter((each) => each !== known), joined];
}

const byOrigin = (a: Shape, b: Shape): number => (`${a.origin} ${a.kind}` < `${b.origin} ${b.kind}` ? -1 : 1);

describe("chains of any shape", () => {
  it("are diagnosed as they happened where services log the end of their handlers", () => {
    fc.assert(
      fc.property(runs, ({ tree, origin, start, seed }) => {
        const { records, cascades } = simulate(tree, origin, start, seed, true);
        const found = diagnose(records.flatMap(readEvidence)).cascades.filter(({ reached }) => reached.length > 0);
        const expected = cascades
          .filter(({ reached }) => reached.length > 0)
          .map(({ own: _, ...each }) => ({
            ...each,
            reached: sorted(each.reached),
            falseOrigins: sorted(each.falseOrigins),
          }));
        const seen = joinNameless(found.map(outline), origin.name);
        expect(seen.sort(byOrigin)).toEqual(expected.sort(byOrigin));
      }),
      { numRuns: rounds(400) },
    );
  });

  it("are never blamed on the wrong service with confidence, whatever is lost of what happened after the start", () => {
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat(99)), fc.boolean(), ({ tree, origin, start, seed }, luck, context) => {
        const { records, cascades } = simulate(tree, origin, start, seed, context);
        const kept = records.filter(
          ({ texts }) => texts[0]?.includes("server listen") || (luck.next().value ?? 0) >= 30,
        );
        const guilty = new Set(cascades.map((each) => each.origin));
        for (const { origin: said, reached } of diagnose(kept.flatMap(readEvidence)).cascades) {
          if (
            reached.length === 0 ||
            said.service === null ||
            (said.confidence !== "proven" && said.confidence !== "strong")
          )
            continue;
          expect(guilty).toContain(said.service);
        }
      }),
      { numRuns: rounds(400) },
    );
  });

  it("are told with the certainty that complete logs give: proven by the origin's own line, strong without", () => {
    fc.assert(
      fc.property(runs, ({ tree, origin, start, seed }) => {
        const { records, cascades } = simulate(tree, origin, start, seed, true);
        const found = diagnose(records.flatMap(readEvidence)).cascades;
        for (const { kind, own, reached, ...truth } of cascades) {
          if (kind === "disconnect" || reached.length === 0) continue;
          const said = found.filter((each) => each.origin.service === truth.origin && each.origin.kind === kind);
          expect(said.map((each) => each.origin.confidence)).toEqual([own.length > 0 ? "proven" : "strong"]);
        }
      }),
      { numRuns: rounds(400) },
    );
  });

  it("are told with confidence as long as the origin's own line is there, whatever else is lost", () => {
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat(99)), fc.boolean(), ({ tree, origin, start, seed }, luck, context) => {
        const { records, cascades } = simulate(tree, origin, start, seed, context);
        const own = new Set(cascades.flatMap((each) => each.own));
        const kept = records.filter((each) => own.has(each) || (luck.next().value ?? 0) >= 30);
        const sure = new Set(
          diagnose(kept.flatMap(readEvidence))
            .cascades.filter(({ origin: { confidence } }) => confidence === "proven" || confidence === "strong")
            .map((each) => `${each.origin.service} ${each.origin.kind}`),
        );
        for (const each of cascades) if (each.own.length > 0) expect(sure).toContain(`${each.origin} ${each.kind}`);
      }),
      { numRuns: rounds(400) },
    );
  });
});
