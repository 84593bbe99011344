/** Lines that are typed: the filter, and what is searched for in a text. */
import type { Press } from "../input.ts";
import { chipsFor } from "./chips.ts";
import { moveTo } from "./frames.ts";
import { editLine, lineOf } from "./line-edit.ts";
import type { Shown } from "./shown.ts";
import { frameOf, onText, type Prompt, type UiState } from "./ui-state.ts";

const MOST_EARLIER = 50;

/** Opens the line for a filter or a search. */
export function openPrompt(state: UiState, kind: Prompt["kind"]): UiState {
  return { ...state, prompt: { kind, line: lineOf(kind === "filter" ? onText(state.chips) : ""), earlier: -1 } };
}

/** A press while a line is typed. */
export function pressInPrompt(state: UiState, prompt: Prompt, key: Press, shown: Shown): UiState {
  const { kind, line } = prompt;
  const typed = (text: string, earlier = -1): UiState => ({ ...state, prompt: { kind, line: lineOf(text), earlier } });
  switch (key.name) {
    case "enter":
      return kind === "filter" ? keepFilter(state, line.text.trim()) : keepSearch(state, line.text.trim(), shown);
    case "esc":
      return { ...state, prompt: null };
    case "tab": {
      const [first] = shown.completions;
      if (kind !== "filter" || first === undefined) return state;
      return typed(line.text.slice(0, line.at).replace(/\S*$/, "") + first.text);
    }
    case "up":
    case "down": {
      if (kind !== "filter") return state;
      const earlier = Math.min(state.earlier.length - 1, Math.max(-1, prompt.earlier + (key.name === "up" ? 1 : -1)));
      return typed(state.earlier[earlier] ?? "", earlier);
    }
    case "backspace":
      if (line.text === "") return { ...state, prompt: null };
  }
  const next = editLine(line, key);
  return next === null ? state : { ...state, prompt: { ...prompt, line: next } };
}

function keepFilter(state: UiState, text: string): UiState {
  const earlier = text === "" ? state.earlier : [text, ...state.earlier.filter((each) => each !== text)];
  return { ...state, prompt: null, chips: chipsFor(text, state.chips), earlier: earlier.slice(0, MOST_EARLIER) };
}

/** Goes to the first hit that is not above. */
function keepSearch(state: UiState, search: string, shown: Shown): UiState {
  const kept = { ...state, prompt: null, search };
  if (search === "") return kept;
  return toHit(kept, shown, 0);
}

/** To a hit of the search: 0 the first from here on, 1 the next one, -1 the one before; round at the ends. */
export function toHit(state: UiState, shown: Shown, by: -1 | 0 | 1): UiState {
  const { hits } = shown;
  if (hits.length === 0) return { ...state, notice: `nothing here holds "${state.search}"` };
  const frame = frameOf(state);
  const here = shown.keys.length === 0 ? frame.top : frame.index;
  const hit =
    by === 0
      ? Math.max(
          0,
          hits.findIndex((each) => each >= here),
        )
      : (state.hit + by + hits.length) % hits.length;
  return { ...moveTo(state, shown, hits[hit] as number), hit, notice: `hit ${hit + 1} of ${hits.length}` };
}
