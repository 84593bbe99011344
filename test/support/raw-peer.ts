/** The other end of a connection that is no peer of ours: a socket, the frames that came, and whatever bytes are wanted. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { DEFAULT_WIRE_LIMITS, type Frame, FrameReader } from "../../src/runtime/wire/index.ts";

/** A frame that came; of a message its stream only. */
export type CameFrame = Frame | { readonly type: "data"; readonly streamId: number; readonly strings?: undefined };

/** One connection. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: CameFrame[] = [];
  /** Resolves when the socket has gone. */
  readonly gone: Promise<void>;
  #watchers: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const came = (frame: CameFrame) => {
      this.frames.push(frame);
      for (const watch of this.#watchers.splice(0)) watch();
    };
    const reader = new FrameReader(DEFAULT_WIRE_LIMITS, {
      onData: (streamId) => came({ type: "data", streamId }),
      onFrame: came,
    });
    socket.on("data", (chunk: Buffer) => reader.push(chunk));
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    this.gone = new Promise((resolve) => {
      socket.once("close", () => {
        resolve();
        for (const watch of this.#watchers.splice(0)) watch();
      });
    });
  }

  /** The first frame that fits, as soon as it is here. Fails where the connection has gone before. */
  async frame(fits: (frame: CameFrame) => boolean): Promise<CameFrame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      if (this.socket.closed) throw new Error("the connection has gone");
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Writes; resolves when the other end may have more, or has gone. */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.socket.destroyed) return;
    if (this.socket.write(Buffer.concat(parts))) return;
    await Promise.race([new Promise((resolve) => this.socket.once("drain", resolve)), this.gone]);
  }
}

/** A server that leaves each connection to `take`. */
export async function rawServer(
  take: (peer: RawPeer) => unknown,
): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // What a script fails with is that its connection has gone.
    Promise.resolve(take(new RawPeer(socket))).catch(() => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Connects to a server. */
export async function rawClient(port: number): Promise<RawPeer> {
  const socket = connect(port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return new RawPeer(socket);
}
