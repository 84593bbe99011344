/**
 * Metadata of a call (docs/protocol.md#metadata).
 *
 * Persistent values go down the whole chain, transient ones reach the next service only, headers are string keys without a prefix.
 * Kitex by default passes transient values on further; here only the trace context is, where no tracer sets a new one.
 */
import { printable } from "../model/index.ts";
import { CHAIN_KEY, cutText, METADATA_PREFIXES, STRING_KEYS } from "./wire/index.ts";

const { persistent: PERSIST, transient: TRANSIT, upstream: UPSTREAM } = METADATA_PREFIXES;

/** Transient keys that pass through a service without a tracer. */
const TRACE_KEYS: readonly string[] = ["traceparent", "tracestate"];

/** String keys of a Header frame that are this protocol's own. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  STRING_KEYS.idlService,
  STRING_KEYS.capabilities,
  STRING_KEYS.deadlineOwner,
]);

/** What a call carries besides its messages. */
export interface CallMetadata {
  readonly persistent: ReadonlyMap<string, string>;
  readonly transient: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}

/** Metadata as callers give it. */
export interface MetadataInput {
  readonly persistent?: Readonly<Record<string, string>>;
  readonly transient?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sorts the string keys of a Header frame. Empty keys and values are dropped, as Kitex does. */
export function readMetadata(strings: ReadonlyMap<string, string>): CallMetadata {
  const persistent = new Map<string, string>();
  const transient = new Map<string, string>();
  const headers = new Map<string, string>();
  for (const [key, value] of strings) {
    if (value === "") continue;
    if (key.startsWith(PERSIST)) put(persistent, key.slice(PERSIST.length), value);
    else if (key.startsWith(UPSTREAM)) continue;
    else if (key.startsWith(TRANSIT)) put(transient, key.slice(TRANSIT.length), value);
    else if (!OWN_KEYS.has(key)) put(headers, key, value);
  }
  return { persistent, transient, headers };
}

function put(map: Map<string, string>, key: string, value: string): void {
  if (key !== "") map.set(key, value);
}

/** A longer id is no id: every call below would carry it. */
const MAX_CHAIN_BYTES = 200;

/** The id of the chain that a caller gives; null where it gives none. */
export function chainIn(text: string | undefined): string | null {
  return cutText(text ?? "", MAX_CHAIN_BYTES) || null;
}

/** The string keys of a call's Header frame: what it inherits, overlaid with its own. Throws TypeError for a value that is no string. */
export function writeMetadata(
  inherited: CallMetadata | null,
  own: MetadataInput | undefined,
  chainId: string,
): Map<string, string> {
  const strings = new Map<string, string>();
  if (inherited !== null) {
    for (const [key, value] of inherited.persistent) strings.set(PERSIST + key, value);
    for (const key of TRACE_KEYS) {
      const value = inherited.transient.get(key);
      if (value !== undefined) strings.set(TRANSIT + key, value);
    }
  }
  strings.set(CHAIN_KEY, chainId);
  addMetadata(strings, own);
  return strings;
}

/** Adds metadata to the string keys of a Header frame. Throws TypeError for a value that is no string. */
export function addMetadata(strings: Map<string, string>, own: MetadataInput | undefined): void {
  if (own === undefined) return;
  add(strings, PERSIST, own.persistent, "metadata.persistent");
  add(strings, TRANSIT, own.transient, "metadata.transient");
  add(strings, "", own.headers, "metadata.headers");
}

/** What a header needs besides metadata, and room for the services below to add theirs. */
const HEADER_RESERVE_BYTES = 4 * 1024;

/**
 * Takes inherited values out of the string keys of a Header frame, the longest first, until all that is left fits; the call's own values
 * stay. Returns how many went.
 */
export function leaveOutInherited(
  strings: Map<string, string>,
  inherited: CallMetadata,
  maxHeaderBytes: number,
): number {
  const sizeOf = (key: string, value: string) => Buffer.byteLength(key) + Buffer.byteLength(value) + 4;
  let excess = HEADER_RESERVE_BYTES - maxHeaderBytes;
  for (const [key, value] of strings) excess += sizeOf(key, value);
  const candidates = [...inherited.persistent]
    .map(([key, value]) => ({ key: PERSIST + key, value }))
    .filter(({ key, value }) => key !== CHAIN_KEY && strings.get(key) === value)
    .sort((a, b) => b.value.length - a.value.length);
  let left = 0;
  for (const { key, value } of candidates) {
    if (excess <= 0) break;
    strings.delete(key);
    excess -= sizeOf(key, value);
    left += 1;
  }
  return left;
}

function add(
  strings: Map<string, string>,
  prefix: string,
  values: Readonly<Record<string, string>> | undefined,
  name: string,
): void {
  if (values === undefined) return;
  for (const [key, value] of Object.entries(values)) strings.set(prefix + key, checkText(value, `${name}.${key}`));
}

/** A string that fits a header. Throws TypeError naming it otherwise. */
export function checkText(value: unknown, name: string): string {
  if (typeof value !== "string") throw new TypeError(`${name} must be a string, got ${typeof value}`);
  if (value.length > 21845 && Buffer.byteLength(value) > 65535) {
    throw new TypeError(`${name} must not be longer than 65535 bytes`);
  }
  return value;
}

/**
 * A service name: it must fit into a path, on the wire (names with commas between) and in a text (`[canceled path: a -> b] …`).
 * Throws TypeError naming the argument.
 */
export function checkName(value: unknown, name: string): string {
  const text = checkText(value, name);
  if (text.includes(",")) throw new TypeError(`${name} must not contain a comma: it separates names on the wire`);
  if (text.includes("->")) throw new TypeError(`${name} must not contain "->": it separates names in texts`);
  if (text.includes("] ")) throw new TypeError(`${name} must not contain "] ": it ends a path in texts`);
  if (printable(text) !== text) throw new TypeError(`${name} must not contain characters that do not print`);
  return text;
}

/** A name that was not checked, as it may stand in paths and texts: what cannot becomes a space, see {@link checkName}. */
export function cleanName(text: string): string {
  return text.replace(/,|->|\] |\p{C}/gu, " ");
}

/** Names a caller that was given no name. */
export const DEFAULT_NAME: string = cleanName(process.env["OTEL_SERVICE_NAME"] ?? "unnamed");
