/** One window for all readers of a run: one of them has it at a time, so memory does not grow with the number of files. */
import type { ScanWindow } from "./window.ts";

/** Whoever may have the window. */
export interface WindowHolder {
  /** Another one takes the window: what is still needed of its bytes has to be copied now. */
  leave(): void;
}

/** The window, and who has it. */
export class SharedWindow {
  /** For whoever took it last. */
  readonly window: ScanWindow;
  #holder: WindowHolder | null = null;

  constructor(window: ScanWindow) {
    this.window = window;
  }

  /** Gives the window to a holder; the one who had it is told first. */
  take(holder: WindowHolder): void {
    if (this.#holder === holder) return;
    this.#holder?.leave();
    this.#holder = holder;
  }
}
