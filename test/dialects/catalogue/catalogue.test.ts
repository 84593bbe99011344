import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../../src/dialects/catalogue/index.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { BUILT_IN } from "../../../src/dialects/lines/lexicon.ts";

describe("the catalogue", () => {
  it("has each id once", () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("says of every wording what the software means, with a sample and with a text that it must not read", () => {
    const lacking = CATALOGUE.filter(
      ({ meaning, samples, others }) => meaning === "" || samples.length === 0 || others.length === 0,
    );
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  it("has stems in small letters", () => {
    const stems = CATALOGUE.flatMap((entry) => entry.stems);
    expect(stems.filter((stem) => stem !== stem.toLowerCase())).toEqual([]);
  });

  it("names the program of every wording that only it writes among the dialects", () => {
    const named = new Set(DIALECTS.map(({ product }) => product));
    const own = CATALOGUE.filter(({ product, says }) => !product.startsWith("any") && says !== "nothing");
    expect(own.filter(({ product }) => !named.has(product)).map(({ id }) => id)).toEqual([]);
  });

  for (const entry of CATALOGUE) {
    for (const sample of entry.samples) {
      it(`reads as ${entry.id}: ${sample.slice(0, 100)}`, () => expect(BUILT_IN.entryOf(sample)?.id).toBe(entry.id));
      it(`reads in any case where ${entry.id} does: ${sample.slice(0, 60)}`, () => {
        if (entry.pattern instanceof RegExp && entry.pattern.flags.includes("i"))
          expect(entry.pattern.test(sample.toUpperCase())).toBe(true);
      });
    }
    for (const other of entry.others) {
      it(`does not read as ${entry.id}: ${other.slice(0, 100)}`, () =>
        expect(BUILT_IN.entryOf(other)?.id).not.toBe(entry.id));
    }
  }

  it("takes the longest text in linear time", () => {
    const nasty = [
      `client ${"a ".repeat(4_000)}`,
      "timeout of ".repeat(700),
      "no answer within ".repeat(450),
      "upstream ".repeat(900),
    ];
    const started = performance.now();
    for (const text of nasty) BUILT_IN.entryOf(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
