/**
 * An assistant as people run one, in five programs: curl, nginx or haproxy, a Node.js gateway, a Go agent, a Python model. Each writes
 * the logs that it ordinarily writes to the folder of the chain.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../kitex.ts";
import { type AssistantPrograms, assistantSources } from "./programs.ts";

const BETWEEN_LOOKS_MS = 20;
const PATIENCE_MS = 30_000;

/** The services of an assistant, from the user downwards. */
export const ROLES = ["proxy", "gateway", "agent", "model"] as const;
/** One of them. */
export type Role = (typeof ROLES)[number];

/** How an assistant is set up; what is not said is an ordinary value. */
export interface AssistantSetup {
  readonly proxy?: "nginx" | "haproxy";
  /** Which logging library the agent uses. */
  readonly logger?: "zap" | "slog" | "logrus";
  /** What the services are called. */
  readonly names?: Partial<Record<Role, string>>;
  /** nginx's proxy_read_timeout or haproxy's `timeout server`. */
  readonly proxyTimeout?: string;
  /** More of the environment of a service: its timeouts. */
  readonly env?: Partial<Record<Role, Readonly<Record<string, string>>>>;
  /** Where spans go: OTLP/HTTP. Without it no service is instrumented. */
  readonly spans?: string;
}

/** A running assistant. Disposing kills what of it still runs. */
export class Assistant implements AsyncDisposable {
  readonly #folder: string;
  readonly #setup: AssistantSetup;
  readonly #programs: AssistantPrograms;
  readonly #processes = new Map<Role | ChildProcess, ChildProcess>();
  #url = "";

  private constructor(folder: string, programs: AssistantPrograms, setup: AssistantSetup) {
    this.#folder = folder;
    this.#programs = programs;
    this.#setup = setup;
  }

