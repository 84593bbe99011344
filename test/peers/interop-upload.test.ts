/** A Kitex client uploads faster than our handler reads: what lies behind the upload on its connection is seen at once all the same. */
import { describe, expect, it } from "vitest";
import { createServer, type StreamException } from "../../src/runtime/index.ts";
import { ProcessChain, within } from "../interop/chain.ts";
import { Chat } from "../support/chat.ts";
import { kitexPeer } from "../support/kitex.ts";

const UPLOADS = 4;

describe.skipIf(kitexPeer() === null)("behind an upload of a Kitex client that its handler reads slowly", () => {
  it("its own reset and the next call are seen while most of it is unread, and the client is the origin", async () => {
    const uploads: { began: number; ended: number; read: number; sent: number; exception: StreamException | null }[] =
      [];
    const over = Promise.withResolvers<void>();
    await using server = createServer({ name: "ServiceB", log: null });
    server.add(Chat, {
      async *bidiStream(requests, call) {
        const upload = { began: Date.now(), ended: 0, read: 0, sent: 0, exception: null as StreamException | null };
        uploads.push(upload);
        call.signal.addEventListener("abort", () => {
          Object.assign(upload, { ended: Date.now(), sent: call.received, exception: call.exception });
          if (uploads.length === UPLOADS) over.resolve();
        });
        for await (const _ of requests) {
          if (upload.ended > 0) break;
          upload.read += 1;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      },
    });
    const { address } = await server.listen();
    await using chain = await ProcessChain.start([{ name: "ServiceC", make: "K" }]);
    const caller = chain.call("K", [
      ...["--to", address, "--method", "BidiStream", "--payload", "16384", "--interval-us", "2000"],
      ...["--cancel-after", "500ms", "--repeat", String(UPLOADS), "--parallel", "1"],
    ]);
    await within(60_000, "all uploads are cancelled", Promise.all([caller.done, over.promise]));
    expect(uploads).toHaveLength(UPLOADS);
    const opened = caller.lines.filter(({ event }) => event === "stream_open").map(({ ts }) => Date.parse(ts));
    const late = uploads.map(({ began }, index) => began - (opened[index] as number));
    process.stdout.write(`calls were seen after ${late.join(", ")} ms, resets of uploads of 500 ms after `);
    process.stdout.write(`${uploads.map(({ ended }, index) => ended - (opened[index] as number)).join(", ")} ms\n`);
    for (const { read, sent, exception } of uploads) {
      // The handler had most of it still to read.
      expect(read * 3).toBeLessThan(sent);
      expect(exception).toMatchObject({ code: 12007, origin: "ServiceA", path: ["ServiceA"] });
    }
  });
});
