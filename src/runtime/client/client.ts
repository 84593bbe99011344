/**
 * Clients: a service definition and a target become an object with one function for each method.
 */
import { checkMillis, checkOptions } from "../checks.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Connection } from "../connection/connection.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { connectionLimits } from "../connection/limits.ts";
import { checkName } from "../metadata.ts";
import type { AnyMethod, Method, Methods, Service } from "../service.ts";
import type { Transport } from "../transport/pipe.ts";
import { parseAddress, type SocketOptions, socketTransport } from "../transport/socket.ts";
import type { Connected } from "./call-opening.ts";
import { type CallHost, ClientCallState } from "./call-state.ts";
import { BidiStreamingCall, ServerStreamingCall } from "./calls.ts";
import { type ClientInterceptor, ClientInterceptors, merged, type OutgoingCall } from "./interceptors.ts";
import type { CallOptions } from "./options.ts";
import { Pool, type Target } from "./pool.ts";
import { ClientStreamingCall, UnaryCall } from "./single-response.ts";

/** How a client is made. */
export interface ClientOptions {
  /** `host:port`, `unix:<path>`, several of them, or a function that finds them. */
  readonly target: Target;
  /** This service's name, as it stands in cancel paths. By default that of the server whose handler makes the call. */
  readonly name?: string | undefined;
  /** TLS options of Node. */
  readonly tls?: SocketOptions["tls"] | undefined;
  /** Another transport than sockets, for example {@link memoryTransport}. */
  readonly transport?: Transport | undefined;
  /** Defaults of every call. */
  readonly defaults?: Pick<CallOptions, "timeoutMs" | "recvTimeoutMs" | "recvTimeoutKeep" | "metadata"> | undefined;
  readonly interceptors?: readonly ClientInterceptor[] | undefined;
  /** False: own abort reasons stay at home. Default true. */
  readonly exposeReason?: boolean | undefined;
  /** False: no stack is read at an origin. Default true. */
  readonly captureCallSite?: boolean | undefined;
  /** A connection without streams is closed after this. Default 60 s. */
  readonly idleMs?: number | undefined;
  /** A dial may take this long. Default 1 s, as Kitex's. */
  readonly dialTimeoutMs?: number | undefined;
  /** A server of this runtime that is silent for so long is asked whether it is there, and given up after three times that. Default 20 s. */
  readonly pingMs?: number | undefined;
  /** Default 1: streams share a connection. */
  readonly connectionsPerAddress?: number | undefined;
  /** How long the addresses a resolver found are good. Default 10 s. */
  readonly resolveMs?: number | undefined;
  readonly limits?: Partial<ConnectionLimits> | undefined;
  readonly clock?: Clock | undefined;
}

type Requests<Request> = AsyncIterable<Request> | Iterable<Request> | null;

/** The function of a method. */
export type ClientMethod<Defined> =
  Defined extends Method<"unary", infer Request, infer Response>
    ? (request: Request, options?: CallOptions) => UnaryCall<Request, Response>
    : Defined extends Method<"serverStreaming", infer Request, infer Response>
      ? (request: Request, options?: CallOptions) => ServerStreamingCall<Request, Response>
      : Defined extends Method<"clientStreaming", infer Request, infer Response>
        ? (requests?: Requests<Request>, options?: CallOptions) => ClientStreamingCall<Request, Response>
        : Defined extends Method<"bidiStreaming", infer Request, infer Response>
          ? (requests?: Requests<Request>, options?: CallOptions) => BidiStreamingCall<Request, Response>
          : never;

/** The name of a method on a client: `close` is the client's own, and with a `then` it could not be awaited, so these get a `_`. */
export type NameOnClient<Name> = Name extends "close" | "then" ? `${Name}_` : Name;

/** A client: its methods, and its end. */
export type Client<Defined extends Methods> = {
  readonly [Name in keyof Defined as NameOnClient<Name>]: ClientMethod<Defined[Name]>;
} & ClientEnd;

/** How a client ends. */
export interface ClientEnd extends AsyncDisposable {
  /** Cancels what still runs (12010, naming this service) and closes the connections. */
  close(): Promise<void>;
}

