/**
 * What the ids of lines are ids of. Services call one id by many names (`reqId` here, `request_id` there): names that have a value in common
 * at two services are one kind. Different ids of one kind are of different requests, if ids of that kind are handed on at all.
 */
import type { Mark } from "../../model/index.ts";
import type { SightedLine } from "./sight.ts";

/** A shorter value is a counter, not an id. */
export const SHORTEST_ID = 4;
/** One of letters and figures may have a sign less. */
const SHORT_ID = /^(?=.*[a-z])(?=.*\d).{3}$/i;
/** Part of a text that may be an id: figures alone are counts too often. */
const TOKEN = /(?<![\w.:-])(?=[\w.:-]*[a-z])(?=[\w.:-]*\d)\w[\w.:-]{1,62}\w(?![\w-])/gi;

/** True for a value that two lines do not have by chance. */
export function isTelling(value: string): boolean {
  return value.length >= SHORTEST_ID || SHORT_ID.test(value);
}
/** More values than these are not remembered: enough to learn the names that services use. */
const MAX_VALUES = 20_000;

/** The kinds of ids in an input. */
export class IdKinds {
  readonly #parents = new Map<string, string>();
  readonly #handedOn = new Set<string>();
  readonly #seen = new Map<string, { readonly key: string; readonly service: string }>();

  /** Learns from every line which names of ids mean the same. */
  constructor(lines: readonly SightedLine[]) {
    const seen = this.#seen;
    for (const { evidence } of lines) {
      const { service, sighting } = evidence;
      if (service === null) continue;
      for (const { key, value, own } of sighting.marks) {
        if (key === "" || own === true || !isTelling(value)) continue;
        const before = seen.get(value);
        if (before === undefined) {
          if (seen.size < MAX_VALUES) seen.set(value, { key, service });
        } else if (before.service !== service) {
          this.#unite(before.key, key);
          this.#handedOn.add(key).add(before.key);
        }
      }
    }
  }

  /** The ids of a line: those that it names, else the one that another line names and that stands in its words. */
  marksOf(line: SightedLine): readonly Mark[] {
    const { marks } = line.evidence.sighting;
    if (marks.some(({ local }) => local !== true)) return marks;
    const named = this.namedIn(line);
    const [only] = named;
    if (only === undefined || named.length > 1) return marks;
    // Its writer has it from whoever names it
    if (this.#seen.get(only.value)?.service !== line.evidence.service) this.#handedOn.add(only.key);
    return [...marks, only];
  }

  /** The ids that other lines name and that stand in the words of this one. */
  namedIn({ evidence: { text } }: SightedLine): readonly Mark[] {
    const found = new Map<string, Mark>();
    for (const [value] of text.matchAll(TOKEN)) {
      const key = this.#seen.get(value)?.key;
      if (key !== undefined) found.set(value, { key, value });
    }
    return [...found.values()];
  }

  /** The kind that a name of an id stands for. */
  kindOf(key: string): string {
    let kind = key;
    for (let next = this.#parents.get(kind); next !== undefined; next = this.#parents.get(kind)) kind = next;
    return kind;
  }

  /** True where one service has an id of that name from another, so that both know it. */
  isHandedOn(key: string): boolean {
    return this.#handedOn.has(key);
  }

  /**
   * True where two lines have different ids of one kind. An id that each service gives by itself tells only its own requests apart: `byOne`
   * says that one service wrote both.
   */
  differ(mine: readonly Mark[], yours: readonly Mark[], byOne: boolean): boolean {
    return mine.some(
      ({ key }) =>
        key !== "" &&
        (byOne || this.isHandedOn(key)) &&
        yours.some((mark) => mark.key !== "" && this.kindOf(mark.key) === this.kindOf(key)),
    );
  }

  #unite(one: string, other: string): void {
    const [first, second] = [this.kindOf(one), this.kindOf(other)].sort() as [string, string];
    if (first !== second) this.#parents.set(second, first);
  }
}
