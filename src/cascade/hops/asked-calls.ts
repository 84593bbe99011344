/**
 * What a judgement asked of the call graph: it holds until one of these answers is another.
 */
import type { Evidence } from "../../model/index.ts";
import { type CallGraph, type KnownCalls, peerOf } from "./call-graph.ts";

/** Stands for {@link KnownCalls.strangers} among the names that were asked for; no service has this name. */
const STRANGERS = "\u0000strangers";

/** Stands for {@link KnownCalls.hasOneWriter}. */
const ONE_WRITER = "\u0000writers";

/** A call graph that notes what it is asked. */
export class AskedCalls implements KnownCalls {
  readonly #calls: CallGraph;
  readonly #asked = new Set<string>();

  /** @param calls what answers */
  constructor(calls: CallGraph) {
    this.#calls = calls;
  }

  /** The names and addresses that were asked for, in the order of the first question. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
  }

  get strangers(): ReadonlySet<string> {
    this.#asked.add(STRANGERS);
    return this.#calls.strangers;
  }

  get hasOneWriter(): boolean {
    this.#asked.add(ONE_WRITER);
    return this.#calls.hasOneWriter;
  }

  serves(service: string): boolean {
    this.#asked.add(service);
    return this.#calls.serves(service);
  }

  knows(name: string): boolean {
    this.#asked.add(name);
    return this.#calls.knows(name);
  }

  callersOf(service: string): ReadonlySet<string> {
    this.#asked.add(service);
    return this.#calls.callersOf(service);
  }

  at(address: string): string | null {
    this.#asked.add(address);
    return this.#calls.at(address);
  }

  peerOf(evidence: Evidence): string | null {
    return peerOf(this, evidence);
  }
}

/**
 * All answers about these names at once, as a text. Facts are only added, so of two graphs one of which holds all that the other holds,
 * equal texts mean equal answers.
 */
export function answersAbout(calls: CallGraph, asked: Iterable<string>): string {
  let answers = "";
  for (const name of asked) {
    if (name === STRANGERS) answers += `${[...calls.strangers].sort().join("\u0001")}\u0000`;
    else if (name === ONE_WRITER) answers += `${Number(calls.hasOneWriter)}\u0000`;
    else {
      const known = `${Number(calls.knows(name))}${Number(calls.serves(name))}${calls.callersOf(name).size}`;
      answers += `${known} ${calls.at(name) ?? ""}\u0000`;
    }
  }
  return answers;
}
