/** Instants as a clock on the wall shows them: UTC, or the zone that was asked for. */
import { formatInstant, type Instant } from "../model/index.ts";
import { type Offset, UTC_OFFSET } from "./time-range.ts";

/** A clock on the wall. */
export interface Clock {
  /** Its name as it stands behind the times: `UTC`, `Europe/Berlin`. */
  readonly name: string;
  readonly offset: Offset;
}

/** The clock of UTC. */
export const UTC_CLOCK: Clock = { name: "UTC", offset: UTC_OFFSET };

/** `12:04:31`, or `12:04:31.118` with milliseconds. */
export function clockTime(at: Instant, clock: Clock, millis = false): string {
  return shifted(at, clock).slice(11, millis ? 23 : 19);
}

/** `2026-11-27 12:04:31.118 UTC`. */
export function clockDate(at: Instant, clock: Clock): string {
  return `${shifted(at, clock).slice(0, 23).replace("T", " ")} ${clock.name}`;
}

function shifted(at: Instant, { offset }: Clock): string {
  return formatInstant(at + BigInt(offset(Number(at / 1_000_000n))) * 1_000_000n);
}
