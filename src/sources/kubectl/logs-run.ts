/** One run of `kubectl logs -f`: its lines, what it complains about, its end. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** What a run gives to. */
export interface RunListeners {
  /** Takes lines with their ends; returns false where they should wait until {@link KubectlRun.resume}. */
  readonly onText: (lines: readonly string[]) => boolean;
  /** Takes a line of its standard error. */
  readonly onComplaint: (line: string) => void;
}

/** A longer line is passed on in pieces. */
const MAX_LINE = 1024 * 1024;

/** Cuts what comes into lines, each with its end. */
function lineCutter(take: (lines: readonly string[]) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const push = (text: string): void => {
    rest += text;
    const lines = rest.split(/(?<=\n)/);
    rest = lines.at(-1)?.endsWith("\n") === true ? "" : (lines.pop() ?? "");
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = "";
    }
    if (lines.length > 0) take(lines);
  };
  return {
    push: (chunk) => push(decoder.write(chunk)),
    end: () => {
      rest += decoder.end();
      if (rest !== "") take([`${rest}\n`]);
      rest = "";
    },
  };
}

/** A child process that follows logs. */
export class KubectlRun {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when it has ended and everything it said is taken, with its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  isOver = false;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv, { onText, onComplaint }: RunListeners) {
    this.#child = spawn("kubectl", args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const lines = lineCutter((all) => {
      if (!onText(all)) this.#child.stdout.pause();
    });
    const complaints = lineCutter((all) => {
      for (const line of all) onComplaint(line.trimEnd());
    });
    this.#child.stdout.on("data", lines.push);
    this.#child.stderr.on("data", complaints.push);
    this.ended = new Promise((resolve) => {
      this.#child.on("error", (error) => {
        onComplaint(error.message);
        resolve(null);
      });
      this.#child.on("close", (code) => {
        lines.end();
        complaints.end();
        resolve(code);
      });
    }).then((code) => {
      this.isOver = true;
      return code as number | null;
    });
  }

  /** Lets it go on after a pause. */
  resume(): void {
    this.#child.stdout.resume();
  }

  /** Ends it. */
  async kill(): Promise<void> {
    this.#child.kill();
    this.resume();
    await this.ended;
  }
}
