/**
 * What is found out about the calls of a trace before anybody is judged: how each ended and which end of it ended it. Deepest first: who
 * ended a call can depend on the calls below.
 */

import { ONE_CUT_MS } from "../tolerances.ts";
import { type Around, type Direction, directionOf } from "./direction.ts";
import { type End, endOfCall } from "./ends.ts";
import { hiddenEnd, spokenEnds } from "./hidden-ends.ts";
import { type Inversion, inversionOf } from "./inversions.ts";
import { type Call, type Part, topDown } from "./parts.ts";

/** A call that was ended before its time. */
export interface Cut {
  readonly end: End;
  readonly direction: Direction;
}

/** The findings of one trace. */
export class Findings {
  readonly parts: readonly Part[];
  readonly #cuts = new Map<Call, Cut>();
  readonly #failed = new Map<Call, End>();
  readonly #inverted = new Map<Part, Inversion>();

  constructor(parts: readonly Part[]) {
    this.parts = topDown(parts);
    for (const part of this.parts.toReversed()) this.#read(part);
    for (const part of this.parts.toReversed()) this.#invert(part);
  }

  /** How a call was ended before its time; null where it was not. */
  cut(call: Call): Cut | null {
    return this.#cuts.get(call) ?? null;
  }

  /** The error that a call ended with, which cut nobody's work; null where there is none. */
  failure(call: Call): End | null {
    return this.#failed.get(call) ?? null;
  }

  /** What shows silently that the caller of a part had left; null where nothing does. */
  inversion(part: Part): Inversion | null {
    return this.#inverted.get(part) ?? null;
  }

  /** The calls of a part that it ended itself, the earliest first. */
  cutDown(part: Part): readonly (readonly [Call, Cut])[] {
    return this.#of(part, "down");
  }

  /** The calls of a part that were ended from below, the earliest first. */
  cutUp(part: Part): readonly (readonly [Call, Cut])[] {
    return this.#of(part, "up");
  }

  #of(part: Part, way: Direction["way"]): readonly (readonly [Call, Cut])[] {
    const found = part.calls.flatMap((call): (readonly [Call, Cut])[] => {
      const cut = this.#cuts.get(call);
      return cut?.direction.way === way ? [[call, cut]] : [];
    });
    return found.sort(([, a], [, b]) => a.end.at - b.end.at);
  }

  #read(part: Part): void {
    const ends = part.calls.map((call) => [call, endOfCall(call) ?? hiddenEnd(call)] as const);
    // Errors first: a service that cancels may do so because of one
    for (const [call, end] of ends) if (end?.how === "failed") this.#failed.set(call, end);
    for (const [call, end] of ends) if (end !== null) this.#cut(call, end);
    if (part.calls.some((call) => this.#cuts.has(call))) return;
    for (const [call, end] of spokenEnds(part)) if (!this.#failed.has(call)) this.#cut(call, end);
  }

  #cut(call: Call, end: End): void {
    if (end.how !== "failed") this.#cuts.set(call, { end, direction: directionOf(call, end, this.#around(call, end)) });
  }

  #around(call: Call, end: End): Around {
    const cuts = call.callees.flatMap(({ calls }) => calls.map((each) => this.#cuts.get(each)));
    const known = cuts.filter((cut) => cut !== undefined);
    const failures = call.part.calls.flatMap((other) => (other === call ? [] : (this.#failed.get(other) ?? [])));
    return {
      ends: known.map(({ end: other }) => other),
      cutDown: known.some(({ direction }) => direction.way === "down"),
      afterFailure: failures.some(({ at }) => at <= end.at && end.at - at <= ONE_CUT_MS),
    };
  }

  #invert(part: Part): void {
    if (part.calls.some((call) => this.#cuts.has(call))) return;
    const found = inversionOf(part, (other) => this.cutDown(other).length > 0);
    if (found !== null) this.#inverted.set(part, found);
  }
}
