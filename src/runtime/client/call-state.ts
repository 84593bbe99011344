/**
 * One call a client makes: the stream, its place in the scope tree, its cancel.
 *
 * Everything that reads the caller's surroundings (scope, async context of hooks, call site) happens synchronously in the
 * constructor, before anything is dialled. Ends are reported exactly once, whatever races.
 */
import type { Kind } from "../../model/index.ts";
import { CODES, formatDuration } from "../../ttstream/index.ts";
import { abortSite, captureCallSite } from "../cancel/call-site.ts";
import { deadlineException, writeOwner } from "../cancel/deadline.ts";
import { handlerReturned } from "../cancel/handler-return.ts";
import { nextId } from "../cancel/ids.ts";
import { type CancelInput, decideCancel, pathOnWire, relayOf } from "../cancel/origin.ts";
import { currentScope, type Scope, type ScopeChild } from "../cancel/scope.ts";
import { onAbort } from "../cancel/signal-listeners.ts";
import { cancelEvent, rstStrings } from "../cancel/wire-keys.ts";
import type { Clock } from "../clock.ts";
import type { Connection } from "../connection/connection.ts";
import type { OwnReason } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { readable, toError } from "../errors/thrown-value.ts";
import { type CallMetadata, leaveOutInherited, writeMetadata } from "../metadata.ts";
import type { CallInfo, CancelEvent } from "../seams/call-info.ts";
import { logLines } from "../seams/channels.ts";
import { nobodyWatchesCancels, nobodyWatchesEnds, noteCancel, noteClientOpen, noteEnd } from "../seams/stream-hooks.ts";
import { ClientStream, headerInts } from "../stream/client-stream.ts";
import { SendGate } from "../stream/send-gate.ts";
import { NO_STRINGS, type StreamEnd, type StreamListener } from "../stream/stream.ts";
import { STRING_KEYS } from "../wire/index.ts";
import { CallDeadline } from "./call-deadline.ts";
import { type CallOptions, checkCallOptions } from "./options.ts";

/** What a call needs of its client. */
export interface CallHost {
  /** The caller's name; null takes that of the handler's service. */
  readonly name: string | null;
  readonly clock: Clock;
  readonly captureCallSite: boolean;
  readonly exposeReason: boolean;
  /** A live connection, or the promise of one. */
  acquire(): Connected | Promise<Connected>;
  /** Told when the call has ended. */
  ended(call: ClientCallState): void;
}

/** A connection and the address it goes to. */
export interface Connected {
  readonly connection: Connection;
  readonly remote: string;
}

/** Who reads the call's messages. */
export interface CallReader {
  wake(): void;
}

let lastStreamId = 0;

/** Ids count up over all connections of the process, as Kitex's do; they may become negative and skip 0. */
function nextStreamId(): number {
  lastStreamId = (lastStreamId + 1) | 0;
  if (lastStreamId === 0) lastStreamId = 1;
  return lastStreamId;
}

