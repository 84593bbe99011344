/**
 * How a call gets onto a connection, and onto another one where the first would not have it.
 *
 * A call that no handler has heard of may begin again elsewhere: one that was refused by a peer that says so, or whose connection was lost
 * before anything left. Its messages so far are sent again.
 */
import { writeOwner } from "../cancel/deadline.ts";
import type { Connection } from "../connection/connection.ts";
import { toError } from "../errors/thrown-value.ts";
import { addMetadata, type CallMetadata, leaveOutInherited, type MetadataInput } from "../metadata.ts";
import { logLines } from "../seams/channels.ts";
import { type ClientStream, headerInts } from "../stream/client-stream.ts";
import { STRING_KEYS } from "../wire/index.ts";
import type { CallDeadline } from "./call-deadline.ts";

/** A connection and the address it goes to. */
export interface Connected {
  readonly connection: Connection;
  readonly remote: string;
}

/** Who has the connections. */
export interface Connections {
  /** A live connection, or the promise of one. */
  acquire(): Connected | Promise<Connected>;
  /** A connection that was asked for is not needed any more. */
  unused(): void;
  /** A call was refused there, and why. False where there is no point in trying again. */
  refused(connection: Connection, why: string): boolean;
}

/** The call as far as opening it goes. */
export interface OpeningCall {
  readonly service: string;
  readonly self: string;
  readonly stream: ClientStream;
  /** String keys of the Header frame. */
  readonly strings: Map<string, string>;
  readonly inherited: CallMetadata | null;
  readonly deadline: CallDeadline;
}

/** So often a call begins again. */
const MAX_ATTEMPTS = 8;

let lastStreamId = 0;

/** Ids count up over all connections of the process, as Kitex's do; they may become negative and skip 0, and any that still lives. */
function nextStreamId(connection: Connection): number {
  do {
    lastStreamId = (lastStreamId + 1) | 0;
  } while (lastStreamId === 0 || connection.has(lastStreamId));
  return lastStreamId;
}

/** Opens one call. */
export class CallOpening {
  /** Resolves when the stream is on a connection or has failed to get there, and what waited for that is done; null once it is. */
  pending: Promise<void> | null = null;
  /** Where the call goes; null before it is known. */
  remote: string | null = null;
  readonly #call: OpeningCall;
  readonly #connections: Connections;
  #connection: Connection | null = null;
  #attempts = 0;
  #isOpening = false;
  #reopened: Promise<unknown> | null = null;
  #refusal: Error | null = null;

  constructor(call: OpeningCall, connections: Connections) {
    this.#call = call;
    this.#connections = connections;
  }

  /** Opens the call, once what it still waits for is here: metadata that has to be fetched. */
  start(more: Promise<MetadataInput | undefined> | null): void {
    if (more === null) {
      this.#wait(this.#connect());
      return;
    }
    const { stream, strings } = this.#call;
    const ready = more.then((metadata) => {
      if (stream.end !== null) return null;
      addMetadata(strings, metadata);
      return this.#connect();
    });
    this.#wait(ready.catch((error: unknown) => stream.fail(toError(error))));
  }

  /** Begins again elsewhere. False where that is not worth trying; nothing has changed then. */
  again(why: string, refusal: Error): boolean {
    const connection = this.#connection;
    if (connection === null || this.#attempts >= MAX_ATTEMPTS) return false;
    if (!this.#connections.refused(connection, why)) return false;
    this.#attempts += 1;
    this.#refusal = refusal;
    this.#call.stream.detach();
    const connected = this.#connect();
    // Where this happens while the call is being opened, that goes on until it is open elsewhere.
    if (this.#isOpening) this.#reopened = connected;
    else this.#wait(connected);
    return true;
  }

  /** Does something once the stream is open, after all that was asked for before. */
  after<Result>(pending: Promise<void>, work: () => Result | Promise<Result>): Promise<Result> {
    const done = pending.then(work);
    this.#wait(
      done.then(
        () => {},
        () => {},
      ),
    );
    return done;
  }

  #wait(last: Promise<unknown> | null): void {
    if (last === null) return;
    const pending = last.then(() => {
      if (this.pending === pending) this.pending = null;
    });
    this.pending = pending;
  }

  /** Null where the stream is open at once, or has failed to be. */
  #connect(): Promise<unknown> | null {
    const { stream } = this.#call;
    let connected: Connected | Promise<Connected>;
    try {
      connected = this.#connections.acquire();
    } catch (error) {
      stream.fail(this.#refusal ?? toError(error));
      return null;
    }
    if (!(connected instanceof Promise)) return this.#open(connected);
    return connected.then(
      (ready) => this.#open(ready),
      (error: unknown) => stream.fail(this.#refusal ?? toError(error)),
    );
  }

  #open(connected: Connected): Promise<unknown> | null {
    this.#isOpening = true;
    this.#reopened = null;
    this.#openOn(connected);
    this.#isOpening = false;
    return this.#reopened;
  }

  #openOn({ connection, remote }: Connected): void {
    const { stream, self, strings, deadline } = this.#call;
    if (stream.end !== null) {
      this.#connections.unused();
      return;
    }
    this.#connection = connection;
    if (connection.closed !== null) {
      if (!this.again("lost", connection.closed)) stream.fail(connection.closed);
      return;
    }
    this.remote = remote;
    const { owner, leftMs } = deadline;
    if (owner !== null) strings.set(STRING_KEYS.deadlineOwner, writeOwner(owner));
    const content = { strings, ints: headerInts(self, leftMs) };
    try {
      connection.open(stream, nextStreamId(connection), content);
    } catch (error) {
      if (!this.#leaveOutInherited(connection, error as Error)) {
        stream.fail(error as Error);
        return;
      }
      try {
        connection.open(stream, nextStreamId(connection), content);
      } catch (again) {
        stream.fail(again as Error);
      }
    }
  }

  /** A header that does not fit loses what the caller of this service put into it, and observers are told. */
  #leaveOutInherited(connection: Connection, error: Error): boolean {
    const { inherited, strings, self, service, stream } = this.#call;
    if (inherited === null) return false;
    const count = leaveOutInherited(strings, inherited, connection.limits.maxHeaderBytes);
    if (count > 0 && logLines.hasSubscribers) {
      const text = `${self} left ${count} inherited values out of a call of ${service}.${stream.method}: ${error.message}`;
      logLines.publish({ level: "warn", text, error });
    }
    return count > 0;
  }
}
