import type { Place } from "./place.ts";

/** A fact about bad input: what is wrong, in one plain sentence, and where. Input never throws; it is counted and told with these. */
export interface Diagnostic {
  readonly place: Place;
  readonly message: string;
}
