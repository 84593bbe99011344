/**
 * Logs as XML -> lines of JSON, one a record: elements that hold a message and a time, whatever they are called.
 *
 * What has a text is a field of its record: by its element's name, or by the name in an attribute around it (`<field k="host"><v>n1</v></field>`,
 * `<data name="host" value="n1"/>`). What belongs to no record is given as the children of the outermost element, so that nothing is lost.
 */
import { undoEntities } from "./entities.ts";
import { namesRecord } from "./envelope.ts";
import { BEFORE_ELEMENT } from "./page.ts";
import { roleOf } from "./roles.ts";

/** Pages, whose elements say how things look. */
const PAGE = new RegExp(
  String.raw`${BEFORE_ELEMENT}(?:!doctype\s+html|html|head|body|table|thead|tbody|tr|td|div|span|pre|code|p|ul|ol|li|dl|h[1-6]|a|b|details|summary|section|article|main|blockquote|img|br|hr|picture|center)\b`,
  "i",
);

/** Says whether an input begins as XML: with a tag, and with one that closes soon after. */
export function isXml(first: string): boolean {
  if (PAGE.test(first)) return false;
  return /^\ufeff?\s*<(?:\?xml\s|[A-Za-z][\w:.-]*(?:\s[^<>]*)?>)/.test(first) && /<\/[A-Za-z][\w:.-]*>/.test(first);
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<[?!][^>]*>|<\/([A-Za-z_][\w:.-]*)\s*>|<([A-Za-z_][\w:.-]*)((?:"[^"]*"|'[^']*'|[^<>"'])*)>/g;
const ATTRIBUTE = /([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** Attributes that name a field, and such that say nothing. */
const NAMING = /^(?:k|key|name)$/i;
const FORMAL = /^xml(?:ns)?(?::|$)/;
const MAX_FIELDS = 512;
/** A longer tag, comment or text is no log's. */
const MAX_WAITING: number = 1024 * 1024;

type Field = readonly [name: string, value: string];

interface Element {
  readonly tag: string;
  /** The name in an attribute, or in one of an element around; null: its own is what it is called by. */
  readonly label: string | null;
  readonly fields: Field[];
  /** All text in it, and whether some is its own. */
  text: string;
  hasText: boolean;
}

function isTime([name]: Field): boolean {
  return roleOf(name).name === "time";
}

/** True for an attribute that says of a text when it was written, or by whom. */
function isOfRecord([name]: Field): boolean {
  return !/^(?:other|text|file)$/.test(roleOf(name).name);
}

/** How the lines of a log begin that is there as a whole. */
const OWN_LINES =
  /^(?:\{\s*"|\[?\d{4}[-/]\d\d[-/]\d\d|\[?\d\d:\d\d:\d\d).*\n(?:.*\n)*?(?:\{\s*"|\[?\d{4}[-/]\d\d[-/]\d\d|\[?\d\d:\d\d:\d\d)/;

/** A log that stands as a whole in an element which says whose it is: as documents of JSON have it. Null for any other text. */
function wholeLog(attributes: readonly Field[], text: string): string | null {
  const writer = attributes.find((each) => isOfRecord(each) && !isTime(each));
  return writer !== undefined && OWN_LINES.test(text) ? JSON.stringify({ [writer[1]]: text.split(/\r?\n/) }) : null;
}

function isRecord(fields: readonly Field[]): boolean {
  return namesRecord(fields.map(([name]) => name));
}

function jsonOf(fields: readonly Field[]): string {
  const named = new Map<string, string>();
  for (const [name, value] of fields) {
    let free = name;
    for (let count = 2; named.has(free); count += 1) free = `${count}.${name}`;
    named.set(free, value);
  }
  return JSON.stringify(Object.fromEntries(named));
}

function openElement(tag: string, attributes: string, parent: Element | undefined): Element {
  const fields: Field[] = [];
  let label: string | null = null;
  for (const [, name = "", double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = undoEntities(double ?? single ?? "");
    if (NAMING.test(name)) label = value;
    else if (!FORMAL.test(name) && value !== "") fields.push([name, value]);
  }
  const text = label === null ? undefined : fields.find(([name]) => /^value$/i.test(name));
  return {
    tag: tag.slice(tag.indexOf(":") + 1),
    label: label ?? parent?.label ?? null,
    fields: text === undefined ? fields : [[label as string, text[1]]],
    text: "",
    hasText: false,
  };
}

/** Follows the elements of one input. */
class Records {
  readonly #open: Element[] = [];

  /** How deep it stands. */
  get depth(): number {
    return this.#open.length;
  }

  openTag(tag: string, attributes: string): string {
    this.#open.push(openElement(tag, attributes, this.#open.at(-1)));
    return attributes.endsWith("/") ? this.closeTag() : "";
  }

  addText(text: string): void {
    const top = this.#open.at(-1);
    if (top === undefined) return;
    top.text += text;
    top.hasText ||= text.trim() !== "";
  }

  /** The record that ends here; empty where none does. */
  closeTag(): string {
    const element = this.#open.pop();
    if (element === undefined) return "";
    const { label, tag, text, hasText } = element;
    const log = hasText ? wholeLog(element.fields, text.trim()) : null;
    if (log !== null) return log;
    const fields: readonly Field[] = hasText
      ? [...element.fields.filter(isOfRecord), [label ?? tag, text.trim()]]
      : element.fields;
    const parent = this.#open.at(-1);
    if (fields.length === 0) return "";
    if (parent === undefined || isRecord(fields)) return jsonOf(fields);
    // A child of what only holds others
    if (this.#open.length === 1 && !hasText && !parent.fields.some(isTime)) return jsonOf(fields);
    if (parent.fields.length < MAX_FIELDS) parent.fields.push(...fields);
    if (hasText) parent.text += text;
    return "";
  }
}

function lineFeeds(text: string): string {
  return text.includes("\n") ? text.replace(/[^\n]+/g, "") : "";
}

/** The records as lines of JSON, each in the line in which it ends; text outside of all elements stays as it is. */
export async function* linesOfXml(
  chunks: AsyncIterable<Uint8Array>,
  onFault: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const records = new Records();
  const decoder = new TextDecoder();
  let rest = "";
  const textBetween = (text: string): string => {
    if (records.depth === 0) return text;
    records.addText(undoEntities(text));
    return lineFeeds(text);
  };
  const take = (final: boolean): Buffer => {
    let lines = "";
    let from = 0;
    TOKEN.lastIndex = 0;
    for (let token = TOKEN.exec(rest); token !== null; token = TOKEN.exec(rest)) {
      const [all, data, closed, opened, attributes = ""] = token;
      lines += textBetween(rest.slice(from, token.index)) + lineFeeds(all);
      from = TOKEN.lastIndex;
      if (data !== undefined) records.addText(data);
      else if (closed !== undefined) lines += records.closeTag();
      else if (opened !== undefined) lines += records.openTag(opened, attributes);
    }
    rest = rest.slice(from);
    if (final || rest.length > MAX_WAITING) {
      lines += textBetween(rest);
      rest = "";
    }
    return Buffer.from(lines);
  };
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    yield take(false);
  }
  rest += decoder.decode();
  yield take(true);
  if (records.depth > 1) onFault("it ends in the middle of an element");
  let last = "";
  while (records.depth > 0) last += records.closeTag();
  if (last !== "") yield Buffer.from(`${last}\n`);
}
