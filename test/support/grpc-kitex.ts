/**
 * Services of ours between Kitex peers over gRPC. The peers' payload is thrift, which Kitex tells by the content type; grpc-js has one
 * content type only, so it is set beneath it here.
 */
import { createRequire } from "node:module";
import { createGrpcClient, createGrpcServer, type GrpcClient, type GrpcServerCall } from "../../src/grpc/index.ts";
import {
  type Client,
  createClient,
  createServer,
  type ServerCall,
  type StreamException,
} from "../../src/runtime/index.ts";
import type { LoggedLine } from "../interop/structured.ts";
import { Chat, type ChatMethods, type Request } from "./chat.ts";
import { freePort } from "./kitex.ts";

/** What a service speaks. */
export type Speaks = "grpc" | "ttheader";

interface Session {
  request(headers: Readonly<Record<string, unknown>>, options: unknown): unknown;
}

const http2 = createRequire(import.meta.url)("node:http2") as { connect: (...args: unknown[]) => Session };

/** Requests of gRPC say from now on that their payload is thrift. */
export function thriftOverGrpc(): Disposable {
  const { connect } = http2;
  http2.connect = (...args) => {
    const session = connect(...args);
    const send = session.request.bind(session);
    session.request = (headers, options) => send({ ...headers, "content-type": "application/grpc+thrift" }, options);
    return session;
  };
  return {
    [Symbol.dispose]() {
      http2.connect = connect;
    },
  };
}

/** A log as services write it, and what was said into it. */
export class ServiceLog {
  readonly lines: LoggedLine[] = [];

  handlerDone(service: string, exception: StreamException | null): void {
    if (exception !== null) this.#say(service, "warn", "stream context done", { err: exception.message });
  }

  callFailed(service: string, peer: string, error: unknown): void {
    this.#say(service, "error", "stream recv failed", { peer, err: (error as Error).message });
  }

  #say(service: string, level: "warn" | "error", msg: string, more: Partial<LoggedLine>): void {
    const time = new Date().toISOString();
    this.lines.push({ time, level, service, logger: "chat", msg, method: "ServerStream", ...more });
  }
}

/** A client of ours. */
export function clientOf(speaks: Speaks, target: string, name?: string): GrpcClient<ChatMethods> | Client<ChatMethods> {
  const named = name === undefined ? {} : { name };
  return speaks === "grpc"
    ? createGrpcClient(Chat, { target, package: "chat", ...named })
    : createClient(Chat, { target, ...named });
}

/** What a relay of ours does. */
export interface RelayPlan {
  readonly name: string;
  readonly serves: Speaks;
  readonly log: ServiceLog;
  /** The service below; none for a leaf, which answers without end. */
  readonly next?: { readonly name: string; readonly speaks: Speaks; readonly address: string };
  /** Cancels its own call below after so many messages. */
  readonly cancelAfter?: number;
}

/** Starts a service of ours. */
export async function startOurs(plan: RelayPlan): Promise<AsyncDisposable & { readonly address: string }> {
  const { name, serves, log, next } = plan;
  const below = next === undefined ? null : clientOf(next.speaks, next.address);
  const handlers = {
    async *serverStream(input: Request, call: ServerCall | GrpcServerCall) {
      call.signal.addEventListener("abort", () => log.handlerDone(name, call.exception));
      if (below === null || next === undefined) {
        for (let seq = 1n; ; seq += 1n) {
          yield { message: input.message, seq, from: name, payload: Buffer.alloc(0) };
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      // A signal of its own that ends with the caller's, as people derive them
      const derived = AbortSignal.any([call.signal, new AbortController().signal]);
      const stream = below.serverStream(input, { signal: derived });
      let count = 0;
      try {
        for await (const response of stream) {
          yield response;
          count += 1;
          if (count === plan.cancelAfter) stream.cancel();
        }
      } catch (error) {
        log.callFailed(name, next.name, error);
        throw error;
      }
    },
  };
  if (serves === "grpc") {
    const server = createGrpcServer({ name }).add(Chat, handlers, { package: "chat" });
    const { address } = await server.listen({ host: "127.0.0.1", port: 0 });
    return { address, [Symbol.asyncDispose]: () => endAll(below, server.close({ graceMs: 0 })) };
  }
  const server = createServer({ name, log: null });
  server.add(Chat, handlers);
  const { address } = await server.listen({ host: "127.0.0.1", port: await freePort() });
  return { address, [Symbol.asyncDispose]: () => endAll(below, server.close({ graceMs: 0 })) };
}

async function endAll(below: { close(): Promise<void> } | null, server: Promise<void>): Promise<void> {
  await below?.close();
  await server;
}
