/**
 * The package as its users have it: packed, installed by npm into an application of its own, and run there on some Node.js.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, Peer } from "../support/kitex.ts";

const run = promisify(execFile);
/** The checkout. */
export const root: string = join(import.meta.dirname, "../..");

/** What a program that has ended said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Said> {
  try {
    const { stdout, stderr } = await run(program, args, { ...options, timeout: 240_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== "number") throw error;
    return { code, stdout, stderr };
  }
}

/** The environment without what this test itself was started with. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env;
  return { ...inherited, ...more };
}

/** Packs the checkout, which must be built, and returns the tarball's path and what is in it. */
export async function pack(
  folder: string,
): Promise<{ readonly tarball: string; readonly files: readonly PackedFile[] }> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: root });
  const answer: unknown = JSON.parse(stdout);
  const [packed] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as readonly Packed[];
  if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`);
  return { tarball: join(folder, packed.filename), files: packed.files };
}

interface Packed {
  readonly filename: string;
  readonly files: readonly PackedFile[];
}

/** A file of the tarball. */
export interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

/** A temporary folder. */
export class Folder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "streamscope-packaging-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** An application with the tarball and packages beside it, installed as npm does without any option. */
export class Application extends Folder {
  /** Makes the application. Rejects with what npm said where it does not install. */
  static async install(tarball: string, packages: readonly string[]): Promise<Application> {
    const application = new Application();
    writeFileSync(join(application.path, "package.json"), '{ "name": "application", "private": true }\n');
    for (const each of ["chain.mjs", "own-sdk.mjs", "typed.mts"]) {
      copyFileSync(join(import.meta.dirname, each), join(application.path, each));
    }
    const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", tarball, ...packages];
    const { code, stderr } = await runToEnd("npm", args, { cwd: application.path, env: environment() });
    if (code !== 0) throw new Error(stderr);
    return application;
  }

  /** Runs Node.js in the application. */
  node(node: string, ...args: readonly string[]): Promise<Said> {
    return runToEnd(node, args, { cwd: this.path, env: environment() });
  }

  /** Runs the packed program. */
  program(node: string, ...args: readonly string[]): Promise<Said> {
    return this.node(node, join(this.path, "node_modules/streamscope/bin/streamscope.cjs"), ...args);
  }

  /** Starts gateway, agent and model with these arguments of Node.js; gateway stops. The diagnosis of the spans they exported, as JSON. */
  async diagnoseCancel(node: string, preload: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Diagnosed> {
    const http = await freePort();
    const grpc = await freePort();
    const scan = ["scan", "--json", "--listen", `127.0.0.1:${http},${grpc}`];
    const program = join(this.path, "node_modules/streamscope/bin/streamscope.cjs");
    const receiver = spawn(node, [program, ...scan], { cwd: this.path, env: environment() });
    let report = "";
    receiver.stdout.setEncoding("utf8").on("data", (text: string) => {
      report += text;
    });
    try {
      await once(receiver.stderr, "data");
      await this.#stopChain(node, preload, { ...more, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${http}` });
      receiver.kill("SIGINT");
      await once(receiver, "close");
    } finally {
      receiver.kill("SIGKILL");
    }
    return JSON.parse(report) as Diagnosed;
  }

  async #stopChain(node: string, preload: readonly string[], more: NodeJS.ProcessEnv): Promise<void> {
    const start = (name: string, ...args: readonly string[]): Peer =>
      new Peer(
        node,
        [...preload, join(this.path, "chain.mjs"), name, ...args],
        {
          ...environment(more),
          OTEL_SERVICE_NAME: name,
          OTEL_METRICS_EXPORTER: "none",
          OTEL_LOGS_EXPORTER: "none",
        },
        this.path,
      );
    await using model = start("model");
    const modelAt = await model.line((line) => line.event === "listen");
    await using agent = start("agent", modelAt.text ?? "");
    const agentAt = await agent.line((line) => line.event === "listen");
    await using gateway = start("gateway", agentAt.text ?? "", "stop");
    await gateway.done;
    for (const service of [agent, model]) {
      await service.line((line) => line.event === "end");
      service.process.kill("SIGTERM");
      await service.done;
    }
  }
}

/** What is looked at of a diagnosis. */
export interface Diagnosed {
  readonly cascades: readonly {
    readonly origin: { readonly service: string | null; readonly confidence: string; readonly intent?: string };
    readonly reached: readonly { readonly service: string }[];
  }[];
}

/** Who started each cancel, how surely, and whom it reached. */
export function verdicts({ cascades }: Diagnosed): readonly string[] {
  return cascades.map(
    ({ origin, reached }) =>
      `${origin.service}, ${origin.confidence}, ${origin.intent}: ${reached.map((each) => each.service).join(" ")}`,
  );
}
