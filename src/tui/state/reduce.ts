/**
 * What every key does to the state. Pure: the same state, press and rows give the same next state. What is to be done outside the screens is
 * left in the state as a wish.
 */
import type { Press } from "../input.ts";
import { type Action, actionFor, type Mode } from "../keys.ts";
import { pressOnChips } from "./chips.ts";
import { back, home, moveBy, moveTo, push, replaceTop, settle, swap } from "./frames.ts";
import { openHelp, pressInHelp } from "./help.ts";
import { pasteInto } from "./line-edit.ts";
import { pasteInForm, pressInForm } from "./overrule-form.ts";
import { goesOn, playedOn, stepped, stopped } from "./playback.ts";
import { openPrompt, pressInPrompt, toHit } from "./prompt.ts";
import type { Shown } from "./shown.ts";
import { pressOnSide, withSideOf } from "./side.ts";
import { sortedBy, turned } from "./sorting.ts";
import { type Frame, frameOf, openFrame, type UiState, type Wish } from "./ui-state.ts";

/** What letters mean at the moment; null where they are keys. */
export function modeOf({ help, prompt, chipAt, overrule }: UiState): Mode | null {
  if (help !== null) return help.words ? "words" : "help";
  if (overrule !== null) return "overrule";
  return prompt !== null ? prompt.kind : chipAt === null ? null : "chips";
}

/** Applies one key press. */
export function press(before: UiState, key: Press, shown: Shown): UiState {
  // Ctrl-C leaves from everywhere, at once
  if (key.name === "ctrl-c") return { ...before, leaving: true };
  if (key.name === "ctrl-z") return { ...before, wish: { do: "suspend" } };
  const state = before.notice === null ? before : { ...before, notice: null };
  if (state.asked && key.name !== "q") return press({ ...state, asked: false }, key, shown);
  if (state.help !== null)
    return pressInHelp(state, state.help, key, (closed, { action, keys }, typed) =>
      act(closed, action, shown, keys.includes(typed) ? typed : ""),
    );
  if (state.overrule !== null) return pressInForm(state, state.overrule, key, shown);
  if (state.prompt !== null) return pressInPrompt(state, state.prompt, key, shown);
  if (state.chipAt !== null) return pressOnChips(state, state.chipAt, key);
  if (key.name === "click") return click(state, key, shown);
  const action = actionFor(key.name, frameOf(state).view);
  return action === null ? state : act(state, action, shown, key.name);
}

/**
 * Puts pasted text where text is typed, as one edit. Anywhere else it does nothing: what stands in a clipboard was not meant as keys.
 */
export function paste(state: UiState, text: string): UiState {
  if (state.help !== null) {
    if (state.help.words) return state;
    const line = pasteInto({ text: state.help.query, at: state.help.query.length }, text);
    return { ...state, help: { ...state.help, query: line.text, index: 0 } };
  }
  if (state.overrule !== null) return { ...state, overrule: pasteInForm(state.overrule, text) };
  if (state.prompt === null) return state;
  return { ...state, prompt: { ...state.prompt, line: pasteInto(state.prompt.line, text) } };
}

/** Does one action; `key` is the key that asked for it, empty where none did. */
export function act(before: UiState, action: Action, shown: Shown, key: string): UiState {
  return pressOnSide(before, action, shown) ?? withSideOf(before, done(before, action, shown, key));
}

