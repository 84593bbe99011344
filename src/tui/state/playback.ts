/** Time passes again on the time screen: step by step, or played slower than it was. */
import type { Action } from "../keys.ts";
import { clamp } from "../window.ts";
import { moveTo } from "./frames.ts";
import type { Shown } from "./shown.ts";
import type { TimeLook, UiState } from "./ui-state.ts";

/** A playing lasts at least so long: cancels spread in a few milliseconds, and nobody sees that. */
const LEAST_MS = 1_000;
/** How many times it is played ten times slower before it stops. */
const SLOWEST = 100;

/** What may be done while it is played. */
const GOES_ON: ReadonlySet<Action> = new Set(["play", "zoom-in", "zoom-out", "fit", "clock", "redraw"]);

/** True for what does not stop a playing. */
export function goesOn(action: Action): boolean {
  return GOES_ON.has(action);
}

/** Nothing is played. */
export function stopped(state: UiState): UiState {
  return state.time.play === null ? state : { ...state, time: { ...state.time, play: null } };
}

/** To the event so many further on. */
export function stepped(state: UiState, shown: Shown, by: number): UiState {
  const step = clamp(state.time.step + by, 0, Math.max(0, shown.steps.length - 1));
  const event = shown.steps[step];
  return event === undefined ? state : moveTo({ ...state, time: { ...state.time, step } }, shown, event.row);
}

/** Plays it from the beginning; pressed again ten times slower, twice, then not at all. */
export function playedOn({ play, ...look }: TimeLook, { steps }: Shown): TimeLook {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return { ...look, play: null };
  const fitting = 10 ** Math.max(0, Math.ceil(Math.log10(LEAST_MS / Math.max(1e-6, last.ms - first.ms))));
  const slower = play === null ? fitting : play.slower * 10;
  return { ...look, play: slower > fitting * SLOWEST ? null : { ms: first.ms, slower } };
}

/** So many milliseconds later: the row of what happened last is selected, and behind the last event it stops. */
export function played(state: UiState, shown: Shown, elapsedMs: number): UiState {
  const { play } = state.time;
  const last = shown.steps.at(-1);
  if (play === null || last === undefined) return stopped(state);
  const ms = play.ms + elapsedMs / play.slower;
  const step = shown.steps.findLastIndex((event) => event.ms <= ms);
  const time = { ...state.time, step, play: ms >= last.ms ? null : { ...play, ms } };
  const row = shown.steps[step]?.row;
  return row === undefined ? { ...state, time } : moveTo({ ...state, time }, shown, row);
}
