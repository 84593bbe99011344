/** Words that people and other catalogues use, to those of this house. */

import { SAYS, type Says } from "../dialects/index.ts";
import { KINDS, type Kind } from "../model/index.ts";

const KIND_WORDS: Readonly<Record<string, Kind>> = {
  canceled: "cancel",
  cancelled: "cancel",
  cancellation: "cancel",
  abort: "cancel",
  aborted: "cancel",
  timeout: "deadline",
  "timed-out": "deadline",
  "deadline-exceeded": "deadline",
  deadline_exceeded: "deadline",
  expired: "deadline",
  disconnected: "disconnect",
  close: "disconnect",
  closed: "disconnect",
  lost: "disconnect",
  rst: "reset",
  rst_stream: "reset",
  stop: "shutdown",
  stopped: "shutdown",
  stopping: "shutdown",
  goaway: "shutdown",
  failed: "error",
  failure: "error",
};

/** The words that {@link kindOf} knows, for people. */
export const KIND_HELP: string = `${KINDS.join(", ")} (also ${Object.keys(KIND_WORDS).join(", ")})`;

/** The kind that a word means; null where it means none. */
export function kindOf(word: string): Kind | null {
  const small = word.toLowerCase();
  return KINDS.find((kind) => kind === small) ?? KIND_WORDS[small] ?? null;
}

/** Which side of a stream `upstream` is: the caller, as Kitex says it, or the service that is called, as nginx and Envoy do. */
export const DIRECTIONS = ["kitex", "proxy"] as const;

/** One of {@link DIRECTIONS}. */
export type Directions = (typeof DIRECTIONS)[number];

type Translation = (kind: Kind, directions: Directions | null) => Says | null;

const WHO_WORDS: Readonly<Record<string, Translation>> = {
  self: (kind) => (kind === "deadline" ? "timer" : "act"),
  local: (kind) => (kind === "deadline" ? "timer" : "act"),
  client: () => "caller",
  user: () => "caller",
  server: () => "callee",
  backend: () => "callee",
  peer: (kind) => (kind === "reset" ? "reset" : "lost"),
  remote: (kind) => (kind === "reset" ? "reset" : "lost"),
  nobody: () => "word",
  unknown: () => "word",
  upstream: (_kind, directions) => (directions === null ? null : directions === "kitex" ? "caller" : "callee"),
  downstream: (_kind, directions) => (directions === null ? null : directions === "kitex" ? "callee" : "caller"),
};

/** The words that {@link saysOf} knows, for people. */
export const SAYS_HELP: string = `${SAYS.join(", ")} (also ${Object.keys(WHO_WORDS).join(", ")})`;

/** What a word says of its writer; null where it says nothing, or only together with `directions`. */
export function saysOf(word: string, kind: Kind, directions: Directions | null): Says | null {
  const small = word.toLowerCase();
  return SAYS.find((says) => says === small) ?? WHO_WORDS[small]?.(kind, directions) ?? null;
}

/** True for a word that means one side in one program and the other in another. */
export function needsDirections(word: string): boolean {
  return /^(?:up|down)stream$/i.test(word);
}
