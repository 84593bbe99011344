/** What a decoder refuses before it allocates anything. */
export interface WireLimits {
  /** The largest frame accepted, length field included. Kitex has no such limit. Default 64 MiB. */
  readonly maxFrameBytes: number;
  /** The largest variable header accepted; the format itself ends at 262140. Default 64 KiB. */
  readonly maxHeaderBytes: number;
}

/** Limits that let every sane Kitex frame through. */
export const DEFAULT_WIRE_LIMITS: WireLimits = { maxFrameBytes: 64 * 1024 * 1024, maxHeaderBytes: 64 * 1024 };

/** More keys than any service has in its header: each costs many times its bytes. */
export const MAX_HEADER_KEYS = 1024;

/** The format's own limit of the variable header: 65535 words of four bytes (docs/protocol.md#flow-control). */
export const FORMAT_MAX_HEADER_BYTES: number = 65535 * 4;

/** The format's own limit of a key or a value. */
export const FORMAT_MAX_TEXT_BYTES = 65535;
