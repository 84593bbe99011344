/** Times that people set: a duration that is one tells whose timer was over. */
import { FIRES_LATE_MS, SET_STEP_MS, SHORTEST_SET_MS } from "./tolerances.ts";

/** True for a duration in milliseconds that ends where a timer fires that was set in such steps. */
export function isSetTime(ms: number, stepMs: number = SET_STEP_MS): boolean {
  return ms >= SHORTEST_SET_MS && ms % stepMs <= FIRES_LATE_MS;
}
