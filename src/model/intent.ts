import type { Kind } from "./kind.ts";

/**
 * What a cancel was for: the one list of the house. An application may give any other word; on metrics those are {@link OTHER_INTENT}.
 *
 * - `user-left`: whoever had asked went away
 * - `user-stop`: a person pressed stop
 * - `hedge`: another attempt was faster
 * - `budget`: enough was spent
 * - `superseded`: a newer request took its place
 * - `deadline`: the time was over
 * - `shutdown`: a process was stopping
 * - `done`: whoever had asked had all it wanted
 * - `failure`: something else had failed, or a connection was lost
 */
const INTENTS = [
  "user-left",
  "user-stop",
  "hedge",
  "budget",
  "superseded",
  "deadline",
  "shutdown",
  "done",
  "failure",
] as const;

/** Stands for every word that is none of {@link INTENTS}. */
const OTHER_INTENT = "other";

/** Stands for a cancel of which nobody said what it was for. */
const UNKNOWN_INTENT = "unknown";

/** What a kind says of the intent where nobody told it. */
const BY_KIND: Readonly<Partial<Record<Kind, string>>> = {
  deadline: "deadline",
  shutdown: "shutdown",
  "handler-return": "done",
  disconnect: "failure",
  reset: "failure",
  error: "failure",
};

/** The intent of a cancel as metrics count it: what was told, else what its kind says. */
export function intentOf(told: string | null, kind: Kind): string {
  if (told === null) return BY_KIND[kind] ?? UNKNOWN_INTENT;
  return (INTENTS as readonly string[]).includes(told) ? told : OTHER_INTENT;
}
