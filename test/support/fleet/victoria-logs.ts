/** A real VictoriaLogs 1.52.1 as child processes: one, or two that store behind one that is asked. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Build, built, canHave } from "../builds.ts";
import { freePort } from "../kitex.ts";
import { Child } from "./child.ts";

const script = join(import.meta.dirname, "../../interop/victoria-logs/build.sh");

const BUILD: Build = {
  name: "VictoriaLogs",
  takes: "half a minute",
  files: [script],
  command: (out) => ({ program: "sh", args: [script, out], cwd: import.meta.dirname }),
};

/** True where VictoriaLogs is built or can be. */
export function canHaveVictoriaLogs(): boolean {
  return canHave(BUILD);
}

/** The path of the program, built if need be. */
export async function victoriaLogsProgram(): Promise<string> {
  return await built(BUILD);
}

/** A running VictoriaLogs. Disposing ends it. */
export class VictoriaLogs implements AsyncDisposable {
  readonly #child: Child;
  readonly #data: string;
  /** `127.0.0.1:9428`. */
  readonly address: string;

  private constructor(child: Child, data: string, address: string) {
    this.#child = child;
    this.#data = data;
    this.address = address;
  }

  /** Starts one that stores by itself, or asks the storage nodes at these addresses. */
  static async start(nodes: readonly string[] = []): Promise<VictoriaLogs> {
    const data = mkdtempSync(join(tmpdir(), "streamscope-victoria-logs-"));
    const address = `127.0.0.1:${await freePort()}`;
    const where = nodes.length > 0 ? [`-storageNode=${nodes.join(",")}`] : [`-storageDataPath=${data}`];
    const args = [...where, `-httpListenAddr=${address}`, "-retentionPeriod=100y"];
    const child = new Child("VictoriaLogs", await victoriaLogsProgram(), args);
    const started = new VictoriaLogs(child, data, address);
    await child.eventually(async () => (await fetch(`${started.url}/health`)).ok || null);
    return started;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** Stores a file of JSON lines, or every so-manieth of them from one on; waits until all of those are found. */
  async take(file: string, from = 0, step = 1): Promise<void> {
    const all = readFileSync(file, "utf8").split("\n").filter(Boolean);
    const lines = all.filter((_, index) => index % step === from);
    const fields = "_stream_fields=service&_time_field=time&_msg_field=msg";
    // Curl's usual type would be read as a form, and nothing be stored
    const headers = { "content-type": "application/stream+json" };
    const body = lines.join("\n");
    const response = await fetch(`${this.url}/insert/jsonline?${fields}`, { method: "POST", body, headers });
    if (!response.ok) throw new Error(`VictoriaLogs answers ${response.status} ${await response.text()}`);
    await this.#child.eventually(async () => (await this.count()) >= lines.length || null);
  }

  /** How many lines it finds. */
  async count(): Promise<number> {
    const body = new URLSearchParams({ query: "* | stats count() n" });
    const response = await fetch(`${this.url}/select/logsql/query`, { method: "POST", body });
    const { n } = (await response.json()) as { n: string };
    return Number(n);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    rmSync(this.#data, { recursive: true, force: true });
  }
}
