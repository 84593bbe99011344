/** The lines above and below the body. */
import type { ReactElement } from "react";
import { count, cut, printable, widthOf } from "../../present/index.ts";
import type { Snapshot } from "../feed.ts";
import { bindingsIn, shownKey } from "../keys.ts";
import { cutLine, type Line, lineWidth, type Segment, span } from "../line.ts";
import { useLook } from "../look.ts";
import type { Screen } from "../screen.ts";
import { chipsOf } from "../state/filter.ts";
import type { UiState } from "../state/ui-state.ts";
import { LineText } from "../widgets/line-text.tsx";

/** What is read, and an honest count of what became of it. On a narrow screen the counts come before the title. */
export function Header(props: { readonly snapshot: Snapshot; readonly width: number }): ReactElement {
  const theme = useLook();
  const { progress, diagnosis } = props.snapshot;
  const { counts } = diagnosis;
  const narrow = props.width < 70;
  const { live } = progress;
  const dropped = counts.dropped + (live?.evicted ?? 0);
  const facts: Segment[] = [
    ...(live === null ? [] : [span(`${narrow ? short(live.perSecond) : count(live.perSecond)}/s`)]),
    span(narrow ? `read ${short(progress.records)}` : `read ${count(progress.records)}`),
    span(`kept ${narrow ? short(counts.evidence) : count(counts.evidence)}`),
    span(`${narrow ? "drop" : "dropped"} ${short(dropped)}`, dropped > 0 ? "warn" : "plain"),
    ...(counts.late > 0 ? [span(`late ${short(counts.late)}`, "warn")] : []),
    span(`${narrow ? "unm" : "unmatched"} ${short(progress.unmatched)}`, progress.unmatched > 0 ? "warn" : "plain"),
  ];
  if (live !== null && live.refused > 0) facts.push(span(`refused ${short(live.refused)}`, "warn"));
  if (live !== null && live.notForwarded > 0)
    facts.push(span(`${narrow ? "fwd" : "not forwarded"} ${short(live.notForwarded)}`, "warn"));
  const word = live === null ? "reading" : "live";
  const reading = narrow ? theme.glyphs.cut : `${word}${theme.glyphs.cut}`;
  const state = progress.done ? span(narrow ? "" : "done", "dim") : span(reading, "good");
  const right: Line = facts.flatMap((fact, index) => (index === 0 ? [fact] : [span("  "), fact]));
  const full: Line = [...right, span(state.text === "" ? "" : "  "), state, span(" ")];
  const name = narrow ? "" : " streamscope";
  const room = props.width - lineWidth(full) - name.length - 3;
  const title = room < 6 ? "" : cut(printable(progress.title), room, theme.glyphs.cut);
  const left: Line = [span(name, "title"), span(title === "" ? "" : name === "" ? ` ${title}` : `  ${title}`)];
  const gap = Math.max(1, props.width - lineWidth(left) - lineWidth(full));
  return <LineText line={[...left, span(" ".repeat(gap)), ...full]} width={props.width} />;
}

/** The way that leads to this screen, the chips of the filter, and the warnings. */
export function FilterBar(props: {
  readonly state: UiState;
  readonly screen: Screen;
  readonly snapshot: Snapshot;
  readonly width: number;
}): ReactElement {
  const theme = useLook();
  const { state, screen, snapshot } = props;
  const way = wayOf(state, theme.glyphs.arrow);
  const chips = chipsOf(state.filter).map((chip) => span(`[${printable(chip)}] `, "good"));
  const problem = snapshot.progress.live?.notes.at(-1) ?? snapshot.progress.lastProblem;
  const warnings = screen.diagnosis.warnings.length;
  const right: Line = [
    ...(snapshot.progress.problems > 0
      ? [span(`${count(snapshot.progress.problems)} ${snapshot.progress.problems === 1 ? "note" : "notes"}  `, "warn")]
      : []),
    ...(warnings > 0 ? [span(`! ${count(warnings)} ${warnings === 1 ? "warning" : "warnings"} `, "warn")] : []),
  ];
  const left: Line = [
    span(` ${way}  `, "bold"),
    ...chips,
    ...(screen.filter.problem === null ? [] : [span(printable(screen.filter.problem), "warn")]),
    ...(problem !== null && chips.length === 0 ? [span(printable(problem), "dim")] : []),
  ];
  const room = Math.max(0, props.width - lineWidth(right));
  const fitted = cutLine(left, room, theme.glyphs.cut);
  const gap = Math.max(0, room - lineWidth(fitted));
  return <LineText line={[...fitted, span(" ".repeat(gap)), ...right]} width={props.width} />;
}

/** The keys that matter here, and where the cursor is. */
export function Footer(props: { readonly screen: Screen; readonly width: number }): ReactElement {
  const theme = useLook();
  const { frame, shown } = props.screen;
  const hints = bindingsIn(frame.view)
    .filter((binding) => binding.short !== undefined)
    .map((binding) => ({ key: shownKey(binding.keys[0] as string, theme.ascii), short: binding.short as string }))
    .filter((hint) => hint.short !== "back" || frame.view !== "origins");
  const position = positionOf(props.screen);
  const line: Segment[] = [span(" ")];
  let used = 1;
  for (const hint of hints) {
    const wide = widthOf(hint.key) + 1 + hint.short.length + 2;
    if (used + wide + position.length > props.width) break;
    line.push(span(hint.key, "bold"), span(` ${hint.short}  `, "dim"));
    used += wide;
  }
  const gap = Math.max(0, props.width - used - position.length - 1);
  const end = shown.count === 0 ? "" : position;
  return <LineText line={[...line, span(" ".repeat(gap)), span(end, "dim")]} width={props.width} />;
}

function positionOf({ frame, shown }: Screen): string {
  if (shown.count === 0) return "";
  if (shown.keys.length === 0) {
    const last = Math.min(shown.count, frame.top + shown.height);
    return `${count(frame.top + 1)}-${count(last)}/${count(shown.count)}`;
  }
  return `${count(frame.index + 1)}/${count(shown.count)}`;
}

function wayOf(state: UiState, arrow: string): string {
  const words = { origins: "origins", cascades: "cascades", cascade: "cascade", why: "why", warnings: "warnings" };
  return state.frames.map((frame) => words[frame.view]).join(` ${arrow} `);
}

function short(value: number): string {
  if (value < 10_000) return count(value);
  if (value < 1_000_000) return `${Math.floor(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}
