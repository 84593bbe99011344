/**
 * The filter line: words and conditions, all of which must hold.
 *
 * `kind=deadline service!=batch eof "two words"`; the conditions are those of `scan --where`. Words are looked for, in any case of letters,
 * in the names of the services and in the lines of evidence. While somebody is still typing a condition it holds for everything.
 */
import type { Cascade, Diagnosis } from "../../model/index.ts";
import { meets, narrow, parseWhere, type Where } from "../../present/index.ts";

/** A filter taken apart. */
export interface Filter {
  readonly conditions: readonly Where[];
  readonly words: readonly string[];
  /** What is wrong with it, for the line below the prompt; null where it is fine. */
  readonly problem: string | null;
}

/** Reads the text of the filter line. Never throws: what cannot be read is told in `problem`. */
export function parseFilter(text: string): Filter {
  const conditions: Where[] = [];
  const words: string[] = [];
  let problem: string | null = null;
  for (const token of tokensOf(text)) {
    if (!/^[A-Za-z]+!?=/.test(token)) {
      words.push(token.toLowerCase());
      continue;
    }
    const outcome = parseWhere(token);
    if (outcome.where !== undefined) conditions.push(outcome.where);
    else problem = outcome.problem;
  }
  return { conditions, words, problem };
}

/** The part of a diagnosis that meets a filter. */
export function applyFilter(diagnosis: Diagnosis, filter: Filter): Diagnosis {
  if (filter.conditions.length === 0 && filter.words.length === 0) return diagnosis;
  return narrow(
    diagnosis,
    (cascade) => meets(cascade, filter.conditions) && filter.words.every((word) => mentions(cascade, word)),
  );
}

/** The filter as chips for the bar. */
export function chipsOf(text: string): readonly string[] {
  return tokensOf(text);
}

function mentions(cascade: Cascade, word: string): boolean {
  const holds = (text: string): boolean => text.toLowerCase().includes(word);
  return (
    holds(cascade.origin.service ?? "") ||
    holds(cascade.origin.kind) ||
    holds(cascade.id) ||
    cascade.reached.some((reached) => holds(reached.service)) ||
    cascade.evidence.some((evidence) => holds(evidence.text))
  );
}

/** Splits at spaces; double quotes keep them. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [token] of text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)) {
    const bare = token.replaceAll('"', "");
    if (bare !== "") tokens.push(bare);
  }
  return tokens;
}
