/**
 * LTSV: `time:2026-11-23T06:57:02Z<TAB>service:chat<TAB>message:recv failed`.
 */
import type { Draft, ShapeContext } from "./draft.ts";
import { wrapDraft } from "./draft.ts";
import { messageRank } from "./envelope.ts";
import { FieldReader } from "./fields.ts";
import { isLogLine } from "./log-line.ts";
import { tellsWhenOrWhose } from "./roles.ts";

const LABEL = /^[A-Za-z_@][\w.@-]{0,63}:(?=\S|$)/;
const MOST_FIELDS = 512;

/** Says whether a line is LTSV: all its cells have labels, of which one is a time's or a writer's, as no other text with tabs has. */
export function isLtsv(line: string): boolean {
  if (!line.includes("\t") || !LABEL.test(line)) return false;
  const names = line.split("\t", MOST_FIELDS).map((cell) => LABEL.exec(cell)?.[0].slice(0, -1) ?? null);
  return (
    names.length > 1 && names.every((name) => name !== null) && names.some((name) => tellsWhenOrWhose(name as string))
  );
}

/** Reads a line of LTSV. A message that is itself a line of a log, which `readInner` reads, says more than what stands around it. */
export function readLtsv(line: string, context: ShapeContext, readInner: (line: string) => Draft): Draft {
  const reader = new FieldReader(context);
  let inner: Draft | null = null;
  for (const cell of line.split("\t", MOST_FIELDS)) {
    const colon = cell.indexOf(":");
    const name = cell.slice(0, colon);
    const value = cell.slice(colon + 1).replace(/\\([tnr\\])/g, (_, sign: string) => ESCAPES[sign] ?? sign);
    if (inner === null && messageRank(name) !== null && isLogLine(value)) inner = readInner(value);
    else reader.add(name, value, 0);
  }
  return inner === null ? reader.finish() : wrapDraft(reader.finish(), inner);
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };
