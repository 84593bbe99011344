import { readable, toError } from "./thrown-value.ts";

/**
 * No connection could be made. `message` begins as Kitex's does, `remote or network error: dial tcp <address>: <cause>`
 * (docs/protocol.md#connections). The next call dials again.
 */
export class DialError extends Error {
  override readonly name = "DialError";
  readonly address: string;
  /** Node's error code, for example `ECONNREFUSED`; null where it has none. */
  readonly code: string | null;

  /** `tried` is what was done, where it was no dial. */
  constructor(address: string, thrown: unknown, tried: string | null = null) {
    const cause = readable(thrown);
    const code = codeOf(cause);
    const network = address.startsWith("unix:") ? "unix" : "tcp";
    const what = tried ?? `dial ${network} ${address.replace(/^unix:/, "")}`;
    super(`remote or network error: ${what}: ${wordsOf(code, cause)}`, { cause });
    this.address = address;
    this.code = code;
  }
}

function wordsOf(code: string | null, cause: unknown): string {
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ENOENT") return "no such file or directory";
  return toError(cause).message;
}

function codeOf(cause: unknown): string | null {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return null;
  return typeof cause.code === "string" || typeof cause.code === "number" ? String(cause.code) : null;
}
