/**
 * Leaving without taking back what was said: a process that exits while its sockets hold unread bytes makes the kernel reset them, and the
 * other end may never read the last Rst.
 */
import { subscribe } from "node:diagnostics_channel";
import { CHANNELS, type ClientEnd } from "../../../src/runtime/index.ts";

const LONGEST_MS = 200;

/** The connections of this process's clients. */
export class Connections {
  #open = 0;
  #gone: () => void = () => {};

  constructor() {
    subscribe(CHANNELS.connectionOpen, () => {
      this.#open += 1;
    });
    subscribe(CHANNELS.connectionLost, () => {
      this.#open -= 1;
      if (this.#open === 0) this.#gone();
    });
  }

  /** Closes a client and waits until its connections are closed at both ends, but not for long. */
  async close(client: ClientEnd): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#gone = resolve;
    });
    await client.close();
    if (this.#open === 0) return;
    const longest = new Promise((resolve) => setTimeout(resolve, LONGEST_MS));
    await Promise.race([gone, longest]);
  }
}
