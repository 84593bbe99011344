/**
 * Where a server's sentences go by default: stderr.
 *
 * They repeat what peers and handlers say, so everything that would act on a terminal, or begin a line of its own, is escaped.
 */
import { printable } from "../../model/index.ts";

/** Takes one line: what happened, in plain words, and the error behind it. The text may hold words of a peer: escape what is printed. */
export type Log = (level: "info" | "warn" | "error", text: string, error: unknown) => void;

/** Writes warnings and errors, errors with the lines of their stack. */
export function toStderr(level: "info" | "warn" | "error", text: string, error: unknown): void {
  if (level === "info") return;
  const frames = level === "error" ? framesOf(error) : [];
  process.stderr.write(["streamscope: ".concat(printable(text)), ...frames, ""].join("\n"));
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
