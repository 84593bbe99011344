/**
 * One call as its handler sees it.
 *
 * It is also the scope's owner: calls the handler makes inherit its metadata, chain id and deadline, and end with it.
 */
import type { PeerCertificate } from "node:tls";
import { CODES } from "../../ttstream/index.ts";
import { captureCallSite } from "../cancel/call-site.ts";
import { BACKSTOP_MS, type DeadlineOwner, deadlineException } from "../cancel/deadline.ts";
import { handlerReturned } from "../cancel/handler-return.ts";
import { nextId } from "../cancel/ids.ts";
import { pathOnWire } from "../cancel/origin.ts";
import { ownCancel } from "../cancel/own-cancel.ts";
import { cancelFromAbove } from "../cancel/passing-on.ts";
import { receivedCancel } from "../cancel/received-cancel.ts";
import { Scope, type ScopeOwner } from "../cancel/scope.ts";
import { cancelEvent, rstStrings } from "../cancel/wire-keys.ts";
import type { Clock, Timer } from "../clock.ts";
import { type CancelIntent, type OwnReason, readReason } from "../errors/reason.ts";
import type { CallSite, StreamException } from "../errors/stream-exception.ts";
import { readable } from "../errors/thrown-value.ts";
import { type CallMetadata, chainIn, checkText, readMetadata } from "../metadata.ts";
import type { CallInfo, CancelEvent } from "../seams/call-info.ts";
import { nobodyWatchesCancels, nobodyWatchesEnds, noteCancel, noteEnd, noteGhost } from "../seams/stream-hooks.ts";
import { SendGate } from "../stream/send-gate.ts";
import type { ServerStream } from "../stream/server-stream.ts";
import type { StreamEnd, StreamListener } from "../stream/stream.ts";
import type { Pipe } from "../transport/pipe.ts";
import { CHAIN_KEY, type Frame, INT_KEYS } from "../wire/index.ts";
import { callerDeadline } from "./caller-deadline.ts";

/** What a call needs of its server. */
export interface ServerCallHost {
  readonly name: string;
  readonly clock: Clock;
  readonly captureCallSite: boolean;
  readonly exposeReason: boolean;
  /** A call was cancelled and its handler still runs. */
  cancelled(call: ServerCall): void;
  /** The handler has returned. */
  finished(call: ServerCall): void;
  log(level: "info" | "warn" | "error", kind: string, text: string, error: unknown): void;
}

/** The incoming call, given to handlers and server interceptors. */
export class ServerCall implements StreamListener, CallInfo, ScopeOwner {
  readonly side = "server" as const;
  readonly service: string;
  readonly self: string;
  readonly peer: { readonly name: string | null; readonly address: string | null };
  readonly openedAt: bigint;
  readonly parent = null;
  /** What the caller sent along. */
  readonly metadata: CallMetadata;
  /** The scope that calls made by the handler belong to. */
  readonly scope: Scope;
  readonly chainId: string;
  /** Monotonic milliseconds of the caller's deadline; null without one. */
  readonly deadlineAt: number | null;
  readonly deadlineOwner: DeadlineOwner | null;
  readonly callers: readonly string[];
  /** Monotonic milliseconds of the cancel; null while there is none. */
  cancelledAt: number | null = null;
  /** Messages the handler produced or read after the cancel. */
  ghostMessages = 0;
  /** True once observers were told that the handler goes on after the cancel. */
  ghostReported = false;
  handlerDone = false;
  readonly stream: ServerStream;
  readonly gate: SendGate;
  reader: { wake(): void } | null = null;
  readonly #host: ServerCallHost;
  readonly #headers = new Map<string, string>();
  readonly #trailers = new Map<string, string>();
  readonly #pipe: Pick<Pipe, "certificate">;
  #backstop: Timer | null = null;

