import type { Side } from "../../model/index.ts";
import type { ServerStream } from "../stream/server-stream.ts";
import type { StreamListener } from "../stream/stream.ts";
import type { Frame } from "../wire/index.ts";
import type { Budget } from "./budget.ts";
import type { ConnectionLimits } from "./limits.ts";

/** What a connection asks of its transport. */
export interface ConnectionPort {
  /** Frames wait in the outbox: take them before the turn of the event loop ends. */
  flush(): void;
  /** Read nothing more until `resume`. */
  pause(): void;
  resume(): void;
  /** Write what waits, then close. With an error: close at once. */
  close(error: Error | null): void;
}

/** Who takes the streams that clients open. Null on a client. */
export interface StreamAcceptor {
  /** A Header frame opened a stream; the listener is told everything that follows. */
  accept(stream: ServerStream, header: Frame): StreamListener;
}

/** What a connection is made of. */
export interface ConnectionParts {
  readonly side: Side;
  readonly port: ConnectionPort;
  readonly limits: ConnectionLimits;
  /** Of all connections of the server or client; left out, it is this one's alone. */
  readonly budget?: Budget;
  /** Null on a client. */
  readonly acceptor: StreamAcceptor | null;
}
