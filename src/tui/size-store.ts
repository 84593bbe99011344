import type { Size } from "./scenes/layout.ts";

/** The size of the terminal, as React's external stores are asked for it. */
export interface SizeStore {
  readonly snapshot: () => Size;
  readonly subscribe: (listener: () => void) => () => void;
  /** Looks at the terminal again and calls the listeners where the size has changed. */
  readonly update: () => void;
}

/** Makes the store; a terminal that does not know its size is taken for 80 by 24. */
export function createSizeStore(stdout: { readonly columns?: number; readonly rows?: number }): SizeStore {
  const look = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const listeners = new Set<() => void>();
  let size = look();
  return {
    snapshot: () => size,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update() {
      const next = look();
      if (next.columns === size.columns && next.rows === size.rows) return;
      size = next;
      for (const listener of listeners) listener();
    },
  };
}
