/** Chains of processes, each a Kitex peer or one of ours: started, called, waited for, and their lines read. */
import { join } from "node:path";
import { freePort, kitexPeer, Peer, type PeerLine } from "../support/kitex.ts";
import { register } from "../support/traced.ts";

/** Which program a process is: `K` for Kitex, `O` for ours. */
export type Make = "K" | "O";

/** One service of a chain. */
export interface ServicePlan {
  readonly name: string;
  readonly make: Make;
  /** The names of the services below; none for a leaf. */
  readonly next?: readonly string[];
  readonly flags?: readonly string[];
  /** Frames to this service go through a proxy with these flags of `kitexpeer tee`. */
  readonly proxy?: readonly string[];
}

const OURS = join(import.meta.dirname, "peer/main.ts");

/** How the processes of a chain are traced. */
export interface ChainTracing {
  /** The OTEL_* variables of all of them; ours export their spans as they say. */
  readonly env: Readonly<Record<string, string>>;
  /** Kitex peers write their spans here instead. */
  readonly folder: string;
}

/** Starts a peer of a make. */
function startPeer(make: Make, command: string, name: string, args: readonly string[], tracing?: ChainTracing): Peer {
  const line = [command, "--name", name, ...args];
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const env = { ...inherited, ...tracing?.env, OTEL_SERVICE_NAME: name };
  if (make === "O") {
    const traced = tracing === undefined ? [] : ["--import", register];
    return new Peer(process.execPath, [...traced, OURS, ...line], env);
  }
  const spans = tracing === undefined ? [] : ["--otel", spanFile(tracing, name)];
  return new Peer(programOfKitex(), [...line, ...spans], env);
}

function programOfKitex(): string {
  const program = kitexPeer();
  if (program === null) throw new Error("there is no Kitex peer without Go");
  return program;
}

/** Where a Kitex peer writes its spans: one OTLP request a line. */
export function spanFile({ folder }: ChainTracing, name: string): string {
  return join(folder, `${name}.otlp.jsonl`);
}

/** `ServiceB -> ServiceC -> ServiceD`, their makes given as letters such as `OKO`. */
export function line(makes: string): ServicePlan[] {
  const letters = "BCD".slice(0, makes.length);
  return [...letters].map((letter, index) => ({
    name: `Service${letter}`,
    make: makes[index] as Make,
    ...(index + 1 < letters.length ? { next: [`Service${letters[index + 1]}`] } : {}),
  }));
}

/** Fails loudly instead of waiting for ever. */
export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Running services. */
export class ProcessChain implements AsyncDisposable {
  readonly services: ReadonlyMap<string, Peer>;
  readonly #proxies: readonly Peer[];
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #callers: Peer[] = [];
  readonly #tracing: ChainTracing | undefined;

  private constructor(
    services: ReadonlyMap<string, Peer>,
    proxies: readonly Peer[],
    addresses: ReadonlyMap<string, string>,
    tracing: ChainTracing | undefined,
  ) {
    this.services = services;
    this.#proxies = proxies;
    this.#addresses = addresses;
    this.#tracing = tracing;
  }

  /** Starts all services, traced where that is said; resolves when every one listens. */
  static async start(plans: readonly ServicePlan[], tracing?: ChainTracing): Promise<ProcessChain> {
    const addresses = new Map<string, string>();
    const behind = new Map<string, string>();
    for (const { name, proxy } of plans) {
      addresses.set(name, `127.0.0.1:${await freePort()}`);
      if (proxy !== undefined) behind.set(name, `127.0.0.1:${await freePort()}`);
    }
    const services = new Map<string, Peer>();
    const proxies: Peer[] = [];
    for (const { name, make, next = [], flags = [], proxy } of plans) {
      const front = addresses.get(name) as string;
      const own = behind.get(name) ?? front;
      const below = next.map((each) => addresses.get(each) ?? `127.0.0.1:1`);
      const relay = next.length === 0 ? [] : ["--next", below.join(","), "--next-name", next.join(",")];
      services.set(name, startPeer(make, "serve", name, ["--listen", own, ...relay, ...flags], tracing));
      if (proxy !== undefined)
        proxies.push(new Peer(programOfKitex(), ["tee", "--listen", front, "--to", own, ...proxy]));
    }
    const chain = new ProcessChain(services, proxies, addresses, tracing);
    try {
      for (const peer of [...services.values(), ...proxies]) {
        await within(
          30_000,
          "a service listens",
          peer.line((each) => each.event === "listen"),
        );
      }
    } catch (error) {
      await chain[Symbol.asyncDispose]();
      throw error;
    }
    return chain;
  }

  /** Where a service, or the proxy before it, listens. */
  address(name: string): string {
    return this.#addresses.get(name) ?? "";
  }

  /** Starts `call` of ServiceA to the first service. */
  call(make: Make, flags: readonly string[]): Peer {
    const [first = ""] = this.services.keys();
    const to = ["--to", this.#addresses.get(first) ?? "", "--to-name", first];
    const caller = startPeer(make, "call", "ServiceA", [...to, ...flags], this.#tracing);
    this.#callers.push(caller);
    return caller;
  }

  /** The lines of all processes about one call. */
  lines(id: string): PeerLine[] {
    return this.everything.filter((each) => each.chain === id);
  }

  /** All lines of all processes so far, without the proxies'. */
  get everything(): PeerLine[] {
    return [...this.services.values(), ...this.#callers].flatMap((peer) => peer.lines);
  }

  /** Waits until the named services (all that are alive, unless said) have ended their streams of a call. */
  async settled(id: string, names: readonly string[] = this.#alive): Promise<void> {
    for (const name of names) {
      const peer = this.services.get(name) as Peer;
      const ended = (each: PeerLine) => each.chain === id && each.event === "handler_return";
      await within(25_000, `${name} ends its stream of ${id}`, peer.line(ended));
    }
  }

  get #alive(): string[] {
    return [...this.services].filter(([, { process: child }]) => child.signalCode === null).map(([name]) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.services.values(), ...this.#proxies, ...this.#callers];
    await Promise.all(all.map((peer) => peer[Symbol.asyncDispose]()));
  }
}