function done(before: UiState, action: Action, shown: Shown, key: string): UiState {
  const state = goesOn(action) ? before : stopped(before);
  const frame = settle(frameOf(state), shown);
  const page = Math.max(1, shown.height - 1);
  switch (action) {
    case "up":
      return moveBy(unfollowed(state, shown), shown, -1);
    case "down":
      return moveBy(unfollowed(state, shown), shown, 1);
    case "page-up":
      return moveBy(unfollowed(state, shown), shown, -page);
    case "page-down":
      return moveBy(unfollowed(state, shown), shown, page);
    case "top":
      return moveTo(unfollowed(state, shown), shown, 0);
    case "bottom":
      return moveTo(unfollowed(state, shown), shown, shown.count);
    case "into":
      return shown.into === null ? state : push(state, shown, shown.into);
    case "why":
    case "time":
    case "lines":
      if (shown.about === null) return { ...state, notice: "no cancel is selected" };
      return push(state, shown, aboutCancel(action, frame, shown.about));
    case "warnings":
    case "sources":
    case "unmatched":
      return push(state, shown, openFrame(action));
    case "back":
      if (frame.view === "origins" && key === "left" && frame.index === 0) return walkChips(state);
      return back(state);
    case "home":
      return home(state);
    case "last":
      return swap(state);
    case "history":
    case "older":
    case "newer":
      return toPast(state, action, shown);
    case "next":
      return toCascade(state, shown.next);
    case "previous":
      return toCascade(state, shown.previous);
    case "next-hit":
      return state.search === "" ? toCascade(state, shown.next) : toHit(state, shown, 1);
    case "previous-hit":
      return state.search === "" ? toCascade(state, shown.previous) : toHit(state, shown, -1);
    case "filter":
    case "search":
      return openPrompt(state, action);
    case "chips":
      return walkChips(state);
    case "clear-filter":
      return { ...state, chips: [] };
    case "sort":
      return { ...state, sorts: sortedBy(state.sorts, frame.view, 1) };
    case "sort-before":
      return { ...state, sorts: sortedBy(state.sorts, frame.view, -1) };
    case "turn":
      return { ...state, sorts: turned(state.sorts, frame.view) };
    case "fold":
      if (frame.view === "cascades") return { ...state, foldAlike: !state.foldAlike };
      return shown.foldKey === null ? state : { ...state, folded: toggled(state.folded, [shown.foldKey]) };
    case "fold-all":
      return { ...state, folded: toggled(state.folded, inner(shown)) };
    case "fold-level":
      if (key === "") return { ...state, notice: "press the number of levels, 1 to 9" };
      return { ...state, folded: foldedFrom(state.folded, shown, Number(key)) };
    case "hide-service":
      return withServiceHidden(state, shown, key);
    case "raw":
      return { ...state, rawLines: !state.rawLines };
    case "pause":
      return { ...state, paused: !state.paused };
    case "follow":
      return state.following ? unfollowed(state, shown) : { ...state, following: true, seen: null };
    case "step":
      return stepped(state, shown, 1);
    case "step-back":
      return stepped(state, shown, -1);
    case "play":
      return { ...state, time: playedOn(state.time, shown) };
    case "zoom-in":
      return { ...state, time: { ...state.time, zoom: Math.min(MOST_ZOOM, state.time.zoom + 1) } };
    case "zoom-out":
      return { ...state, time: { ...state.time, zoom: Math.max(1, state.time.zoom - 1) } };
    case "fit":
      return { ...state, time: { ...state.time, zoom: 1 } };
    case "clock":
      return { ...state, time: { ...state.time, clock: !state.time.clock } };
    case "mute":
      return shown.warning === null ? state : { ...state, muted: toggled(state.muted, [shown.warning]) };
    case "show-muted":
      return { ...state, showMuted: !state.showMuted };
    case "overrule":
      return withForm(state, shown);
    case "compare":
      return compared(state, shown);
    case "export":
      return openHelp(state, "export as ");
    case "palette":
    case "help":
      return openHelp(state);
    case "quit":
      return quit(state, shown);
    case "leave":
      return { ...state, leaving: true };
    case "other-side":
    case "divider-left":
    case "divider-right":
      return { ...state, notice: "there is no text beside the rows" };
    default:
      return { ...state, wish: wishOf(action) };
  }
}

const MOST_ZOOM = 12;
const NO_HISTORY = "no history is open: tui --history FILE keeps one and shows it";
const OLD_VERDICT = "it is from the history, and stays as it was judged";

/** To the old cancels of the row, or to another page of them. */
function toPast(state: UiState, action: "history" | "older" | "newer", shown: Shown): UiState {
  switch (action) {
    case "history":
      if (shown.before !== null) return push(state, shown, shown.before);
      return { ...state, notice: shown.count === 0 ? "no cancel is selected" : NO_HISTORY };
    case "older":
      return shown.older === null ? { ...state, notice: "no older ones are kept" } : replaceTop(state, shown.older);
    case "newer":
      return shown.newer === null ? { ...state, notice: "these are the newest" } : replaceTop(state, shown.newer);
  }
}

function withForm(state: UiState, { form, about }: Shown): UiState {
  if (form !== null) return { ...state, overrule: form };
  return { ...state, notice: about === null ? "no cancel is selected" : OLD_VERDICT };
}

