import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const examples = join(import.meta.dirname, "../../examples");

/** An example as a process; the examples import the built package, as users do. */
export class Example implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  #text = "";
  #heard: (() => void) | null = null;

  constructor(name: string, ...args: readonly string[]) {
    this.#process = spawn(process.execPath, [join(examples, name), ...args], { stdio: ["ignore", "pipe", "inherit"] });
    this.#closed = once(this.#process, "close").then(() => this.#heard?.());
    this.#process.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#text += chunk;
      this.#heard?.();
    });
  }

  /** The first match in what it prints; fails where it ends without one. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      if (this.#process.exitCode !== null) throw new Error(`it ended, having said: ${this.#text}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** The address it says it listens at. */
  async address(): Promise<string> {
    return (await this.says(/listens at (\S+)\n/))[1] as string;
  }

  /** All it printed, and its exit code. */
  async end(): Promise<{ readonly code: number | null; readonly text: string }> {
    await this.#closed;
    return { code: this.#process.exitCode, text: this.#text };
  }

  /** Asks it to end. */
  stop(): void {
    this.#process.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#closed;
  }
}
