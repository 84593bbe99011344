import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generate } from "../../src/cli/thrift/generate.ts";
import { resolveProgram } from "../../src/cli/thrift/resolve.ts";

const folder = join(import.meta.dirname, "../../examples/runtime");

/** An example as a process; the examples import the built package, as users do. */
class Example implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  #text = "";
  #heard: (() => void) | null = null;

  constructor(name: string, ...args: readonly string[]) {
    this.#process = spawn(process.execPath, [join(folder, name), ...args], { stdio: ["ignore", "pipe", "inherit"] });
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

  async address(): Promise<string> {
    return (await this.says(/listens at (\S+)\n/))[1] as string;
  }

  /** All it printed, and its exit code. */
  async end(): Promise<{ readonly code: number | null; readonly text: string }> {
    await this.#closed;
    return { code: this.#process.exitCode, text: this.#text };
  }

  stop(): void {
    this.#process.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#closed;
  }
}

describe("the examples of the runtime", () => {
  it("a client, a relay and a model: the whole chain stops, and all know who stopped it", async () => {
    await using model = new Example("model.ts", "0");
    await using relay = new Example("relay.ts", "0", await model.address());
    await using client = new Example("client.ts", await relay.address());
    expect(await client.end()).toEqual({
      code: 0,
      text: [
        "chat:hi#0",
        "chat:hi#1",
        "chat:hi#2",
        "gateway: the whole answer",
        ...[0, 1, 2, 3, 4].map((index) => `chat:on and on#${index}`),
        "gateway: [ttstream error, code=12008] [client-side stream] the user closed the tab",
        "BOTH WAYS",
        "",
      ].join("\n"),
    });
    await relay.says(/^chat: gateway stopped it: .*\[canceled path: gateway\] the user closed the tab$/m);
    await model.says(/^model: gateway stopped it: .*\[canceled path: gateway -> chat\] the user closed the tab$/m);
    relay.stop();
    model.stop();
    expect([(await relay.end()).code, (await model.end()).code]).toEqual([0, 0]);
  });

  it("codecs of one's own carry JSON and protobuf", async () => {
    await using codecs = new Example("codecs.ts");
    expect(await codecs.end()).toEqual({ code: 0, text: "3 s\n2 s\n1 s\n0 s\n" });
  });

  it("use the module that `streamscope thrift` makes of their IDL", () => {
    const program = resolveProgram(join(folder, "chat.thrift"), (file) => readFileSync(file, "utf8"));
    expect(readFileSync(join(folder, "chat.ts"), "utf8")).toBe(generate(program, "chat.thrift"));
  });
});
