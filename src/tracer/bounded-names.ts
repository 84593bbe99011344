/** Names that come from peers or users, so their number is not ours to trust: so many of them are told apart, further ones are one. */
export class BoundedNames {
  readonly #known = new Set<string>();
  readonly #max: number;
  readonly #other: string;

  constructor(max: number, other: string) {
    this.#max = max;
    this.#other = other;
  }

  /** The name itself, or what stands for all that are too many. */
  of(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.#max) return this.#other;
    this.#known.add(name);
    return name;
  }
}
