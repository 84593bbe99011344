/** Screens of plain text: the sources, and what was not understood. */
import { type Line, span } from "../line.ts";
import { pastCascade } from "../past.ts";
import { compareLines } from "../state/compare-lines.ts";
import { settle } from "../state/frames.ts";
import { findCascade } from "../state/rows.ts";
import { NOTHING_SHOWN } from "../state/shown.ts";
import { sourceLines, unmatchedLines } from "../state/source-lines.ts";
import { searchText } from "../state/ui-state.ts";
import { BODY_FROM } from "./layout.ts";
import type { Scene, Screen } from "./scene.ts";

/** What is read, who was heard, who was not. */
export function sourcesScene(scene: Scene): Partial<Screen> {
  return textScene(scene, sourceLines(scene.snapshot, scene.layout.columns, scene.theme));
}

/** Lines that look like cancels and were not understood. */
export function unmatchedScene(scene: Scene): Partial<Screen> {
  return textScene(scene, unmatchedLines(scene.snapshot, scene.layout.columns));
}

/** Two cancels beside each other. */
export function compareScene(scene: Scene): Partial<Screen> {
  const { frame, all, layout, theme, snapshot } = scene;
  const found = (id: string | null) => findCascade(all, id) ?? pastCascade(snapshot.past, id);
  const [one, other] = [found(frame.cascade), found(frame.other)];
  if (one === null || other === null)
    return textScene(scene, [[span(" one of the two cancels is not there any more: esc goes back")]]);
  return { ...textScene(scene, compareLines(one, other, layout.columns, theme)), cascade: one };
}

function textScene({ frame, layout, state }: Scene, text: readonly Line[]): Partial<Screen> {
  const room = { keys: [], count: text.length, height: layout.body, firstLine: BODY_FROM };
  return {
    frame: settle(frame, room),
    text,
    shown: { ...NOTHING_SHOWN, ...room, hits: hitsIn(text, searchText(state)) },
  };
}

/** The lines that hold what is searched for, in any case of letters. */
export function hitsIn(lines: readonly Line[], search: string): readonly number[] {
  if (search === "") return [];
  const wanted = search.toLowerCase();
  return lines.flatMap((line, index) =>
    line
      .map(({ text }) => text)
      .join("")
      .toLowerCase()
      .includes(wanted)
      ? [index]
      : [],
  );
}
