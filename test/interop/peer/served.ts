/** A stream this process serves: its log, its counts, how its handler ends. */
import {
  BusinessError,
  type Client,
  type ClientCall,
  type ServerCall,
  type ServerInterceptor,
} from "../../../src/runtime/index.ts";
import { type ChatMethods, type Request, Response } from "../../support/chat.ts";
import { type Behaviour, forService } from "./behaviour.ts";
import { type Log, operation, StreamLog } from "./log.ts";
import { aborted } from "./time.ts";

/** A service below this one. */
export interface Downstream {
  readonly name: string;
  readonly client: Client<ChatMethods>;
}

/** The service that is served. */
export interface PeerService {
  readonly name: string;
  readonly next: readonly Downstream[];
  readonly flags: Behaviour;
  readonly log: Log;
  /** Leaves out normal ends. */
  readonly quiet: boolean;
}

/** One incoming stream. */
export class Served {
  readonly service: PeerService;
  readonly call: ServerCall;
  readonly log: StreamLog;
  /** What the request's words make of the service's flags; known with the first request. */
  behaviour: Behaviour;
  /** Responses sent, or requests read where there is one response only. */
  messages = 0;
  readonly #ctxDone: () => void;

  constructor(service: PeerService, call: ServerCall) {
    this.service = service;
    this.call = call;
    this.behaviour = service.flags;
    this.log = this.#streamLog("server", call.method);
    this.log.call = call;
    this.#ctxDone = () => this.log.event("ctx_done", { op: "ctx", error: call.signal.reason });
    if (call.signal.aborted) this.#ctxDone();
    else call.signal.addEventListener("abort", this.#ctxDone, { once: true });
  }

  /** Reads the words of the first request. */
  obey(request: Request): void {
    this.behaviour = forService(this.service.flags, this.service.name, request.message);
  }

  /** The log of a stream this one opens. */
  client(method: string, downstream: Downstream): StreamLog {
    return this.#streamLog("client", method, downstream.name);
  }

  /** A response of this service's own. */
  response(request: Request): Response {
    const { message, payload } = request;
    return Response.create({ message, seq: BigInt(this.messages + 1), from: this.service.name, payload });
  }

  /** Throws what cancelled the call: nothing can be sent any more. */
  checkSend(): void {
    const { signal } = this.call;
    if (!signal.aborted) return;
    this.log.failed("send", signal.reason);
    throw signal.reason;
  }

  /** Neither receives nor sends; rejects at the end. */
  waitForTheEnd(): Promise<never> {
    return aborted(this.call.signal);
  }

  /** Whether the handler ends after so many messages. Throws where it ends with an error. */
  isEnough(): boolean {
    const { bizAfter, errAfter, panicAfter, returnAfter } = this.behaviour;
    const reached = (limit: number) => limit > 0 && this.messages >= limit;
    if (reached(bizAfter)) throw new BusinessError(10001, "quota of the user is used up", { user: "u-17" });
    if (reached(errAfter)) throw new Error("model backend: connection refused");
    if (reached(panicAfter)) throw new RangeError("index out of range in prompt template");
    return reached(returnAfter);
  }

  /** The handler's last act. */
  returned(error: unknown): void {
    const { signal, peer, service, method } = this.call;
    signal.removeEventListener("abort", this.#ctxDone);
    const failure = error ?? (signal.aborted ? signal.reason : null);
    if (error === null && failure !== null) this.log.failed("send", failure);
    const panic = failure instanceof RangeError;
    const shown = panic ? null : failure;
    if (shown !== null || !this.service.quiet) {
      this.log.event("handler_return", { op: "return", error: shown, count: this.messages });
    }
    if (failure === null || BusinessError.is(failure)) return;
    const text = failure instanceof Error ? failure.message : String(failure);
    const where = `method=${service}.${method}`;
    const words = panic
      ? `panic: [happened in biz handler, ${where}, please check the panic at the server side] ${text}`
      : `biz error: ${text}`;
    const sentence = `KITEX: processing ttstream request error, remoteAddr=${peer.address}, error=${words}`;
    this.service.log.framework(`server_handler.go:${panic ? 266 : 268}`, "Error", sentence);
  }

  #streamLog(side: "client" | "server", method: string, to?: string): StreamLog {
    const { metadata } = this.call;
    return new StreamLog(this.service.log, {
      side,
      method,
      ...(to === undefined ? {} : { to }),
      chain: metadata.persistent.get("CHAIN"),
      traceparent: metadata.transient.get("traceparent"),
    });
  }
}

const served = new WeakMap<ServerCall, Served>();

/** The interceptor that makes the log of every stream and writes its first and last lines. */
export function serving(service: PeerService): ServerInterceptor {
  return async (call, next) => {
    const stream = new Served(service, call);
    served.set(call, stream);
    try {
      await next();
    } catch (error) {
      stream.returned(error);
      throw error;
    }
    stream.returned(null);
  };
}

/** The stream of a call. */
export function servedBy(call: ServerCall): Served {
  const stream = served.get(call);
  if (stream === undefined) throw new Error("the call did not go through the interceptor");
  return stream;
}

/** Writes the failure of an operation on a stream of ours, and gives it back to be thrown. */
export function clientFailed<Req, Res>(
  log: StreamLog,
  stream: ClientCall<Req, Res>,
  op: "send" | "recv",
  error: unknown,
): unknown {
  log.failed(operation(op, stream.info), error);
  return error;
}
