import { DEFAULT_WIRE_LIMITS } from "../wire/index.ts";
import type { ConnectionLimits } from "./connection.ts";

/** Safe for a process that talks to peers it does not know well. */
const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  ...DEFAULT_WIRE_LIMITS,
  streamBufferBytes: 8 * 1024 * 1024,
  windowBytes: 1024 * 1024,
  writeBufferBytes: 128 * 1024,
};

/** Fills in defaults. Throws TypeError naming a limit that is no positive integer. */
export function connectionLimits(given: Partial<ConnectionLimits> = {}): ConnectionLimits {
  const limits = { ...DEFAULT_CONNECTION_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new TypeError(`limits.${name} must be a positive integer, got ${String(value)}`);
    }
  }
  return limits;
}
