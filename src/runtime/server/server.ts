/**
 * Servers: services, their handlers, and where they listen.
 */
import { CODES } from "../../ttstream/index.ts";
import { Ghosts } from "../cancel/ghosts.ts";
import { runInScope } from "../cancel/scope.ts";
import { checkCount, checkMillis, checkOptions } from "../checks.ts";
import { type Clock, systemClock } from "../clock.ts";
import { Budget } from "../connection/budget.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { connectionLimits } from "../connection/limits.ts";
import { checkName } from "../metadata.ts";
import { logLines } from "../seams/channels.ts";
import { guarded, runServerOpen } from "../seams/stream-hooks.ts";
import type { Methods, Service } from "../service.ts";
import type { ServerStream } from "../stream/server-stream.ts";
import { NO_STRINGS, SILENT_LISTENER, type StreamCarrier, type StreamListener } from "../stream/stream.ts";
import type { ListenAddress, Listener, Pipe, Transport } from "../transport/pipe.ts";
import { type SocketOptions, socketTransport } from "../transport/socket.ts";
import { EXCEPTION_TYPES, type Frame, STRING_KEYS } from "../wire/index.ts";
import { ServerCall, type ServerCallHost } from "./call.ts";
import { type Handlers, runHandler, type ServerInterceptor } from "./handlers.ts";
import { IncomingConnections } from "./incoming.ts";
import { type Log, LogThrottle, logLine, toStderr } from "./log.ts";
import { Routes } from "./routes.ts";

/** Limits of a server. */
export interface ServerLimits extends ConnectionLimits {
  /** Live streams of one connection, and handlers that run for it, ghosts included. Default 10,000. */
  readonly streamsPerConnection: number;
  /** Handlers that run at the same time, ghosts included. Default 50,000. */
  readonly handlers: number;
  /** Open connections; those that have not said yet what they speak give way first. Default 10,000. */
  readonly connections: number;
}

/** How a server is made. */
export interface ServerOptions {
  /** This service's name, as it stands in cancel paths. */
  readonly name: string;
  readonly tls?: SocketOptions["tls"] | undefined;
  /** Another transport than sockets, for example {@link memoryTransport}. */
  readonly transport?: Transport | undefined;
  readonly interceptors?: readonly ServerInterceptor[] | undefined;
  /** Gets plain sentences; by default warnings and errors go to stderr. Null: nobody gets them. */
  readonly log?: Log | null | undefined;
  readonly exposeReason?: boolean | undefined;
  readonly captureCallSite?: boolean | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  /** A connection without streams is closed after this. Default ten minutes; Infinity: never. */
  readonly idleMs?: number | undefined;
  /** A client of this runtime that is silent for so long is asked whether it is there, and given up after three times that. Default 20 s. */
  readonly pingMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A connection without streams is closed after this: longer than any client of this runtime keeps one. */
const IDLE_MS = 600_000;

const KNOWN: ReadonlySet<string> = new Set([
  ...["name", "tls", "transport", "interceptors", "log", "exposeReason", "captureCallSite", "limits", "clock"],
  ...["idleMs", "pingMs"],
]);

/** What a connection may hold in any case, whoever else holds how much. */
const FAIR_BYTES = 64 * 1024;

/** A server of any number of services. */
export class Server implements ServerCallHost, AsyncDisposable {
  readonly name: string;
  readonly clock: Clock;
  readonly captureCallSite: boolean;
  readonly exposeReason: boolean;
  readonly limits: ServerLimits;
  readonly #options: ServerOptions;
  readonly #log: Log | null;
  readonly #throttle: LogThrottle;
  readonly #routes = new Routes();
  readonly #calls = new Set<ServerCall>();
  readonly #listeners: Listener[] = [];
  readonly #incoming: IncomingConnections;
  readonly #budget: Budget;
  readonly #ghosts: Ghosts;
  /** Handlers that run for each connection: they may outlive their streams. */
  readonly #running = new WeakMap<StreamCarrier, number>();
  #closing: Promise<void> | null = null;
  #idle: (() => void) | null = null;

