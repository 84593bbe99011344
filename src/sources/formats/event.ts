/**
 * The lines of one event -> a record in the making: wrappers off, then the first shape that fits.
 */
import { stripAnsi } from "./ansi.ts";
import type { Draft, ShapeContext } from "./draft.ts";
import { wrapDraft } from "./draft.ts";
import { undoEscapes } from "./escapes.ts";
import { FieldReader } from "./fields.ts";
import { parseJsonObject, readJsonRecord } from "./json.ts";
import { isLogfmt, readLogfmt } from "./logfmt.ts";
import { readPlain } from "./plain.ts";
import { unwrapLine } from "./wrapper.ts";

/** A shipper around a runtime around an application: more layers than that are no log. */
const MAX_LAYERS = 4;

function readBare(text: string, context: ShapeContext, layers: number): Draft {
  const clean = stripAnsi(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (/^\s*\{/.test(clean)) {
    const object = parseJsonObject(clean);
    if (object !== null) return readJsonRecord(object, context, (inner) => readLayered(inner, context, layers + 1));
    // cut or broken JSON: still a text, readable after its escapes are undone
    const draft = readPlain(clean, context);
    draft.texts = draft.texts.map(undoEscapes);
    return draft;
  }
  return isLogfmt(clean) ? readLogfmt(clean, context) : readPlain(clean, context);
}

function readLayered(text: string, context: ShapeContext, layers: number): Draft {
  const lineEnd = text.indexOf("\n");
  const first = layers < MAX_LAYERS ? unwrapLine(lineEnd < 0 ? text : text.slice(0, lineEnd)) : null;
  if (first === null) return readBare(text, context, layers);
  let inner = first.text;
  let { partial } = first;
  if (lineEnd >= 0) {
    for (const line of text.slice(lineEnd + 1).split("\n")) {
      const next = unwrapLine(line);
      inner += `${partial ? "" : "\n"}${next?.text ?? line}`;
      partial = next?.partial ?? false;
    }
  }
  const outer = new FieldReader(context);
  if (first.time !== null) outer.add("time", first.time, 0);
  for (const [name, value] of first.fields) outer.add(name, value, 0);
  const around = outer.finish();
  around.fields.delete("time");
  return wrapDraft(around, readLayered(inner, context, layers + 1));
}

/** Reads one event: its lines joined by LF, without the last line's end. */
export function readEvent(text: string, context: ShapeContext): Draft {
  const clean = stripAnsi(text);
  return readLayered(clean.includes("\r") ? clean.replace(/\r(?=\n|$)/g, "") : clean, context, 0);
}
