/**
 * Servers of gRPC with the habits of the runtime's own: services, handlers, where they listen.
 */
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { checkName, checkOptions } from "../runtime/bridge/index.ts";
import type { AnyMethod, Codec, Methods, Service } from "../runtime/index.ts";
import { type AnyGrpcHandler, adapted, type GrpcHandlers } from "./handlers.ts";
import { scopeServer } from "./scoped-server.ts";
import type { ServerState } from "./server-interceptor.ts";

/** How a server is made. */
export interface GrpcServerOptions {
  /** This service's name, as it stands in cancel paths. */
  readonly name: string;
  /** As grpc-js takes them; by default without TLS. */
  readonly credentials?: ServerCredentials | undefined;
  /** Options of grpc-js, for example its interceptors. */
  readonly grpc?: ConstructorParameters<typeof Server>[0] | undefined;
}

/** Where a server listens. */
export interface GrpcListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const KNOWN: ReadonlySet<string> = new Set(["name", "credentials", "grpc"]);

/** How long a closing server writes what its callers are told of their end. */
const LAST_WORDS_MS = 1500;

/** The path of a method in its service, `package` standing before the service's name. */
export function methodPath(service: Service<Methods>, method: AnyMethod, inPackage: string | undefined): string {
  return `/${inPackage === undefined ? "" : `${inPackage}.`}${service.name}/${method.name}`;
}

/** A server of any number of services. */
export class GrpcServer implements AsyncDisposable {
  readonly name: string;
  /** The server of grpc-js: for services that are implemented as it wants them. */
  readonly server: Server;
  readonly #credentials: ServerCredentials;
  readonly #state: ServerState;

  constructor(options: GrpcServerOptions) {
    checkOptions(options, KNOWN);
    this.name = checkName(options.name, "name");
    if (this.name === "") throw new TypeError("name must not be empty: it stands in cancel paths");
    this.server = new Server(options.grpc);
    this.#state = scopeServer(this.server, this.name);
    this.#credentials = options.credentials ?? ServerCredentials.createInsecure();
  }

  /**
   * Adds a service; the handlers may be an instance of a class. `package` stands before the service's name on the wire, where the
   * service's own name has none (Kitex: the namespace of the IDL). Throws TypeError for a handler that is no function.
   */
  add<Defined extends Methods>(
    service: Service<Defined>,
    handlers: GrpcHandlers<Defined>,
    options: { readonly package?: string } = {},
  ): this {
    const definition: Record<string, ServiceDefinition[string]> = {};
    const implementation: UntypedServiceImplementation = {};
    for (const [key, method] of Object.entries<AnyMethod>(service.methods)) {
      const handler: unknown = (handlers as Readonly<Record<string, unknown>>)[key];
      if (handler === undefined) continue;
      if (typeof handler !== "function") throw new TypeError(`the handler of ${key} must be a function`);
      definition[key] = definitionOf(methodPath(service, method, options.package), method);
      implementation[key] = adapted(method, handler.bind(handlers) as AnyGrpcHandler);
    }
    this.server.addService(definition, implementation);
    return this;
  }

  /** Listens; several times for several addresses. Rejects where that is not possible. */
  listen({ host, port }: GrpcListenAddress): Promise<{ readonly address: string }> {
    const name = host.includes(":") ? `[${host}]` : host;
    return new Promise((resolve, reject) => {
      this.server.bindAsync(`${name}:${port}`, this.#credentials, (error, bound) => {
        if (error === null) resolve({ address: `${name}:${bound}` });
        else reject(error);
      });
    });
  }

  /** Takes no new calls, waits for its handlers, then ends the rest, this service being the origin. */
  close({ graceMs = 5000 }: { readonly graceMs?: number } = {}): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(() => {
        this.#state.closing = true;
        for (const call of [...this.#state.running]) call.shutDown();
        timer = setTimeout(() => this.server.forceShutdown(), LAST_WORDS_MS);
      }, graceMs);
      this.server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close({ graceMs: 0 });
  }
}

/** Makes a server. Throws TypeError naming a wrong option. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  return new GrpcServer(options);
}

/** A method as grpc-js wants it. */
export function definitionOf(path: string, method: AnyMethod): ServiceDefinition[string] {
  const { kind } = method;
  const request = method.request as Codec<unknown>;
  const response = method.response as Codec<unknown>;
  return {
    path,
    requestStream: kind === "clientStreaming" || kind === "bidiStreaming",
    responseStream: kind === "serverStreaming" || kind === "bidiStreaming",
    requestSerialize: (message) => asBuffer(request.encode(message)),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: (message) => asBuffer(response.encode(message)),
    responseDeserialize: (bytes) => response.decode(bytes),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
