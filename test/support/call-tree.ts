/**
 * Trees of calls, one service for each node, in which exactly one thing happens: somebody ends something. Who that is, and what everybody
 * must see of it, follows from the tree.
 */
import {
  addInstrument,
  type CancelEvent,
  type Client,
  createClient,
  createServer,
  type ResponseStream,
  type Server,
  type ServerCall,
  type StreamException,
} from "../../src/runtime/index.ts";
import { type Derive, derive, watch } from "./chain.ts";
import { Chat, type ChatMethods, type Request, Response, request } from "./chat.ts";
import { FakeClock } from "./fake-clock.ts";
import { FrozenLinks } from "./frozen-links.ts";

/** A service of the tree. */
export interface TreeNode {
  readonly name: string;
  readonly parent: TreeNode | null;
  readonly children: TreeNode[];
  /** How it derives the signals of its calls. */
  readonly derive: Derive;
  /** True where its calls are detached, and only their signals tell them of its own end. */
  readonly detached: boolean;
  /** True where an error of a call below is swallowed, and the handler goes on. */
  readonly swallows: boolean;
}

/** What a service does, after everything below has answered. */
export type Deed = "aborts" | "leaves" | "cancels its calls" | "throws" | "cancels its own call" | "has a timeout";

/** Every {@link Deed}. */
export const DEEDS: readonly Deed[] = [
  "aborts",
  "leaves",
  "cancels its calls",
  "throws",
  "cancels its own call",
  "has a timeout",
];

/** Milliseconds of a timeout that is somebody's deed. */
export const TIMEOUT_MS = 700;

