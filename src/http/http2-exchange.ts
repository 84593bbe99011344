/**
 * An exchange of node:http2, and what was seen of its stream and session.
 *
 * A stream that the server closes and one that the client resets look alike afterwards, so calls of `close` and `destroy` are noted. A
 * session that has lost its client closes its streams by the same method, after its socket has ended.
 */
import { subscribe } from "node:diagnostics_channel";
import type { Http2Server, Http2ServerResponse, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { HttpFacts } from "../runtime/index.ts";
import { type Ending, endingOf } from "./ending.ts";
import { type Exchange, headerTexts, pathOf, type ResponseWriter } from "./exchange.ts";
import { addressOf } from "./node-exchange.ts";
import { NodeWriter } from "./node-writer.ts";
import { routeOf } from "./route.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What happened to a connection. */
interface SeenSession {
  peerEnded: boolean;
  timedOut: boolean;
  readonly socket: Socket | null;
  readonly address: string | null;
  readonly server: Http2Server | undefined;
}

/** What happened to a stream. */
interface SeenStream {
  readonly headers: Headers;
  readonly session: SeenSession;
  destroyedHere: boolean;
  timedOut: boolean;
  /** The end of the request was read. */
  requestRead: boolean;
}

const sessions = new WeakMap<ServerHttp2Session, SeenSession>();
const streams = new WeakMap<ServerHttp2Stream, SeenStream>();

function watchSession(session: ServerHttp2Session): SeenSession {
  const known = sessions.get(session);
  if (known !== undefined) return known;
  const { socket } = session;
  const seen: SeenSession = {
    peerEnded: false,
    timedOut: false,
    socket,
    address: addressOf(socket),
    server: (session as unknown as { server?: Http2Server }).server,
  };
  sessions.set(session, seen);
  const gone = () => {
    seen.peerEnded = true;
  };
  socket.once("end", gone);
  socket.once("error", gone);
  session.on("timeout", () => {
    seen.timedOut = true;
  });
  return seen;
}

function watch(stream: ServerHttp2Stream, headers: Headers): SeenStream | null {
  const known = streams.get(stream);
  if (known !== undefined) return known;
  const { session } = stream;
  if (session === undefined) return null;
  const seen: SeenStream = {
    headers,
    session: watchSession(session as ServerHttp2Session),
    destroyedHere: false,
    timedOut: false,
    requestRead: false,
  };
  streams.set(stream, seen);
  stream.on("timeout", () => {
    seen.timedOut = true;
  });
  stream.once("end", () => {
    // A reset ends what is read, too, and closes the stream in the same turn
    setImmediate(() => {
      seen.requestRead = !stream.closed;
    });
  });
  const { close, destroy } = stream;
  stream.close = (...given) => {
    if (!stream.closed && !seen.session.peerEnded) seen.destroyedHere = true;
    close.apply(stream, given);
  };
  stream.destroy = (...given) => {
    if (!stream.closed && !seen.session.peerEnded) seen.destroyedHere = true;
    return destroy.apply(stream, given);
  };
  return seen;
}

// From its start, so that a scope that is made late still learns what had happened. Releases without this channel begin with the scope.
subscribe("http2.server.stream.start", (message) => {
  const { stream, headers } = message as { stream: ServerHttp2Stream; headers: Headers };
  watch(stream, headers);
});

/** An exchange of node:http2. */
export class Http2Exchange implements Exchange {
  readonly facts: HttpFacts;
  readonly headers: ReadonlyMap<string, string>;
  readonly peerAddress: string | null;
  readonly #stream: ServerHttp2Stream;
  readonly #seen: SeenStream | null;
  readonly #taken: (() => void) | null;
  readonly #response: Http2ServerResponse | null;

  constructor(
    stream: ServerHttp2Stream,
    response: Http2ServerResponse | null,
    route: (() => string | null) | null,
    taken: (() => void) | null = null,
  ) {
    const seen = watch(stream, response?.req.headers ?? {});
    const headers = seen?.headers ?? {};
    this.#stream = stream;
    this.#response = response;
    this.#taken = taken;
    this.#seen = seen;
    this.headers = headerTexts(headers);
    this.peerAddress = seen?.session.address ?? null;
    this.facts = {
      method: this.headers.get(":method") ?? "GET",
      scheme: this.headers.get(":scheme") ?? "https",
      path: pathOf(this.headers.get(":path") ?? ""),
      get route() {
        return route?.() ?? (response === null ? null : routeOf(response.req));
      },
      get status() {
        if (!stream.headersSent) return null;
        return response?.statusCode ?? (Number(stream.sentHeaders[":status"] ?? 0) || null);
      },
      version: "2",
      url: null,
    };
  }

  get writer(): ResponseWriter | null {
    return this.#response === null ? null : new NodeWriter(this.#response, this.#taken);
  }

  onClosed(listener: (ending: Ending | null) => void): void {
    const stream = this.#stream;
    const closed = () => listener(this.#finished ? null : this.#ending());
    if (stream.destroyed) closed();
    else stream.once("close", closed);
  }

  /** A stream that its client resets says that it is finished, too, so its own end counts. */
  get #finished(): boolean {
    return !this.#stream.aborted && (this.#response?.writableEnded ?? this.#stream.writableEnded);
  }

  /** Nothing tells whether a body that nobody has read had arrived whole: who answers it has what it wants. */
  get #requestComplete(): boolean {
    const stream = this.#stream;
    if (stream.endAfterHeaders || this.#seen?.requestRead === true) return true;
    return stream.headersSent && stream.readableFlowing !== true;
  }

  #ending(): Ending {
    const stream = this.#stream;
    const seen = this.#seen;
    const { errored } = stream;
    const peerEnded = seen?.session.peerEnded === true;
    const timedOut = seen?.timedOut === true || seen?.session.timedOut === true;
    const destroyedHere = seen?.destroyedHere === true;
    // Node.js has one error for a stream that was closed with a number, whoever did that
    const closedWithNumber = (errored as { code?: unknown } | null)?.code === "ERR_HTTP2_STREAM_ERROR";
    const ofPeer = closedWithNumber && !destroyedHere;
    return endingOf({
      requestComplete: this.#requestComplete,
      peerEnded,
      peerReset: ofPeer || (!destroyedHere && !timedOut),
      error: closedWithNumber ? null : errored,
      destroyedHere,
      timedOut,
      serverClosed: seen?.session.server?.listening === false,
    });
  }
}
