/** What {@link WireError} says about the place where bytes stopped making sense. */
export interface WireFault {
  /** Offset in the frame (for info blocks: in the variable header) of the first byte that does not fit. */
  readonly offset: number;
  /** What should have stood there, in words. */
  readonly expected: string;
  /** What stood there. */
  readonly found: string;
}

const BRAND = Symbol.for("streamscope.WireError");

/**
 * Bytes that are no TTHeader streaming frame: they end the connection they came from, never the process. Or a frame beyond a limit: it
 * ends its own stream.
 *
 * `message` is the cause text Kitex prints for the same bytes where Kitex has one (docs/protocol.md#irregular-input).
 */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly offset: number;
  readonly expected: string;
  readonly found: string;

  constructor(message: string, fault: WireFault) {
    super(message);
    this.offset = fault.offset;
    this.expected = fault.expected;
    this.found = fault.found;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for a WireError of any copy of this package. */
  static is(value: unknown): value is WireError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** The error of a header or a frame that is longer than a limit. */
export function tooLarge(what: string, found: number, limit: number, offset: number): WireError {
  return new WireError(`${what} of ${found} bytes exceeds the limit of ${limit} bytes`, {
    offset,
    expected: `at most ${limit} bytes`,
    found: `${found}`,
  });
}
