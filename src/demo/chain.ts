/**
 * The five processes: started, linked, killed, started again, ended.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Notice, type Order, SERVICES, type ServiceName } from "./messages.ts";

/** A running chain of processes. */
export interface Chain {
  /** Where users find the gateway: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Every process so far, killed ones included. */
  readonly processes: () => readonly DemoProcess[];
  /** Kills a service as the kernel would for want of memory, and starts it again. */
  readonly replace: (name: ServiceName) => Promise<void>;
  /** Lets every service send its spans, and ends them; those that do not end in time are killed. */
  readonly end: () => Promise<void>;
  /** Kills every process at once; resolves when they are gone. */
  readonly kill: () => Promise<void>;
}

/** One process of the chain. */
export interface DemoProcess {
  readonly name: ServiceName;
  readonly pid: number;
  /** True where the demo killed it to show what follows. */
  readonly killed: boolean;
}

/** What the chain is made from. */
export interface ChainOptions {
  /** The program of a service. */
  readonly program: string;
  /** The OTLP/HTTP receiver of the spans. */
  readonly spansTo: string;
  /** The backend has ended an answer. */
  readonly onAnswer: (generated: number, asked: number) => void;
}

const START_MS = 10_000;
const END_MS = 2_000;
const LAST_WORDS = 2_000;

/**
 * Starts the five processes and links them. Rejects with an Error that says which one did not start; then none is left.
 */
export async function startChain(options: ChainOptions): Promise<Chain> {
  const running = new Map<ServiceName, Service>();
  const all: Service[] = [];
  const start = (name: ServiceName, port: number): Service => {
    const service = new Service(name, port, options);
    running.set(name, service);
    all.push(service);
    return service;
  };
  const link = async (service: Service): Promise<void> => {
    const below = running.get(SERVICES[SERVICES.indexOf(service.name) + 1] ?? service.name);
    const next = below === undefined || below === service ? null : await below.address;
    await service.link(next, options.spansTo);
  };
  const kill = async (): Promise<void> => {
    for (const service of all) service.process.kill("SIGKILL");
    await Promise.all(all.map((service) => service.ended));
  };
  try {
    for (const name of SERVICES) start(name, 0);
    await Promise.all(all.map(link));
  } catch (error) {
    await kill();
    throw error;
  }
  return {
    url: `http://${await (running.get("gateway") as Service).address}`,
    processes: () => all.map(({ name, process, killed }) => ({ name, pid: process.pid ?? 0, killed })),
    async replace(name) {
      const old = running.get(name) as Service;
      old.killed = true;
      const port = Number((await old.address).split(":").at(-1));
      old.process.kill("SIGKILL");
      await old.ended;
      // The same port: the service above finds the new one where the old one was.
      await link(start(name, port));
    },
    async end() {
      // From the user's side, so that nobody sees the service below go away.
      for (const name of SERVICES) await running.get(name)?.end();
    },
    kill,
  };
}

class Service {
  readonly name: ServiceName;
  readonly process: ChildProcess;
  readonly address: Promise<string>;
  readonly ended: Promise<void>;
  killed = false;
  readonly #linked = Promise.withResolvers<void>();

  constructor(name: ServiceName, port: number, { program, onAnswer }: ChainOptions) {
    this.name = name;
    const listening = Promise.withResolvers<string>();
    this.address = listening.promise;
    const child = spawn(process.execPath, [program, name, String(port)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.process = child;
    let words = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      words = (words + chunk).slice(-LAST_WORDS);
    });
    const fail = (problem: string): void => {
      clearTimeout(timer);
      const said = words.split("\n").find((line) => /error/i.test(line));
      const error = new Error(`${name} ${problem}${said === undefined ? "" : ` (${said.trim()})`}`);
      listening.reject(error);
      this.#linked.reject(error);
    };
    // Whoever waits for them gets the error; where nobody does any more, it is no news.
    this.address.catch(() => undefined);
    this.#linked.promise.catch(() => undefined);
    const timer = setTimeout(fail, START_MS, "did not start in time");
    child.on("error", (error) => fail(`could not be started: ${error.message}`));
    child.on("message", (notice: Notice) => {
      if (notice.type === "listening") listening.resolve(notice.address);
      else if (notice.type === "answer") onAnswer(notice.generated, notice.asked);
      else {
        clearTimeout(timer);
        this.#linked.resolve();
      }
    });
    this.ended = once(child, "close").then(
      () => fail("ended"),
      () => undefined,
    );
  }

  async link(next: string | null, spansTo: string): Promise<void> {
    await this.address;
    this.#order({ type: "link", next, spansTo });
    await this.#linked.promise;
  }

  async end(): Promise<void> {
    this.#order({ type: "end" });
    const timer = setTimeout(() => this.process.kill("SIGKILL"), END_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #order(order: Order): void {
    if (this.process.connected) this.process.send(order, () => undefined);
  }
}
