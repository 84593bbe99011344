/**
 * How much unread input may be held: by all connections of a server or client together, so that many small ones are bounded too.
 *
 * Pure.
 */

/** A connection, as the one that is asked to let go of something. */
export interface BudgetMember {
  /** Bytes it holds. */
  readonly held: number;
  /** Ends what holds most of it. */
  relieve(): void;
}

/** Who holds how much, and the limit of all. */
export class Budget {
  held = 0;
  readonly limit: number;
  readonly #members = new Set<BudgetMember>();
  #relieving = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  join(member: BudgetMember): void {
    this.#members.add(member);
  }

  leave(member: BudgetMember): void {
    this.#members.delete(member);
  }

  /** Counts bytes that are held, or not any more. Beyond the limit whoever holds most lets go: once for each call, that is half of it. */
  add(bytes: number): void {
    this.held += bytes;
    if (bytes <= 0 || this.held <= this.limit || this.#relieving) return;
    let fullest: BudgetMember | null = null;
    for (const member of this.#members) if (fullest === null || member.held > fullest.held) fullest = member;
    this.#relieving = true;
    try {
      fullest?.relieve();
    } finally {
      this.#relieving = false;
    }
  }
}
