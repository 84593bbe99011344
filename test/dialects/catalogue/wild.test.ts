/**
 * Texts that people have shown in issues and documents of over a hundred programs, with what is read in each. Where the list that they come
 * from lies beside the repository, it may not hold a text that is not here.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/index.ts";
import type { Evidence } from "../../../src/model/index.ts";
import { readLog } from "../../support/told.ts";

const SHARED = new URL("../../../../shared/dialects/dialects.json", import.meta.url);
const TEXTS = JSON.parse(readFileSync(new URL("wild.json", import.meta.url), "utf8")) as readonly [string, string][];

/** Lines that say nothing about a cancel by themselves, whatever their words. */
const NO_CANCEL = [
  "transport: the stream is done or WriteHeader was already called [triggered by handler side]",
  "transport: canceled by business handler returning",
  "Stream thrown away because RetriableStream committed",
];

function shortly(evidence: Evidence): string {
  const said = evidence.type === "claim" ? `${evidence.observation} ${evidence.about} ${evidence.kind}` : evidence.type;
  return `${evidence.dialect}: ${said}`;
}

describe("texts in the wild", () => {
  for (const [text, read] of TEXTS) {
    it(`are read: ${text.slice(0, 110)}`, () => {
      expect(readLog("chat", [text]).map(shortly).join("; ")).toBe(read);
      expect(explain(text).parts).not.toEqual([]);
    });
  }

  it("are all about the end of a stream, but for those that only look like it", () => {
    const quiet = TEXTS.filter(([, read]) => read.endsWith(": call") || read === "").map(([text]) => text);
    expect(quiet.sort()).toEqual([...NO_CANCEL].sort());
  });

  it.skipIf(!existsSync(SHARED))("are all those of the list that lies beside the repository", () => {
    const known = new Set(TEXTS.map(([text]) => text));
    const list = JSON.parse(readFileSync(SHARED, "utf8")) as readonly {
      readonly samples: { readonly text: string }[];
    }[];
    const missing = list.flatMap(({ samples }) => samples.map(({ text }) => text)).filter((text) => !known.has(text));
    expect(missing).toEqual([]);
  });
});
