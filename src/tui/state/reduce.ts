/**
 * What every key does to the state. Pure: the same state, press and rows give the same next state.
 */

import type { Press } from "../input.ts";
import { type Action, actionFor, type Binding, bindingsIn, shownKey } from "../keys.ts";
import { clamp, scrollTo } from "../window.ts";
import { CASCADE_SORTS, type Frame, frameOf, ORIGIN_SORTS, openFrame, type UiState } from "./ui-state.ts";

/** What is on the screen at the moment of a press. */
export interface Shown {
  /** Keys of the rows; empty for a screen of plain text. */
  readonly keys: readonly string[];
  /** Number of rows, or of lines of text. */
  readonly count: number;
  /** How many of them the screen holds. */
  readonly height: number;
  /** What opening the selected row shows. */
  readonly into: Frame | null;
  /** The screen that explains the selected row. */
  readonly why: Frame | null;
  /** The cascades before and after the one shown, in the order of the list it came from. */
  readonly next: string | null;
  readonly previous: string | null;
  /** The key under which the selected branch is folded, and those of all branches. */
  readonly foldKey: string | null;
  readonly foldKeys: readonly string[];
}

/** Applies one key press. */
export function press(state: UiState, key: Press, shown: Shown): UiState {
  // Ctrl-C leaves from everywhere.
  if (key.name === "ctrl-c") return { ...state, leaving: true };
  if (state.help !== null) return pressInHelp(state, state.help, key, shown);
  if (state.prompt !== null) return pressInPrompt(state, state.prompt, key);
  const action = actionFor(key.name, frameOf(state).view);
  return action === null ? state : act(state, action, shown);
}

/**
 * Puts pasted text where text is typed, as one edit. Anywhere else it does nothing: what stands in a clipboard was not meant as keys.
 */
export function paste(state: UiState, text: string): UiState {
  // A filter is one line, and controls are no text
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, MAX_PASTE);
  if (state.help !== null) {
    return state.help.words ? state : { ...state, help: { ...state.help, query: state.help.query + line, index: 0 } };
  }
  return state.prompt === null ? state : { ...state, prompt: state.prompt + line };
}

/** Signs of a paste that are taken: no filter is as long. */
const MAX_PASTE = 4_000;

/** Does one action. */
export function act(state: UiState, action: Action, shown: Shown): UiState {
  const frame = settle(frameOf(state), shown);
  const page = Math.max(1, shown.height - 1);
  switch (action) {
    case "up":
      return move(state, frame, shown, -1);
    case "down":
      return move(state, frame, shown, 1);
    case "page-up":
      return move(state, frame, shown, -page);
    case "page-down":
      return move(state, frame, shown, page);
    case "top":
      return move(state, frame, shown, -Number.MAX_SAFE_INTEGER);
    case "bottom":
      return move(state, frame, shown, Number.MAX_SAFE_INTEGER);
    case "into":
      return shown.into === null ? state : push(state, frame, shown.into);
    case "why":
      return shown.why === null ? state : push(state, frame, shown.why);
    case "warnings":
      return push(state, frame, openFrame("warnings"));
    case "back":
      return back(state);
    case "next":
      return shown.next === null
        ? state
        : replaceTop(state, { ...openFrame(frame.view), origin: frame.origin, cascade: shown.next });
    case "previous":
      return shown.previous === null
        ? state
        : replaceTop(state, { ...openFrame(frame.view), origin: frame.origin, cascade: shown.previous });
    case "filter":
      return { ...state, prompt: state.filter };
    case "clear-filter":
      return { ...state, filter: "" };
    case "sort":
      return frame.view === "origins"
        ? { ...state, originSort: after(ORIGIN_SORTS, state.originSort) }
        : { ...state, cascadeSort: after(CASCADE_SORTS, state.cascadeSort) };
    case "fold":
      if (frame.view === "cascades") return { ...state, foldAlike: !state.foldAlike };
      return shown.foldKey === null ? state : { ...state, folded: toggled(state.folded, [shown.foldKey]) };
    case "fold-all":
      return { ...state, folded: toggled(state.folded, shown.foldKeys) };
    case "home":
      return { ...state, frames: [state.frames[0]] };
    case "sources":
    case "unmatched":
      return push(state, frame, openFrame(action));
    case "pause":
      return { ...state, paused: !state.paused };
    case "help":
      return { ...state, help: { query: "", index: 0, words: false } };
    case "quit":
      return { ...state, leaving: true };
  }
}

/** The rows of the help for what was typed: the bindings of the view with this key, else those whose words hold it. */
export function helpRows(state: UiState): readonly Binding[] {
  const query = (state.help?.query ?? "").toLowerCase().trim();
  const bindings = bindingsIn(frameOf(state).view);
  const byKey = bindings.filter((binding) => binding.keys.some((key) => key === query || shownKey(key) === query));
  if (byKey.length > 0) return byKey;
  return bindings.filter((binding) => `${binding.title} ${binding.action}`.toLowerCase().includes(query));
}

