/**
 * What a program quotes of its users: a search, a prompt, an answer of a model. Whoever asks what `context canceled` means cancels nothing, so
 * such values are left out before a record is read.
 */
import type { SourceRecord } from "../model/index.ts";
import { AMBIGUOUS_NAMES, MAYBE_USERS, rolesIn, rolesOf, USERS, USERS_NAMES } from "./field-roles.ts";

const MESSAGE_FIELD = /^(?:msg|message)$/i;
/** Some loggers call the message so, others the kind of what happened, which is a single word. */
const EVENT_FIELD = /^event$/i;
const IN_TEXT = new RegExp(
  `(?<![\\w.-])(${USERS_NAMES}|${AMBIGUOUS_NAMES})["']?[=:] ?(?:"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?)`,
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
  const hasUsers = (rolesIn(fields) & (USERS | MAYBE_USERS)) !== 0;
  if (!hasUsers && !texts.some(maybeQuotes)) return record;
  const quoting = hasUsers ? [...fields].filter(([name]) => (rolesOf(name) & (USERS | MAYBE_USERS)) !== 0) : [];
  const sure = quoting.filter(([name]) => (rolesOf(name) & USERS) !== 0);
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
