/** The reasons beside or below a tree: whether the keys scroll them, how far they are scrolled, and where the line between both stands. */
import type { Action } from "../keys.ts";
import { clamp } from "../window.ts";
import type { Shown } from "./shown.ts";
import { frameOf, type UiState } from "./ui-state.ts";

/** Steps of the dividing line to each side. */
const MOST_STEPS = 4;

/** What a key does there; null where it means something else. */
export function pressOnSide(state: UiState, action: Action, { side: shown }: Shown): UiState | null {
  const { side } = state;
  if (shown === null) return null;
  const last = Math.max(0, shown.count - shown.height);
  const to = (top: number): UiState => ({ ...state, side: { ...side, top: clamp(top, 0, last) } });
  switch (action) {
    case "other-side":
      return { ...state, side: { ...side, focused: !side.focused } };
    case "divider-left":
      return { ...state, side: { ...side, steps: Math.max(-MOST_STEPS, side.steps - 1) } };
    case "divider-right":
      return { ...state, side: { ...side, steps: Math.min(MOST_STEPS, side.steps + 1) } };
  }
  if (!side.focused) return null;
  const page = Math.max(1, shown.height - 1);
  const top = clamp(side.top, 0, last);
  switch (action) {
    case "up":
      return to(top - 1);
    case "down":
      return to(top + 1);
    case "page-up":
      return to(top - page);
    case "page-down":
      return to(top + page);
    case "top":
      return to(0);
    case "bottom":
      return to(last);
    default:
      return null;
  }
}

/** Another row or another screen has other reasons: they begin at their top, and the keys are the tree's again. */
export function withSideOf(before: UiState, state: UiState): UiState {
  const [one, other] = [frameOf(before), frameOf(state)];
  const isSame = one.view === other.view && one.cascade === other.cascade && one.cursor === other.cursor;
  return isSame || (state.side.top === 0 && !state.side.focused)
    ? state
    : { ...state, side: { ...state.side, top: 0, focused: false } };
}
