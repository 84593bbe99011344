/** When a server wants to be asked again. */
import type { IncomingHttpHeaders } from "node:http";

/**
 * How long to wait, in milliseconds, by `Retry-After` (RFC 9110 section 10.2.3); null where the answer does not say. It says so in seconds, or by a date
 * of the server's clock, which its own `Date` tells.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs: number = Date.now()): number | null {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  const at = dateOf(text);
  return at === null ? null : Math.max(0, at - (dateOf(headers.date ?? "") ?? nowMs));
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`, in milliseconds since 1970. */
function dateOf(text: string): number | null {
  const ms = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
