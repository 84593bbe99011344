/**
 * A receiver of OTLP: both protocols, one sampler behind them.
 *
 * Everything happens on one thread. A request is taken in before it is answered, so nothing waits in memory that a sender believes to be
 * safe; where the thread is busy, senders wait on their sockets.
 */
import type { Server as HttpServer } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { localZone, parseZone } from "../../formats/zone.ts";
import { TailSampler } from "../sampling/tail-sampler.ts";
import { Decompressor } from "./decompress.ts";
import { ExportService } from "./export-service.ts";
import { Forward } from "./forward.ts";
import { createOtlpGrpcServer } from "./grpc-server.ts";
import { isLoopback } from "./host-check.ts";
import { createOtlpHttpServer, type HttpGuests } from "./http-server.ts";
import { ListenError, type Receiver, type ReceiverCounts, type ReceiverOptions } from "./receiver.ts";
import { receiverMetrics } from "./receiver-metrics.ts";
import type { Addresses } from "./refusals.ts";

/**
 * Starts to listen.
 *
 * @throws ListenError where a port cannot be opened; then none is open
 */
export async function openReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { host = "127.0.0.1", httpPort = 4318, grpcPort = 4317 } = options;
  const zone = (options.timezone === undefined ? null : parseZone(options.timezone)) ?? localZone();
  const sampler = new TailSampler({
    prefilter: options.prefilter,
    zone,
    source: "otlp",
    onRecords: options.onRecords,
    ...(options.decisionWaitMs === undefined ? {} : { decisionWaitMs: options.decisionWaitMs }),
    ...(options.maxHeldSpans === undefined ? {} : { maxHeldSpans: options.maxHeldSpans }),
  });
  const forward = options.forward === undefined ? null : new Forward(options.forward);
  const service = new ExportService(
    sampler,
    forward,
    options.token ?? null,
    options.maxBufferedBytes ?? 128 * 1024 * 1024,
  );
  const decompressor = new Decompressor();
  let httpAddress: string | null = null;
  let grpcAddress: string | null = null;
  const addresses = (): Addresses => ({
    httpUrl: httpAddress === null ? null : `http://${httpAddress}`,
    grpcAddress,
  });
  const counts = (): ReceiverCounts => {
    const { held, expired, evicted } = sampler.waiting;
    return {
      ...sampler.counts,
      ...service.counts(addresses()),
      held,
      expired,
      evicted,
      forward: forward === null ? null : { ...forward.counts },
    };
  };
  const { maxConnections } = options;
  const guests: HttpGuests = {
    corsOrigin: options.corsOrigin ?? null,
    hostNames: isLoopback(host) ? (options.hostNames ?? []).map((name) => name.toLowerCase()) : null,
    ...(maxConnections === undefined ? {} : { maxConnections }),
    metrics: () => [...receiverMetrics(counts()), ...(options.metrics?.() ?? [])],
  };
  const http = httpPort === null ? null : createOtlpHttpServer(service, decompressor, guests);
  const grpc = grpcPort === null ? null : createOtlpGrpcServer(service, decompressor, maxConnections);
  const closeServers = closerOf(http, grpc);
  try {
    if (http !== null) httpAddress = await listen(http, host, httpPort as number);
    if (grpc !== null) grpcAddress = await listen(grpc, host, grpcPort as number);
  } catch (error) {
    await closeServers();
    throw error;
  }
  return {
    ...addresses(),
    counts,
    async close(forwardMs = 0) {
      service.close();
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
