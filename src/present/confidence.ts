/** How sure a verdict is, for people. */
import type { Confidence } from "../model/index.ts";

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