  /** Throws TypeError naming a wrong option. */
  constructor(options: ServerOptions) {
    checkOptions(options, KNOWN);
    this.name = checkName(options.name, "name");
    if (this.name === "") throw new TypeError("name must not be empty: it stands in cancel paths");
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.captureCallSite = options.captureCallSite ?? true;
    this.exposeReason = options.exposeReason ?? true;
    const { streamsPerConnection = 10_000, handlers = 50_000, connections = 10_000, ...rest } = options.limits ?? {};
    const counts = { streamsPerConnection, handlers, connections };
    for (const [name, value] of Object.entries(counts)) checkCount(value, `limits.${name}`);
    this.limits = { ...connectionLimits(rest), ...counts };
    checkMillis(options.idleMs, "idleMs");
    checkMillis(options.pingMs, "pingMs");
    this.#budget = new Budget(this.limits.totalBufferBytes);
    this.#ghosts = new Ghosts(this.clock);
    this.#throttle = new LogThrottle(this.clock);
    this.#log = options.log === undefined ? toStderr : options.log;
    this.#incoming = new IncomingConnections({
      limits: this.limits,
      clock: this.clock,
      budget: this.#budget,
      idleMs: options.idleMs ?? IDLE_MS,
      pingMs: options.pingMs ?? 20_000,
      log: (level, kind, text, error) => this.log(level, kind, text, error),
      accept: (stream, header, pipe) => this.#accept(stream, header, pipe),
    });
  }

  /**
   * Adds a service; the handlers may be an instance of a class. Methods without a handler stay unknown. Throws TypeError for handlers the
   * service has no method for, Error for a service that was added before.
   */
  add<Defined extends Methods>(service: Service<Defined>, handlers: Handlers<Defined>): this {
    this.#routes.add(service, handlers);
    return this;
  }

  /** Listens; may be called for several addresses. Fails with the socket's error, for example when the port is taken. */
  async listen(address: ListenAddress = {}): Promise<Listener> {
    if (this.#closing !== null) throw new Error("server is closed");
    const { tls, transport = socketTransport(tls === undefined ? {} : { tls }) } = this.#options;
    const listener = await transport.listen(
      address,
      (pipe) => this.#incoming.take(pipe),
      (remote, error) => this.#incoming.failed(remote, error),
    );
    this.#listeners.push(listener);
    return listener;
  }

  /** What clients may dial: the address of the first listener. Throws Error before {@link listen}. */
  get address(): string {
    const [first] = this.#listeners;
    if (first === undefined) throw new Error("the server does not listen yet");
    return first.address;
  }

  /** Calls whose handlers run. */
  get callCount(): number {
    return this.#calls.size;
  }

  /**
   * Shuts down: accepts nothing more, tells clients of this runtime to go elsewhere, refuses new streams, waits up to `graceMs` (default 5 s) for handlers, then ends the rest with an
   * Rst that says who and why (12009), and closes the connections.
   */
  close(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#shutDown(options.graceMs ?? 5000);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#incoming.drain();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    if (this.#calls.size > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.timer(graceMs, resolve);
        this.#idle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    const text = `canceled by downstream: ${this.name} is shutting down`;
    for (const call of [...this.#calls]) call.cancelFor({ code: CODES.downstreamCancel, text, kind: "shutdown" });
    await this.#incoming.close();
  }

  /** Writes to the log and to the diagnostics channel; lines of one kind once a second. */
  log(level: "info" | "warn" | "error", kind: string, text: string, error: unknown): void {
    this.#throttle.tell(kind, (more) => {
      const line = logLine(text) + more;
      if (logLines.hasSubscribers) logLines.publish({ level, text: line, error });
      guarded(() => this.#log?.(level, line, error));
    });
  }

  #accept(stream: ServerStream, header: Frame, pipe: Pipe): StreamListener {
    const route = this.#routes.find(header.strings.get(STRING_KEYS.idlService) ?? "", stream.method);
    if (typeof route === "string") return this.#refuse(stream, EXCEPTION_TYPES.unknownMethod, route, null);
    const refusal = this.#refusal(stream);
    if (refusal !== null) {
      const [why, text] = refusal;
      return this.#refuse(stream, EXCEPTION_TYPES.internalError, `stream refused: ${text}`, why);
    }
    stream.hold(header.strings);
    const call = new ServerCall(this, route.service, stream, header, pipe);
    stream.listener = call;
    this.#calls.add(call);
    this.#count(stream, 1);
    runServerOpen(call, header.strings, () => {
      runInScope(call.scope, () => {
        void runHandler(call, route.method, route.handler, this.#options.interceptors ?? []);
      });
    });
    return call;
  }

  /** Why a stream is not accepted: a word for the peer's client, and a sentence. */
  #refusal(stream: ServerStream): readonly [why: string, text: string] | null {
    if (this.#closing !== null) return ["draining", `${this.name} is shutting down`];
    const { streamsPerConnection, handlers, connectionBufferBytes } = this.limits;
    const held = stream.carrier?.held ?? 0;
    if (held > connectionBufferBytes || (this.#budget.held > this.#budget.limit && held > FAIR_BYTES)) {
      return ["busy", `${this.name} holds ${held} bytes for this connection already`];
    }
    if ((stream.carrier?.streamCount ?? 0) > streamsPerConnection) {
      return [`streams ${streamsPerConnection}`, `${this.name} allows ${streamsPerConnection} streams on a connection`];
    }
    if (this.#count(stream, 0) >= streamsPerConnection) {
      return ["busy", `${this.name} runs ${streamsPerConnection} handlers for this connection already`];
    }
    return this.#calls.size >= handlers ? ["busy", `${this.name} runs ${handlers} handlers already`] : null;
  }

  /** Adds to the handlers that run for a stream's connection; returns how many there are. */
  #count({ carrier }: ServerStream, change: number): number {
    if (carrier === null) return 0;
    const count = (this.#running.get(carrier) ?? 0) + change;
    if (change !== 0) this.#running.set(carrier, count);
    return count;
  }

  #refuse(stream: ServerStream, code: number, message: string, why: string | null): StreamListener {
    this.log("warn", "refused", `${this.name} refused a stream: ${message}`, null);
    const answer = { exception: { code, message }, error: new Error(message), strings: NO_STRINGS };
    if (why === null) stream.answer(answer);
    else stream.refuse(answer, why);
    return SILENT_LISTENER;
  }

  cancelled(call: ServerCall): void {
    this.#ghosts.add(call);
  }

  finished(call: ServerCall): void {
    if (this.#calls.delete(call)) this.#count(call.stream, -1);
    this.#ghosts.delete(call);
    if (this.#calls.size === 0) this.#idle?.();
  }
}

/** Makes a server. Throws TypeError naming a wrong option. */
export function createServer(options: ServerOptions): Server {
  return new Server(options);
}
