import { describe, expect, it } from "vitest";
import { type ConnectionLimits, connectionLimits } from "../../../src/runtime/connection/limits.ts";
import type { ServerStream } from "../../../src/runtime/stream/server-stream.ts";
import type { StreamEnd } from "../../../src/runtime/stream/stream.ts";
import { Driver } from "../../../src/runtime/transport/driver.ts";
import { pipePair } from "../../../src/runtime/transport/memory.ts";
import { ByteWriter, type FrameContent, writeFrame } from "../../../src/runtime/wire/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function bytes(frame: FrameContent): Buffer {
  const writer = new ByteWriter();
  writeFrame(writer, frame);
  return writer.toBytes();
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve())));

/** A driver whose streams nobody reads, and what happens to them. */
function unread(side: "server", limits: Partial<ConnectionLimits>) {
  const clock = new FakeClock();
  const [near, far] = pipePair();
  const streams: ServerStream[] = [];
  const told: string[] = [];
  const acceptor = {
    accept(stream: ServerStream) {
      streams.push(stream);
      const tell = (what: string) => () => void told.push(`${stream.streamId} ${what}`);
      const ended = (end: StreamEnd) => void told.push(`${stream.streamId} ended by ${end.by}`);
      const overflowed = (limit: number) => void told.push(`${stream.streamId} overflowed ${limit}`);
      return { headerArrived() {}, readable() {}, ended, overflowed, breached: tell("breached"), writable() {} };
    },
  };
  const driver = new Driver({ side, pipe: far, limits: connectionLimits(limits), acceptor, clock });
  driver.start();
  near.start({ data() {}, gone() {} });
  return {
    clock,
    streams,
    told,
    async send(...frames: FrameContent[]) {
      near.write(frames.map(bytes), () => {});
      await turn();
    },
  };
}

const data = (streamId: number): FrameContent => ({
  type: "data",
  streamId,
  method: "M",
  payload: Buffer.alloc(200),
});

describe("a server's connection whose only stream nobody reads", () => {
  it("reads on all the same: what lies behind is everybody's", async () => {
    const { send, told, streams } = unread("server", { streamBufferBytes: 1000 });
    await send({ type: "header", streamId: 1, method: "M" });
    for (let i = 0; i < 12; i += 1) await send(data(1));
    await send({ type: "header", streamId: 2, method: "M" }, { type: "rst", streamId: 1, method: "M" });
    expect([told, streams.length]).toEqual([["1 ended by rst"], 2]);
  });

  it("ends it once it has what the whole connection may have", async () => {
    const { send, told } = unread("server", { streamBufferBytes: 1000, connectionBufferBytes: 3000 });
    await send({ type: "header", streamId: 1, method: "M" });
    for (let i = 0; i < 9; i += 1) await send(data(1));
    expect(told).toEqual([]);
    await send(data(1));
    await send(data(1));
    expect(told[0]).toMatch(/^1 overflowed \d+$/);
  });
});
