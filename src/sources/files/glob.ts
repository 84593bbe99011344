/**
 * Globs: `*` and `?` within a name, `**` across folders, `[a-z]`, `{one,two}`.
 *
 * Everything else in a name means itself, see docs/decisions/015-own-globs.md. All readings of a text are followed at once, so the time
 * grows with the length of the text times that of the glob, whatever both are.
 */

/** Says whether a text holds a character that makes it a glob. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** What fits whole paths (with `/`). */
export interface GlobPattern {
  /** True for a path that fits. */
  readonly test: (path: string) => boolean;
}

/** What one position of a glob does with a character: go on behind it, stay, both or neither. */
interface Step {
  readonly goes: (char: string) => boolean;
  readonly stays: (char: string) => boolean;
  /** Positions that are reached without a character, counted from this one. */
  readonly skips: readonly number[];
}

const never = (): boolean => false;
const always = (): boolean => true;
const inName = (char: string): boolean => char !== "/";
const isSlash = (char: string): boolean => char === "/";

function one(goes: Step["goes"]): Step {
  return { goes, stays: never, skips: [] };
}

const STARS: Readonly<Record<string, readonly Step[]>> = {
  "*": [{ goes: never, stays: inName, skips: [1] }],
  "**": [{ goes: never, stays: always, skips: [1] }],
  // Nothing at all, or whole folders
  "**/": [
    { goes: never, stays: never, skips: [1, 2] },
    { goes: isSlash, stays: always, skips: [] },
  ],
};

/** One character of a set as it stands between brackets; null where a range is out of order. */
function setOf(body: string): Step["goes"] | null {
  const negated = /^[!^]/.test(body);
  const chars = [...(negated ? body.slice(1) : body)];
  const ranges: (readonly [from: string, to: string])[] = [];
  for (let i = 0; i < chars.length; i += 1) {
    const from = chars[i] as string;
    const isRange = chars[i + 1] === "-" && i + 2 < chars.length;
    const to = isRange ? (chars[i + 2] as string) : from;
    if (to < from) return null;
    ranges.push([from, to]);
    if (isRange) i += 2;
  }
  return (char) => ranges.some(([from, to]) => char >= from && char <= to) !== negated;
}

/** The steps of a glob without braces; null where it holds a set that is none. */
function stepsOf(glob: string): readonly Step[] | null {
  const steps: Step[] = [];
  for (let i = 0; i < glob.length; i += 1) {
    const char = String.fromCodePoint(glob.codePointAt(i) as number);
    const close = char === "[" ? glob.indexOf("]", i + 2) : -1;
    if (char === "*") {
      const [stars = "*"] = /^\*(?:\*\/?)?/.exec(glob.slice(i, i + 3)) ?? [];
      steps.push(...(STARS[stars] as readonly Step[]));
      i += stars.length - 1;
    } else if (char === "?") steps.push(one(inName));
    else if (close > 0) {
      const set = setOf(glob.slice(i + 1, close));
      if (set === null) return null;
      steps.push(one(set));
      i = close;
    } else {
      steps.push(one((each) => each === char));
      i += char.length - 1;
    }
  }
  return steps;
}

/** More ways to read braces than that are no glob. */
const MAX_ALTERNATIVES = 1_000;

/** Where the brace that opens at an offset closes, and the commas between; null where it does not close. */
function braceAt(glob: string, open: number): { readonly close: number; readonly commas: readonly number[] } | null {
  const commas: number[] = [];
  let depth = 0;
  for (let i = open; i < glob.length; i += 1) {
    const char = glob[i];
    if (char === "{") depth += 1;
    else if (char === "," && depth === 1) commas.push(i);
    else if (char === "}") {
      depth -= 1;
      if (depth === 0) return { close: i, commas };
    }
  }
  return null;
}

/** A glob with braces as globs without; the glob itself where they are too many. */
function alternativesOf(glob: string): readonly string[] {
  const done: string[] = [];
  const open: { readonly text: string; readonly from: number }[] = [{ text: glob, from: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { text, from } = next;
    const at = text.indexOf("{", from);
    const brace = at < 0 ? null : braceAt(text, at);
    if (at < 0) done.push(text);
    else if (brace === null) open.push({ text, from: at + 1 });
    else {
      const cuts = [at, ...brace.commas, brace.close];
      for (let i = cuts.length - 2; i >= 0; i -= 1) {
        const choice = text.slice((cuts[i] as number) + 1, cuts[i + 1]);
        open.push({ text: text.slice(0, at) + choice + text.slice(brace.close + 1), from: at });
      }
    }
    if (done.length + open.length > MAX_ALTERNATIVES) return [glob];
  }
  return done;
}

/** Adds a position, and those that are reached from it without a character. */
function enter(states: Set<number>, at: number, steps: readonly Step[]): void {
  const waiting = [at];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (states.has(next)) continue;
    states.add(next);
    for (const skip of steps[next]?.skips ?? []) waiting.push(next + skip);
  }
}

/** Follows all readings of a text at once. */
function fits(steps: readonly Step[], path: string): boolean {
  let states = new Set<number>();
  enter(states, 0, steps);
  for (const char of path) {
    const after = new Set<number>();
    for (const at of states) {
      const step = steps[at];
      if (step?.goes(char)) enter(after, at + 1, steps);
      if (step?.stays(char)) enter(after, at, steps);
    }
    if (after.size === 0) return false;
    states = after;
  }
  return states.has(steps.length);
}

/** Reads a glob. An unclosed bracket or brace stands for itself, and so does a glob with a range that is out of order, `[z-a]`. */
export function parseGlob(glob: string): GlobPattern {
  const all = alternativesOf(glob).map(stepsOf);
  const literal = [...glob].map((char) => one((each) => each === char));
  const alternatives = all.includes(null) ? [literal] : (all as (readonly Step[])[]);
  return { test: (path) => alternatives.some((steps) => fits(steps, path)) };
}
