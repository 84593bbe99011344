/**
 * `--listen`, `--forward` and their kin: from words of a command line to a receiver.
 */

import { existsSync } from "node:fs";
import type { ListenScope, Reading } from "../../pipeline/index.ts";
import { type Redaction, redactBytes } from "../../present/index.ts";
import { ListenError, type Receiver } from "../../sources/index.ts";
import { EXIT, Failure, usageFailure } from "../failure.ts";
import { readReceiver } from "./address.ts";
import type { RedactOptions } from "./redact.ts";
import { readDuration } from "./time.ts";

/** The options about listening, as they stand on the command line. */
export interface ListenOptions extends RedactOptions {
  /** True where it was given without an address. */
  readonly listen?: string | true;
  readonly forward?: string;
  readonly token?: string;
  readonly cors?: string;
  readonly allowHost?: readonly string[];
  readonly for?: string;
  readonly redactForward?: boolean;
}

const DEFAULT_HOST = "127.0.0.1";
const HTTP_PORT = 4318;
const GRPC_PORT = 4317;
const ADDRESS = /^(?:(\[[0-9a-fA-F:.%]+\]|[A-Za-z0-9.-]*))(?::(\d{1,5})(?:,(\d{1,5}))?)?$/;

/**
 * Takes an input out of the value of --listen: `tui --listen logs/` means a folder, not an address.
 *
 * @throws Failure for a word that is neither an address nor a path
 */
export function splitListen(inputs: readonly string[], options: ListenOptions): readonly [string[], ListenOptions] {
  const { listen } = options;
  if (typeof listen !== "string" || isAddress(listen)) return [[...inputs], options];
  if (!/[/\\*]/.test(listen) && listen !== "-" && !existsSync(listen)) {
    throw usageFailure(
      `--listen ${listen}: it is no address, and there is no such file; write HOST, :HTTP,GRPC or HOST:HTTP,GRPC, such as --listen :14318,14317`,
    );
  }
  return [[listen, ...inputs], { ...options, listen: true }];
}

function isAddress(text: string): boolean {
  const match = ADDRESS.exec(text);
  if (match === null) return false;
  // A bare word could be a file: hosts are written as numbers, as localhost, or with their ports
  return match[2] !== undefined || text === "localhost" || /^[\d.]+$/.test(text) || text.startsWith("[");
}

/**
 * Reads the options. Null where nothing is to be listened to. `redaction`: what `--redact-forward` takes out of what is passed on.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readListen(
  options: ListenOptions,
  byDefault: boolean,
  redaction: Redaction = null,
): ListenScope | null {
  if (options.listen === undefined && !byDefault) {
    const lonely = (["forward", "token", "cors", "allowHost"] as const).find((name) => options[name] !== undefined);
    // The token may come from the environment, where it harms nobody
    if (lonely === undefined || lonely === "token") return null;
    throw usageFailure(
      `--${lonely === "allowHost" ? "allow-host" : lonely} needs --listen: it is about what is received`,
    );
  }
  const [, host = "", http, grpc] = ADDRESS.exec(typeof options.listen === "string" ? options.listen : "") ?? [];
  const httpPort = http === undefined ? HTTP_PORT : Number(http);
  const grpcPort = grpc !== undefined ? Number(grpc) : http === undefined ? GRPC_PORT : beside(httpPort);
  if (httpPort > 65_535 || grpcPort > 65_535) {
    throw usageFailure(`--listen ${options.listen}: a port is at most 65535`);
  }
  return {
    host: host === "" ? DEFAULT_HOST : host.replace(/^\[|\]$/g, ""),
    httpPort,
    grpcPort,
    token: options.token ?? null,
    cors: options.cors ?? null,
    hostNames: options.allowHost ?? [],
    forward: options.forward === undefined ? null : readReceiver(options.forward, "--forward"),
    redact: options.redactForward === true && redaction !== null ? (bytes) => redactBytes(bytes, redaction) : null,
    forMs: options.for === undefined ? null : readDuration(options.for, "--for"),
  };
}

/** OTLP's own pair is 4318 and 4317: a lonely HTTP port has its gRPC port right below. */
function beside(httpPort: number): number {
  return httpPort === 0 ? 0 : httpPort - 1;
}

/**
 * Opens what a reading listens to; null where it listens to nothing.
 *
 * @throws Failure where a port cannot be opened, with the way out
 */
export async function openReading(reading: Reading): Promise<Receiver | null> {
  try {
    return await reading.open();
  } catch (error) {
    if (error instanceof ListenError) throw new Failure(adviceFor(error), EXIT.noInput);
    throw error;
  }
}

function adviceFor({ code, host, port, message }: ListenError): string {
  if (code === "EADDRINUSE") {
    return `port ${port} on ${host} is taken, perhaps by a Collector or by Jaeger: listen beside it with --listen :14318,14317 and let services send there, adding --forward http://127.0.0.1:4318 so that it still gets everything`;
  }
  if (code === "EACCES")
    return `port ${port} on ${host} may not be opened by this user: choose one above 1023 with --listen`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is no address of this machine: use --listen 127.0.0.1, or --listen 0.0.0.0 for all of them`;
  }
  return `port ${port} on ${host} cannot be opened: ${message}`;
}
