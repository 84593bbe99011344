/**
 * How much this process has to do: for gauges, which ask now and then. Counting costs nothing while nobody asks.
 *
 * The connections hang on a Symbol.for key of globalThis, as hooks do, so that two copies of this package share them.
 */
import type { Side } from "../../model/index.ts";

/** A connection, as far as its load goes. */
export interface LoadedConnection {
  readonly side: Side;
  /** Live streams. */
  readonly streamCount: number;
  /** Bytes that were received and not read. */
  readonly held: number;
  /** What waits to be sent. */
  readonly outbox: { readonly bytes: number };
}

/** What the connections of one side have to do. */
export interface SideLoad {
  readonly connections: number;
  /** Live streams. */
  readonly streams: number;
  /** Bytes that wait to be sent. */
  readonly queuedBytes: number;
  /** Bytes that were received and not read, headers of calls that run included. */
  readonly unreadBytes: number;
}

const KEY = Symbol.for("streamscope.runtime.connections");
const shared = globalThis as { [KEY]?: Set<LoadedConnection> };
shared[KEY] ??= new Set();
const connections: Set<LoadedConnection> = shared[KEY];

/** Counts a connection until the function returned is called. */
export function noteConnection(connection: LoadedConnection): () => void {
  connections.add(connection);
  return () => {
    connections.delete(connection);
  };
}

/** What all servers and all clients of this process have to do now. */
export function runtimeLoad(): Readonly<Record<Side, SideLoad>> {
  const load = { server: newLoad(), client: newLoad() };
  for (const { side, streamCount, held, outbox } of connections) {
    const each = load[side];
    each.connections += 1;
    each.streams += streamCount;
    each.queuedBytes += outbox.bytes;
    each.unreadBytes += held;
  }
  return load;
}

function newLoad(): { -readonly [Name in keyof SideLoad]: number } {
  return { connections: 0, streams: 0, queuedBytes: 0, unreadBytes: 0 };
}
