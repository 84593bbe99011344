/**
 * Where text leaves the program.
 *
 * A reader such as `head` closes the pipe when it has enough. That is no failure: what is written afterwards is thrown away and the
 * command ends as it would have, with its own exit code. Where nothing can be written for another reason (a full disk, a device that is
 * gone) half of a report is worse than none: that is said, and has an exit code.
 */
import type { WriteStream } from "node:tty";
import { EXIT } from "../failure.ts";

/** A place to print to. */
export interface Output {
  /** Writes text as it is. Does nothing once the reader has gone away. */
  readonly write: (text: string) => void;
  /** Waits until the reader has taken what was written, or has gone away: a pipe that is read slowly would hold all of it in memory. */
  readonly taken: () => Promise<void>;
  /** True while somebody reads. */
  readonly open: () => boolean;
  /** Columns of the terminal; null where it is none, and lines are never cut. */
  readonly columns: number | null;
  /** True where colours are wanted: on a terminal, unless NO_COLOR or TERM=dumb speak against it. FORCE_COLOR wins over all. */
  readonly colour: boolean;
}

/** Opens a standard stream as an output. */
export function openOutput(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  let open = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (open && error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") tellLost(stream, error);
    open = false;
  });
  const columns = stream.isTTY ? (stream as WriteStream).columns || 80 : null;
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    taken: async () => {
      if (open && stream.writableNeedDrain && !stream.destroyed) await drained(stream);
    },
    open: () => open,
    columns,
    colour: wantsColour(Boolean(stream.isTTY), env),
  };
}

/** Says that what is printed is lost, where there is still somebody to tell, and ends the program so. */
function tellLost(stream: NodeJS.WriteStream, { message }: Error): void {
  // Whoever sets an exit code later does not know of it
  process.once("exit", () => {
    process.exitCode = EXIT.output;
  });
  if (stream === process.stdout) process.stderr.write(`streamscope: what is printed cannot be written: ${message}\n`);
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  const ends = ["drain", "close", "error"] as const;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const end of ends) stream.off(end, done);
      resolve();
    };
    for (const end of ends) stream.on(end, done);
  });
}

/** Writes what is long in parts, each once the one before it has been taken, as long as somebody reads. */
export async function writeParts(output: Output, parts: Iterable<string>): Promise<void> {
  for (const part of parts) {
    output.write(part);
    await output.taken();
    if (!output.open()) return;
  }
}

/** Writes lines, as long as somebody reads. */
export function writeLines(output: Output, lines: readonly string[]): void {
  for (const line of lines) {
    if (!output.open()) return;
    output.write(`${line}\n`);
  }
}

/** Decides about colours: https://no-color.org, and FORCE_COLOR for people who pipe into a pager that understands them. */
function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = env;
  if (none !== undefined && none !== "") return false;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return isTerminal && term !== "dumb";
}
