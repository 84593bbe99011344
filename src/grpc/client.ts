/**
 * Clients of gRPC with the habits of the runtime's own: calls are async iterables and promises, signals and timeouts are options, a call
 * belongs to the handler that makes it.
 */
import {
  type ChannelCredentials,
  Client,
  credentials,
  type CallOptions as GrpcJsCallOptions,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { checkMillis, checkOptions } from "../runtime/bridge/index.ts";
import type { AnyMethod, Method, Methods, NameOnClient, Service } from "../runtime/index.ts";
import type { GrpcCallOptions } from "./call-options.ts";
import { BidiCall, ClientStreamCall, type Requests, ServerStreamCall, UnaryCall } from "./calls.ts";
import type { GrpcClientCall } from "./client-call.ts";
import { type CallTerms, scopedClient, TERMS } from "./client-interceptor.ts";
import type { Sendable } from "./sendable.ts";
import { definitionOf, methodPath } from "./server.ts";

/** How a client is made. */
export interface GrpcClientOptions {
  /** The address, as grpc-js takes it: `host:port`, `unix:/path`, `dns:///name:port`. */
  readonly target: string;
  /** This service's name; by default that of the service whose handler makes the call, else OTEL_SERVICE_NAME. */
  readonly name?: string | undefined;
  /** As grpc-js takes them; by default without TLS. */
  readonly credentials?: ChannelCredentials | undefined;
  /** Stands before the service's name on the wire, see {@link GrpcServer.add}. */
  readonly package?: string | undefined;
  /** Options of grpc-js, for example its limits of messages. */
  readonly grpc?: Readonly<Record<string, string | number>> | undefined;
}

/** A method as a client has it. */
export type GrpcClientMethod<Defined> =
  Defined extends Method<"unary", infer Request, infer Response>
    ? (request: Sendable<Request>, options?: GrpcCallOptions) => UnaryCall<Response>
    : Defined extends Method<"serverStreaming", infer Request, infer Response>
      ? (request: Sendable<Request>, options?: GrpcCallOptions) => ServerStreamCall<Response>
      : Defined extends Method<"clientStreaming", infer Request, infer Response>
        ? (
            requests?: Requests<Sendable<Request>>,
            options?: GrpcCallOptions,
          ) => ClientStreamCall<Sendable<Request>, Response>
        : Defined extends Method<"bidiStreaming", infer Request, infer Response>
          ? (requests?: Requests<Sendable<Request>>, options?: GrpcCallOptions) => BidiCall<Sendable<Request>, Response>
          : never;

/** A client: its methods, and its end. */
export type GrpcClient<Defined extends Methods> = {
  readonly [Name in keyof Defined as NameOnClient<Name>]: GrpcClientMethod<Defined[Name]>;
} & AsyncDisposable & {
    /** Cancels what still runs (12010, naming this service) and closes the connections. */
    close(): Promise<void>;
  };

const KNOWN: ReadonlySet<string> = new Set(["target", "name", "credentials", "package", "grpc"]);
const KNOWN_OF_CALL: ReadonlySet<string> = new Set([
  ...["signal", "timeoutMs", "metadata", "parent", "detached", "exposeReason"],
]);

/** Makes a client. Nothing is dialled before the first call. Throws TypeError naming a wrong option. */
export function createGrpcClient<Defined extends Methods>(
  service: Service<Defined>,
  options: GrpcClientOptions,
): GrpcClient<Defined> {
  checkOptions(options, KNOWN);
  if (typeof options.target !== "string" || options.target === "") throw new TypeError("target must be an address");
  const own = scopedClient(options.name === undefined ? {} : { name: options.name });
  const grpc = new Client(options.target, options.credentials ?? credentials.createInsecure(), {
    ...options.grpc,
    ...own,
  });
  const running = new Set<GrpcClientCall>();
  const close = () => {
    for (const call of [...running]) call.hostClosing();
    grpc.close();
    return Promise.resolve();
  };
  const client: Record<PropertyKey, unknown> = { close, [Symbol.asyncDispose]: close };
  for (const [key, method] of Object.entries<AnyMethod>(service.methods)) {
    const name = key === "close" || key === "then" ? `${key}_` : key;
    const definition = definitionOf(methodPath(service, method, options.package), method);
    client[name] = (input: unknown, callOptions: GrpcCallOptions = {}) =>
      start({ grpc, running }, definition, method, input, callOptions);
  }
  return client as GrpcClient<Defined>;
}

/** What calls are made with. */
interface Host {
  readonly grpc: Client;
  readonly running: Set<GrpcClientCall>;
}

/** A call's options, and what is heard of it. */
class Terms implements CallTerms {
  readonly options: GrpcCallOptions;
  call: GrpcClientCall | null = null;
  readonly #running: Set<GrpcClientCall>;

  constructor(options: GrpcCallOptions, running: Set<GrpcClientCall>) {
    this.options = options;
    this.#running = running;
  }

  made(call: GrpcClientCall): void {
    this.call = call;
    this.#running.add(call);
  }

  ended(call: GrpcClientCall): void {
    this.#running.delete(call);
  }
}

function start(
  { grpc, running }: Host,
  { path, requestSerialize: encode, responseDeserialize: decode }: ServiceDefinition[string],
  method: AnyMethod,
  input: unknown,
  options: GrpcCallOptions,
): unknown {
  checkOptions(options, KNOWN_OF_CALL);
  checkMillis(options.timeoutMs, "timeoutMs");
  const terms = new Terms(options, running);
  const given = Object.assign({} as GrpcJsCallOptions, { [TERMS]: terms });
  switch (method.kind) {
    case "unary":
      return new UnaryCall(terms, (done) => grpc.makeUnaryRequest(path, encode, decode, input, given, done));
    case "serverStreaming":
      return new ServerStreamCall(terms, grpc.makeServerStreamRequest(path, encode, decode, input, given));
    case "clientStreaming":
      return new ClientStreamCall(
        terms,
        (done) => grpc.makeClientStreamRequest(path, encode, decode, given, done),
        requestsOf(method, input),
      );
    default:
      return new BidiCall(terms, grpc.makeBidiStreamRequest(path, encode, decode, given), requestsOf(method, input));
  }
}

function requestsOf(method: AnyMethod, input: unknown): Requests<unknown> {
  if (input === undefined || input === null) return null;
  if (typeof input === "object" && (Symbol.asyncIterator in input || Symbol.iterator in input))
    return input as Requests<unknown>;
  throw new TypeError(`requests of ${method.name} must be an iterable, or null to send by hand`);
}
