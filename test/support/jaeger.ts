/**
 * A real Jaeger as a child process, see builds.ts, started with storage in memory on free ports.
 *
 * Where there is neither a built program nor Go, {@link canHaveJaeger} is false, and a sentence on stderr says so.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Build, built, canHave } from "./builds.ts";
import { freePort } from "./kitex.ts";
import { type OtlpRequest, type OtlpSpan, spansOf } from "./otlp-spans.ts";

const folder = join(import.meta.dirname, "../interop/jaeger");
const BETWEEN_LOOKS_MS = 100;
/** What its storage keeps (config.yaml); it refuses to be asked for more. */
const MOST_TRACES = 100_000;

/** How long the first build may take: five minutes on a machine with nothing else to do. */
export const JAEGER_BUILD_MS = 1_800_000;

const script = join(folder, "build.sh");
const BUILD: Build = {
  name: "Jaeger",
  takes: "about five minutes",
  files: [script],
  command: (out) => ({ program: "sh", args: [script, out], cwd: folder }),
};

/** True where Jaeger is built or can be. */
export function canHaveJaeger(): boolean {
  return canHave(BUILD);
}

/** The path of the program, built if need be. Fails where the build does. */
export async function jaegerProgram(): Promise<string> {
  return await built(BUILD);
}

/** A running Jaeger. Disposing ends it. */
export class Jaeger implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #query: string;
  /** Where OTLP/HTTP goes. */
  readonly endpoint: string;

  private constructor(child: ChildProcess, query: number, otlp: number) {
    this.#process = child;
    this.#query = `http://127.0.0.1:${query}`;
    this.endpoint = `http://127.0.0.1:${otlp}`;
  }

  /** Where its query API is. */
  get query(): string {
    return this.#query;
  }

  /** Starts it and waits until it answers. A port that was free may be taken the moment after: then with other ports. */
  static async start(program: string): Promise<Jaeger> {
    for (let left = 3; ; left -= 1) {
      try {
        return await Jaeger.#startOnce(program);
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  static async #startOnce(program: string): Promise<Jaeger> {
    const [query = 0, queryGrpc, health, otlpGrpc, otlp = 0] = await Promise.all(Array.from({ length: 5 }, freePort));
    const child = spawn(program, ["--config", join(folder, "config.yaml")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        J_QUERY: String(query),
        J_QUERY_GRPC: String(queryGrpc),
        J_HEALTH: String(health),
        J_OTLP_GRPC: String(otlpGrpc),
        J_OTLP_HTTP: String(otlp),
      },
    });
    const jaeger = new Jaeger(child, query, otlp);
    const status = `http://127.0.0.1:${health}/status`;
    await jaeger.#eventually(async () => ((await fetch(status).catch(() => null))?.ok ? true : null));
    return jaeger;
  }

  /** The ids of traces of a service with a span that has this tag, once there are any. */
  tracesWith(service: string, tag: string, value: string): Promise<readonly string[]> {
    const query = new URLSearchParams({ service, tags: JSON.stringify({ [tag]: value }), limit: "20" });
    return this.#eventually(async () => {
      const { data } = (await this.#get(`/api/traces?${query}`)) as { data: readonly { traceID: string }[] | null };
      const found = (data ?? []).map((trace) => trace.traceID);
      return found.length > 0 ? found : null;
    });
  }

  /** The spans of a trace, once there are `count` of them. The v3 API keeps links with their attributes. */
  spansOfTrace(traceId: string, count: number): Promise<readonly OtlpSpan[]> {
    return this.spansThat(traceId, (spans) => spans.length >= count);
  }

  /** The spans of a trace, as soon as they are what is wanted. */
  spansThat(traceId: string, wanted: (spans: readonly OtlpSpan[]) => boolean): Promise<readonly OtlpSpan[]> {
    return this.#eventually(async () => {
      const { result } = (await this.#get(`/api/v3/traces/${traceId}`)) as { result?: OtlpRequest };
      const spans = spansOf(result ?? {});
      return wanted(spans) ? spans : null;
    });
  }

  /** How many spans there are in all traces of a service, once there are `count`. */
  countSpans(service: string, count: number): Promise<number> {
    return this.#eventually(async () => {
      const answer = await this.#get(`/api/traces?service=${service}&limit=${MOST_TRACES}`);
      const { data } = answer as { data: readonly { spans: readonly unknown[] }[] | null };
      const spans = (data ?? []).reduce((sum, trace) => sum + trace.spans.length, 0);
      return spans >= count ? spans : null;
    });
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(this.#query + path);
    if (response.ok) return await response.json();
    if (response.status === 404) return {};
    throw new Error(`Jaeger answers ${path} with ${response.status} ${await response.text()}`);
  }

  /** Asks again until there is an answer. The test's own timeout is the limit. */
  async #eventually<Answer>(ask: () => Promise<Answer | null>): Promise<Answer> {
    for (;;) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (this.#process.exitCode !== null) throw new Error(`Jaeger ended with ${this.#process.exitCode}`);
      await pause(BETWEEN_LOOKS_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
  }
}
