/**
 * Whether a request means this machine by the name in its Host header.
 *
 * A web page may have its own name answered with 127.0.0.1 (DNS rebinding); to the browser the receiver then is the page's own server. Such
 * a request still names the page's host.
 */
import { isIP } from "node:net";

/** Names that mean this machine on this machine, and in containers on it. */
const OWN_NAMES = new Set(["localhost", "host.docker.internal", "gateway.docker.internal", "host.containers.internal"]);

/** Says whether an address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Says whether a Host header is one of this machine's, or one of `names`; numbers cannot be answered with another address. */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  if (header === undefined) return true;
  const name = header
    .replace(/:\d*$/, "")
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  return OWN_NAMES.has(name) || isIP(name) !== 0 || name.endsWith(".localhost") || names.includes(name);
}