/** A tree that runs. */
export class CallTree implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly links: FrozenLinks = new FrozenLinks();
  readonly events: CancelEvent[] = [];
  /** What cancelled the handler of each service, as far as anything has. */
  readonly cancelled: Map<string, StreamException> = new Map();
  readonly #nodes: readonly TreeNode[];
  readonly #servers = new Map<string, Server>();
  /** Of each node but the first: the client its parent calls it with. */
  readonly #clients = new Map<string, Client<ChatMethods>>();
  readonly #echoes = new Map<string, ResponseStream<Request, Response> & { send(message: Request): unknown }>();
  readonly #actor: TreeNode;
  readonly #deed: Deed;
  readonly #remove: () => void;
  readonly #act: PromiseWithResolvers<void> = Promise.withResolvers();
  #top: readonly ResponseStream<Request, Response>[] = [];
  #open = 0;

  /** The first node is the client that makes the first call; it has one child. */
  constructor(nodes: readonly TreeNode[], actor: TreeNode, deed: Deed) {
    this.#nodes = nodes;
    this.#actor = actor;
    this.#deed = deed;
    this.#remove = addInstrument({
      cancelling: (event) => void this.events.push(event),
      clientOpen: () => {
        this.#open += 1;
      },
      serverOpen: () => {
        this.#open += 1;
      },
      ended: () => {
        this.#open -= 1;
      },
    });
  }

  /** Streams of either side that have not ended, those of the innocent included. */
  get open(): number {
    return this.#open;
  }

  /** Handlers that run, those of the innocent included. */
  get running(): number {
    return [...this.#servers.values()].reduce((sum, { callCount }) => sum + callCount, 0);
  }

  /** Starts every service, an innocent stream on each connection, and the first call; resolves when the whole tree has answered. */
  async start(timeoutMs: number | null): Promise<void> {
    const [first, ...services] = this.#nodes as readonly [TreeNode, ...TreeNode[]];
    for (const node of services) {
      const { name } = node;
      const server = createServer({ name, transport: this.links, log: null, clock: this.clock });
      server.add(Chat, {
        serverStream: (_request, call) => this.#handle(node, call),
        async *bidiStream(requests) {
          for await (const { message } of requests) yield Response.create({ message });
        },
      });
      await server.listen({ path: name });
      this.#servers.set(name, server);
      const named = node.parent === first ? { name: first.name } : {};
      const client = createClient(Chat, { target: name, transport: this.links, clock: this.clock, ...named });
      this.#clients.set(name, client);
      const echo = client.bidiStream();
      this.#echoes.set(name, echo);
      await echo.send(request("before"));
      await echo.next();
    }
    await this.#begin(first, timeoutMs);
  }

  /** The one thing happens. */
  act(): void {
    this.#act.resolve();
  }

  /** Whoever made the first call wants no more of it. */
  stop(): void {
    for (const call of this.#top) call.cancel("the end");
  }

  /** True where the innocent stream to a service goes on. */
  async innocentLives(name: string): Promise<boolean> {
    const echo = this.#echoes.get(name);
    try {
      await echo?.send(request("after"));
      const step = await Promise.race([echo?.next(), this.settle(20)]);
      return step?.value?.message === "after";
    } catch {
      return false;
    }
  }

  /** Lets everything happen that can without time. */
  async settle(turns = 40): Promise<undefined> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return undefined;
  }

  /** Lets time pass, and what it brings about. */
  async pass(ms: number, stepMs: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await this.settle(12);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.values()) await client.close();
    await this.settle();
    const closing = [...this.#servers.values()].map((server) => server.close({ graceMs: 0 }));
    await this.settle();
    this.clock.advance(5000);
    await Promise.all(closing);
    this.#remove();
  }

  /** The client at the top: makes the first call and reads it to its end. */
  async #begin(first: TreeNode, timeoutMs: number | null): Promise<void> {
    const answered = Promise.withResolvers<void>();
    void this.#callAll(first, null, timeoutMs, () => answered.resolve()).catch(() => answered.resolve());
    await answered.promise;
  }

  async *#handle(node: TreeNode, call: ServerCall): AsyncGenerator<Response> {
    const over = watch(call, (exception) => this.cancelled.set(node.name, exception));
    const answer = Promise.withResolvers<void>();
    const work = this.#callAll(node, call, null, answer.resolve);
    work.catch(() => answer.resolve());
    await answer.promise;
    yield Response.create({ from: node.name });
    await work;
    // Whoever has seen all its calls end goes on until it is told to stop.
    await over;
  }

  /** Calls everything below, says when all have answered, does what the node does, and reads all to their ends. */
  async #callAll(
    node: TreeNode,
    call: ServerCall | null,
    timeoutMs: number | null,
    answered: () => void,
  ): Promise<void> {
    const acts = node === this.#actor;
    const stop = new AbortController();
    const streams = node.children.map(({ name }) => {
      const derived = call === null ? {} : derive(node.derive, call);
      const signals = [...(derived.signal === undefined ? [] : [derived.signal]), ...(acts ? [stop.signal] : [])];
      return (this.#clients.get(name) as Client<ChatMethods>).serverStream(request(name), {
        ...(signals.length === 0 ? {} : { signal: signals.length === 1 ? signals[0] : AbortSignal.any(signals) }),
        ...(acts && this.#deed === "has a timeout" ? { timeoutMs: TIMEOUT_MS } : {}),
        ...(timeoutMs === null ? {} : { timeoutMs }),
        ...(node.detached ? { detached: true } : {}),
      });
    });
    if (call === null) this.#top = streams;
    const reading = streams.map(async (stream) => {
      await stream.next();
    });
    await Promise.all(reading);
    answered();
    if (acts) {
      await this.#act.promise;
      if (this.#deed === "aborts") stop.abort(new Error("enough"));
      if (this.#deed === "leaves") for (const stream of streams) await stream.return();
      if (this.#deed === "cancels its calls") for (const stream of streams) stream.cancel("enough");
      if (this.#deed === "throws") throw new Error("enough");
      if (this.#deed === "cancels its own call") call?.cancel("enough");
    }
    const ends = streams.map(async (stream) => {
      try {
        for await (const _ of stream) {
          // Only its end counts.
        }
      } catch (error) {
        if (node.derive === "later" && call !== null && call.exception !== null) await this.#callLate(node);
        if (!node.swallows) throw error;
      }
    });
    await Promise.all(ends);
  }

  /** A call that a handler makes after its own was cancelled. */
  async #callLate({ children }: TreeNode): Promise<void> {
    for (const { name } of children) {
      const late = this.#clients.get(name)?.serverStream(request(name));
      await late?.next().catch(() => {});
    }
  }
}

/** The names of the nodes from one down to another, both included; null where that is not below it. */
export function pathDown(from: TreeNode, to: TreeNode): readonly string[] | null {
  const names: string[] = [];
  for (let each: TreeNode | null = to; each !== null; each = each.parent) {
    names.unshift(each.name);
    if (each === from) return names;
  }
  return null;
}
