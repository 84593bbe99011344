/**
 * A chain of services of this runtime in one process: each passes requests on to the next, deriving its signal in one of the ways people do.
 */
import {
  type CallOptions,
  type Client,
  createClient,
  createServer,
  memoryTransport,
  type Server,
  type ServerCall,
  type ServerOptions,
  type StreamException,
  type Transport,
} from "../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "./chat.ts";

/** How a handler derives what it gives its own call. */
export type Derive = "none" | "signal" | "any" | "forward" | "timeout" | "later" | "timer";

/** Every way of {@link Derive}. */
export const DERIVES: readonly Derive[] = ["none", "signal", "any", "forward", "timeout", "later", "timer"];

/** The options of a downstream call, derived from the handler's call. */
export function derive(how: Derive, call: ServerCall): CallOptions {
  switch (how) {
    case "signal":
      return { signal: call.signal };
    case "any":
      return { signal: AbortSignal.any([call.signal, new AbortController().signal]) };
    case "forward": {
      const fresh = new AbortController();
      call.signal.addEventListener("abort", () => fresh.abort());
      return { signal: fresh.signal };
    }
    case "timeout":
      return { signal: AbortSignal.any([call.signal, AbortSignal.timeout(3_600_000)]) };
    case "timer": {
      const fresh = new AbortController();
      call.signal.addEventListener("abort", () => setTimeout(() => fresh.abort(new Error("cleaning up")), 1));
      return { signal: fresh.signal };
    }
    default:
      return {};
  }
}

/** One service of a chain and what it saw. */
export interface Link {
  readonly name: string;
  readonly server: Server;
  /** The exception that cancelled the handler's call. */
  readonly cancelled: Promise<StreamException>;
  /** What the handler's own call ended with. */
  readonly downstream: Promise<Error | null>;
}

/** A running chain. */
export interface Chain extends AsyncDisposable {
  readonly links: readonly Link[];
  readonly client: Client<ChatMethods>;
  /** Resolves when the leaf has begun to answer. */
  readonly reached: Promise<void>;
}

/** What can be different about a chain. */
export interface ChainOptions {
  readonly derive?: Derive;
  readonly names?: readonly string[];
  readonly transport?: Transport;
  readonly server?: Partial<ServerOptions>;
}

/** Starts ServiceB to ServiceD (or other names) and a client called ServiceA. */
export async function startChain(options: ChainOptions = {}): Promise<Chain> {
  const { names = ["ServiceB", "ServiceC", "ServiceD"], transport = memoryTransport() } = options;
  const links: Link[] = [];
  const clients: Client<ChatMethods>[] = [];
  const reached = Promise.withResolvers<void>();
  let next: Client<ChatMethods> | null = null;
  for (const name of [...names].reverse()) {
    const server = createServer({ name, transport, log: null, ...options.server });
    const cancelled = Promise.withResolvers<StreamException>();
    const downstream = Promise.withResolvers<Error | null>();
    const below = next;
    server.add(Chat, {
      async *serverStream({ message }, call) {
        const done = watch(call, cancelled.resolve);
        if (below === null) {
          yield Response.create({ message, from: name });
          reached.resolve();
          await done;
          return;
        }
        yield* relay(below, call, options.derive ?? "none", message, downstream.resolve);
      },
    });
    await server.listen({ path: `memory:${name}` });
    next = createClient(Chat, { target: `memory:${name}`, transport });
    clients.push(next);
    links.unshift({ name, server, cancelled: cancelled.promise, downstream: downstream.promise });
  }
  const client = createClient(Chat, { target: `memory:${names[0]}`, transport, name: "ServiceA" });
  return {
    links,
    client,
    reached: reached.promise,
    async [Symbol.asyncDispose]() {
      await client.close();
      for (const each of clients) await each.close();
      for (const { server } of links) await server.close({ graceMs: 0 });
    },
  };
}

/** Resolves, and reports, when a call is cancelled. */
export function watch(call: ServerCall, report: (exception: StreamException) => void): Promise<void> {
  return new Promise((resolve) => {
    const told = () => {
      report(call.signal.reason as StreamException);
      resolve();
    };
    if (call.signal.aborted) told();
    else call.signal.addEventListener("abort", told);
  });
}

async function* relay(
  below: Client<ChatMethods>,
  call: ServerCall,
  how: Derive,
  message: string,
  report: (error: Error | null) => void,
): AsyncGenerator<Response> {
  let stream = below.serverStream(request(message), derive(how, call));
  try {
    for await (const response of stream) yield response;
  } catch (error) {
    // A later call in the same handler, after the first was cancelled.
    if (how === "later") {
      await new Promise((resolve) => setImmediate(resolve));
      stream = below.serverStream(request(message));
      await stream.next().catch(() => {});
    }
    throw error;
  } finally {
    await stream.ended();
    report(stream.error);
  }
}
