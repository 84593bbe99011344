/**
 * Where a server's sentences go by default: stderr.
 *
 * They repeat what peers and handlers say, so everything that would act on a terminal, or begin a line of its own, is escaped.
 */
import { printable } from "../../model/index.ts";
import type { Clock } from "../clock.ts";
import { noteFailure } from "../seams/stream-hooks.ts";
import { cutText } from "../wire/index.ts";

/** Takes one line: what happened, in plain words, and the error behind it. The text may hold words of a peer: escape what is printed. */
export type Log = (level: "info" | "warn" | "error", text: string, error: unknown) => void;

/** Writes warnings and errors, errors with the lines of their stack. */
export function toStderr(level: "info" | "warn" | "error", text: string, error: unknown): void {
  if (level === "info") return;
  surviveFullDisk();
  const frames = level === "error" ? framesOf(error) : [];
  process.stderr.write(["streamscope: ".concat(printable(text)), ...frames, ""].join("\n"));
}

let watched = false;

/** A log that cannot be written, for example to a full disk, is no reason to end: the failure is counted. */
function surviveFullDisk(): void {
  if (watched) return;
  watched = true;
  process.stderr.on("error", noteFailure);
}

/** The calls of an error's stack, without the message above them. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const head = `${error.name}: ${error.message}`;
  const calls = error.stack.startsWith(head) ? error.stack.slice(head.length) : error.stack;
  return calls
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map(printable);
}

/** How much of a line is told. */
const MAX_LINE_BYTES = 2048;

/** How often lines of one kind are told. */
const QUIET_MS = 1000;

/** One line: escaped, and not longer than anybody reads. */
export function logLine(text: string): string {
  return cutText(printable(cutText(text, MAX_LINE_BYTES)), MAX_LINE_BYTES);
}

/**
 * Keeps lines few: whoever can reach the port can cause as many as they like. The first of a kind is told at once; of those that follow
 * within a second the last is, with their number.
 */
export class LogThrottle {
  readonly #clock: Clock;
  readonly #kinds = new Map<string, { count: number; tell: ((more: string) => void) | null }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `tell` with what is to be said about others of its kind: now, at the end of the second, or never. */
  tell(kind: string, tell: (more: string) => void): void {
    const known = this.#kinds.get(kind);
    if (known !== undefined) {
      known.count += 1;
      known.tell = tell;
      return;
    }
    const entry = { count: 0, tell: null };
    this.#kinds.set(kind, entry);
    this.#clock.timer(QUIET_MS, () => this.#sum(kind, entry));
    tell("");
  }

  #sum(
    kind: string,
    { count, tell }: { readonly count: number; readonly tell: ((more: string) => void) | null },
  ): void {
    this.#kinds.delete(kind);
    if (tell !== null) tell(count === 1 ? "" : ` (${count} of this kind in a second)`);
  }
}
