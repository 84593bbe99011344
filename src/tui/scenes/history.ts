/** The old cancels of a row, out of the history: a page of them, the newest first. */

import { span } from "../line.ts";
import { pageOf } from "../past.ts";
import { settle } from "../state/frames.ts";
import { pastHead } from "../state/past-lines.ts";
import { NOTHING_SHOWN, type Shown } from "../state/shown.ts";
import { openFrame } from "../state/ui-state.ts";
import { BODY_FROM, roomBelow } from "./layout.ts";
import type { Scene, Screen } from "./scene.ts";
import { about, pastItems } from "./selected.ts";

/** A page of old cancels. */
export function historyScene(scene: Scene): Partial<Screen> {
  const { snapshot, layout, theme } = scene;
  const { past, page: number } = scene.frame;
  const page = pageOf(snapshot.past, past, number);
  const cascades = pastItems(scene);
  const head =
    snapshot.past === null || past === null
      ? [[span(" no history is open")]]
      : pastHead(snapshot.past, past, page, cascades.length, layout.columns, theme);
  const room = {
    keys: cascades.map((item) => item.key),
    count: cascades.length,
    height: Math.max(1, roomBelow(layout, head) - 1),
    firstLine: BODY_FROM + head.length + 1,
  };
  const frame = settle(scene.frame, room);
  const selected = cascades[frame.index]?.group.example ?? null;
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    ...about(selected, true),
    into: selected === null ? null : openFrame("cascade", { past, page: number, cascade: selected.id }),
    older: page?.more === true ? openFrame("history", { past, page: number + 1 }) : null,
    newer: number > 0 ? openFrame("history", { past, page: number - 1 }) : null,
  };
  return { frame, cascades, page, head, cascade: selected, shown };
}
