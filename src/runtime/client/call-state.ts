/**
 * One call a client makes: the stream, its place in the scope tree, its cancel.
 *
 * Everything that reads the caller's surroundings (scope, async context of hooks, call site) happens synchronously in the
 * constructor, before anything is dialled. Ends are reported exactly once, whatever races.
 */
import type { Kind } from "../../model/index.ts";
import { CODES, formatDuration } from "../../ttstream/index.ts";
import { captureCallSite } from "../cancel/call-site.ts";
import { handlerReturned } from "../cancel/handler-return.ts";
import { nextId } from "../cancel/ids.ts";
import { type CancelDecision, type CancelInput, decideBelow, decideCancel, pathOnWire } from "../cancel/origin.ts";
import { passedOn } from "../cancel/passing-on.ts";
import { currentScope, type Scope, type ScopeChild } from "../cancel/scope.ts";
import { type Abort, onAbort } from "../cancel/signal-listeners.ts";
import { cancelEvent, rstStrings } from "../cancel/wire-keys.ts";
import type { Clock } from "../clock.ts";
import type { OwnReason } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { readable, toError } from "../errors/thrown-value.ts";
import { DEFAULT_NAME, type MetadataInput, writeMetadata } from "../metadata.ts";
import type { CallInfo } from "../seams/call-info.ts";
import { nobodyWatchesCancels, nobodyWatchesEnds, noteCancel, noteClientOpen, noteEnd } from "../seams/stream-hooks.ts";
import { ClientStream } from "../stream/client-stream.ts";
import { SendGate } from "../stream/send-gate.ts";
import { NO_STRINGS, type StreamEnd, type StreamListener } from "../stream/stream.ts";
import { STRING_KEYS } from "../wire/index.ts";
import { CallDeadline } from "./call-deadline.ts";
import { CallOpening, type Connections } from "./call-opening.ts";
import { type CallOptions, checkCallOptions } from "./options.ts";

/** What a call needs of its client. */
export interface CallHost extends Connections {
  /** The caller's name; null takes that of the handler's service. */
  readonly name: string | null;
  readonly clock: Clock;
  readonly captureCallSite: boolean;
  readonly exposeReason: boolean;
  /** Told when the call has ended. */
  ended(call: ClientCallState): void;
}

/** Who reads the call's messages. */
export interface CallReader {
  wake(): void;
}

/** A call, from its opening to its end. */
export class ClientCallState implements StreamListener, ScopeChild, CallInfo {
  readonly side = "client" as const;
  readonly service: string;
  readonly self: string;
  readonly stream: ClientStream;
  readonly gate: SendGate;
  readonly chainId: string;
  readonly openedAt: bigint;
  readonly parent: CallInfo | null;
  readonly options: CallOptions;
  readonly opening: CallOpening;
  reader: CallReader | null = null;
  responseHeaders: ReadonlyMap<string, string> | null = null;
  readonly #host: CallHost;
  readonly #scope: Scope | null;
  readonly #deadline: CallDeadline;
  #unlisten: (() => void) | null = null;
  #cancelling = false;
  #headersKnown: PromiseWithResolvers<ReadonlyMap<string, string>> | null = null;
  #over: PromiseWithResolvers<void> | null = null;
  #localError: Error | null = null;

