/** The filter as chips that can be switched off, turned round and removed. */
import { negated, tokensOf } from "../../present/index.ts";
import type { Press } from "../input.ts";
import { clamp } from "../window.ts";
import type { Chip, UiState } from "./ui-state.ts";

/** The chips of a filter that was typed; those that are off stay behind them. */
export function chipsFor(text: string, before: readonly Chip[]): readonly Chip[] {
  const on = tokensOf(text).map((token): Chip => ({ text: token, on: true }));
  return [...on, ...before.filter((chip) => !chip.on && !on.some(({ text: other }) => other === chip.text))];
}

/** A press while somebody walks the chips. */
export function pressOnChips(state: UiState, at: number, key: Press): UiState {
  const { chips } = state;
  const index = clamp(at, 0, chips.length - 1);
  const chip = chips[index];
  if (chip === undefined) return { ...state, chipAt: null };
  const changed = (next: Chip): UiState => ({ ...state, chips: chips.with(index, next), chipAt: index });
  switch (key.name) {
    case "left":
    case "h":
      return { ...state, chipAt: Math.max(0, index - 1) };
    case "right":
    case "l":
    case "tab":
      return { ...state, chipAt: Math.min(chips.length - 1, index + 1) };
    case "space":
      return changed({ ...chip, on: !chip.on });
    case "!":
      return changed({ text: negated(chip.text), on: true });
    case "backspace":
    case "x": {
      const rest = chips.toSpliced(index, 1);
      return { ...state, chips: rest, chipAt: rest.length === 0 ? null : Math.min(index, rest.length - 1) };
    }
    default:
      return { ...state, chipAt: null };
  }
}
