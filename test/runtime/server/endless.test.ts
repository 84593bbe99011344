import { describe, expect, it } from "vitest";
import { createServer, memoryTransport } from "../../../src/runtime/index.ts";
import { ByteWriter, type FrameContent, writeFrame } from "../../../src/runtime/wire/index.ts";
import { Chat, Request, Response } from "../../support/chat.ts";

const PLENTY = 300_000;

/** A client that is no peer of ours: no window holds the server back. */
function frame(content: Omit<FrameContent, "streamId" | "method">): Buffer {
  const writer = new ByteWriter(256);
  writeFrame(writer, { streamId: 1, method: "ServerStream", ...content });
  return Buffer.from(writer.bytes.subarray(0, writer.at));
}

describe("a handler that sends and sends and never waits", () => {
  it("lets the event loop turn, so that it hears of the cancel", async () => {
    // The memory transport takes every write at once, as a socket does whose peer keeps up.
    const transport = memoryTransport();
    const stopped = Promise.withResolvers<{ sent: number; code: number | undefined }>();
    await using server = createServer({ name: "ServiceB", transport, log: null });
    server.add(Chat, {
      async *serverStream(_, call) {
        let sent = 0;
        try {
          for (; sent < PLENTY; sent += 1) yield Response.create({ seq: BigInt(sent) });
        } finally {
          stopped.resolve({ sent, code: call.exception?.code });
        }
      },
    });
    await server.listen({ path: "memory:b" });
    const link = await transport.dial("memory:b", 1_000);
    let cancelled = false;
    link.start({
      data: () => {
        if (cancelled) return;
        cancelled = true;
        link.write([frame({ type: "rst", strings: new Map([["ttscp", "ServiceA"]]) })], () => {});
      },
      gone: () => {},
    });
    const opening = [
      frame({ type: "header", strings: new Map([["isn", "ChatService"]]) }),
      frame({ type: "data", payload: Request.encode(Request.create({ message: "hi" })) }),
      frame({ type: "trailer" }),
    ];
    link.write(opening, () => {});
    const { sent, code } = await stopped.promise;
    expect(sent).toBeLessThan(PLENTY);
    expect(code).toBe(13);
  });
});
