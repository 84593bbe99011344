/**
 * The one sentence about a cascade.
 */
import type { Cascade, Confidence, Kind } from "../model/index.ts";

/** What a service did that started a cascade, as the end of a sentence that begins with its name. */
export const DEEDS: Readonly<Record<Kind, string>> = {
  cancel: "its own code cancelled the call",
  deadline: "its timeout ran out",
  disconnect: "it died or lost its connection",
  reset: "it reset the stream",
  shutdown: "it was shutting down",
  "handler-return": "its handler returned while its streams were still open",
  error: "it answered with an error, which by itself cancels no stream",
};

/** What the stars of a verdict mean, in words. */
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

/** Says who started a cascade and how, for example `chat started it: its timeout ran out (12015)`. */
export function headline(cascade: Cascade): string {
  const { origin } = cascade;
  const code = origin.code === null ? "" : ` (code ${origin.code})`;
  if (origin.service === null) return `Origin unknown: ${NAMELESS_DEEDS[origin.kind]}${code}`;
  const verb = origin.kind === "error" ? "failed" : "started it";
  return `${origin.service} ${verb}: ${DEEDS[origin.kind]}${code}`;
}

const NAMELESS_DEEDS: Readonly<Record<Kind, string>> = {
  cancel: "a caller cancelled",
  deadline: "a timeout ran out",
  disconnect: "a connection was lost",
  reset: "a peer reset the stream",
  shutdown: "a server was shutting down",
  "handler-return": "a handler returned while its streams were still open",
  error: "a call failed",
};
