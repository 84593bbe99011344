/** Server-sent events as text (WHATWG HTML, "Server-sent events", the format of an event stream). Pure. */

/** One event. */
export interface SseMessage {
  /** A text as it is; anything else as JSON. */
  readonly data: unknown;
  /** The type of the event; `message` where it is left out. */
  readonly event?: string;
  /** What a client that lost the connection comes back with as Last-Event-ID. */
  readonly id?: string;
  /** How long a client waits before it comes back, in milliseconds. */
  readonly retry?: number;
}

/** A comment, which clients ignore: it keeps proxies from closing a connection that is quiet. */
export const HEARTBEAT = ":\n\n";

/** The lines of an event. Throws TypeError naming a field that does not fit into one line. */
export function formatEvent(message: SseMessage | string): string {
  if (typeof message === "string") return dataLines(message);
  const { data, event, id, retry } = message;
  let text = "";
  if (event !== undefined) text += `event: ${oneLine(event, "event")}\n`;
  if (id !== undefined) text += `id: ${oneLine(id, "id")}\n`;
  if (retry !== undefined) text += `retry: ${Math.max(0, Math.round(retry))}\n`;
  return text + dataLines(typeof data === "string" ? data : (JSON.stringify(data) ?? "null"));
}

function dataLines(data: string): string {
  return `${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;
}

function oneLine(value: string, name: string): string {
  if (typeof value !== "string" || /[\r\n\0]/.test(value)) throw new TypeError(`${name} must be a text of one line`);
  return value;
}
