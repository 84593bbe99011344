/**
 * A server of node:http or node:http2, and clients that do one thing wrong.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connect2,
  createServer as createServer2,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A server that listens. */
export interface Listening<Kind> extends AsyncDisposable {
  readonly server: Kind;
  readonly port: number;
}

async function listening<Kind extends Server | Http2Server>(server: Kind, end: () => void): Promise<Listening<Kind>> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    async [Symbol.asyncDispose]() {
      end();
      server.close();
    },
  };
}

/** A server of node:http. */
export async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  options: Parameters<typeof createServer>[0] = {},
): Promise<Listening<Server>> {
  const server = createServer(options, (request, response) => {
    for (const each of [request, response, request.socket]) each.on("error", () => {});
    handler(request, response);
  });
  return await listening(server, () => server.closeAllConnections());
}

/** A server of node:http2 without TLS. */
export async function serve2(
  handler: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<Listening<Http2Server>> {
  const sessions = new Set<{ destroy(): void }>();
  const server = createServer2((request, response) => {
    for (const each of [request, response, response.stream]) each.on("error", () => {});
    handler(request, response);
  });
  server.on("session", (session) => sessions.add(session));
  server.on("sessionError", () => {});
  return await listening(server, () => {
    for (const session of sessions) session.destroy();
  });
}

/** A connection that has sent these bytes. */
export async function sent(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
}

/** A request without a body. */
export const GET = "GET /chat?secret=1 HTTP/1.1\r\nHost: x\r\n\r\n";

/** A request whose body never comes whole. */
export const UPLOAD = "POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc";

/** A session of HTTP/2. */
export function session2(port: number): ClientHttp2Session {
  return connect2(`http://127.0.0.1:${port}`).on("error", () => {});
}

/** A stream of HTTP/2 that was opened; `upload` leaves its body open. */
export function request2(session: ClientHttp2Session, upload = false): ClientHttp2Stream {
  const headers = upload ? { ":path": "/chat", ":method": "POST" } : { ":path": "/chat" };
  const stream = session.request(headers, { endStream: !upload });
  stream.on("error", () => {});
  if (upload) stream.write("abc");
  return stream.resume();
}
