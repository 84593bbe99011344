import { type DeadlineOwner, readOwner } from "../cancel/deadline.ts";
import { type Frame, INT_KEYS, STRING_KEYS } from "../wire/index.ts";

/** The deadline that came with a call. */
export interface CallerDeadline {
  readonly timeoutMs: number;
  readonly owner: DeadlineOwner;
}

/** Reads it from a Header; null where the caller has all the time. A caller of another runtime is itself the owner. */
export function callerDeadline({ ints, strings }: Frame): CallerDeadline | null {
  const timeoutMs = readMillis(ints.get(INT_KEYS.timeoutMs));
  if (timeoutMs === null) return null;
  const name = ints.get(INT_KEYS.fromService) || null;
  const unnamed = { nanos: BigInt(timeoutMs) * 1_000_000n, path: name === null ? [] : [name] };
  return { timeoutMs, owner: readOwner(strings.get(STRING_KEYS.deadlineOwner)) ?? unnamed };
}

function readMillis(text: string | undefined): number | null {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return null;
  const value = Number(text);
  return value > 0 ? value : null;
}
