/**
 * The program on the terminal: snapshots and key presses into the state, the state onto the canvas, wishes out of it.
 */
import { useApp, useInput, usePaste } from "ink";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Redaction } from "../present/index.ts";
import type { Canvas } from "./canvas.ts";
import type { Feed, Snapshot } from "./feed.ts";
import { type Press, readPresses } from "./input.ts";
import { perform } from "./outside.ts";
import { createPainter } from "./paint.ts";
import type { Screen } from "./scenes/scene.ts";
import { createScreens } from "./screen.ts";
import type { SizeStore } from "./size-store.ts";
import { played } from "./state/playback.ts";
import { paste, press } from "./state/reduce.ts";
import { frameOf, INITIAL_STATE, type UiState } from "./state/ui-state.ts";
import type { Theme } from "./theme.ts";
import { filterHelpHeight } from "./views/filter-view.ts";
import { frameLines } from "./views/frame.ts";

/** What the screens need. */
export interface AppProps {
  readonly feed: Feed;
  readonly theme: Theme;
  readonly size: SizeStore;
  readonly canvas: Canvas;
  readonly stdout: NodeJS.WriteStream;
  readonly redaction: Redaction;
  readonly env: NodeJS.ProcessEnv;
  /** Switches reports of the mouse on and off, where they are wanted. */
  readonly wheel: (on: boolean) => void;
  /** Who wants to hear of the mouse. */
  readonly presses: Set<(press: Press) => void>;
}

/** How often a picture follows while time is played. */
const FRAME_MS = 50;

/** Everything on the screen. Draws it on the canvas, and leaves (Ink's exit) when the person wants to. */
export function App(props: AppProps): null {
  const { feed, theme, canvas, wheel } = props;
  const { exit, suspendTerminal } = useApp();
  const size = useSyncExternalStore(props.size.subscribe, props.size.snapshot);
  const newest = useSyncExternalStore(feed.subscribe, feed.snapshot);
  const [state, setState] = useState<UiState>(INITIAL_STATE);
  const [, redraw] = useState(0);
  const held = useRef<Snapshot | null>(null);
  // The reading goes on while the picture is held: nothing is lost, and what came meanwhile is counted.
  held.current = state.paused ? (held.current ?? newest) : null;
  const shownNow = held.current ?? newest;
  const snapshot = useMemo(() => withPast(shownNow, newest), [shownNow, newest]);
  const screenOf = useMemo(() => createScreens(theme, feed.warnAbout), [theme, feed]);
  const shownFor = (now: UiState): Screen =>
    screenOf(
      now,
      withPast(held.current ?? feed.snapshot(), feed.snapshot()),
      withFilterHelp(now, props.size.snapshot()),
    );

  // The state of the moment, not of the last picture: several presses may come between two pictures.
  const take = (presses: readonly Press[]): void =>
    setState((before) => presses.reduce((now, each) => press(now, each, shownFor(now).shown), before));
  useInput((input, key) => take(readPresses(input, key)));
  const takenShown = useRef((now: UiState) => shownFor(now).shown);
  takenShown.current = (now) => shownFor(now).shown;
  const taking = useRef(take);
  taking.current = take;
  useEffect(() => {
    const hear = (each: Press): void => taking.current([each]);
    props.presses.add(hear);
    return () => void props.presses.delete(hear);
  }, [props.presses]);
  usePaste((text) => setState((before) => paste(before, text)));
  useEffect(() => {
    if (state.leaving) exit();
  }, [state.leaving, exit]);

  const suspend = useCallback(
    async (during: () => void): Promise<void> => {
      wheel(false);
      canvas.hold(true);
      await suspendTerminal(async () => during());
      canvas.hold(false);
      wheel(true);
      props.size.update();
      redraw((times) => times + 1);
    },
    [suspendTerminal, canvas, wheel, props.size],
  );
  const screen = screenOf(state, snapshot, withFilterHelp(state, size));
  const { wish } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a wish is about the screen on which it was wished
  useEffect(() => {
    if (wish === null) return;
    const { stdout, redaction, env } = props;
    setState((before) => (before.wish === wish ? { ...before, wish: null } : before));
    void perform(wish, screen, snapshot, { feed, stdout, redaction, env, suspend }).then(({ notice, saved }) =>
      setState((before) => ({ ...before, notice, saved: saved ? screen.shown.cancels : before.saved })),
    );
  }, [wish]);
  useSignals(suspend);
  const { past, page } = frameOf(state);
  useEffect(() => {
    if (past !== null) feed.askPast(past, page);
  }, [feed, past, page]);
  const playing = state.time.play !== null;
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const elapsed = now - before;
      before = now;
      setState((shown) => played(shown, takenShown.current(shown), elapsed));
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [playing]);

  const painter = useMemo(() => createPainter(theme), [theme]);
  useLayoutEffect(() => canvas.draw(frameLines({ state, screen, snapshot, newest, size }, theme).map(painter)));
  return null;
}

/** A picture that is held still shows what is asked of the history meanwhile. */
function withPast(shown: Snapshot, { past }: Snapshot): Snapshot {
  return shown.past === past ? shown : { ...shown, past };
}

/** While a filter is typed, the ways to go on with it take some lines of the body. */
function withFilterHelp({ prompt }: UiState, size: { readonly columns: number; readonly rows: number }): typeof size {
  if (prompt?.kind !== "filter") return size;
  return { columns: size.columns, rows: size.rows - filterHelpHeight(size.rows - 3) };
}

/** A job that is stopped and goes on: the terminal is handed back and taken again. */
function useSignals(suspend: (during: () => void) => Promise<void>): void {
  useEffect(() => {
    let stopped = false;
    const stop = (): void => {
      // Sent by the screens themselves while they stop the job
      if (stopped) return;
      stopped = true;
      void suspend(() => process.kill(process.pid, "SIGSTOP")).finally(() => {
        stopped = false;
      });
    };
    if (process.platform === "win32") return;
    process.on("SIGTSTP", stop);
    return () => void process.off("SIGTSTP", stop);
  }, [suspend]);
}
