/** Screens of plain text: the sources, and what was not understood. */
import type { Line } from "../line.ts";
import { settle } from "../state/frames.ts";
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
