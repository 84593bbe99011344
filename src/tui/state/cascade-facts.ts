/** What lists ask of each cascade, found once: of thousands that are listed only few are new in a new picture. */
import { type Cascade, victimsOf } from "../../model/index.ts";
import { because as becauseOf, isNormalEnd, starterName } from "../../present/index.ts";
import { fateClass } from "./order.ts";

/** What a list asks of a cascade. Instants are numbers here: thousands of them are compared for each picture. */
export interface Facts {
  readonly cascade: Cascade;
  /** How many like ones it stands for. */
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Whoever starts it in this way: the same object for all that share a row. */
  readonly starter: StarterKey;
  readonly because: string;
  /** The same without figures: timers that differ in what was left of them are one reason. */
  readonly reason: string;
  readonly victims: number;
  readonly fate: ReturnType<typeof fateClass>;
  /** True where it is how things should end. */
  readonly normal: boolean;
}

/** A starter and its deed, as a row of the first screen. */
export interface StarterKey {
  /** Name and kind, as one text. */
  readonly key: string;
}

const known = new WeakMap<Cascade, Facts>();
/** One object for each text, so that grouping thousands of cascades compares no texts. */
const starters = new Map<string, WeakRef<StarterKey>>();
/** Texts of starters that are gone are forgotten once there are so many. */
let mostStarters = 100_000;

/** The facts of a cascade. */
export function factsOf(cascade: Cascade): Facts {
  let facts = known.get(cascade);
  if (facts === undefined) {
    const { firstAt, lastAt, count } = cascade;
    const { service, kind } = cascade.origin;
    const because = becauseOf(cascade);
    facts = {
      cascade,
      count,
      first: firstAt === undefined ? null : Number(firstAt),
      last: lastAt === undefined ? null : Number(lastAt),
      starter: starterOf(JSON.stringify([service, starterName(cascade), kind])),
      because,
      reason: kind === "deadline" ? because.replace(/\d+(?:\.\d+)? (?:ms|s|min)\b/, "time") : because,
      victims: victimsOf(cascade),
      fate: fateClass(cascade),
      normal: isNormalEnd(cascade),
    };
    known.set(cascade, facts);
  }
  return facts;
}

function starterOf(key: string): StarterKey {
  const before = starters.get(key)?.deref();
  if (before !== undefined) return before;
  if (starters.size >= mostStarters) {
    for (const [text, each] of starters) if (each.deref() === undefined) starters.delete(text);
    mostStarters = Math.max(mostStarters, 2 * starters.size);
  }
  const starter = { key };
  starters.set(key, new WeakRef(starter));
  return starter;
}

/** A list of cascades, by their facts. */
export interface FactList {
  readonly facts: readonly Facts[];
  /** How many cancels it stands for, and how many of them are normal ends. */
  readonly cancels: number;
  readonly normal: number;
}

const lists = new WeakMap<readonly Cascade[], FactList>();
let last: readonly Facts[] = [];

/**
 * The facts of a list of cascades, in its order. Most of them stand beside each other in the list before, too: these are taken over
 * from there, which costs a tenth of looking each of them up.
 */
export function factsOfAll(cascades: readonly Cascade[]): FactList {
  const before = lists.get(cascades);
  if (before !== undefined) return before;
  let at = 0;
  let cancels = 0;
  let normal = 0;
  const facts = new Array<Facts>(cascades.length);
  for (let index = 0; index < cascades.length; index += 1) {
    const cascade = cascades[index] as Cascade;
    let each = last[at];
    if (each?.cascade === cascade) at += 1;
    else {
      const next = last[at + 1];
      if (next?.cascade === cascade) at += 2;
      each = next?.cascade === cascade ? next : factsOf(cascade);
    }
    facts[index] = each;
    cancels += each.count;
    if (each.normal) normal += each.count;
  }
  const list = { facts, cancels, normal };
  lists.set(cascades, list);
  last = facts;
  return list;
}

/**
 * The starters of whom one of two lists has other cascades than the other; null where there are more than `most`. It may name too many of
 * them, and names all where the lists are ordered otherwise.
 */
export function changedStarters(
  before: readonly Facts[],
  after: readonly Facts[],
  most: number,
): ReadonlySet<StarterKey> | null {
  const changed = new Set<StarterKey>();
  let one = 0;
  let other = 0;
  while (one < before.length || other < after.length) {
    const gone = before[one];
    const come = after[other];
    if (gone === come) {
      one += 1;
      other += 1;
      continue;
    }
    if (changed.size > most) return null;
    const isOnlyGone = gone !== undefined && (come === undefined || before[one + 1] === come);
    const isOnlyCome = come !== undefined && (gone === undefined || after[other + 1] === gone);
    if (gone !== undefined && !(isOnlyCome && !isOnlyGone)) {
      changed.add(gone.starter);
      one += 1;
    }
    if (come !== undefined && !isOnlyGone) {
      changed.add(come.starter);
      other += 1;
    }
  }
  return changed.size > most ? null : changed;
}
