/** A TCP proxy that does to bytes what networks do. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What is done to the bytes of one direction. */
export interface Faults {
  /** Every chunk comes so much later. */
  readonly delayMs?: number;
  /** Bytes a second. */
  readonly throttle?: number;
  /** One byte of every so many is another one. */
  readonly corrupt?: number;
  /** The connection is reset after so many bytes. */
  readonly cut?: number;
  /** After so many bytes nothing passes any more, and nobody is told. */
  readonly swallow?: number;
}

/** A running proxy. */
export interface FaultyProxy extends AsyncDisposable {
  readonly address: string;
  /** From now on nothing passes on the connections there are, and nobody is told; new ones work. */
  halt(): void;
}

/** A connection, both directions. */
interface Line {
  halted: boolean;
}

function pump(from: Socket, to: Socket, faults: Faults, line: Line): void {
  const {
    delayMs = 0,
    throttle = 0,
    corrupt = 0,
    cut = Number.POSITIVE_INFINITY,
    swallow = Number.POSITIVE_INFINITY,
  } = faults;
  let seen = 0;
  from.on("data", (chunk: Buffer) => {
    const before = seen;
    seen += chunk.length;
    if (before >= swallow || line.halted) return;
    const out = Buffer.from(chunk);
    if (corrupt > 0)
      for (let at = corrupt - (before % corrupt); at < out.length; at += corrupt) out[at] = 0xff ^ (out[at] as number);
    if (seen > cut) {
      from.resetAndDestroy();
      to.resetAndDestroy();
      return;
    }
    setTimeout(() => to.destroyed || to.write(out), delayMs);
    if (throttle === 0) return;
    from.pause();
    setTimeout(() => from.resume(), (chunk.length / throttle) * 1000);
  });
  from.on("error", () => {});
  from.on("close", () => to.destroy());
}

/** Starts a proxy before an address. */
export async function faultyProxy(to: string, up: Faults, down: Faults = up): Promise<FaultyProxy> {
  const [host = "", port = ""] = to.split(":");
  const sockets = new Set<Socket>();
  const lines = new Set<Line>();
  const server = createServer((client) => {
    const behind = connect(Number(port), host);
    for (const socket of [client, behind]) sockets.add(socket);
    const line = { halted: false };
    lines.add(line);
    pump(client, behind, up, line);
    pump(behind, client, down, line);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    halt() {
      for (const line of lines) line.halted = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