class ClientCore implements CallHost {
  readonly name: string | null;
  readonly clock: Clock;
  readonly captureCallSite: boolean;
  readonly exposeReason: boolean;
  readonly #pool: Pool;
  readonly #options: ClientOptions;
  readonly #interceptors: ClientInterceptors;
  readonly #live = new Set<ClientCallState>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#interceptors = new ClientInterceptors(options.interceptors ?? []);
    this.name = options.name === undefined ? null : checkName(options.name, "name");
    this.clock = options.clock ?? systemClock;
    this.captureCallSite = options.captureCallSite ?? true;
    this.exposeReason = options.exposeReason ?? true;
    this.#pool = new Pool({
      target: options.target,
      transport: options.transport ?? socketTransport(options.tls === undefined ? {} : { tls: options.tls }),
      clock: this.clock,
      limits: connectionLimits(options.limits),
      dialTimeoutMs: options.dialTimeoutMs ?? 1000,
      idleMs: options.idleMs ?? 60_000,
      connectionsPerAddress: options.connectionsPerAddress ?? 1,
      resolveMs: options.resolveMs ?? 10_000,
      pingMs: options.pingMs ?? 20_000,
    });
  }

  acquire(): Connected | Promise<Connected> {
    return this.#pool.acquire();
  }

  unused(): void {
    this.#pool.unused();
  }

  refused(connection: Connection, why: string): boolean {
    return this.#pool.refused(connection, why);
  }

  ended(call: ClientCallState): void {
    this.#live.delete(call);
  }

  call(service: string, method: AnyMethod, input: unknown, options: CallOptions = {}): unknown {
    const first = { service, method: method.name, kind: method.kind, input, options };
    return this.#interceptors.wrap(first, (call) => this.#start(method, call));
  }

  #start(method: AnyMethod, call: OutgoingCall): unknown {
    const { defaults } = this.#options;
    const options = defaults === undefined ? call.options : withDefaults(defaults, call.options);
    const { input } = call;
    const requests = checkRequests(method, input);
    const more = this.#interceptors.prepare(call);
    const state = new ClientCallState(this, call.service, method.name, options, more);
    if (state.stream.end === null) this.#live.add(state);
    const { request, response } = this.#interceptors.codecs(call, method);
    switch (method.kind) {
      case "unary":
        return new UnaryCall(state, request, response, this.clock).start(input);
      case "serverStreaming":
        return new ServerStreamingCall(state, request, response, this.clock).start(input);
      case "clientStreaming":
        return new ClientStreamingCall(state, request, response, this.clock).start(requests);
      default:
        return new BidiStreamingCall(state, request, response, this.clock).start(requests);
    }
  }

  close(): Promise<void> {
    for (const call of [...this.#live]) call.hostClosing();
    this.#pool.close();
    return Promise.resolve();
  }
}

function withDefaults(defaults: NonNullable<ClientOptions["defaults"]>, given: CallOptions): CallOptions {
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...defaults, ...own, metadata: merged(defaults.metadata, given.metadata) };
}

function checkRequests(method: AnyMethod, input: unknown): Requests<unknown> {
  if (method.kind === "unary" || method.kind === "serverStreaming") return null;
  if (input === undefined || input === null) return null;
  if (typeof input === "object" && (Symbol.asyncIterator in input || Symbol.iterator in input)) {
    return input as Requests<unknown>;
  }
  throw new TypeError(`requests of ${method.name} must be an iterable, or null to send by hand`);
}

const KNOWN: ReadonlySet<string> = new Set([
  ...[
    "target",
    "name",
    "tls",
    "transport",
    "defaults",
    "interceptors",
    "exposeReason",
    "captureCallSite",
    "limits",
    "clock",
  ],
  ...["idleMs", "dialTimeoutMs", "connectionsPerAddress", "resolveMs", "pingMs"],
]);

function checkTarget(target: Target): void {
  if (typeof target === "function") return;
  const addresses: readonly string[] = typeof target === "string" ? [target] : target;
  if (!Array.isArray(addresses) || addresses.length === 0) {
    throw new TypeError("target must be an address, a list of addresses, or a function");
  }
  for (const address of addresses) parseAddress(address);
}

/**
 * Makes a client. Nothing is dialled before the first call.
 *
 * Throws TypeError naming a wrong option.
 */
export function createClient<Defined extends Methods>(
  service: Service<Defined>,
  options: ClientOptions,
): Client<Defined> {
  checkOptions(options, KNOWN);
  if (options.transport === undefined) checkTarget(options.target);
  for (const name of ["idleMs", "dialTimeoutMs", "connectionsPerAddress", "resolveMs", "pingMs"] as const)
    checkMillis(options[name], name);
  const core = new ClientCore(options);
  const client: Record<PropertyKey, unknown> = {
    close: () => core.close(),
    [Symbol.asyncDispose]: () => core.close(),
  };
  for (const [key, method] of Object.entries<AnyMethod>(service.methods)) {
    const name = key === "close" || key === "then" ? `${key}_` : key;
    client[name] = (input: unknown, callOptions?: CallOptions) => core.call(service.name, method, input, callOptions);
  }
  return client as Client<Defined>;
}
