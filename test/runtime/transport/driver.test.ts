import { describe, expect, it } from "vitest";
import { connectionLimits } from "../../../src/runtime/connection/limits.ts";
import type { ServerStream } from "../../../src/runtime/stream/server-stream.ts";
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

describe("a driver whose only stream nobody reads", () => {
  it("stops reading, and lets in a chunk a second until the stream's limit finds the reader out", async () => {
    const clock = new FakeClock();
    const [near, far] = pipePair();
    const streams: ServerStream[] = [];
    let overflowed = false;
    const acceptor = {
      accept(stream: ServerStream) {
        streams.push(stream);
        const overflow = () => {
          overflowed = true;
        };
        return { headerArrived() {}, readable() {}, ended() {}, overflowed: overflow, breached() {}, writable() {} };
      },
    };
    const driver = new Driver({
      side: "server",
      pipe: far,
      limits: connectionLimits({ streamBufferBytes: 1000 }),
      acceptor,
      clock,
    });
    driver.start();
    near.start({ data() {}, gone() {} });
    const send = async (frame: FrameContent) => {
      near.write([bytes(frame)], () => {});
      await turn();
    };
    const data: FrameContent = { type: "data", streamId: 1, method: "M", payload: Buffer.alloc(200) };
    await send({ type: "header", streamId: 1, method: "M" });
    for (let i = 0; i < 8; i += 1) await send(data);
    expect(streams[0]?.received).toBe(3);
    for (let i = 0; i < 2; i += 1) {
      clock.advance(1000);
      await turn();
    }
    expect([streams[0]?.received, overflowed]).toEqual([5, true]);
  });
});
