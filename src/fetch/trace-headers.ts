/**
 * Trace context of requests that fetch sends, and whose span it is.
 *
 * An instrumentation of undici (the fetch of Node.js) makes a span of each request and adds its context to the headers, both when undici
 * tells that it has made the request. So observers are told of ours then, after all who listen too, with the context that they may find:
 * where there is one, the request has a span.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { noteClientOpen } from "../runtime/bridge/index.ts";
import type { FetchCall } from "./fetch-call.ts";

/** A request of undici, as its diagnostics channel tells of it. */
interface UndiciRequest {
  /** Names and values in turn; older releases have the text of the head. */
  readonly headers: readonly unknown[] | string;
  addHeader(name: string, value: string): void;
}

/** A call that observers may not know yet. */
interface Opening {
  readonly call: FetchCall;
  /** The user wrote trace context into the request, which stays. */
  readonly hasOwn: boolean;
  headers: Map<string, string> | null;
}

const CREATE = "undici:request:create";
const PARENT = "traceparent";

const openings = new AsyncLocalStorage<Opening>();

function created(message: unknown): void {
  const opening = openings.getStore();
  if (opening === undefined) return;
  const { request } = message as { request: UndiciRequest };
  const found = opening.hasOwn ? null : headerOf(request.headers, PARENT);
  const known = opening.headers;
  const headers = known ?? new Map(found === null ? [] : [[PARENT, found]]);
  if (known === null) open(opening, headers);
  if (opening.hasOwn || found !== null) return;
  // A redirect is a request of its own
  for (const [name, value] of headers) request.addHeader(name, value);
}

function headerOf(headers: readonly unknown[] | string, wanted: string): string | null {
  if (typeof headers === "string") return new RegExp(`^${wanted}: *(.*)\\r?$`, "im").exec(headers)?.[1] ?? null;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (String(headers[at]).toLowerCase() === wanted) return String(headers[at + 1]);
  }
  return null;
}

function open(opening: Opening, headers: Map<string, string>): void {
  opening.headers = headers;
  noteClientOpen(opening.call, headers);
  opening.call.opened();
}

/** Sends a request; observers are told of the call as soon as it is known whether it has a span already. */
export async function sendTraced(call: FetchCall, hasOwn: boolean, send: () => Promise<Response>): Promise<Response> {
  const opening: Opening = { call, hasOwn, headers: null };
  // Behind everybody else, whoever came since
  unsubscribe(CREATE, created);
  subscribe(CREATE, created);
  try {
    return await openings.run(opening, send);
  } finally {
    // No fetch of undici's, or one that failed before: without a context to carry
    if (opening.headers === null) open(opening, new Map());
  }
}
