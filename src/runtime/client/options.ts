import type { Scope } from "../cancel/scope.ts";
import { checkMillis, checkOptions } from "../checks.ts";
import type { MetadataInput } from "../metadata.ts";

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call when it aborts. Without one, the call ends with the handler it was made in. */
  readonly signal?: AbortSignal | undefined;
  /** The whole call may take this long: 12015 after that. The caller's own deadline counts where it is nearer. */
  readonly timeoutMs?: number | undefined;
  /** Each wait for a message may take this long: 12014 after that. */
  readonly recvTimeoutMs?: number | undefined;
  /** A receive timeout fails that wait only and leaves the stream alive (Kitex: DisableCancelRemote). Default false. */
  readonly recvTimeoutKeep?: boolean | undefined;
  /** Metadata besides what is inherited from the handler's own call. */
  readonly metadata?: MetadataInput | undefined;
  /** The call or scope this call belongs to; by default the one whose handler is running. */
  readonly parent?: { readonly scope: Scope } | undefined;
  /** True: the call neither ends with the handler it is made in nor fails because that one was cancelled. */
  readonly detached?: boolean | undefined;
  /** False: an own abort reason stays at home, 12007 goes out. */
  readonly exposeReason?: boolean | undefined;
}

const KNOWN: ReadonlySet<string> = new Set([
  "signal",
  "timeoutMs",
  "recvTimeoutMs",
  "recvTimeoutKeep",
  "metadata",
  "parent",
  "detached",
  "exposeReason",
]);

/** Checks the options of a call. Throws TypeError naming the wrong one. */
export function checkCallOptions(options: CallOptions): void {
  checkOptions(options, KNOWN);
  const { signal, timeoutMs, recvTimeoutMs, parent } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
  checkMillis(timeoutMs, "timeoutMs");
  checkMillis(recvTimeoutMs, "recvTimeoutMs");
  if (parent !== undefined && typeof parent?.scope !== "object") {
    throw new TypeError("parent must be a server's call or a scope");
  }
}
