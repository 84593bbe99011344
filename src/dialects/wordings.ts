/** What the catalogue knows about a text, for people: each wording in it with whose it is, what it means, and what it does not prove. */
import type { SourceRecord } from "../model/index.ts";
import { type Entry, ORDINARY_WORDS } from "./catalogue/index.ts";
import { type AccessLine, readAccessLine } from "./lines/access/access-line.ts";
import type { Lexicon } from "./lines/lexicon.ts";

/** One wording in a text. */
export interface Wording {
  /** The software that writes it; null where its words are anybody's. */
  readonly product: string | null;
  /** The part of the text that says it. */
  readonly text: string;
  readonly meaning: string;
  /** Who can have caused it, and what it does not prove; empty where the meaning says all. */
  readonly caution: string;
}

/** More wordings than that are no help. */
const MOST = 4;

/** The wordings in a text, the surest first; empty where none is known. Never throws. */
export function wordingsIn(text: string, lexicon: Lexicon): Wording[] {
  const line = readAccessLine(recordOf(text), text);
  return [...(line === null ? [] : requestIn(line)), ...entriesIn(text, lexicon, line !== null)].slice(0, MOST);
}

/** A text as a record: the values of a JSON object by their dotted names. */
function recordOf(text: string): SourceRecord {
  const fields = new Map<string, string>();
  try {
    if (/^\s*\{/.test(text)) collect(JSON.parse(text), "", fields);
  } catch {
    // No JSON, then
  }
  const place = { source: "text" };
  return { at: null, service: null, serviceFrom: null, texts: [text], fields, traceId: null, spanId: null, place };
}

const DEEPEST = 8;

function collect(value: unknown, name: string, into: Map<string, string>, depth = 0): void {
  if (typeof value !== "object" || value === null) into.set(name, String(value));
  else if (depth < DEEPEST)
    for (const [key, inner] of Object.entries(value))
      collect(inner, name === "" ? key : `${name}.${key}`, into, depth + 1);
}

/** What an access line says of its request and, where it has a sign for it, of the end. */
function requestIn({ product, route, status, durationMs, calls, end, sign, proxy }: AccessLine): Wording[] {
  const asked = route === null ? "a connection" : `${route.method} ${route.path}`;
  const facts = [
    status === null ? "no status" : `status ${status}`,
    ...(durationMs === null ? [] : [`${Number(durationMs.toFixed(3))} ms`]),
    ...(calls.length === 0 ? [] : [`passed on to ${calls.join(", ")}`]),
  ];
  const request: Wording = {
    product,
    text: asked,
    meaning: `One request, as ${proxy ? "a proxy" : "a server"} logs it: ${facts.join("; ")}.`,
    caution:
      end === null
        ? "A status of 200 proves no good end: an answer that was cut keeps the status of its header. How it ended stands in the error log, or in the lines of the services below."
        : "",
  };
  if (end === null) return [request];
  const whose = end.product === "any" ? product : end.product;
  return [{ product: whose, text: sign ?? end.sign, meaning: end.meaning, caution: end.caution }, request];
}

function entriesIn(text: string, lexicon: Lexicon, access: boolean): Wording[] {
  const all = lexicon.entriesOf(text);
  const [first] = all;
  if (first === undefined) return [];
  const own = all.filter((entry) => !ORDINARY_WORDS.has(entry));
  // What only looks like a cancel is told alone; ordinary words count where no program's own stand, and never in a request's line
  const told = first.says === "nothing" ? [first] : own.length > 0 || access ? own : [first];
  const said: { readonly entry: Entry; readonly part: string }[] = [];
  for (const entry of told) {
    const part = (entry.pattern.exec(text)?.[0] ?? text).trim().slice(0, 200);
    const again = said.some(({ entry: { says }, part: before }) => says === entry.says && before.includes(part));
    if (entry.says !== "nothing" || entry === first) if (!again) said.push({ entry, part });
  }
  return said.map(({ entry: { product, meaning, caution }, part }) => ({
    product: product.startsWith("any") ? null : product,
    text: part,
    meaning,
    caution,
  }));
}
