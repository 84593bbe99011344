/**
 * Interceptors of a client: functions wrap the making of a call, objects take part in what it carries and may wait.
 */
import type { MetadataInput } from "../metadata.ts";
import type { AnyMethod } from "../service.ts";
import type { Codec } from "../thrift/codec.ts";
import { type MessageStep, mappedCodec } from "../thrift/mapped-codec.ts";
import type { CallOptions } from "./options.ts";

/** What an interceptor sees of a call before it is made. */
export interface OutgoingCall {
  readonly service: string;
  readonly method: string;
  readonly kind: AnyMethod["kind"];
  /** The request of unary and server-streaming calls, the iterable of others (null where requests are sent by hand). */
  readonly input: unknown;
  readonly options: CallOptions;
}

/**
 * Wraps the making of calls. It must return what `next` returns, which is the call object; it may change the options or throw. It runs
 * synchronously, in the caller's async context.
 */
export type WrapCall = <Call>(call: OutgoingCall, next: (call: OutgoingCall) => Call) => Call;

/** Takes part in what calls carry. Each part is optional; what one throws, or rejects with, ends its call and nothing else. */
export interface CallParts {
  /** Metadata to be fetched before the call leaves, for example a token. The call can be cancelled while it waits. */
  prepare?(call: OutgoingCall): MetadataInput | undefined | Promise<MetadataInput | undefined>;
  /** A request before it is encoded: what is returned is sent. */
  request?(message: unknown, call: OutgoingCall): unknown;
  /** A response after it was decoded: what is returned is read. */
  response?(message: unknown, call: OutgoingCall): unknown;
}

/** An interceptor of a client. */
export type ClientInterceptor = WrapCall | CallParts;

/** The interceptors of a client, by what they do. */
export class ClientInterceptors {
  readonly #wraps: readonly WrapCall[];
  readonly #parts: readonly CallParts[];

  /** Throws TypeError for one that is neither a function nor an object. */
  constructor(all: readonly ClientInterceptor[]) {
    for (const [index, each] of all.entries()) {
      if (typeof each === "function" || (typeof each === "object" && each !== null)) continue;
      throw new TypeError(`interceptors[${index}] must be a function or an object`);
    }
    this.#wraps = all.filter((each) => typeof each === "function");
    this.#parts = all.filter((each) => typeof each !== "function");
  }

  /** Makes a call through all that wrap it. */
  wrap(first: OutgoingCall, make: (call: OutgoingCall) => unknown): unknown {
    const chain = this.#wraps.reduceRight<(call: OutgoingCall) => unknown>(
      (next, interceptor) => (call) => interceptor(call, next),
      make,
    );
    return chain(first);
  }

  /** What a call waits for, the later interceptor's values counting; null where that is nothing. */
  prepare(call: OutgoingCall): Promise<MetadataInput | undefined> | null {
    const parts = this.#parts.filter(({ prepare }) => prepare !== undefined);
    if (parts.length === 0) return null;
    const fetch = async (): Promise<MetadataInput> => {
      let all: MetadataInput = {};
      for (const part of parts) all = merged(all, await part.prepare?.(call));
      return all;
    };
    return fetch();
  }

  /** The codecs of a call with everything that looks at its messages. */
  codecs(
    call: OutgoingCall,
    method: AnyMethod,
  ): { readonly request: Codec<unknown>; readonly response: Codec<unknown> } {
    const steps = (name: "request" | "response"): MessageStep[] =>
      this.#parts.flatMap((part) => (part[name] === undefined ? [] : [(message) => part[name]?.(message, call)]));
    return {
      request: mappedCodec(method.request as Codec<unknown>, { out: steps("request"), back: [] }),
      response: mappedCodec(method.response as Codec<unknown>, { out: [], back: steps("response").reverse() }),
    };
  }
}

/** Metadata with more of it, which counts. */
export function merged(base: MetadataInput | undefined, more: MetadataInput | undefined): MetadataInput {
  return {
    persistent: { ...base?.persistent, ...more?.persistent },
    transient: { ...base?.transient, ...more?.transient },
    headers: { ...base?.headers, ...more?.headers },
  };
}
