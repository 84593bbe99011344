/**
 * A longer timeout of a call, in milliseconds, is none: some 24 days.
 *
 * Servers of grpc-js count milliseconds in 32 bits, and take one that does not fit for one that is over (`server-interceptors.ts`,
 * handleTimeoutHeader), as every timer of Node.js does; a client of grpc-js whose deadline needs more than eight digits throws where nobody
 * can catch it.
 */
export const MAX_TIMEOUT_MS = 2_147_482_000;