  /**
   * Opens the call; `more` is metadata it waits for. Throws TypeError for wrong options; everything else ends the call instead.
   */
  constructor(
    host: CallHost,
    service: string,
    method: string,
    options: CallOptions,
    more: Promise<MetadataInput | undefined> | null = null,
  ) {
    checkCallOptions(options);
    const { clock } = host;
    const near = options.parent?.scope ?? currentScope();
    this.#host = host;
    this.#scope = options.detached === true ? null : near;
    this.service = service;
    this.options = options;
    this.self = host.name ?? near?.service ?? DEFAULT_NAME;
    this.parent = near?.owner?.info ?? null;
    this.chainId = near?.owner?.chainId ?? nextId();
    this.openedAt = clock.wall();
    const above = this.#scope?.owner;
    const inherited = { at: above?.deadlineAt ?? null, owner: above?.deadlineOwner ?? null };
    this.#deadline = new CallDeadline({ clock, self: this.self, timeoutMs: options.timeoutMs, inherited });
    const metadata = near?.owner?.metadata ?? null;
    const strings = writeMetadata(metadata, options.metadata, this.chainId);
    strings.set(STRING_KEYS.idlService, service);
    this.stream = new ClientStream(method, this);
    this.gate = new SendGate(this.stream);
    const opening = { service, self: this.self, stream: this.stream, strings, inherited: metadata };
    this.opening = new CallOpening({ ...opening, deadline: this.#deadline }, host);

    noteClientOpen(this, strings);
    if (!this.#startListening()) return;
    this.#deadline.start((own) => this.#cancel({ own }));
    this.opening.start(more);
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

  get peer(): { readonly name: string | null; readonly address: string | null } {
    return { name: null, address: this.opening.remote };
  }

  /** The exception or other error the call ended with; null while it lives and after a good end. */
  get error(): Error | null {
    return this.stream.end?.error ?? null;
  }

  /** Resolves with the string keys of the peer's Header; empty where the call ended without one. */
  headersKnown(): Promise<ReadonlyMap<string, string>> {
    if (this.#headersKnown === null) {
      this.#headersKnown = Promise.withResolvers();
      if (this.responseHeaders !== null || this.stream.end !== null) this.#tellHeaders();
    }
    return this.#headersKnown.promise;
  }

  #tellHeaders(): void {
    this.#headersKnown?.resolve(this.responseHeaders ?? NO_STRINGS);
  }

  /** Resolves when the call has ended. One promise for all who wait. */
  over(): Promise<void> {
    if (this.#over === null) {
      this.#over = Promise.withResolvers();
      if (this.stream.end !== null) this.#over.resolve();
    }
    return this.#over.promise;
  }

  /** Cancels the call; the reason is read as an abort reason is. After the end it does nothing. */
  cancel(reason?: unknown): void {
    this.#cancel({ user: readable(reason) });
  }

  /** Ends the call with what its own user's code threw: a request that cannot be encoded. */
  failWith(thrown: unknown): void {
    const error = toError(thrown);
    this.#localError = error;
    this.#cancel({ user: error });
  }

  /** Cancels for a reason of the runtime's own. */
  cancelFor(own: OwnReason): void {
    this.#cancel({ own });
  }

  /** A wait for a message took too long: ends the call with 12014. */
  receiveTimeout(): StreamException {
    const { recvTimeoutMs = 0, recvTimeoutKeep = false } = this.options;
    const duration = formatDuration(BigInt(Math.round(recvTimeoutMs * 1e6)));
    const text = `stream Recv timeout, timeout config={Timeout:${duration} DisableCancelRemote:${recvTimeoutKeep}}`;
    if (!recvTimeoutKeep) this.cancelFor({ code: CODES.receiveTimeout, text, kind: "deadline" });
    return new StreamException({ code: CODES.receiveTimeout, side: "client", text, origin: this.self });
  }

  /** Becomes a child of its scope and listens to its signal. False where the call is over before it began. */
  #startListening(): boolean {
    const { signal } = this.options;
    const scope = this.#scope;
    if (scope !== null && scope.exception !== null) {
      this.cancel(signal?.aborted ? signal.reason : undefined);
      return false;
    }
    if (scope?.finished === true) {
      const returned = { service: this.self, trigger: null, at: this.#host.clock.wall() };
      this.#finishWith(decideBelow(handlerReturned(returned)));
      return false;
    }
    if (signal?.aborted !== true) scope?.add(this);
    if (signal === undefined || scope?.owns(signal) === true) return true;
    if (signal.aborted) {
      this.cancel(signal.reason);
      return false;
    }
    this.#unlisten = onAbort(signal, (abort) => this.#cancel({ user: abort.reason }, abort));
    return true;
  }

  /** A peer that keeps no handler waiting for this call refused it. True where the call begins again elsewhere. */
  refused(why: string, refusal: Error): boolean {
    return !this.#cancelling && this.opening.again(why, refusal);
  }

  /** The one response is here and the peer works on: nothing of this side ends it any more. */
  answered(): void {
    this.#deadline.stop();
    this.#unlisten?.();
    this.#scope?.remove(this);
  }

  /** `abort` is what a signal tells of just now, where one does. */
  #cancel(reason: CancelInput["reason"], abort: Abort | null = null): void {
    if (this.stream.end !== null || this.#cancelling) return;
    const { clock, captureCallSite: capture, exposeReason } = this.#host;
    const decision = decideCancel({
      reason,
      upstream: this.#scope?.exception ?? null,
      service: this.self,
      exposeReason: this.options.exposeReason ?? exposeReason,
      cancelId: nextId,
      at: () => abort?.at(clock) ?? clock.wall(),
      callSite: () => {
        if (!capture || "own" in reason) return null;
        return abort === null ? captureCallSite(clock.now()) : abort.site(clock);
      },
    });
    this.#finishWith(decision);
  }

  scopeEnded(exception: StreamException): void {
    if (this.stream.end === null) this.#finishWith(decideBelow(exception));
  }

  #finishWith({ exception, role, upstream }: CancelDecision): void {
    this.#cancelling = true;
    const { reachedPeer } = this.stream;
    const watched = !nobodyWatchesCancels();
    let strings = NO_STRINGS;
    if (watched && upstream !== null) passedOn(upstream);
    if (reachedPeer || watched) {
      const path = pathOnWire(exception, this.self);
      const keys = rstStrings(exception, path);
      strings = keys;
      if (watched) {
        const direction = reachedPeer ? "sent" : "local";
        const at = this.#host.clock.wall();
        noteCancel(cancelEvent(this, exception, { side: "client", direction, role, path, upstream, at }), keys);
      }
    }
    this.stream.cancel(exception, strings, this.#localError ?? exception);
  }

  headerArrived(strings: ReadonlyMap<string, string>): void {
    this.responseHeaders = strings;
    this.#tellHeaders();
  }

  readable(): void {
    this.reader?.wake();
  }

  writable(): void {
    this.gate.wake();
  }

  overflowed(limit: number): void {
    this.#limit(`canceled by upstream: ${this.self} has ${limit} bytes of unread messages`);
  }

  breached(text: string): void {
    this.#limit(`canceled by upstream: ${this.self}: ${text}`);
  }

  #limit(text: string, kind: Kind = "reset"): void {
    this.cancelFor({ code: CODES.upstreamCancel, text, kind });
  }

  /** The client is closing. */
  hostClosing(): void {
    this.#limit(`canceled by upstream: ${this.self} is closing`, "shutdown");
  }

  ended(end: StreamEnd): void {
    this.#deadline.stop();
    this.#unlisten?.();
    this.#scope?.remove(this);
    if (end.by === "rst" && end.error instanceof StreamException && !nobodyWatchesCancels()) {
      const at = this.#host.clock.wall();
      const { path } = end.error;
      const context = { side: "client", direction: "received", role: "leaf", path, upstream: null, at } as const;
      noteCancel(cancelEvent(this, end.error, context), new Map(end.strings));
    }
    if (!nobodyWatchesEnds()) noteEnd(this, { by: end.by, error: end.error, at: this.#host.clock.wall() });
    this.#tellHeaders();
    this.#over?.resolve();
    this.#host.ended(this);
  }
}
