/**
 * Resets of streams that do not read as the end of an upload.
 *
 * Node's http2 ends the writable half of a stream that it resets, and sends that (an empty DATA frame with END_STREAM) ahead of the reset
 * (`lib/internal/http2/core.js`, closeStream). So whoever reads the requests of a cancelled call first reads that they are complete, and may
 * keep half an upload. grpc-js has no way around it; its calls and the stream below are reached here, and stay as they are in a release that
 * has changed inside.
 */
import type { InterceptingCall } from "@grpc/grpc-js";

/** What is reached of a call of grpc-js 1.14, on its way down to the stream. */
interface Inside {
  /** Of an interceptor's call. */
  readonly nextCall?: Inside;
  /** Of the last of them, and of an attempt. */
  readonly call?: Inside;
  readonly child?: Inside | null;
  /** The attempts of a call that may be tried again. */
  readonly underlyingCalls?: readonly Inside[];
  readonly http2Stream?: { _final?: (done: (error?: Error | null) => void) => void };
  cancelWithStatus?: (code: number, details: string) => void;
}

/** Sees to it that a call whose requests are a stream is reset without their end, whoever cancels it. */
export function resetSilently(call: ConstructorParameters<typeof InterceptingCall>[0]): void {
  let last = call as Inside;
  while (isInside(last.nextCall)) last = last.nextCall;
  const wire = last.call;
  if (!isInside(wire) || typeof wire.cancelWithStatus !== "function") return;
  const { cancelWithStatus } = wire;
  wire.cancelWithStatus = (code, details) => {
    keepOpen(wire);
    cancelWithStatus.call(wire, code, details);
  };
}

/** The writable half of every stream below is only ended by those who write. */
function keepOpen({ child, underlyingCalls = [], call, http2Stream }: Inside): void {
  if (http2Stream !== undefined) http2Stream._final = (done) => done();
  for (const below of [child, call, ...underlyingCalls]) if (isInside(below)) keepOpen(below);
}

function isInside(value: unknown): value is Inside {
  return typeof value === "object" && value !== null;
}
