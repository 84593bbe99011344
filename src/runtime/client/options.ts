import type { Scope } from "../cancel/scope.ts";
import type { MetadataInput } from "../metadata.ts";

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call when it aborts. Without one, the call ends with the handler it was made in. */
  readonly signal?: AbortSignal;
  /** The whole call may take this long: 12015 after that. The caller's own deadline counts where it is nearer. */
  readonly timeoutMs?: number;
  /** Each wait for a message may take this long: 12014 after that. */
  readonly recvTimeoutMs?: number;
  /** A receive timeout fails that wait only and leaves the stream alive (Kitex: DisableCancelRemote). Default false. */
  readonly recvTimeoutKeep?: boolean;
  /** Metadata besides what is inherited from the handler's own call. */
  readonly metadata?: MetadataInput;
  /** The call or scope this call belongs to; by default the one whose handler is running. */
  readonly parent?: { readonly scope: Scope };
  /** True: the call neither ends with the handler it is made in nor fails because that one was cancelled. */
  readonly detached?: boolean;
  /** False: an own abort reason stays at home, 12007 goes out. */
  readonly exposeReason?: boolean;
}

/** Checks the options of a call. Throws TypeError naming the wrong one. */
export function checkCallOptions(options: CallOptions): void {
  if (typeof options !== "object" || options === null) throw new TypeError("options must be an object");
  const { signal, timeoutMs, recvTimeoutMs, parent } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
  checkMillis(timeoutMs, "timeoutMs");
  checkMillis(recvTimeoutMs, "recvTimeoutMs");
  if (parent !== undefined && typeof parent?.scope !== "object") {
    throw new TypeError("parent must be a server's call or a scope");
  }
}

/** Checks a duration. Throws TypeError naming it. */
export function checkMillis(value: unknown, name: string): void {
  if (value === undefined) return;
  if (typeof value !== "number" || !(value > 0))
    throw new TypeError(`${name} must be a positive number of milliseconds`);
}
