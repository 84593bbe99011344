/**
 * The lines that Kitex itself writes about its streams (docs/protocol.md#kitexs-own-lines). They repeat what the
 * application may have logged too; some of them look like cancels and are none.
 */

/** How a line of Kitex is to be read. */
export type KitexLine =
  /** A handler of this server returned an error: what follows is the error. */
  | { readonly line: "handler-error"; readonly body: string; readonly address: string | null }
  /** The gRPC client ended a stream of its own accord: what follows is why. */
  | { readonly line: "client-end"; readonly body: string }
  /** The server is up. */
  | { readonly line: "listening"; readonly address: string }
  /** The server runs, ends or met an end of a connection: no cancel. */
  | { readonly line: "serving" }
  /** A line that looks like a cancel and is none. */
  | { readonly line: "harmless" };

const HANDLER_ERROR = /^processing (?:ttstream|gRPC) request error, remoteAddr=([^,]*), error=/;
const CLIENT_END = "stream closed by ctx canceled, err: ";
const LISTENING = /^server listen at addr=(\S+)/;
const SERVING = ["stop server error", "grpc server loopyWriter", "gRPC GracefulShutdown"] as const;
const HARMLESS = ["gRPC triggers Close", "stream[", "ttstream panic happened", "auto retry"] as const;

const MARK = "KITEX: ";

/** grpc-go's own log of a connection that ended; the calls on it, if there were any, have errors of their own. */
const GRPC_GO_TRANSPORT = /\[(?:client|server)-transport 0x[0-9a-f]+\] (?:Closing|loopyWriter)/;
const TRANSPORT = "-transport 0x";

/** False for a text that {@link readKitexLine} takes for no line of Kitex's, as a first look tells. */
export function maybeKitexLine(text: string): boolean {
  return text.includes(MARK) || text.includes(TRANSPORT);
}

/** Reads a line that begins with Kitex's mark; null for any other. */
export function readKitexLine(text: string): KitexLine | null {
  if (GRPC_GO_TRANSPORT.test(text)) return { line: "harmless" };
  const at = text.indexOf(MARK);
  if (at === -1) return null;
  const line = text.slice(at + MARK.length);
  const handler = HANDLER_ERROR.exec(line);
  if (handler !== null) {
    return { line: "handler-error", body: line.slice(handler[0].length), address: handler[1] || null };
  }
  if (line.startsWith(CLIENT_END)) return { line: "client-end", body: line.slice(CLIENT_END.length) };
  const listening = LISTENING.exec(line);
  if (listening !== null) return { line: "listening", address: listening[1] as string };
  if (SERVING.some((words) => line.startsWith(words))) return { line: "serving" };
  return HARMLESS.some((words) => line.startsWith(words)) ? { line: "harmless" } : null;
}
