/** How many connections are open at a time: where there are too many, the one that was of no use for the longest time is closed. */

/** What can be closed at once. */
export interface Closable {
  destroy(): unknown;
}

/** The connections of one port. */
export class Doors<C extends Closable> {
  readonly #most: number;
  readonly #onClosed: () => void;
  /** Those that were of use longest ago come first. */
  readonly #open = new Set<C>();

  /** `onClosed` is called for each that is closed to make room. */
  constructor(most: number, onClosed: () => void) {
    this.#most = most;
    this.#onClosed = onClosed;
  }

  /** Lets a new one in. */
  admit(connection: C): void {
    this.#open.add(connection);
    if (this.#open.size <= this.#most) return;
    const [useless] = this.#open;
    if (useless === undefined) return;
    this.#open.delete(useless);
    this.#onClosed();
    useless.destroy();
  }

  /** It brought a whole request. */
  used(connection: C): void {
    if (this.#open.delete(connection)) this.#open.add(connection);
  }

  /** It is closed. */
  leave(connection: C): void {
    this.#open.delete(connection);
  }
}
