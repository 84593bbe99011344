/**
 * Claims in free words, held until what stands around them has been read: inputs are searched for words of those who end streams, and what
 * was around them stands in ordinary lines, in any file.
 */
import type { Dialects } from "../dialects/index.ts";
import type { Evidence, Instant, Place, SourceRecord } from "../model/index.ts";
import type { Around, SourceReading } from "../sources/index.ts";

/** How long before and after a claim its surroundings last: as long as the engine looks for who stopped, and what went on. */
const BEFORE_NS = 65_000_000_000n;
const AFTER_NS = 50_000_000_000n;
/** More claims are not held: what is around the oldest is read then. */
const MOST_HELD = 5_000;
const NEVER: Instant = 1n << 80n;
const MAX_IDS = 2_000;
/** Shorter ids are counters. */
const SHORTEST_ID = 4;
/** Places of decisions that are remembered, because their lines are read twice. */
const MAX_PLACES = 10_000;

/** Holds claims and reads around them. */
export class Context {
  readonly #files: Pick<SourceReading, "readAround">;
  readonly #readRecord: Dialects["readRecord"];
  readonly #take: (evidence: Evidence) => void;
  #held: Evidence[] = [];
  /** The surroundings up to here have been read. */
  #readTo: Instant = -NEVER;
  #dueAt: Instant = NEVER;
  readonly #known = new Set<string>();
  #alone = 0;

  /** `take` gets the claims, and what was around them. */
  constructor(
    files: Pick<SourceReading, "readAround">,
    { readRecord }: Pick<Dialects, "readRecord">,
    take: (evidence: Evidence) => void,
  ) {
    this.#files = files;
    this.#readRecord = readRecord;
    this.#take = take;
  }

  /** Claims of whose surroundings not all could be read. */
  get alone(): number {
    return this.#alone;
  }

  /** Once evidence of a later instant comes, the inputs hold everything around the oldest claim: release it first. */
  get dueAt(): Instant {
    return this.#dueAt;
  }

  /** Holds a claim. */
  hold(evidence: Evidence): void {
    this.#held.push(evidence);
    const { at } = evidence;
    if (at !== null && at + AFTER_NS < this.#dueAt) this.#dueAt = at + AFTER_NS;
    if (this.#held.length >= MOST_HELD) this.#dueAt = -NEVER;
  }

  /** Remembers that the evidence of an ordinary line has been taken already. */
  remember(evidence: Evidence): void {
    if (this.#known.size < MAX_PLACES) this.#known.add(keyOf(evidence.place));
  }

  /** Gives the claims away as they are, because nothing is missing around them. */
  letGo(): void {
    const claims = this.#held;
    this.#held = [];
    this.#dueAt = NEVER;
    for (const claim of claims) this.#take(claim);
  }

  /** Reads around the claims that are due before an instant, all of them without one, and gives all away. */
  async release(before: Instant | null): Promise<void> {
    const all = before === null || this.#held.length >= MOST_HELD;
    const due: Evidence[] = [];
    const notYet: Evidence[] = [];
    for (const claim of this.#held)
      (all || (claim.at !== null && claim.at + AFTER_NS < before) ? due : notYet).push(claim);
    this.#held = notYet;
    this.#dueAt = this.#held.reduce(
      (soonest, { at }) => (at !== null && at + AFTER_NS < soonest ? at + AFTER_NS : soonest),
      NEVER,
    );
    for (const claims of parts(due)) await this.#readAround(claims);
  }

  async #readAround(claims: readonly Evidence[]): Promise<void> {
    const around = this.#aroundOf(claims);
    const facts: Evidence[] = [];
    const whole = await this.#files.readAround(around, (records) => {
      for (const record of records) for (const fact of this.#factsOf(record)) facts.push(fact);
    });
    if (around.span !== null && around.span.to > this.#readTo) this.#readTo = around.span.to;
    if (!whole) this.#alone += claims.length;
    for (const claim of claims) {
      const { sighting } = claim;
      this.#take(whole || sighting === undefined ? claim : { ...claim, sighting: { ...sighting, alone: true } });
    }
    for (const fact of facts) this.#take(fact);
  }

  #aroundOf(claims: readonly Evidence[]): Around {
    const moments = claims.flatMap(({ at }) => (at === null ? [] : [at]));
    const [first] = moments;
    const last = moments.at(-1);
    const from = first === undefined || first - BEFORE_NS > this.#readTo ? (first ?? 0n) - BEFORE_NS : this.#readTo;
    const ids = new Set(claims.flatMap(({ sighting }) => (sighting?.marks ?? []).map(({ value }) => value)));
    return {
      span: last === undefined ? null : { from, to: last + AFTER_NS },
      moments,
      ids: [...ids].filter(({ length }) => length >= SHORTEST_ID).slice(0, MAX_IDS),
      places: claims.flatMap(({ at, place }) => (at === null && "source" in place ? [place] : [])),
    };
  }

  #factsOf(record: SourceRecord): readonly Evidence[] {
    const { evidence, context } = this.#readRecord(record);
    if (evidence.length === 0) return context;
    const onlyWishes = evidence.every(({ type }) => type === "decision");
    return onlyWishes && !this.#known.has(keyOf(record.place)) ? evidence : [];
  }
}

function keyOf(place: Place): string {
  return "source" in place ? `${place.source}:${place.byte ?? place.line}` : "";
}

/** Claims in order of time, apart where their surroundings do not touch; those without a time with the last. */
function parts(claims: readonly Evidence[]): Evidence[][] {
  const timed = claims.flatMap((claim) => (claim.at === null ? [] : [{ claim, at: claim.at }]));
  timed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const found: Evidence[][] = [];
  let lastAt = -NEVER;
  for (const { claim, at } of timed) {
    if (at - lastAt > BEFORE_NS + AFTER_NS) found.push([]);
    found.at(-1)?.push(claim);
    lastAt = at;
  }
  const untimed = claims.filter(({ at }) => at === null);
  if (untimed.length === 0) return found;
  const rest = found.pop() ?? [];
  return [...found, [...rest, ...untimed]];
}
