/** What one call of `call` is to do, and doing it. */
import {
  type CallOptions,
  type Client,
  type ClientCall,
  isTimeout,
  type ResponseStream,
  StreamException,
} from "../../../src/runtime/index.ts";
import type { ChatMethods, Request, Response } from "../../support/chat.ts";
import { type Log, operation, StreamLog } from "./log.ts";
import { pause } from "./time.ts";

/** How a call is given up. */
export type CancelMode = "cancel" | "cause" | "kill" | "exit";

/** The methods. */
export type MethodName = "Unary" | "ClientStream" | "ServerStream" | "BidiStream";

/** One call. */
export interface CallPlan {
  readonly method: MethodName;
  readonly to: string;
  readonly chain: string;
  readonly request: Request;
  /** Client and bidi streams: how many requests; 0 until the end. */
  readonly requests: number;
  readonly pingPong: boolean;
  /** Cancel after that many messages, or that much time; 0 for never. */
  readonly cancelCount: number;
  readonly cancelAfterMs: number;
  readonly cancelMode: CancelMode;
  readonly cause: string;
  readonly recvTimeoutMs: number;
  readonly recvKeep: boolean;
  readonly recvRetries: number;
  readonly streamTimeoutMs: number;
  readonly idle: boolean;
  readonly lingerMs: number;
}

/** One call while it is made. */
class RunningCall {
  readonly #plan: CallPlan;
  readonly #client: Client<ChatMethods>;
  readonly #log: StreamLog;
  readonly #abort = new AbortController();
  /** Everybody's wait ends with the call. */
  readonly #over = new AbortController();
  #stopped = false;
  #messages = 0;

  constructor(plan: CallPlan, client: Client<ChatMethods>, log: Log) {
    this.#plan = plan;
    this.#client = client;
    this.#log = new StreamLog(log, { side: "client", method: plan.method, to: plan.to, chain: plan.chain });
  }

  async run(parent: AbortSignal | null): Promise<void> {
    const { cancelAfterMs, method } = this.#plan;
    const given = () => this.#end("context canceled");
    if (parent?.aborted) given();
    else parent?.addEventListener("abort", given, { once: true });
    const timer = cancelAfterMs > 0 ? setTimeout(() => this.#stop(), cancelAfterMs) : null;
    try {
      if (method === "Unary") await this.#unary();
      else if (method === "ServerStream") await this.#serverStream();
      else if (method === "ClientStream") await this.#clientStream();
      else await this.#bidiStream();
      this.#log.event("stream_end", { count: this.#messages });
    } catch (error) {
      if (!(error instanceof Reported)) throw error;
    } finally {
      if (timer !== null) clearTimeout(timer);
      parent?.removeEventListener("abort", given);
      this.#stopped = true;
    }
  }

  /** Gives the call up, once. */
  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { cancelMode, cause } = this.#plan;
    this.#log.event("cancel_called", { op: cancelMode, count: this.#messages });
    if (cancelMode === "kill") process.kill(process.pid, "SIGKILL");
    if (cancelMode === "exit") process.exit(0);
    if (cancelMode === "cause") this.#end("context canceled", new Error(cause));
    else this.#end("context canceled");
  }

