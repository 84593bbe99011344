import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import {
  headline,
  hopRows,
  likenessOf,
  type Overrule,
  overruled,
  reasonsTitle,
  sentence,
  starterName,
  sureWord,
  sureWords,
  wouldProve,
} from "../../src/present/index.ts";
import { deadlineCascade, diagnosisOf, falseOriginCascade, unknownCascade } from "../story.ts";

const word = (by: string, id: string): Overrule => ({ about: { id }, by, note: "INC-1" });

function first(cascade: Cascade, words: readonly Overrule[]): Cascade {
  return overruled(diagnosisOf([cascade]), words).cascades[0] as Cascade;
}

const rows = (cascade: Cascade): [string | null, number][] =>
  hopRows(cascade).map(({ hop, depth }) => [hop.service, depth]);

describe("a person who knows better", () => {
  it("is said beside the verdict, whose confidence and reasons stay those of the evidence", () => {
    const { origin } = falseOriginCascade();
    const said = first(falseOriginCascade(), [word("deploy", "7f3a9c1e")]);
    expect(said.origin).toMatchObject({
      service: "deploy",
      overruled: { by: "deploy", note: "INC-1", was: "gateway" },
      confidence: origin.confidence,
      reasons: origin.reasons,
    });
    expect(sentence(said)).toBe("deploy started it, said by you: INC-1; the evidence says gateway.");
    expect(headline(said)).toContain("said by you: INC-1");
    expect(starterName(said)).toBe("deploy");
  });

  it("is as sure as a person, and the reasons are about whom the evidence names", () => {
    const { origin } = falseOriginCascade();
    expect([sureWord(origin), reasonsTitle(origin)]).toEqual(["proven", "why gateway"]);
    expect(sureWords(origin)).toBe("proven: several services agree and nothing speaks against it");
    const said = first(falseOriginCascade(), [word("deploy", "7f3a9c1e")]).origin;
    expect([sureWord(said), reasonsTitle(said)]).toEqual(["yours", "why the evidence says gateway"]);
    expect(sureWords(said)).toBe("yours: a person said so; what the evidence says is proven");
    const unknown = first(unknownCascade("u"), [word("deploy", "u")]).origin;
    expect(reasonsTitle(unknown)).toBe("what the evidence says");
    expect(reasonsTitle(unknownCascade("u").origin)).toBe("what is known");
  });

  it("puts somebody outside above the tree, and turns the way to somebody in it round", () => {
    expect(rows(first(falseOriginCascade(), [word("deploy", "7f3a9c1e")]))).toEqual([
      ["deploy", 0],
      ["gateway", 1],
      ["chat", 2],
      ["agent", 3],
      ["model", 4],
    ]);
    const below = first(falseOriginCascade(), [word("agent", "7f3a9c1e")]);
    expect(rows(below)).toEqual(
      expect.arrayContaining([
        ["agent", 0],
        ["chat", 1],
        ["gateway", 2],
        ["model", 1],
      ]),
    );
  });

  it("names whom nobody knew, and then nothing is left to prove", () => {
    const said = first(unknownCascade(), [word("web", "0bad0bad")]);
    expect(rows(said)).toEqual([
      ["web", 0],
      ["ledger", 1],
    ]);
    expect(wouldProve(said)).toBeNull();
  });

  it("may mean all cancels that look alike, by whom, how and whom they reached", () => {
    const diagnosis = diagnosisOf([deadlineCascade("a"), deadlineCascade("b", 1), falseOriginCascade()]);
    const alike = likenessOf(deadlineCascade("x"));
    const said = overruled(diagnosis, [{ about: { alike }, by: "gateway", note: "" }]);
    expect(said.cascades.map(({ origin }) => origin.overruled?.was)).toEqual(["billing", "billing", undefined]);
    expect(said.origins.map(({ service }) => service)).not.toContain("billing");
    expect(likenessOf(said.cascades[0] as Cascade)).toBe(alike);
  });

  it("changes nothing of a diagnosis it is not about", () => {
    const diagnosis = diagnosisOf([falseOriginCascade()]);
    expect(overruled(diagnosis, [word("x", "other")])).toBe(diagnosis);
    const words = [word("x", "7f3a9c1e")];
    expect(overruled(diagnosis, words).cascades[0]).toBe(overruled(diagnosis, words).cascades[0]);
  });
});
