/**
 * Judgements that are kept for as long as they hold: a judgement is made of lines and of what the call graph answered, and is made again
 * only if one of them is another.
 */
import { AskedCalls, answersAbout } from "../hops/asked-calls.ts";
import type { CallGraph, KnownCalls } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import type { Tree } from "../judge/cascade.ts";

/** The trees of some lines. */
export interface Judgement<Judged extends Tree = Tree> {
  readonly trees: readonly Judged[];
  /** The names and addresses that the call graph was asked for. */
  readonly asked: readonly string[];
  /** What it answered. */
  readonly answers: string;
}

/** Most lists of names that are remembered: judgements that ask alike share them. */
const MAX_ASKED = 20_000;

/** Judges lines with one call graph. */
export class Judge {
  readonly #calls: CallGraph;
  readonly #asked = new Map<string, readonly string[]>();
  #answers = new Map<readonly string[], string>();
  #revision = -1;
  #strangers: ReadonlySet<string> | null = null;

  constructor(calls: CallGraph) {
    this.#calls = calls;
  }

  /** Judges lines, in the way that is given. */
  judge<Judged extends Tree>(solve: (calls: KnownCalls) => readonly Judged[]): Judgement<Judged> {
    const calls = new AskedCalls(this.#calls);
    const trees = solve(calls);
    const asked = this.#shared(calls.asked);
    return { trees, asked, answers: this.#answersAbout(asked) };
  }

  /** True if the same lines would be judged as they were. */
  holds({ asked, answers }: Judgement): boolean {
    return this.#answersAbout(asked) === answers;
  }

  #shared(asked: ReadonlySet<string>): readonly string[] {
    const key = [...asked].join("\u0001");
    let shared = this.#asked.get(key);
    if (shared === undefined) {
      if (this.#asked.size >= MAX_ASKED) this.#asked.clear();
      shared = [...asked];
      this.#asked.set(key, shared);
    }
    return shared;
  }

  #answersAbout(asked: readonly string[]): string {
    const { revision, strangers } = this.#calls;
    if (revision !== this.#revision || strangers !== this.#strangers) {
      this.#answers = new Map();
      this.#revision = revision;
      this.#strangers = strangers;
    }
    let answers = this.#answers.get(asked);
    if (answers === undefined) {
      answers = answersAbout(this.#calls, asked);
      this.#answers.set(asked, answers);
    }
    return answers;
  }
}

/** True if both lists hold the same lines in the same places. */
export function sameLines(one: readonly Line[], other: readonly Line[]): boolean {
  return one === other || (one.length === other.length && one.every((line, place) => line === other[place]));
}
