import { checkCount } from "../checks.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "../wire/index.ts";

/** Limits of one connection. */
export interface ConnectionLimits extends WireLimits {
  /** Received and unread bytes of one stream beyond which it is ended. Default 8 MiB. */
  readonly streamBufferBytes: number;
  /** The same of all streams of a connection: beyond it those end that hold most. Default four times that or a window. */
  readonly connectionBufferBytes: number;
  /** The same of all connections of a server or client, headers and unfinished frames included. Default 128 MiB. */
  readonly totalBufferBytes: number;
  /** The receive window given to peers of this runtime, per stream. Default 1 MiB. */
  readonly windowBytes: number;
  /** Waiting output beyond which senders wait. Default 128 KiB. */
  readonly writeBufferBytes: number;
}

const MEBIBYTE = 1024 * 1024;

/** Safe for a process that talks to peers it does not know well. */
const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  ...DEFAULT_WIRE_LIMITS,
  streamBufferBytes: 8 * MEBIBYTE,
  connectionBufferBytes: 32 * MEBIBYTE,
  totalBufferBytes: 128 * MEBIBYTE,
  windowBytes: MEBIBYTE,
  writeBufferBytes: 128 * 1024,
};

/** Fills in defaults. Throws TypeError naming a limit that is no positive integer, or that there is not. */
export function connectionLimits(given: Partial<ConnectionLimits> = {}): ConnectionLimits {
  for (const [name, value] of Object.entries(given)) checkLimit(name, value);
  const { streamBufferBytes, windowBytes } = { ...DEFAULT_CONNECTION_LIMITS, ...given };
  const connectionBufferBytes = 4 * Math.max(streamBufferBytes, windowBytes);
  return { ...DEFAULT_CONNECTION_LIMITS, connectionBufferBytes, ...given };
}

function checkLimit(name: string, value: unknown): void {
  if (!Object.hasOwn(DEFAULT_CONNECTION_LIMITS, name)) throw new TypeError(`limits.${name}: there is no such limit`);
  checkCount(value, `limits.${name}`);
}
