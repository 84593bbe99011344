/** The help and the palette: one list of what can be done on a screen, searched while typing. */
import type { Press } from "../input.ts";
import { type Binding, bindingsIn, shownKey } from "../keys.ts";
import { clamp } from "../window.ts";
import { frameOf, type UiState } from "./ui-state.ts";

/** The rows for what was typed: the bindings of the view with this key, else those whose words hold it. */
export function helpRows(state: UiState): readonly Binding[] {
  const words = (state.help?.query ?? "").toLowerCase().split(/\s+/);
  const bindings = bindingsIn(frameOf(state).view);
  const typed = state.help?.query.trim() ?? "";
  const byKey = bindings.filter(({ keys }) => keys.some((key) => key === typed || shownKey(key) === typed));
  if (byKey.length > 0) return byKey;
  return bindings.filter(({ title, action }) =>
    words.every((word) => `${title} ${action}`.toLowerCase().includes(word)),
  );
}

/** Opens it with something typed already. */
export function openHelp(state: UiState, query = ""): UiState {
  return { ...state, help: { query, index: 0, words: false } };
}

/** A press while it is open; `run` does what was chosen. */
export function pressInHelp(
  state: UiState,
  help: NonNullable<UiState["help"]>,
  key: Press,
  run: (closed: UiState, binding: Binding, typed: string) => UiState,
): UiState {
  if (help.words) return pressInWords(state, help, key);
  const rows = helpRows(state);
  const index = clamp(help.index, 0, Math.max(0, rows.length - 1));
  const with_ = (next: Partial<typeof help>): UiState => ({ ...state, help: { ...help, ...next } });
  switch (key.name) {
    case "esc":
    case "f1":
      return { ...state, help: null };
    case "up":
      return with_({ index: Math.max(0, index - 1) });
    case "down":
      return with_({ index: Math.min(Math.max(0, rows.length - 1), index + 1) });
    case "enter": {
      const chosen = rows[index];
      const closed = { ...state, help: null };
      return chosen === undefined || chosen.action === "help" ? closed : run(closed, chosen, help.query.trim());
    }
    case "backspace":
      return help.query === "" ? { ...state, help: null } : with_({ query: help.query.slice(0, -1), index: 0 });
    case "ctrl-u":
    case "ctrl-x":
      return with_({ query: "", index: 0 });
    case "?":
      if (help.query === "") return with_({ words: true, index: 0 });
      break;
  }
  return key.text === "" ? state : with_({ query: help.query + key.text, index: 0 });
}

function pressInWords(state: UiState, help: NonNullable<UiState["help"]>, key: Press): UiState {
  switch (key.name) {
    case "up":
    case "k":
    case "wheel-up":
      return { ...state, help: { ...help, index: Math.max(0, help.index - 1) } };
    case "down":
    case "j":
    case "wheel-down":
      return { ...state, help: { ...help, index: help.index + 1 } };
    default:
      return { ...state, help: null };
  }
}
