/**
 * The frame of the program: header, bar, the view on top of the stack, footer; key presses into the reducer.
 */
import { Box, useApp, useInput, usePaste } from "ink";
import { type ReactElement, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Feed, Progress, Snapshot } from "./feed.ts";
import { readPresses } from "./input.ts";
import { Look } from "./look.ts";
import { createScreens, type Screen } from "./screen.ts";
import type { SizeStore } from "./size-store.ts";
import { paste, press } from "./state/reduce.ts";
import { INITIAL_STATE, type UiState } from "./state/ui-state.ts";
import type { Theme } from "./theme.ts";
import { FilterBar, Footer, Header } from "./views/bars.tsx";
import { CascadeView } from "./views/cascade-view.tsx";
import { CascadesView } from "./views/cascades-view.tsx";
import { HelpView } from "./views/help-view.tsx";
import { OriginsView } from "./views/origins-view.tsx";
import { TextView } from "./views/text-view.tsx";
import { WarningsView } from "./views/warnings-view.tsx";
import { WhyView } from "./views/why-view.tsx";
import { Prompt } from "./widgets/prompt.tsx";

/** Everything on the screen. Leaves (Ink's exit) when the person wants to. */
export function App(props: { readonly feed: Feed; readonly theme: Theme; readonly size: SizeStore }): ReactElement {
  const { feed, theme } = props;
  const { exit } = useApp();
  const size = useSyncExternalStore(props.size.subscribe, props.size.snapshot);
  const newest = useSyncExternalStore(feed.subscribe, feed.snapshot);
  const [state, setState] = useState<UiState>(INITIAL_STATE);
  const held = useRef<Snapshot | null>(null);
  // The reading goes on while the picture is held: nothing is lost, and what came meanwhile is counted.
  held.current = state.paused ? (held.current ?? newest) : null;
  const snapshot = held.current ?? newest;
  const screenOf = useMemo(() => createScreens(theme), [theme]);

  useInput((input, key) => {
    const presses = readPresses(input, key);
    // The state of the moment, not of the last picture: several presses may come between two pictures.
    setState((before) =>
      presses.reduce(
        (now, each) => press(now, each, screenOf(now, held.current ?? feed.snapshot(), props.size.snapshot()).shown),
        before,
      ),
    );
  });
  usePaste((text) => setState((before) => paste(before, text)));
  useEffect(() => {
    if (state.leaving) exit();
  }, [state.leaving, exit]);

  const screen = screenOf(state, snapshot, size);
  const { columns } = screen.layout;
  return (
    <Look value={theme}>
      <Box flexDirection="column" width={columns} height={size.rows} overflow="hidden">
        <Header
          snapshot={snapshot}
          held={state.paused ? cancelsIn(newest) - cancelsIn(snapshot) : null}
          width={columns}
        />
        {state.prompt === null ? (
          <FilterBar state={state} screen={screen} snapshot={snapshot} width={columns} />
        ) : (
          <Prompt label="filter: " text={state.prompt} problem={screen.filter.problem} width={columns} />
        )}
        <Box flexDirection="column" height={screen.layout.body} overflow="hidden">
          {state.help === null ? (
            <Body state={state} screen={screen} progress={snapshot.progress} />
          ) : (
            <HelpView state={state} layout={screen.layout} />
          )}
        </Box>
        <Footer state={state} screen={screen} width={columns} />
      </Box>
    </Look>
  );
}

function Body(props: { readonly state: UiState; readonly screen: Screen; readonly progress: Progress }): ReactElement {
  const { state, screen, progress } = props;
  switch (screen.frame.view) {
    case "origins":
      return (
        <OriginsView
          screen={screen}
          sort={state.originSort}
          progress={progress}
          filtered={(state.prompt ?? state.filter).trim() !== ""}
        />
      );
    case "cascades":
      return <CascadesView screen={screen} sort={state.cascadeSort} />;
    case "cascade":
      return <CascadeView screen={screen} />;
    case "why":
      return <WhyView screen={screen} />;
    case "warnings":
      return <WarningsView screen={screen} />;
    case "sources":
    case "unmatched":
      return <TextView screen={screen} />;
  }
}

function cancelsIn({ diagnosis }: Snapshot): number {
  return diagnosis.cascades.reduce((sum, { count }) => sum + count, 0);
}
