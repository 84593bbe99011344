/** A real OpenTelemetry Collector 0.161.0 as a child process. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Build, built, canHave } from "../builds.ts";
import { freePort } from "../kitex.ts";
import { Child } from "./child.ts";

const folder = join(import.meta.dirname, "../../interop/collector");

const BUILD: Build = {
  name: "Collector",
  takes: "about three minutes",
  files: ["go.mod", "go.sum", "main.go"].map((name) => join(folder, name)),
  command: (out) => ({
    program: "go",
    args: ["build", "-mod=mod", "-p", "1", "-trimpath", "-ldflags=-s -w", "-o", out, "."],
    cwd: folder,
  }),
};

/** How long the first build may take. */
export const COLLECTOR_BUILD_MS = 1_800_000;

/** True where the Collector is built or can be. */
export function canHaveCollector(): boolean {
  return canHave(BUILD);
}

/** The path of the program, built if need be. */
export async function collectorProgram(): Promise<string> {
  return await built(BUILD);
}

/** A running Collector. Disposing kills it. */
export class Collector implements AsyncDisposable {
  readonly #child: Child;
  readonly #url: string;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** Starts it with a configuration of test/interop/collector, which reads these variables, and waits until it takes OTLP. */
  static async start(config: string, env: Readonly<Record<string, string>>): Promise<Collector> {
    const port = await freePort();
    const child = new Child("the Collector", await collectorProgram(), ["--config", join(folder, config)], {
      ...env,
      OTLP_PORT: String(port),
    });
    const collector = new Collector(child, `http://127.0.0.1:${port}`);
    // An empty request is one that it takes
    await child.eventually(async () => (await collector.#post("{}")).ok || null);
    return collector;
  }

  /** Sends the requests of a file of OTLP, one a line: those from a share of it to another. */
  async send(file: string, from = 0, to = 1): Promise<void> {
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    for (const line of lines.slice(Math.floor(lines.length * from), Math.floor(lines.length * to))) {
      const response = await this.#post(line);
      if (!response.ok) throw new Error(`the Collector answers ${response.status} ${await response.text()}`);
    }
  }

  async #post(body: string): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return await fetch(`${this.#url}/v1/traces`, { method: "POST", body, headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}