/** Names a client that was given no name. What cannot stand in a path becomes a space. */
const DEFAULT_NAME = process.env["OTEL_SERVICE_NAME"]?.replace(/,|->|\] |\p{C}/gu, " ") ?? "unnamed";

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
  /** Resolves when the stream is on a connection or has failed to get there, and what waited for that is done; null once it is. */
  opening: Promise<void> | null = null;
  reader: CallReader | null = null;
  responseHeaders: ReadonlyMap<string, string> | null = null;
  readonly #host: CallHost;
  readonly #scope: Scope | null;
  readonly #strings: Map<string, string>;
  readonly #inherited: CallMetadata | null;
  readonly #deadline: CallDeadline;
  #remote: string | null = null;
  #unlisten: (() => void) | null = null;
  #cancelling = false;
  #headersKnown: PromiseWithResolvers<ReadonlyMap<string, string>> | null = null;
  #over: PromiseWithResolvers<void> | null = null;
  #localError: Error | null = null;

  /** Opens the call. Throws TypeError for wrong options; everything else ends the call instead. */
  constructor(host: CallHost, service: string, method: string, options: CallOptions) {
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
    this.#inherited = near?.owner?.metadata ?? null;
    this.#strings = writeMetadata(this.#inherited, options.metadata, this.chainId);
    this.#strings.set(STRING_KEYS.idlService, service);
    this.stream = new ClientStream(method, this);
    this.gate = new SendGate(this.stream);

    noteClientOpen(this, this.#strings);
    if (!this.#startListening()) return;
    this.#deadline.start(this.#unlisten === null, (own) =>
      own === null ? this.#inheritedPassed() : this.#cancel({ own }),
    );
    this.#connect();
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
    return { name: null, address: this.#remote };
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

  /** Becomes a child of its scope or listens to its signal. False where the call is over before it began. */
  #startListening(): boolean {
    const { signal } = this.options;
    const scope = this.#scope;
    if (scope !== null && scope.exception !== null) {
      this.cancel(signal?.aborted ? signal.reason : undefined);
      return false;
    }
    if (scope?.finished === true && signal === undefined) {
      const returned = { service: this.self, trigger: null, at: this.#host.clock.wall() };
      this.#finishWith(relayOf(handlerReturned(returned)), { role: "origin", upstream: null });
      return false;
    }
    if (signal === undefined || scope?.owns(signal) === true) {
      scope?.add(this);
      return true;
    }
    if (signal.aborted) {
      this.cancel(signal.reason);
      return false;
    }
    this.#unlisten = onAbort(signal, () => this.#cancel({ user: readable(signal.reason) }, signal));
    return true;
  }

  #connect(): void {
    let connected: Connected | Promise<Connected>;
    try {
      connected = this.#host.acquire();
    } catch (error) {
      this.stream.fail(toError(error));
      return;
    }
    if (!(connected instanceof Promise)) {
      this.#open(connected);
      return;
    }
    this.#wait(
      connected.then(
        (ready) => this.#open(ready),
        (error: unknown) => this.stream.fail(toError(error)),
      ),
    );
  }

  /** Does something once the stream is open, after all that was asked for before. */
  afterOpening<Result>(opening: Promise<void>, work: () => Result | Promise<Result>): Promise<Result> {
    const done = opening.then(work);
    this.#wait(
      done.then(
        () => {},
        () => {},
      ),
    );
    return done;
  }

  #wait(last: Promise<void>): void {
    const opening = last.then(() => {
      if (this.opening === opening) this.opening = null;
    });
    this.opening = opening;
  }

  #open({ connection, remote }: Connected): void {
    if (this.stream.end !== null) return;
    if (connection.closed !== null) {
      this.stream.fail(connection.closed);
      return;
    }
    this.#remote = remote;
    const { owner, leftMs } = this.#deadline;
    if (owner !== null) this.#strings.set(STRING_KEYS.deadlineOwner, writeOwner(owner));
    const content = { strings: this.#strings, ints: headerInts(this.self, leftMs) };
    try {
      connection.open(this.stream, nextStreamId(), content);
    } catch (error) {
      if (!this.#leaveOutInherited(connection, error as Error)) {
        this.stream.fail(error as Error);
        return;
      }
      try {
        connection.open(this.stream, nextStreamId(), content);
      } catch (again) {
        this.stream.fail(again as Error);
      }
    }
  }

  /** A header that does not fit loses what the caller of this service put into it, and observers are told. */
  #leaveOutInherited(connection: Connection, error: Error): boolean {
    const inherited = this.#inherited;
    if (inherited === null) return false;
    const count = leaveOutInherited(this.#strings, inherited, connection.limits.maxHeaderBytes);
    if (count > 0 && logLines.hasSubscribers) {
      const text = `${this.self} left ${count} inherited values out of a call of ${this.service}.${this.method}: ${error.message}`;
      logLines.publish({ level: "warn", text, error });
    }
    return count > 0;
  }

  /** `signal` is what aborted, where one did just now. */
  #cancel(reason: CancelInput["reason"], signal: AbortSignal | null = null): void {
    if (this.stream.end !== null || this.#cancelling) return;
    const { clock, captureCallSite: capture, exposeReason } = this.#host;
    const decision = decideCancel({
      reason,
      upstream: this.#scope?.exception ?? null,
      service: this.self,
      exposeReason: this.options.exposeReason ?? exposeReason,
      cancelId: nextId,
      at: () => clock.wall(),
      callSite: () => {
        if (!capture || "own" in reason) return null;
        return signal === null ? captureCallSite(clock.now()) : abortSite(signal, clock.now());
      },
    });
    const { cause } = decision.exception;
    const upstream = decision.role === "relay" && StreamException.is(cause) ? cause : null;
    this.#finishWith(decision.exception, { role: decision.role, upstream });
  }

  /** The deadline that came with the call above has passed and its owner is silent: it ended this call all the same. */
  #inheritedPassed(): void {
    const scope = this.#scope;
    // The call above ends first, so that both say the same.
    scope?.owner?.raiseDeadline?.();
    const owner = scope?.owner?.deadlineOwner ?? null;
    if (owner === null || scope?.exception != null) this.cancel();
    else this.scopeEnded(deadlineException(owner, this.#host.clock.wall()));
  }

  scopeEnded(exception: StreamException): void {
    if (this.stream.end !== null) return;
    // A handler's return is nobody's cancel but this service's own.
    const own = exception.code === CODES.handlerReturn && exception.path.length === 0;
    this.#finishWith(relayOf(exception), { role: own ? "origin" : "relay", upstream: own ? null : exception });
  }

  #finishWith(exception: StreamException, part: Pick<CancelEvent, "role" | "upstream">): void {
    this.#cancelling = true;
    const path = pathOnWire(exception, this.self);
    const strings = rstStrings(exception, path);
    if (!nobodyWatchesCancels()) {
      const direction = this.stream.reachedPeer ? "sent" : "local";
      const at = this.#host.clock.wall();
      noteCancel(cancelEvent(this, exception, { side: "client", direction, path, at, ...part }), strings);
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
