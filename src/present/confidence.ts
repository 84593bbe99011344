/** How sure a verdict is, for people. */
import type { Cascade, Confidence } from "../model/index.ts";
import { shownName } from "./columns.ts";

/** What the word for how sure a verdict is means. */
export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = {
  proven: "proven: several services agree and nothing speaks against it",
  strong: "strong: the lines say so and nothing speaks against it",
  weak: "weak: it fits, and so do other explanations",
  guess: "a guess: these logs hold nothing better",
};

/** True where a verdict may be relied on: proven or strong. */
export function isSure(confidence: Confidence): boolean {
  return confidence === "proven" || confidence === "strong";
}

/** What is said of a verdict's sureness in one word: how sure the evidence is, or `yours` where a person said who it was. */
export function sureWord({ confidence, overruled }: Cascade["origin"]): Confidence | "yours" {
  return overruled === undefined ? confidence : "yours";
}

/** The same in a sentence; a person's word is not made surer by evidence that says something else. */
export function sureWords({ confidence, overruled }: Cascade["origin"]): string {
  if (overruled === undefined) return CONFIDENCE_WORDS[confidence];
  return `yours: a person said so; what the evidence says is ${confidence}`;
}

/** What the reasons of a verdict are about: `why gateway`; where a person said who it was, they still are about whom the evidence names. */
export function reasonsTitle({ service, overruled }: Cascade["origin"]): string {
  if (overruled === undefined) return service === null ? "what is known" : `why ${shownName(service)}`;
  return overruled.was === null ? "what the evidence says" : `why the evidence says ${shownName(overruled.was)}`;
}
