import { printable, wrap } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import { candidateNote } from "../state/candidates.ts";
import type { LineEdit } from "../state/line-edit.ts";
import type { OverruleForm } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";
import { clamp } from "../window.ts";

/** The form in which a person says who started a cancel. */
export function overruleView(screen: Screen, form: OverruleForm, theme: Theme): Line[] {
  const { shown, layout, cascade } = screen;
  const index = clamp(form.index, 0, shown.candidates.length);
  const typed = index === shown.candidates.length;
  const at = (on: boolean): string => (on ? "> " : "  ");
  const lines: Line[] = [
    [span(" who started it?", "bold"), span("   choose, or type a name", "dim")],
    ...shown.candidates.map(
      (name, row): Line => [
        span(at(form.field === "who" && row === index)),
        span(`${row === index ? "(*)" : "( )"} ${name}`, row === index ? "origin" : "plain"),
        span(cascade === null ? "" : `   ${candidateNote(cascade, name)}`, "dim"),
      ],
    ),
    [
      span(at(form.field === "who" && typed)),
      span(`${typed ? "(*)" : "( )"} somebody else: `),
      ...typedLine(form.name, form.field === "who" && typed),
    ],
    [],
    [
      span(at(form.field === "scope")),
      span("for   "),
      span(
        `${form.scope === "this" ? "(*)" : "( )"} this cancel   ${form.scope === "alike" ? "(*)" : "( )"} all like it`,
      ),
      span("   space changes it", "dim"),
    ],
    [span(at(form.field === "note")), span("note  "), ...typedLine(form.note, form.field === "note")],
    [],
    ...wrap(WORDS, Math.max(10, layout.columns - 2)).map((text): Line => [span(` ${text}`, "dim")]),
  ];
  return pane(lines, { height: layout.body, width: layout.columns }, theme);
}

const WORDS =
  'Your word goes with the verdict everywhere, as "said by you". The evidence stays as it is, and how sure it is, too. ' +
  "ctrl-x takes it back. The file that it is kept in is shown then; scan --overrules FILE reads it in CI.";

function typedLine({ text, at }: LineEdit, here: boolean): Line {
  return [
    span(printable(text.slice(0, at))),
    span(here ? printable(text.charAt(at)) || " " : text.charAt(at), here ? "selected" : "plain"),
    span(printable(text.slice(at + 1))),
  ];
}