  #end(words: string, reason?: Error): void {
    this.#stopped = true;
    const cause = reason === undefined ? {} : { cause: reason.message };
    this.#log.event("ctx_done", { op: "ctx", errorText: words, ...cause });
    this.#abort.abort(reason);
  }

  #count(): void {
    this.#messages += 1;
    const { cancelCount } = this.#plan;
    if (cancelCount > 0 && this.#messages >= cancelCount) this.#stop();
  }

  get #options(): CallOptions {
    const { chain, recvTimeoutMs, recvKeep, streamTimeoutMs } = this.#plan;
    return {
      signal: this.#abort.signal,
      ...(chain === "" ? {} : { metadata: { persistent: { CHAIN: chain } } }),
      ...(recvTimeoutMs > 0 ? { recvTimeoutMs, recvTimeoutKeep: recvKeep } : {}),
      ...(streamTimeoutMs > 0 ? { timeoutMs: streamTimeoutMs } : {}),
    };
  }

  /** Waits until the stream is on a connection, so that its lines have an id, and says so. */
  async #opened(stream: ClientCall<Request, Response>): Promise<void> {
    this.#log.call = stream.info;
    void stream.ended().then(() => this.#over.abort());
    while (stream.info.streamId === 0 && stream.error === null) await pause(0, null);
    if (stream.info.streamId === 0) throw this.#failed("recv", stream, stream.error);
    this.#log.event("stream_open");
  }

  #failed(op: "send" | "recv", stream: ClientCall<Request, Response>, error: unknown): Reported {
    const own = StreamException.is(error) && error.code === 12015 && isTimeout(error) && !error.travelled;
    if (own && !this.#stopped) {
      this.#stopped = true;
      this.#log.event("ctx_done", { op: "ctx", errorText: "context deadline exceeded" });
    }
    const count = op === "recv" && this.#plan.method !== "ClientStream" ? this.#messages : undefined;
    this.#log.failed(operation(op, stream.info), error, count);
    return new Reported();
  }

  async #unary(): Promise<void> {
    const call = this.#client.unary(this.#plan.request, this.#options);
    this.#log.call = call.info;
    try {
      await call;
      this.#count();
    } catch (error) {
      this.#log.failed("call", error);
      throw new Reported();
    }
  }

  async #serverStream(): Promise<void> {
    const stream = this.#client.serverStream(this.#plan.request, this.#options);
    await this.#opened(stream);
    await this.#receiveAll(stream, () => {});
  }

  async #clientStream(): Promise<void> {
    const { requests, request } = this.#plan;
    const stream = this.#client.clientStream(null, this.#options);
    await this.#opened(stream);
    try {
      for (let index = 0; requests <= 0 || index < requests; index += 1) {
        await stream.send(request);
        this.#count();
        await this.#interval();
        if (this.#plan.idle) await this.#idle();
      }
    } catch (error) {
      throw this.#failed("send", stream, error);
    }
    try {
      await stream.closeSend();
      await stream;
    } catch (error) {
      throw this.#failed("recv", stream, error);
    }
  }

  async #bidiStream(): Promise<void> {
    const { requests, request, pingPong } = this.#plan;
    const stream = this.#client.bidiStream(null, this.#options);
    await this.#opened(stream);
    let answered = () => {};
    const sending = async (): Promise<void> => {
      try {
        for (let index = 0; requests <= 0 || index < requests; index += 1) {
          const answer = new Promise<void>((resolve) => {
            answered = resolve;
          });
          await stream.send(request);
          if (pingPong) await Promise.race([answer, stream.ended()]);
          if (this.#plan.idle && index === 0) await this.#idle();
          await this.#interval();
        }
        await stream.closeSend();
      } catch (error) {
        this.#failed("send", stream, error);
      }
    };
    const sender = sending();
    try {
      await this.#receiveAll(stream, () => answered());
    } finally {
      await sender;
    }
  }

  async #receiveAll(stream: ResponseStream<Request, Response>, onResponse: () => void): Promise<void> {
    for (let tries = 0; ; ) {
      let step: IteratorResult<Response, undefined>;
      try {
        step = await stream.next();
      } catch (error) {
        const { recvKeep, recvRetries } = this.#plan;
        if (recvKeep && tries < recvRetries && stream.error === null) {
          tries += 1;
          this.#log.event("stream_error", { op: "recv", error, count: this.#messages });
          continue;
        }
        const reported = this.#failed("recv", stream, error);
        // A receive timeout that keeps the stream leaves it to whoever gives up.
        if (stream.error === null) stream.cancel();
        throw reported;
      }
      if (step.done === true) return;
      this.#count();
      onResponse();
      if (this.#plan.idle) await this.#idle();
    }
  }

  /** Reads and sends nothing until the call is given up, and `linger` longer. */
  async #idle(): Promise<void> {
    const signal = AbortSignal.any([this.#abort.signal, this.#over.signal]);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await pause(this.#plan.lingerMs, null);
  }

  async #interval(): Promise<void> {
    const ms = Number(this.#plan.request.intervalUs) / 1000;
    // Without a pause the loop still lets others run: a cancel after a duration must come through.
    if (ms > 0 || this.#messages % 64 === 0) await pause(ms, this.#over.signal).catch(() => {});
  }
}

/** The failure is in the log already. */
class Reported extends Error {}

/** Makes the call. Resolves when it has ended, well or not; `parent` ends it without a word of its own. */
export function runCall(
  plan: CallPlan,
  client: Client<ChatMethods>,
  log: Log,
  parent: AbortSignal | null = null,
): Promise<void> {
  return new RunningCall(plan, client, log).run(parent);
}
