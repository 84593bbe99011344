/** A part of a list that fits the screen. */
export interface Window {
  readonly top: number;
  /** One past the last row shown. */
  readonly end: number;
}

/**
 * The first row to show, so that the cursor is on the screen and the list moves as little as possible from where it was.
 */
export function scrollTo(top: number, cursor: number, count: number, height: number): number {
  const rows = Math.max(1, height);
  const last = Math.max(0, count - rows);
  if (cursor < top) return clamp(cursor, 0, last);
  if (cursor >= top + rows) return clamp(cursor - rows + 1, 0, last);
  return clamp(top, 0, last);
}

/** The rows to draw. */
export function windowOf(top: number, cursor: number, count: number, height: number): Window {
  const first = scrollTo(top, cursor, count, height);
  return { top: first, end: Math.min(count, first + Math.max(1, height)) };
}

/** The nearest number within the bounds. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
