import type { Clock } from "../formats/times.ts";
import type { Zone } from "../formats/zone.ts";

/** A clock that goes on: what is written to an input while it is read is as much later. */
export function movingClock(zone: Zone, nearMs: number): Clock {
  const ahead = (): number => Date.now() - startedMs;
  const startedMs = Date.now();
  let base = nearMs;
  return {
    zone,
    get writtenMs() {
      return nearMs + ahead();
    },
    get nearMs() {
      return base + ahead();
    },
    set nearMs(ms) {
      base = ms - ahead();
    },
  };
}