  /** Starts the four services, their logs in the folder; resolves when each one listens. A port that was taken meanwhile fails the start. */
  static async start(folder: string, programs: AssistantPrograms, setup: AssistantSetup = {}): Promise<Assistant> {
    mkdirSync(join(folder, "tmp"), { recursive: true });
    const assistant = new Assistant(folder, programs, setup);
    try {
      await assistant.#start();
      return assistant;
    } catch (error) {
      await assistant[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const [proxy, gateway, agent, model] = await Promise.all(ROLES.map(() => freePort()));
    const { gateway: folder, agent: agentProgram, model: python } = this.#programs;
    const node = process.execPath;
    const traced = this.#setup.spans !== undefined;
    const uvicorn = ["uvicorn", "--app-dir", join(assistantSources, "model"), "main:app", "--port", String(model)];
    this.#run("model", traced ? join(python, "opentelemetry-instrument") : join(python, "uvicorn"), {
      args: traced ? uvicorn : uvicorn.slice(1),
      env: { PATH: `${python}:${process.env["PATH"]}` },
    });
    this.#run("agent", agentProgram, {
      env: {
        LISTEN: `127.0.0.1:${agent}`,
        MODEL_URL: `http://127.0.0.1:${model}`,
        LOGGER: this.#setup.logger ?? "zap",
      },
    });
    const register = ["--require", "@opentelemetry/auto-instrumentations-node/register"];
    this.#run("gateway", node, {
      args: [...(traced ? register : []), "server.js"],
      cwd: folder,
      env: {
        PORT: String(gateway),
        AGENT: `127.0.0.1:${agent}`,
        AGENT_PROTO: join(assistantSources, "agent/pb/agent.proto"),
        SERVICE: this.name("gateway"),
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      },
    });
    const kind = this.#setup.proxy ?? "nginx";
    const file = kind === "nginx" ? "nginx.conf" : "haproxy.cfg";
    const config = readFileSync(join(assistantSources, "proxy", file), "utf8")
      .replaceAll("@PORT@", String(proxy))
      .replaceAll("@GATEWAY@", `127.0.0.1:${gateway}`)
      .replaceAll("@READ_TIMEOUT@", this.#setup.proxyTimeout ?? "60s")
      .replaceAll("nginx-", `${this.name("proxy")}-`);
    writeFileSync(join(this.#folder, file), config);
    await this.#listening("model", model);
    await this.#listening("agent", agent);
    await this.#listening("gateway", gateway);
    if (kind === "nginx")
      this.#run("proxy", "nginx", { args: ["-p", `${this.#folder}/`, "-c", file], log: "nginx-start.txt" });
    else this.#run("proxy", "haproxy", { args: ["-f", file] });
    await this.#listening("proxy", proxy);
    this.#url = `http://127.0.0.1:${proxy}`;
  }

  /** What a service is called. */
  name(role: Role): string {
    return this.#setup.names?.[role] ?? (role === "proxy" ? (this.#setup.proxy ?? "nginx") : role);
  }

  /** The logs of a service. */
  logs(role: Role): readonly string[] {
    const name = this.name(role);
    const files =
      role === "proxy" && name.length > 0
        ? [`${name}-access.log`, `${name}-error.log`, `${name}.log`]
        : [`${name}.log`];
    return files.map((file) => join(this.#folder, file)).filter((file) => existsSync(file));
  }

  /** A user's chat, under way: its first token has come. */
  async chat(conversation: string): Promise<ChildProcess> {
    const body = JSON.stringify({ conversation, prompt: "Why is the sky blue?" });
    const user = this.#curl([
      "-N",
      "-X",
      "POST",
      "-H",
      "Content-Type: application/json",
      "-d",
      body,
      `${this.#url}/v1/chat`,
    ]);
    if (user.stdout === null) throw new Error("curl has no stdout");
    await once(user.stdout, "data");
    user.stdout.resume();
    return user;
  }

  /** Presses stop. */
  async stop(conversation: string): Promise<void> {
    await ended(this.#curl(["-X", "POST", `${this.#url}/v1/chat/${conversation}/stop`]));
  }

  #curl(args: readonly string[]): ChildProcess {
    const child = spawn("curl", ["-s", ...args], { stdio: ["ignore", "pipe", "inherit"] });
    this.#processes.set(child, child);
    return child;
  }

  /** Kills a service as the kernel would that is out of memory. */
  async kill(role: Role): Promise<void> {
    const child = this.#processes.get(role);
    if (child === undefined) throw new Error(`${role} does not run`);
    child.kill("SIGKILL");
    await ended(child);
  }

  /** Waits until a service has logged what fits so often. */
  async logged(role: Role, pattern: RegExp, times = 1): Promise<void> {
    const every = new RegExp(pattern.source, "g");
    await eventually(`${role} logs ${pattern}`, () => {
      const text = this.logs(role)
        .map((file) => readFileSync(file, "utf8"))
        .join("");
      return Array.from(text.matchAll(every)).length >= times;
    });
  }

  /** Ends the services as a container's runtime would, from the user downwards; resolves when all have flushed and ended. */
  async shutDown(): Promise<void> {
    for (const role of ROLES) {
      const child = this.#processes.get(role);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await ended(child);
    }
  }

  #run(
    role: Role,
    program: string,
    {
      args = [],
      cwd = this.#folder,
      env = {},
      log = `${this.name(role)}.log`,
    }: {
      args?: readonly string[];
      cwd?: string;
      env?: Readonly<Record<string, string>>;
      log?: string;
    },
  ): void {
    const { NODE_OPTIONS: _, NODE_ENV: __, VITEST: ___, ...inherited } = process.env;
    const tracing =
      this.#setup.spans === undefined
        ? {}
        : {
            OTEL_SERVICE_NAME: this.name(role),
            OTEL_EXPORTER_OTLP_ENDPOINT: this.#setup.spans,
            OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
            OTEL_METRICS_EXPORTER: "none",
            OTEL_LOGS_EXPORTER: "none",
            OTEL_BSP_SCHEDULE_DELAY: "100",
          };
    const out = openSync(join(this.#folder, log), "a");
    const path = `${inherited["PATH"]}:/usr/sbin`;
    const child = spawn(program, args, {
      cwd,
      env: { ...inherited, PATH: path, ...tracing, ...env, ...this.#setup.env?.[role] },
      stdio: ["ignore", out, out],
    });
    closeSync(out);
    this.#processes.set(role, child);
  }

  async #listening(role: Role, port: number | undefined): Promise<void> {
    await eventually(`${role} listens`, async () => {
      const child = this.#processes.get(role);
      if (child?.exitCode !== null)
        throw new Error(`${role} ended with ${child?.exitCode}: its log is in ${this.#folder}`);
      return await answers(port ?? 0);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes.values()) child.kill("SIGKILL");
    await Promise.all([...this.#processes.values()].map(ended));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    if (await holds()) return;
    await pause(BETWEEN_LOOKS_MS);
  }
  throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
}
