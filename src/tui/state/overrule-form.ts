/** The form in which a person says who started a cancel. */
import type { Press } from "../input.ts";
import { clamp } from "../window.ts";
import { editLine, lineOf, pasteInto } from "./line-edit.ts";
import type { Shown } from "./shown.ts";
import type { OverruleForm, UiState } from "./ui-state.ts";

/** The form as it opens. */
export function openForm(cascade: string): OverruleForm {
  return { cascade, index: 0, name: lineOf(""), note: lineOf(""), scope: "this", field: "who" };
}

const FIELDS = ["who", "scope", "note"] as const;

/** A press while the form is open. Letters typed among the candidates go into the name of somebody else. */
export function pressInForm(state: UiState, form: OverruleForm, key: Press, { candidates }: Shown): UiState {
  const changed = (next: Partial<OverruleForm>): UiState => ({ ...state, overrule: { ...form, ...next } });
  const done = (by: string | null): UiState => ({ ...state, overrule: null, wish: { do: "overrule", form, by } });
  switch (key.name) {
    case "esc":
      return { ...state, overrule: null };
    case "tab":
      return changed({ field: FIELDS[(FIELDS.indexOf(form.field) + 1) % FIELDS.length] as OverruleForm["field"] });
    case "ctrl-x":
      return done(null);
    case "enter": {
      const by = chosen(form, candidates);
      return by === "" ? { ...state, notice: "type a name, or choose one" } : done(by);
    }
    case "up":
      return changed({ field: "who", index: Math.max(0, form.index - 1) });
    case "down":
      return changed({ field: "who", index: Math.min(candidates.length, form.index + 1) });
  }
  if (form.field === "scope")
    return ["space", "left", "right", "h", "l"].includes(key.name)
      ? changed({ scope: form.scope === "this" ? "alike" : "this" })
      : state;
  const line = form.field === "note" ? form.note : form.name;
  const next = editLine(line, key);
  if (next === null) return state;
  return form.field === "note" ? changed({ note: next }) : changed({ name: next, index: candidates.length });
}

/** Pasted text goes into the field that is typed in. */
export function pasteInForm(form: OverruleForm, text: string): OverruleForm {
  if (form.field === "note") return { ...form, note: pasteInto(form.note, text) };
  return { ...form, field: "who", index: Number.MAX_SAFE_INTEGER, name: pasteInto(form.name, text) };
}

/** Who is chosen: a candidate, or the name that was typed. */
function chosen({ index, name }: OverruleForm, candidates: readonly string[]): string {
  return candidates[clamp(index, 0, candidates.length)] ?? name.text.trim();
}
