import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCascadeStore } from "../../../src/cascade/index.ts";
import { readEvidence } from "../../../src/dialects/index.ts";
import type { Diagnosis, Evidence } from "../../../src/model/index.ts";
import { runs } from "../../support/chains.ts";
import { diagnose, evidenceOf } from "../../support/diagnose.ts";
import { simulate } from "../../support/simulate.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const recordings = ["kitex", "kitex-grpc"].flatMap((folder) =>
  readdirSync(join(fixtures, folder, "json")).map((file) => join(fixtures, folder, "json", file)),
);

/** What somebody who asks after each line is told at the end. */
function askedAlways(evidence: readonly Evidence[]): Diagnosis {
  const store = createCascadeStore();
  for (const each of evidence) {
    store.add(each);
    store.diagnose();
  }
  store.finish();
  return store.diagnose();
}

/** Everything but ids: an id that was shown stays, so it depends on when somebody looked. */
function told({ cascades, origins, warnings, counts }: Diagnosis): unknown {
  const said = cascades.map(({ id: _, aliases: __, exemplars: ___, ...rest }) => rest);
  return { said, origins, warnings: warnings.map(({ cascade: _, cascades: __, ...rest }) => rest), counts };
}

const nameless = (all: readonly Evidence[]): Evidence[] => all.map((each) => ({ ...each, service: null }));

/** Some services name themselves and some do not. */
const halfNamed = (all: readonly Evidence[]): Evidence[] =>
  all.map((each) => ((each.service?.length ?? 0) % 2 === 0 ? { ...each, service: null } : each));

describe.each([
  ["with names", (all: readonly Evidence[]) => [...all]],
  ["without names", nameless],
  ["with some names", halfNamed],
])("asking in the middle changes nothing at the end, %s", (_, change) => {
  it.each(recordings)("of %s", async (file) => {
    const evidence = change(await evidenceOf([file]));
    expect(evidence.length).toBeGreaterThan(0);
    expect(told(askedAlways(evidence))).toEqual(told(diagnose(evidence)));
  });

  it("of simulated chains in any order", () => {
    fc.assert(
      fc.property(runs, fc.boolean(), fc.nat(), ({ tree, origin, start, seed }, context, turn) => {
        const all = change(simulate(tree, origin, start, seed, context).records.flatMap(readEvidence));
        const cut = all.length === 0 ? 0 : turn % all.length;
        const evidence = [...all.slice(cut), ...all.slice(0, cut)];
        expect(told(askedAlways(evidence))).toEqual(told(diagnose(evidence)));
      }),
      { numRuns: 100 },
    );
  });
});
