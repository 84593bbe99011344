/**
 * The logs of pods, by running kubectl: `kubectl logs -f` for what there is, run again where pods have come or where it has ended.
 *
 * kubectl follows the pods that are there when it starts and never learns of others, so the pods are listed now and then.
 */
import { execFile } from "node:child_process";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../../model/index.ts";
import { KubectlRun } from "./logs-run.ts";
import { type Container, parseContainers } from "./pods.ts";
import { ResumedLines } from "./resumed.ts";

/** Whose logs to get, and how. */
export interface KubectlOptions {
  /** Labels as `kubectl -l` takes them. */
  readonly selector: string;
  /** Empty: the one of kubectl's context. */
  readonly namespaces: readonly string[] | "all";
  /** Most containers at a time; null: as many as there are. */
  readonly maxLogRequests: number | null;
  /** Only lines after it. */
  readonly since?: Instant;
  readonly signal: AbortSignal;
  /** Takes what kubectl complains about, and what became of it. */
  readonly onNote: (text: string) => void;
  /** How often pods are listed, in milliseconds. Default 5,000. */
  readonly pollMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const POLL_MS = 5_000;
/** A run begins so long before the last line of the one before: clocks of nodes differ. */
const OVERLAP_NS = 60_000_000_000n;
/** kubectl's own limit, below which none is asked for. */
const USUAL_REQUESTS = 5;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** kubectl cannot be used at all. */
class KubectlError extends Error {}

interface Answer {
  readonly text: string;
  readonly problem: string | null;
  /** It is not there. */
  readonly missing: boolean;
}

/** The runs for one namespace. */
interface Session {
  readonly lines: ResumedLines;
  readonly covered: Set<string>;
  run: KubectlRun | null;
}

/** The logs of pods as one text, each line with the prefix and the time that kubectl gives it. */
export class KubectlLogs {
  readonly #options: KubectlOptions;
  readonly #env: NodeJS.ProcessEnv;
  readonly #out = new PassThrough();
  readonly #sessions = new Map<string, Session>();
  #wake = new AbortController();
  #lastNote = "";

  constructor(options: KubectlOptions) {
    this.#options = options;
    this.#env = options.env ?? process.env;
  }

  /** Follows the logs until the signal is aborted. Fails with a {@link KubectlError} where the first list of pods cannot be had. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#wake.abort();
    signal.addEventListener("abort", onAbort);
    const listing = this.#keepListing().then(
      () => this.#out.end(),
      (error: unknown) => this.#out.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    this.#out.on("drain", () => {
      for (const { run } of this.#sessions.values()) run?.resume();
    });
    try {
      yield* this.#out;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#out.destroy();
      await listing;
    }
  }

  async #keepListing(): Promise<void> {
    const { signal, pollMs = POLL_MS } = this.#options;
    try {
      for (let first = true; !signal.aborted; first = false) {
        this.#wake = new AbortController();
        await this.#list(first);
        if (signal.aborted) break;
        await sleep(pollMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
      }
    } finally {
      await Promise.all([...this.#sessions.values()].map(({ run }) => run?.kill()));
    }
  }

  async #list(first: boolean): Promise<void> {
    const { namespaces, selector } = this.#options;
    const found: Container[] = [];
    for (const where of namespaces === "all" ? [["-A"]] : namespaces.length === 0 ? [[]] : namespaces.map(inside)) {
      const { text, problem, missing } = await this.#ask(["get", "pods", "-l", selector, "-o", "json", ...where]);
      const containers = problem === null ? parseContainers(text) : null;
      if (containers !== null) found.push(...containers);
      else if (this.#options.signal.aborted) return;
      else if (first)
        throw new KubectlError(
          missing
            ? "there is no kubectl on the PATH"
            : `kubectl get pods: ${problem ?? "its answer is no list of pods"}`,
        );
      else this.#note(`kubectl get pods: ${problem ?? "its answer is no list of pods"}`);
    }
    if (first && found.length === 0) this.#note(`no pod with ${selector} is running yet; waiting for one`);
    for (const [namespace, containers] of Map.groupBy(found, (each) => each.namespace))
      await this.#cover(namespace, containers);
  }

  #ask(args: readonly string[]): Promise<Answer> {
    return new Promise((resolve) => {
      execFile("kubectl", args, { env: this.#env, maxBuffer: MAX_ANSWER_BYTES }, (error, text, complaints) => {
        const missing = error !== null && error.code === "ENOENT";
        resolve({ text, problem: error === null ? null : complaints.trim() || error.message, missing });
      });
    });
  }

  /** Runs kubectl again where it does not follow everybody. */
  async #cover(namespace: string, containers: readonly Container[]): Promise<void> {
    let session = this.#sessions.get(namespace);
    if (session === undefined) {
      session = { lines: new ResumedLines(), covered: new Set(), run: null };
      this.#sessions.set(namespace, session);
    }
    const { lines, covered } = session;
    const isOver = session.run === null || session.run.isOver;
    if (!isOver && containers.every(({ id }) => covered.has(id))) return;
    await session.run?.kill();
    if (this.#options.signal.aborted) return;
    for (const { id } of containers) covered.add(id);
    lines.begin();
    const run = new KubectlRun(this.#argsFor(namespace, containers.length, lines.newest), this.#env, {
      onText: (all) => {
        const text = all.filter((line) => lines.isNew(line)).join("");
        return text === "" || this.#out.write(text);
      },
      onComplaint: (line) => this.#note(`kubectl logs: ${line}`),
    });
    session.run = run;
    void run.ended.then((code) => {
      // Killed for a new run
      if (session.run !== run || code === null) return;
      this.#note(`kubectl logs ended with ${code}; it is run again`);
    });
  }

  #argsFor(namespace: string, containers: number, newest: bigint | null): string[] {
    const { selector, maxLogRequests, since } = this.#options;
    const most = maxLogRequests ?? Math.max(USUAL_REQUESTS, containers);
    const from = newest === null ? since : newest - OVERLAP_NS;
    return [
      ...["logs", "-f", "-l", selector, "--prefix", "--timestamps", "--all-containers", "--ignore-errors"],
      // With a selector kubectl begins ten lines before the end
      "--tail=-1",
      `--max-log-requests=${most}`,
      ...(namespace === "" ? [] : inside(namespace)),
      ...(from === undefined ? [] : [`--since-time=${new Date(Number(from / 1_000_000n)).toISOString()}`]),
    ];
  }

  /** What is said again and again is said once. */
  #note(text: string): void {
    if (text === this.#lastNote) return;
    this.#lastNote = text;
    this.#options.onNote(text);
  }
}

function inside(namespace: string): string[] {
  return ["-n", namespace];
}
