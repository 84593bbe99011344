/**
 * Services and their methods, as types and as data.
 */
import type { Codec } from "./thrift/codec.ts";
import type { ByteWriter } from "./wire/index.ts";

/** How many messages go each way. */
export type MethodKind = "unary" | "serverStreaming" | "clientStreaming" | "bidiStreaming";

/** One method: its IDL name and what travels. */
export interface Method<Kind extends MethodKind, Request, Response> {
  readonly kind: Kind;
  /** The IDL name, case-sensitive. */
  readonly name: string;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

/** The codecs of a method. */
export interface MethodCodecs<Request, Response> {
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

/** A codec of whatever messages: what every Codec is assignable to. */
export interface AnyCodec {
  encode(message: never): Uint8Array;
  decode(payload: Buffer): unknown;
  write?(message: never, writer: ByteWriter): void;
}

/** A method of whatever messages. */
export interface AnyMethod {
  readonly kind: MethodKind;
  readonly name: string;
  readonly request: AnyCodec;
  readonly response: AnyCodec;
}

/** The methods of a service by the names they have in code. */
export type Methods = Readonly<Record<string, AnyMethod>>;

/** A service: its IDL name and its methods. */
export interface Service<Defined extends Methods> {
  readonly name: string;
  readonly methods: Defined;
}

/** Defines a service. Throws TypeError naming what is wrong. */
export function defineService<Defined extends Methods>(name: string, methods: Defined): Service<Defined> {
  if (typeof name !== "string" || name === "") throw new TypeError("name of the service must be a non-empty string");
  const seen = new Set<string>();
  for (const [key, method] of Object.entries(methods)) {
    if (typeof method !== "object" || method === null || typeof method.name !== "string") {
      throw new TypeError(`methods.${key} must be made with unary, serverStreaming, clientStreaming or bidiStreaming`);
    }
    if (seen.has(method.name)) throw new TypeError(`methods.${key}: the method ${method.name} is defined twice`);
    seen.add(method.name);
  }
  return { name, methods };
}

function method<Kind extends MethodKind, Request, Response>(
  kind: Kind,
  name: string,
  codecs: MethodCodecs<Request, Response>,
): Method<Kind, Request, Response> {
  if (typeof name !== "string" || name === "") throw new TypeError("name of the method must be a non-empty string");
  for (const which of ["request", "response"] as const) {
    const codec = codecs?.[which];
    if (typeof codec?.encode !== "function" || typeof codec.decode !== "function") {
      throw new TypeError(`${which} of ${name} must be a Codec`);
    }
  }
  return { kind, name, request: codecs.request, response: codecs.response };
}

/** One request, one response. Only between peers of this runtime: Kitex sends unary calls over another protocol. */
export function unary<Request, Response>(
  name: string,
  codecs: MethodCodecs<Request, Response>,
): Method<"unary", Request, Response> {
  return method("unary", name, codecs);
}

/** One request, many responses. */
export function serverStreaming<Request, Response>(
  name: string,
  codecs: MethodCodecs<Request, Response>,
): Method<"serverStreaming", Request, Response> {
  return method("serverStreaming", name, codecs);
}

/** Many requests, one response. */
export function clientStreaming<Request, Response>(
  name: string,
  codecs: MethodCodecs<Request, Response>,
): Method<"clientStreaming", Request, Response> {
  return method("clientStreaming", name, codecs);
}

/** Many requests, many responses, in any order. */
export function bidiStreaming<Request, Response>(
  name: string,
  codecs: MethodCodecs<Request, Response>,
): Method<"bidiStreaming", Request, Response> {
  return method("bidiStreaming", name, codecs);
}
