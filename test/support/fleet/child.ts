/** A program of the fleet that runs beside a test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

const BETWEEN_LOOKS_MS = 50;
/** What is kept of what it says, for the sentence where it fails. */
const SAID = 4_000;

/** A running program. Disposing kills it. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #name: string;
  #said = "";

  constructor(name: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#name = name;
    this.#process = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#said = (this.#said + text).slice(-SAID);
      });
  }

  /** Asks again until there is an answer; an attempt that throws counts as none. The test's own timeout is the limit. */
  async eventually<Answer>(ask: () => Promise<Answer | null>): Promise<Answer> {
    for (;;) {
      const answer = await ask().catch(() => null);
      if (answer !== null) return answer;
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(
          `${this.#name} ended with ${this.#process.exitCode ?? this.#process.signalCode}: ${this.#said}`,
        );
      await pause(BETWEEN_LOOKS_MS);
    }
  }

  /** Ends it at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
  }
}
