/** Where a person is: the stack of screens and the cursor of the last one. */
import { clamp, scrollTo } from "../window.ts";
import type { Shown } from "./shown.ts";
import { type Frame, frameOf, onText, type UiState } from "./ui-state.ts";

type Room = Pick<Shown, "keys" | "count" | "height"> & Partial<Pick<Shown, "start">>;

/** A frame whose cursor stands on a row that exists: the row it stood on, wherever that went, else the nearest. */
export function settle(frame: Frame, shown: Room): Frame {
  const found = frame.cursor === null ? -1 : shown.keys.indexOf(frame.cursor);
  const stood = frame.cursor === null && frame.index === 0 ? (shown.start ?? 0) : frame.index;
  const index = found === -1 ? clamp(stood, 0, Math.max(0, shown.count - 1)) : found;
  const cursor = shown.keys[index] ?? null;
  // A screen of text has no cursor: its position is its first line.
  const top =
    shown.keys.length === 0
      ? clamp(frame.top, 0, Math.max(0, shown.count - shown.height))
      : scrollTo(frame.top, index, shown.count, shown.height);
  return { ...frame, index, cursor, top };
}

/** Puts the cursor so many rows, or lines of text, further down. */
export function moveBy(state: UiState, shown: Shown, by: number): UiState {
  const frame = settle(frameOf(state), shown);
  return moveTo(state, shown, (shown.keys.length === 0 ? frame.top : frame.index) + by);
}

/** Puts the cursor on a row; a text begins with that line. */
export function moveTo(state: UiState, shown: Shown, to: number): UiState {
  const frame = settle(frameOf(state), shown);
  if (shown.keys.length === 0) {
    return replaceTop(state, { ...frame, top: clamp(to, 0, Math.max(0, shown.count - shown.height)) });
  }
  const index = clamp(to, 0, Math.max(0, shown.count - 1));
  const top = scrollTo(frame.top, index, shown.count, shown.height);
  return replaceTop(state, { ...frame, index, top, cursor: shown.keys[index] ?? null });
}

/** Opens a screen. One that is open already is gone back to instead of being put on top again. */
export function push(state: UiState, shown: Shown, next: Frame): UiState {
  const { frames } = replaceTop(state, settle(frameOf(state), shown));
  const same = frames.findIndex(
    ({ view, cascade, other, hop, warning, past }) =>
      view === next.view &&
      cascade === next.cascade &&
      other === next.other &&
      hop === next.hop &&
      warning === next.warning &&
      past === next.past,
  );
  const lastFrames = state.frames;
  if (same === 0) return { ...state, lastFrames, frames: [frames[0]] };
  return { ...state, lastFrames, frames: asStack([...(same === -1 ? frames : frames.slice(0, same)), next]) };
}

/** Shows another screen in the place of the last one. */
export function replaceTop(state: UiState, frame: Frame): UiState {
  return { ...state, frames: asStack([...state.frames.slice(0, -1), frame]) };
}

/** One screen back; on the first one the filter goes. */
export function back(state: UiState): UiState {
  if (state.frames.length > 1)
    return { ...state, lastFrames: state.frames, frames: asStack(state.frames.slice(0, -1)) };
  return onText(state.chips) === "" ? state : { ...state, chips: [] };
}

/** To the first screen. */
export function home(state: UiState): UiState {
  return state.frames.length === 1 ? state : { ...state, lastFrames: state.frames, frames: [state.frames[0]] };
}

/** To the screens before the last jump. */
export function swap(state: UiState): UiState {
  return state.lastFrames === null ? state : { ...state, frames: state.lastFrames, lastFrames: state.frames };
}

function asStack(frames: readonly Frame[]): UiState["frames"] {
  return frames as unknown as UiState["frames"];
}