  constructor(
    host: ServerCallHost,
    service: string,
    stream: ServerStream,
    header: Frame,
    pipe: Pick<Pipe, "remote" | "certificate">,
  ) {
    const { clock } = host;
    this.#host = host;
    this.service = service;
    this.self = host.name;
    this.stream = stream;
    this.gate = new SendGate(stream);
    this.peer = { name: header.ints.get(INT_KEYS.fromService) || null, address: pipe.remote };
    this.callers = ["", this.peer.name ?? ""];
    this.#pipe = pipe;
    this.openedAt = clock.wall();
    this.metadata = readMetadata(header.strings);
    this.chainId = chainIn(header.strings.get(CHAIN_KEY)) ?? nextId();
    const deadline = callerDeadline(header);
    this.deadlineAt = deadline === null ? null : clock.now() + deadline.timeoutMs;
    this.deadlineOwner = deadline?.owner ?? null;
    this.scope = new Scope(this.self, null, this);
    if (deadline === null) return;
    this.#backstop = clock.timer(deadline.timeoutMs + BACKSTOP_MS, () => this.#raiseDeadline(deadline.owner));
  }

  get method(): string {
    return this.stream.method;
  }

  get streamId(): number {
    return this.stream.streamId;
  }

  get sent(): number {
    return this.stream.sent;
  }

  get received(): number {
    return this.stream.received;
  }

  /**
   * The certificate that the caller's TLS connection proved to have; null without one, or where the server asks for none (`requestCert`).
   * This is who is calling. `peer.name` is only what the caller says of itself.
   */
  get certificate(): PeerCertificate | null {
    return this.#pipe.certificate ?? null;
  }

  /** This call as hooks see it. */
  get info(): CallInfo {
    return this;
  }

  /** Aborts when the call is cancelled, with the {@link StreamException} as its reason. Made on first use. */
  get signal(): AbortSignal {
    return this.scope.signal;
  }

  /** What cancelled the call; null while nothing has. */
  get exception(): StreamException | null {
    return this.scope.exception;
  }