/** A screen about a cancel. The next one from there is the next of the list that the cancel stands in. */
function aboutCancel(view: "why" | "time" | "lines", { view: from, cursor, ...frame }: Frame, cascade: string): Frame {
  return openFrame(view, {
    origin: from === "origins" ? cursor : frame.origin,
    warning: from === "warnings" ? cursor : frame.warning,
    cascade,
    past: frame.past,
    page: frame.page,
    hop: from === "cascade" ? cursor : null,
  });
}

/** Hides the lines of the service of a number, or shows them again. */
function withServiceHidden(state: UiState, { services }: Shown, key: string): UiState {
  if (key === "") return { ...state, notice: "press the number of the service, 1 to 9" };
  const service = services[Number(key) - 1];
  return service === undefined ? state : { ...state, hiddenServices: toggled(state.hiddenServices, [service]) };
}

function wishOf(action: Action): Wish | null {
  switch (action) {
    case "copy-line":
      return { do: "copy", what: "line" };
    case "copy-cancel":
      return { do: "copy", what: "cancel" };
    case "export-text":
      return { do: "export", format: "text" };
    case "export-markdown":
      return { do: "export", format: "markdown" };
    case "export-json":
      return { do: "export", format: "json" };
    case "export-mermaid":
      return { do: "export", format: "mermaid" };
    case "export-html":
      return { do: "export", format: "html" };
    case "edit":
    case "suspend":
    case "redraw":
      return { do: action };
    default:
      return null;
  }
}

/** The first press marks a cancel, the second one on another cancel shows both. */
function compared(state: UiState, shown: Shown): UiState {
  const { about } = shown;
  if (about === null) return { ...state, notice: "no cancel is selected" };
  if (state.compared === null) return { ...state, compared: about, notice: "C on another cancel compares the two" };
  if (state.compared === about) return { ...state, compared: null, notice: "it is compared with nothing any more" };
  const frame = openFrame("compare", { cascade: state.compared, other: about });
  return push({ ...state, compared: null }, shown, frame);
}

/** `q` leaves a screen; on the first one the program, and where cancels would be gone with it only when pressed again. */
function quit(state: UiState, shown: Shown): UiState {
  if (state.frames.length > 1) return back(state);
  return shown.unsaved === 0 || state.asked ? { ...state, leaving: true } : { ...state, asked: true };
}

/** Whoever moves looks at something: the selection no longer jumps to the newest, and what comes is counted. */
function unfollowed(state: UiState, shown: Shown): UiState {
  return state.following ? { ...state, following: false, seen: shown.cancels } : state;
}

function walkChips(state: UiState): UiState {
  return state.chips.length === 0 ? { ...state, notice: "there is no filter: / makes one" } : { ...state, chipAt: 0 };
}

function toCascade(state: UiState, cascade: string | null): UiState {
  const { view, origin, warning, past, page } = frameOf(state);
  return cascade === null ? state : replaceTop(state, openFrame(view, { origin, warning, past, page, cascade }));
}

/** A click selects a row; on the selected one it opens it. */
function click(state: UiState, { at }: Press, shown: Shown): UiState {
  const line = (at?.row ?? 0) - shown.firstLine;
  if (line < 0 || shown.keys.length === 0) return state;
  const frame = settle(frameOf(state), shown);
  const index = frame.top + Math.floor(line / shown.linesEach);
  if (index >= Math.min(shown.count, frame.top + shown.height)) return state;
  return index === frame.index ? act(state, "into", shown, "enter") : moveTo(unfollowed(state, shown), shown, index);
}

function inner({ branches }: Shown): readonly string[] {
  return branches.filter(({ depth }) => depth > 0).map(({ key }) => key);
}

/** Folds what is open; where all of it is folded, unfolds it. */
function toggled(set: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> {
  const next = new Set(set);
  const all = keys.every((key) => set.has(key));
  for (const key of keys) {
    if (all) next.delete(key);
    else next.add(key);
  }
  return next;
}

/** Folds every branch that begins at a level. */
function foldedFrom(folded: ReadonlySet<string>, { branches }: Shown, level: number): ReadonlySet<string> {
  const next = new Set(folded);
  for (const { key, depth } of branches) {
    if (depth >= level) next.add(key);
    else next.delete(key);
  }
  return next;
}
