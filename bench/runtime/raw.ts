/**
 * What Node's sockets give at best: frames behind a length, no streams, no codec, everything of a turn in one buffer.
 *
 * A frame has as many bytes as one of the runtime with the same payload. The first frame of a connection says what is wanted.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { LoadMaker, System } from "./load.ts";

/** The bytes of a Data frame of ChatService besides its payload. */
const OVERHEAD = 88;
const BLOCK = 64 * 1024;

/** Calls back for each whole frame. */
function onFrames(socket: Socket, frame: (bytes: Buffer, start: number, end: number) => void): void {
  let rest: Buffer | null = null;
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 4) {
      const end = at + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      frame(bytes, at, end);
      at = end;
    }
    rest = at < bytes.length ? bytes.subarray(at) : null;
  });
}

/** Gathers frames and writes them at the end of the turn. */
function gather(socket: Socket): (size: number) => void {
  let buffer = Buffer.alloc(BLOCK);
  let at = 0;
  const flush = () => {
    socket.write(buffer.subarray(0, at));
    buffer = Buffer.alloc(BLOCK);
    at = 0;
  };
  return (size) => {
    if (at === 0) process.nextTick(flush);
    if (at + size > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
    buffer.writeUInt32BE(size, at);
    at += size;
  };
}

function pour(socket: Socket, size: number): void {
  const perBlock = Math.max(1, Math.floor(BLOCK / size));
  const block = Buffer.alloc(perBlock * size);
  const next = () => {
    if (socket.destroyed) return;
    for (let i = 0; i < perBlock; i += 1) block.writeUInt32BE(size, i * size);
    socket.write(block, next);
  };
  next();
}

export const raw: System = {
  serve() {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      const send = gather(socket);
      onFrames(socket, (bytes, start, end) => {
        if (bytes[start + 4] === 1) pour(socket, end - start);
        else send(end - start);
      });
    });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
    });
  },

  connect(address): Promise<LoadMaker> {
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    return Promise.resolve({
      start({ shape, streams, payload }, count) {
        const size = payload + OVERHEAD;
        const socket = connect({ port, host: "127.0.0.1", noDelay: true });
        socket.on("error", () => socket.destroy());
        if (shape === "serverStreaming") {
          const first = Buffer.alloc(size);
          first.writeUInt32BE(size, 0);
          first[4] = 1;
          socket.write(first);
          onFrames(socket, count);
        } else {
          const send = gather(socket);
          onFrames(socket, () => {
            count();
            send(size);
          });
          for (let i = 0; i < streams; i += 1) send(size);
        }
        return () => socket.destroy();
      },
    });
  },
};
