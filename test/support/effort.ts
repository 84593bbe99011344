/** True while code is mutated: each test runs hundreds of times then. */
export const MUTATING: boolean = process.env["MUTATION_TESTS"] !== undefined;

/** Rounds of a property test: a few while code is mutated. */
export function rounds(count: number): number {
  return MUTATING ? Math.ceil(count / 50) : count;
}
