/**
 * How a stream came to be cancelled: the one list of the house. Whatever else a catalogue or a peer says is translated at the border.
 *
 * - `cancel`: somebody called cancel or aborted on purpose
 * - `deadline`: a timer fired (a stream timeout or a receive timeout)
 * - `disconnect`: a process or a connection went away
 * - `reset`: a peer or a proxy reset the stream
 * - `shutdown`: a server was stopping
 * - `handler-return`: a handler returned while its streams were still open
 * - `error`: a failed call that cancelled nobody
 */
export const KINDS = ["cancel", "deadline", "disconnect", "reset", "shutdown", "handler-return", "error"] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];