  /** When the caller gives up; null where it did not say. */
  get deadline(): Date | null {
    return this.deadlineAt === null ? null : new Date(Date.now() + this.deadlineAt - this.#host.clock.now());
  }

  /** The services above this one, as far as known: once cancelled those the cancel came through, before that the caller. */
  get path(): readonly string[] {
    return this.scope.exception?.path ?? (this.peer.name === null ? [] : [this.peer.name]);
  }

  /** Cancels the call: calls made in the handler are cancelled, the caller gets an Rst, this service is the origin. */
  cancel(reason?: unknown | CancelIntent): void {
    const { captureCallSite: capture, clock, exposeReason } = this.#host;
    const site = capture && this.stream.end === null ? captureCallSite(clock.now()) : null;
    this.cancelFor(readReason(readable(reason), exposeReason), site);
  }

  /** Sets a key of the Header frame. Throws TypeError for values that are no strings, Error once the Header is sent. */
  setHeader(key: string, value: string): void {
    if (this.stream.headerSent) throw new Error("stream header already sent");
    this.#headers.set(checkText(key, "key"), checkText(value, `header ${key}`));
  }

  /** Sends the Header now instead of with the first message. */
  sendHeader(): void {
    this.stream.sendHeader(this.#headers);
  }

  /** Sets a key of the Trailer frame. Throws TypeError for values that are no strings, Error once the call has ended. */
  setTrailer(key: string, value: string): void {
    if (this.stream.end !== null) throw new Error("stream trailer already sent");
    this.#trailers.set(checkText(key, "key"), checkText(value, `trailer ${key}`));
  }

  /** The Trailer's keys as set so far. */
  get trailers(): ReadonlyMap<string, string> {
    return this.#trailers;
  }

  /** Ends the call for a reason of this service's own: a shutdown, a limit, the handler's cancel. */
  cancelFor(own: OwnReason, callSite: CallSite | null = null): void {
    if (this.stream.end !== null) return;
    const at = this.#host.clock.wall();
    this.#reset(ownCancel(own, { service: this.self, at, side: "server", callSite }), "origin");
  }

  /** The caller's timer should have ended the call by now: its end is raised in its name. */
  #raiseDeadline(owner: DeadlineOwner): void {
    if (this.stream.end !== null) return;
    const exception = deadlineException(owner, this.#host.clock.wall());
    this.#cameIn(exception, (role) => this.#reset(exception, role));
  }

  #cameIn(exception: StreamException, tell: (role: "relay" | "leaf") => void): void {
    cancelFromAbove(this.scope, exception, tell, () => this.#cancelScope(exception));
  }

  #reset(exception: StreamException, role: CancelEvent["role"]): void {
    if (this.stream.end !== null) return;
    const path = pathOnWire(exception, this.self);
    const strings = rstStrings(exception, path);
    this.#note(exception, { direction: "sent", role, path }, strings);
    this.stream.reset(exception, strings);
  }

  #note(
    exception: StreamException,
    part: Pick<CancelEvent, "direction" | "role" | "path">,
    strings: Map<string, string>,
  ): void {
    if (nobodyWatchesCancels()) return;
    const context = { side: "server", upstream: null, at: this.#host.clock.wall(), ...part } as const;
    noteCancel(cancelEvent(this, exception, context), strings);
  }

  headerArrived(): void {}

  readable(): void {
    this.reader?.wake();
  }

  writable(): void {
    this.gate.wake();
  }

  overflowed(limit: number): void {
    const text = `canceled by downstream: ${this.self} has ${limit} bytes of unread messages`;
    this.cancelFor({ code: CODES.downstreamCancel, text, kind: "reset" });
  }

  breached(text: string): void {
    const words = `canceled by downstream: ${this.self}: ${text}`;
    this.cancelFor({ code: CODES.downstreamCancel, text: words, kind: "reset" });
  }

  /** The stream ended. Unless the handler ended it, the handler's whole scope is cancelled. */
  ended(end: StreamEnd): void {
    this.#backstop?.cancel();
    if (end.by !== "trailer" && end.error !== null) {
      const error = end.error as StreamException;
      const exception = receivedCancel(error, { self: this.self, caller: this.peer.name, at: this.#host.clock.wall() });
      if (this.stream.inputEnd === error) this.stream.inputEnd = exception;
      if (end.by === "cancel") {
        this.#cancelScope(exception);
        return;
      }
      const direction = end.by === "rst" ? "received" : "local";
      const tell = (role: CancelEvent["role"]) =>
        this.#note(exception, { direction, role, path: exception.path }, new Map(end.strings));
      if (exception.travelled) this.#cameIn(exception, tell);
      else {
        tell("origin");
        this.#cancelScope(exception);
      }
    } else if (!this.handlerDone && end.error !== null) {
      // A broken stream, for example a second Header: the handler works for nobody.
      this.#cancelScope(end.error as StreamException);
    }
  }

  #cancelScope(exception: StreamException): void {
    this.cancelledAt ??= this.#host.clock.now();
    this.scope.cancel(exception);
    if (!this.handlerDone) this.#host.cancelled(this);
  }

  /** A bug in the handler: the caller is told that there was one, the log what it was. */
  panicked(error: Error): void {
    const where = `${this.service}.${this.method}`;
    this.#host.log(
      "error",
      `panic ${where}`,
      `${this.self}: the handler of ${where} threw ${error.name}: ${error.message}`,
      error,
    );
  }

  /** The handler has returned or thrown: whatever it left open ends, and observers are told. */
  handlerReturned(error: Error | null): void {
    if (this.handlerDone) return;
    this.handlerDone = true;
    this.#backstop?.cancel();
    const { clock } = this.#host;
    this.scope.finish(() => handlerReturned({ service: this.self, trigger: error, at: clock.wall() }));
    if (this.ghostReported) this.reportGhost("ended");
    const { end } = this.stream;
    if (!nobodyWatchesEnds()) {
      noteEnd(this, { by: end?.by ?? "trailer", error: end === null ? error : end.error, at: clock.wall() });
    }
    this.#host.finished(this);
    this.stream.release();
  }

  /** Tells observers of work after the cancel. */
  reportGhost(stage: "running" | "ended"): void {
    const { exception } = this.scope;
    if (this.cancelledAt === null || exception === null) return;
    this.ghostReported = true;
    const durationMs = this.#host.clock.now() - this.cancelledAt;
    noteGhost({ call: this, stage, durationMs, messages: this.ghostMessages, exception });
  }
}
