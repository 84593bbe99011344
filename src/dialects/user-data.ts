/**
 * What a program quotes of its users: a search, a prompt, an answer of a model. Whoever asks what `context canceled` means cancels nothing, so
 * such values are left out before a record is read.
 */
import type { SourceRecord } from "../model/index.ts";
import { remember } from "./remember.ts";

const NAMES =
  "q|query|search|search_?(?:term|query|text)|keywords?|title|subject|prompt|system_?prompt|question|answer|completion_text|utterance|comment|transcript|user_?(?:message|input|text|query|prompt)|(?:chat|last|slack)_?message|generated_?text|snippet";
/** Names that are also those of a message of the program itself: they quote where another field is the message. */
const AMBIGUOUS = "text|content|input|completion|response_text";

const FIELD = new RegExp(`(?:^|\\.)(?:${NAMES})$`, "i");
const QUOTING_FIELD = new RegExp(`(?:^|\\.)(?:${NAMES}|${AMBIGUOUS})$`, "i");
/** Whether a field quotes a user; loggers repeat their names. */
const quotingOf = remember((name) => (FIELD.test(name) ? "sure" : QUOTING_FIELD.test(name) ? "maybe" : "no"));
const MESSAGE_FIELD = /^(?:msg|message)$/i;
/** Some loggers call the message so, others the kind of what happened, which is a single word. */
const EVENT_FIELD = /^event$/i;
const IN_TEXT = new RegExp(
  `(?<![\\w.-])(${NAMES}|${AMBIGUOUS})["']?[=:] ?(?:"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?)`,
  "gi",
);

/** What every quotation in a text begins with, and much besides. */
const BEGINS_QUOTE = /[=:] ?["']/;

function maybeQuotes(text: string): boolean {
  return (text.includes('"') || text.includes("'")) && BEGINS_QUOTE.test(text);
}

/** A record without the words of users; itself where it quotes none. */
export function withoutUserData(record: SourceRecord): SourceRecord {
  if (record.span !== undefined) return record;
  const { fields, texts } = record;
  const quoting: [name: string, value: string][] = [];
  for (const name of fields.keys()) if (quotingOf(name) !== "no") quoting.push([name, fields.get(name) ?? ""]);
  if (quoting.length === 0 && !texts.some(maybeQuotes)) return record;
  const sure = quoting.filter(([name]) => quotingOf(name) === "sure");
  const quoted = quoting.length > sure.length && hasMessage(record) ? quoting : sure;
  const values = new Set(quoted.map(([, value]) => value));
  const kept = texts
    .filter((text) => !values.has(text))
    .map((text) => (maybeQuotes(text) ? text.replace(IN_TEXT, "$1=") : text));
  if (quoted.length === 0 && kept.every((text, index) => text === texts[index])) return record;
  const names = new Set(quoted.map(([name]) => name));
  return { ...record, texts: kept, fields: new Map([...fields].filter(([name]) => !names.has(name))) };
}

/** True where a record has a message of its own beside its other fields. */
function hasMessage({ fields, texts }: SourceRecord): boolean {
  const named = new Set(fields.values());
  return (
    [...fields].some(([name, value]) => MESSAGE_FIELD.test(name) || (EVENT_FIELD.test(name) && value.includes(" "))) ||
    texts.some((text) => !named.has(text))
  );
}
