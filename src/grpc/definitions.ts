/**
 * The runtime's services out of what code generators of gRPC make, so that one set of habits serves them all.
 */
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import {
  type AnyMethod,
  bidiStreaming,
  type Codec,
  clientStreaming,
  defineService,
  type Method,
  type Service,
  serverStreaming,
  unary,
} from "../runtime/index.ts";
import { splitMethod } from "./method-name.ts";

/** The method that a definition of grpc-js describes; how many messages go each way shows only where its type says so. */
export type MethodOf<Defined> =
  Defined extends MethodDefinition<infer Request, infer Response>
    ? Defined extends { readonly requestStream: true; readonly responseStream: true }
      ? Method<"bidiStreaming", Request, Response>
      : Defined extends { readonly requestStream: true; readonly responseStream: false }
        ? Method<"clientStreaming", Request, Response>
        : Defined extends { readonly requestStream: false; readonly responseStream: true }
          ? Method<"serverStreaming", Request, Response>
          : Defined extends { readonly requestStream: false; readonly responseStream: false }
            ? Method<"unary", Request, Response>
            : AnyMethod
    : never;

/** The methods of a definition of grpc-js. */
export type MethodsOf<Defined extends ServiceDefinition> = {
  readonly [Name in keyof Defined & string]: MethodOf<Defined[Name]>;
};

/** Makes a service of a definition as grpc-js generates and loads them. Throws TypeError for a definition without methods. */
export function grpcService<Defined extends ServiceDefinition>(definition: Defined): Service<MethodsOf<Defined>> {
  const methods: Record<string, AnyMethod> = {};
  let service = "";
  for (const [key, defined] of Object.entries(definition)) {
    const { service: name, method } = splitMethod(defined.path);
    service = name;
    methods[key] = makeMethod(method, defined);
  }
  if (service === "") throw new TypeError("definition must have a method whose path names the service");
  return defineService(service, methods) as Service<MethodsOf<Defined>>;
}

function makeMethod(name: string, defined: ServiceDefinition[string]): AnyMethod {
  const { requestStream, responseStream } = defined;
  const codecs = {
    request: codecOf(defined.requestSerialize, defined.requestDeserialize),
    response: codecOf(defined.responseSerialize, defined.responseDeserialize),
  };
  if (requestStream) return responseStream ? bidiStreaming(name, codecs) : clientStreaming(name, codecs);
  return responseStream ? serverStreaming(name, codecs) : unary(name, codecs);
}

function codecOf(encode: (message: unknown) => Buffer, decode: (bytes: Buffer) => unknown): Codec<unknown> {
  return { encode, decode };
}
