/**
 * Deadlines as they travel: whose they are, what the text of their end says, and how long others wait for that end.
 */
import { CODES, formatDuration } from "../../ttstream/index.ts";
import type { OwnReason } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { fitPath, joinPath, splitPath } from "../wire/index.ts";
import { nextId } from "./ids.ts";

/** The callee's backstop waits this much longer than the owner of a deadline: the owner's own Rst is on its way. */
export const BACKSTOP_MS = 100;

/** Whose deadline a call has. */
export interface DeadlineOwner {
  /** Nanoseconds that were left when the owner opened its stream: what its text says. */
  readonly nanos: bigint;
  /** The services its cancel comes through, the owner first. */
  readonly path: readonly string[];
}

/** Milliseconds of a deadline, as its text says them. */
export function deadlineNanos(ms: number): bigint {
  return BigInt(Math.max(0, Math.round(ms * 1e6)));
}

/** What a call ends with whose owner had so many nanoseconds: Kitex's sentence. */
export function deadlinePassed(nanos: bigint): OwnReason {
  return {
    code: CODES.streamTimeout,
    text: `stream timeout, timeout in ctx: ${formatDuration(nanos)}`,
    kind: "deadline",
  };
}

/** What a call ends with whose caller should have ended it by its own deadline, and has not: raised in the owner's name. */
export function deadlineException(owner: DeadlineOwner, at: bigint): StreamException {
  return new StreamException({
    ...deadlinePassed(owner.nanos),
    side: "server",
    path: owner.path,
    origin: owner.path[0] ?? null,
    cancelId: nextId(),
    cancelledAt: at,
    travelled: true,
  });
}

/** An owner as a Header carries it (`ssdl`). */
export function writeOwner({ nanos, path }: DeadlineOwner): string {
  return `${nanos} ${joinPath(path)}`;
}

/** Reads what {@link writeOwner} wrote; null for anything else. */
export function readOwner(text: string | undefined): DeadlineOwner | null {
  const match = /^([0-9]{1,19}) (.*)$/s.exec(text ?? "");
  return match === null ? null : { nanos: BigInt(match[1] as string), path: fitPath(splitPath(match[2])) };
}