/** A frame whose cursor stands on a row that exists: the row it stood on, wherever that went, else the nearest. */
export function settle(frame: Frame, shown: Pick<Shown, "keys" | "count" | "height">): Frame {
  const found = frame.cursor === null ? -1 : shown.keys.indexOf(frame.cursor);
  const index = found === -1 ? clamp(frame.index, 0, Math.max(0, shown.count - 1)) : found;
  const cursor = shown.keys[index] ?? null;
  // A screen of text has no cursor: its position is its first line.
  const top =
    shown.keys.length === 0
      ? clamp(frame.top, 0, Math.max(0, shown.count - shown.height))
      : scrollTo(frame.top, index, shown.count, shown.height);
  return { ...frame, index, cursor, top };
}

function move(state: UiState, frame: Frame, shown: Shown, by: number): UiState {
  if (shown.keys.length === 0) {
    const top = clamp(frame.top + by, 0, Math.max(0, shown.count - shown.height));
    return replaceTop(state, { ...frame, top });
  }
  const index = clamp(frame.index + by, 0, Math.max(0, shown.count - 1));
  const top = scrollTo(frame.top, index, shown.count, shown.height);
  return replaceTop(state, { ...frame, index, top, cursor: shown.keys[index] ?? null });
}

/** A screen that is open already is gone back to instead of being put on top again. */
function push(state: UiState, settled: Frame, next: Frame): UiState {
  const { frames } = replaceTop(state, settled);
  const same = frames.findIndex(
    ({ view, cascade, hop }) => view === next.view && cascade === next.cascade && hop === next.hop,
  );
  if (same === 0) return { ...state, frames: [frames[0]] };
  return {
    ...state,
    frames: [...(same === -1 ? frames : frames.slice(0, same)), next] as unknown as UiState["frames"],
  };
}

function replaceTop(state: UiState, frame: Frame): UiState {
  const below = state.frames.slice(0, -1);
  return { ...state, frames: [...below, frame] as unknown as UiState["frames"] };
}

function back(state: UiState): UiState {
  if (state.frames.length > 1) return { ...state, frames: state.frames.slice(0, -1) as unknown as UiState["frames"] };
  return state.filter === "" ? state : { ...state, filter: "" };
}

function pressInPrompt(state: UiState, draft: string, key: Press): UiState {
  switch (key.name) {
    case "enter":
      return { ...state, prompt: null, filter: draft.trim() };
    case "esc":
      return { ...state, prompt: null };
    case "backspace":
      return { ...state, prompt: draft === "" ? null : [...draft].slice(0, -1).join("") };
    case "ctrl-u":
      return { ...state, prompt: "" };
    case "ctrl-w":
      return { ...state, prompt: draft.replace(/\S+\s*$/, "") };
    default:
      return key.text === "" ? state : { ...state, prompt: draft + key.text };
  }
}

function pressInHelp(state: UiState, help: NonNullable<UiState["help"]>, key: Press, shown: Shown): UiState {
  if (help.words) return pressInWords(state, help, key);
  const rows = helpRows(state);
  const index = clamp(help.index, 0, Math.max(0, rows.length - 1));
  switch (key.name) {
    case "esc":
    case "f1":
      return { ...state, help: null };
    case "up":
      return { ...state, help: { ...help, index: Math.max(0, index - 1) } };
    case "down":
      return { ...state, help: { ...help, index: Math.min(Math.max(0, rows.length - 1), index + 1) } };
    case "enter": {
      const chosen = rows[index];
      const closed = { ...state, help: null };
      return chosen === undefined || chosen.action === "help" ? closed : act(closed, chosen.action, shown);
    }
    case "backspace":
      return help.query === ""
        ? { ...state, help: null }
        : { ...state, help: { ...help, query: [...help.query].slice(0, -1).join(""), index: 0 } };
    default:
      if (key.name === "?" && help.query === "") return { ...state, help: { ...help, index: 0, words: true } };
      return key.text === "" ? state : { ...state, help: { ...help, query: help.query + key.text, index: 0 } };
  }
}

function pressInWords(state: UiState, help: NonNullable<UiState["help"]>, key: Press): UiState {
  switch (key.name) {
    case "up":
    case "k":
      return { ...state, help: { ...help, index: Math.max(0, help.index - 1) } };
    case "down":
    case "j":
      return { ...state, help: { ...help, index: help.index + 1 } };
    default:
      return { ...state, help: null };
  }
}

function after<Item>(items: readonly Item[], item: Item): Item {
  return items[(items.indexOf(item) + 1) % items.length] as Item;
}

/** Folds what is open; where all of it is folded, unfolds it. */
function toggled(folded: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> {
  const next = new Set(folded);
  const allFolded = keys.every((key) => folded.has(key));
  for (const key of keys) {
    if (allFolded) next.delete(key);
    else next.add(key);
  }
  return next;
}
