/** What speaks for somebody as the starter of a cancel. */
import type { Cascade } from "../../model/index.ts";
import { shownName } from "../../present/index.ts";

/** In a few words: `the evidence names it`, `looks like it`, `stopped by it`. */
export function candidateNote({ origin, falseOrigins, reached }: Cascade, name: string): string {
  if (origin.overruled?.was === name) return "the evidence names it";
  if (origin.service !== null && shownName(origin.service) === name)
    return origin.overruled === undefined ? "the evidence names it" : "said by you";
  if (falseOrigins.some(({ service }) => shownName(service) === name))
    return "looks like it, and the evidence says it is not";
  if (reached.some(({ service }) => shownName(service) === name)) return "was reached by it";
  return "named once, left no log";
}
