import { findCause } from "./cause-chain.ts";

const BRAND = Symbol.for("streamscope.BusinessError");

/**
 * A business status: an answer that is no success and no failure of the call. It travels in the Trailer's string keys, unnested through
 * every relay that returns it (docs/protocol.md#business-status). `message` is Kitex's text, `biz error: code=<n>, msg=<text>`.
 */
export class BusinessError extends Error {
  override readonly name = "BusinessError";
  /** A signed 32-bit number other than 0. */
  readonly status: number;
  readonly text: string;
  readonly extra: Readonly<Record<string, string>> | null;

  /** Throws TypeError naming the argument where `status` is 0 or no 32-bit integer, or where a text is no string. */
  constructor(status: number, text: string, extra: Readonly<Record<string, string>> | null = null) {
    if ((status | 0) !== status || status === 0) {
      throw new TypeError(`BusinessError: status must be a 32-bit integer other than 0, got ${status}`);
    }
    checkString(text, "text");
    for (const [key, value] of Object.entries(extra ?? {})) checkString(value, `extra.${key}`);
    super(`biz error: code=${status}, msg=${text}`);
    this.status = status;
    this.text = text;
    this.extra = extra;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for a BusinessError of any copy of this package. */
  static is(value: unknown): value is BusinessError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** The BusinessError that an error is or wraps (by `cause`); null where there is none. */
  static in(error: unknown): BusinessError | null {
    return findCause(error, BusinessError.is);
  }
}

function checkString(value: unknown, name: string): void {
  if (typeof value !== "string") throw new TypeError(`BusinessError: ${name} must be a string, got ${typeof value}`);
}
