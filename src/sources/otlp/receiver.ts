/**
 * A receiver of OTLP: both protocols, one intake behind them.
 *
 * Everything happens on one thread. A request is taken in before it is answered, so nothing waits in memory that a sender believes to be
 * safe; where the thread is busy, senders wait on their sockets.
 *
 * Knows: http-server, grpc-server, intake, forward. Known by: index.
 */
import type { Server as HttpServer } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Prefilter, SourceRecord } from "../../model/index.ts";
import { localZone, parseZone } from "../zone.ts";
import { Desk } from "./desk.ts";
import { Forward, type ForwardCounts, type ForwardOptions } from "./forward.ts";
import { createOtlpGrpcServer } from "./grpc-server.ts";
import { createOtlpHttpServer } from "./http-server.ts";
import { Intake } from "./intake.ts";

/** How to receive. */
export interface ReceiverOptions {
  readonly prefilter: Prefilter;
  /** Gets the records of each request before it is answered. */
  readonly onRecords: (records: readonly SourceRecord[]) => void;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The port of OTLP/HTTP; default 4318, 0: any free one, null: not at all. */
  readonly httpPort?: number | null;
  /** The port of OTLP/gRPC; default 4317, 0: any free one, null: not at all. */
  readonly grpcPort?: number | null;
  /** Senders have to show it as a bearer token. */
  readonly token?: string;
  /** Pages of this origin may send; `*`: of any. Default: none. */
  readonly corsOrigin?: string;
  /** Where everything received is passed on to. */
  readonly forward?: ForwardOptions;
  /** The zone of times without one in the bodies of logs; default: this machine's. */
  readonly timezone?: string;
  /** Bytes of requests in memory at a time; default 128 MiB. */
  readonly roomBytes?: number;
  /** How long, and how many, spans of traces without a cancel are remembered. */
  readonly quietMs?: number;
  readonly quietRows?: number;
}

/** What has been received, and what became of it. */
export interface ReceiverCounts {
  readonly requests: number;
  readonly spans: number;
  readonly logs: number;
  /** Spans and logs that became records. */
  readonly kept: number;
  /** Spans of traces without a cancel: remembered now, let go of after their time, and before it for want of room. */
  readonly quiet: number;
  readonly expired: number;
  readonly crowded: number;
  readonly duplicates: number;
  /** Requests refused because there was no room, and such that were damaged. */
  readonly refused: number;
  readonly malformed: number;
  /** Null where nothing is passed on. */
  readonly forward: Readonly<ForwardCounts> | null;
}

/** A receiver that is listening. */
export interface Receiver {
  /** `http://127.0.0.1:4318`; null where it does not listen. */
  readonly httpUrl: string | null;
  /** `127.0.0.1:4317`; null where it does not listen. */
  readonly grpcAddress: string | null;
  readonly counts: () => ReceiverCounts;
  /** Stops listening; what is still to be passed on has so many milliseconds. */
  readonly close: (forwardMs?: number) => Promise<void>;
}

/** A port could not be opened. */
export class ListenError extends Error {
  readonly code: string;
  readonly host: string;
  readonly port: number;

  constructor(code: string, host: string, port: number, message: string) {
    super(message);
    this.name = "ListenError";
    this.code = code;
    this.host = host;
    this.port = port;
  }
}

/**
 * Starts to listen.
 *
 * @throws ListenError where a port cannot be opened; then none is open
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { host = "127.0.0.1", httpPort = 4318, grpcPort = 4317 } = options;
  const zone = (options.timezone === undefined ? null : parseZone(options.timezone)) ?? localZone();
  const intake = new Intake({
    prefilter: options.prefilter,
    zone,
    source: "otlp",
    onRecords: options.onRecords,
    ...(options.quietMs === undefined ? {} : { keepMs: options.quietMs }),
    ...(options.quietRows === undefined ? {} : { rows: options.quietRows }),
  });
  const forward = options.forward === undefined ? null : new Forward(options.forward);
  const desk = new Desk(intake, forward, options.token ?? null, options.roomBytes ?? 128 * 1024 * 1024);
  const http = httpPort === null ? null : createOtlpHttpServer(desk, options.corsOrigin ?? null);
  const grpc = grpcPort === null ? null : createOtlpGrpcServer(desk);
  const closeServers = closerOf(http, grpc);
  let httpAddress: string | null = null;
  let grpcAddress: string | null = null;
  try {
    if (http !== null) httpAddress = await listen(http, host, httpPort as number);
    if (grpc !== null) grpcAddress = await listen(grpc, host, grpcPort as number);
  } catch (error) {
    await closeServers();
    throw error;
  }
  return {
    httpUrl: httpAddress === null ? null : `http://${httpAddress}`,
    grpcAddress,
    counts: () => {
      const { held, expired, crowded } = intake.quiet;
      return {
        ...intake.counts,
        ...desk.counts,
        quiet: held,
        expired,
        crowded,
        forward: forward === null ? null : { ...forward.counts },
      };
    },
    async close(forwardMs = 0) {
      desk.close();
      await closeServers();
      await forward?.close(forwardMs);
    },
  };
}

async function listen(server: HttpServer | Http2Server, host: string, port: number): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      fail(new ListenError(error.code ?? "UNKNOWN", host, port, error.message)),
    );
    server.listen(port, host, done);
  });
  const { address, family, port: opened } = server.address() as AddressInfo;
  return family === "IPv6" ? `[${address}]:${opened}` : `${address}:${opened}`;
}

function closerOf(http: HttpServer | null, grpc: Http2Server | null): () => Promise<void> {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  http?.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  grpc?.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  return async () => {
    const servers = [http, grpc].filter((server) => server?.listening === true);
    const closed = servers.map((server) => new Promise((done) => server?.close(done)));
    for (const session of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
}
