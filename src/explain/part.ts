/** One part of an error text: as it stands there, what it means, and what to look at next because of it. */
export interface Part {
  readonly text: string;
  readonly meaning: string;
  readonly next?: readonly string[];
  /** How many errors it is wrapped in. */
  readonly depth: number;
}

/** The meaning of a part, as the tables of this folder hold it. */
export interface Meaning {
  readonly meaning: string;
  readonly next?: readonly string[];
}
