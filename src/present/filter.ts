/**
 * The filter language of `--where` and of the screens: words and conditions, all of which must hold.
 *
 * `how=timed-out service!=batch eof "two words" -retry /code=1200[79]/`. Conditions on different fields must all hold; several with `=` on
 * the same field are alternatives. Words are looked for, in any case of letters, in names, ids, reasons and lines; `-` or `!` in front
 * turns a word or a condition round, `*` stands for anything.
 */
import { type Cascade, countOrigins, type Diagnosis } from "../model/index.ts";
import { isField, looksLikeCondition, parseWhere, type Where } from "./conditions.ts";
import { matcherOf } from "./pattern.ts";
import { searchableText } from "./searchable.ts";
import { type Offset, UTC_OFFSET } from "./time-range.ts";

/** A filter taken apart. */
export interface Filter {
  /** True where every cascade is kept. */
  readonly empty: boolean;
  readonly keeps: (cascade: Cascade) => boolean;
  /** What is wrong with it, or likely not meant; null where it is fine. What cannot be read holds for everything. */
  readonly problem: string | null;
}

/** More parts than that are no filter but a paste. */
const MOST_TERMS = 64;

/** Reads a filter. Never throws: what cannot be read is told in `problem`. `offset` is the wall clock of times. */
export function parseFilter(text: string, offset: Offset = UTC_OFFSET): Filter {
  const tokens = tokensOf(text);
  const terms: Where[] = [];
  let problem: string | null = tokens.length > MOST_TERMS ? `a filter has at most ${MOST_TERMS} parts` : null;
  for (const token of tokens.slice(0, MOST_TERMS)) {
    const outcome = parseTerm(token, offset);
    if (outcome.where !== undefined) terms.push(outcome.where);
    else problem ??= outcome.problem;
  }
  const known = new WeakMap<Cascade, boolean>();
  return {
    empty: terms.length === 0,
    problem: problem ?? hintOf(tokens),
    keeps(cascade) {
      let kept = known.get(cascade);
      if (kept === undefined) {
        kept = meets(cascade, terms);
        known.set(cascade, kept);
      }
      return kept;
    },
  };
}

/** True where a cascade meets the conditions; see the head of this file for how they combine. */
export function meets(cascade: Cascade, conditions: readonly Where[]): boolean {
  const alternatives = new Map<string, boolean>();
  for (const { field, alternative, holds } of conditions) {
    if (!alternative) {
      if (!holds(cascade)) return false;
    } else if (alternatives.get(field) !== true) alternatives.set(field, holds(cascade));
  }
  return ![...alternatives.values()].includes(false);
}

/** Splits a filter into its parts: at spaces, which quotes and the slashes of a regular expression keep. */
export function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  let token = "";
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (/\s/.test(sign)) {
      if (token !== "") tokens.push(token);
      token = "";
      continue;
    }
    const end =
      sign === '"' ? text.indexOf('"', at + 1) : sign === "/" && /(?:^|[-!=])$/.test(token) ? regexEnd(text, at) : -1;
    if (end === -1) token += sign;
    else {
      token += text.slice(at, end + 1);
      at = end;
    }
  }
  return token === "" ? tokens : [...tokens, token];
}

/** The slash that closes a regular expression: the first with a space or the end behind it; -1 where there is none. */
function regexEnd(text: string, from: number): number {
  let at = text.indexOf("/", from + 1);
  while (at !== -1 && at + 1 < text.length && !/\s/.test(text.charAt(at + 1))) at = text.indexOf("/", at + 1);
  return at > from + 1 ? at : -1;
}

/** The same part turned round: `!x` for `x`, `x` for `-x`, `a!=b` for `a=b`. */
export function negated(token: string): string {
  if (/^[-!]./.test(token)) return token.slice(1);
  const equal = /^([A-Za-z]+)(!=|==?)(.*)$/s.exec(token);
  if (equal === null) return `!${token}`;
  return `${equal[1]}${equal[2] === "!=" ? "=" : "!="}${equal[3]}`;
}

/** What says which warnings there are about some cascades. */
export type WarnAbout = (cascades: readonly Cascade[]) => Diagnosis["warnings"];

/** The part of a diagnosis that a filter keeps. */
export function applyFilter(diagnosis: Diagnosis, filter: Filter, warnAbout: WarnAbout): Diagnosis {
  return filter.empty ? diagnosis : narrow(diagnosis, filter.keeps, warnAbout);
}

function parseTerm(token: string, offset: Offset): ReturnType<typeof parseWhere> {
  const turned = /^[-!]./.test(token);
  const bare = turned ? token.slice(1) : token;
  const outcome = looksLikeCondition(bare) ? parseWhere(bare, offset) : parseWord(bare);
  if (!turned || outcome.where === undefined) return outcome;
  const { field, holds } = outcome.where;
  return { where: { field, alternative: false, holds: (cascade) => !holds(cascade) } };
}

function parseWord(token: string): ReturnType<typeof parseWhere> {
  const value = token.replaceAll('"', "");
  if (value === "") return { problem: `${token} holds no text` };
  const outcome = matcherOf(value, false);
  if (outcome.matcher === undefined) return { problem: outcome.problem };
  const { matcher } = outcome;
  return { where: { field: "word", alternative: false, holds: (cascade) => matcher(searchableText(cascade)) } };
}

const OPERATORS = new Set(["=", "!=", "<", ">", "<=", ">=", "=="]);

/** What was likely meant otherwise: it is looked for as a word, and hardly anything holds it. */
function hintOf(tokens: readonly string[]): string | null {
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (OPERATORS.has(token) && before !== undefined && after !== undefined)
      return `write ${before}${token}${after} without spaces`;
    if (/^(?:and|&&)$/i.test(token)) return `"${token}" is looked for as a word; all parts must hold anyway`;
    if (/^(?:or|\|\|)$/i.test(token))
      return `"${token}" is looked for as a word; conditions with = on one field are alternatives: how=reset how=vanished`;
    if (/^(?:not)$/i.test(token) && after !== undefined) return `"${token}" is looked for as a word; write !${after}`;
    const colon = /^([A-Za-z]+):(.+)$/.exec(token);
    if (colon !== null && isField(colon[1] as string))
      return `looked for as a word; for the field write ${colon[1]}=${colon[2]}`;
  }
  return null;
}

/**
 * The part of a diagnosis whose cascades are kept; origins and warnings are counted anew. The very same object comes back where nothing goes.
 */
export function narrow(diagnosis: Diagnosis, keep: (cascade: Cascade) => boolean, warnAbout: WarnAbout): Diagnosis {
  const cascades = diagnosis.cascades.filter(keep);
  if (cascades.length === diagnosis.cascades.length) return diagnosis;
  return { cascades, origins: countOrigins(cascades), warnings: warnAbout(cascades), counts: diagnosis.counts };
}
