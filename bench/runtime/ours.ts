import { createClient, createServer } from "../../src/runtime/index.ts";
import { Chat } from "../../test/support/chat.ts";
import { type LoadMaker, requestOf, responseTo, type System } from "./load.ts";

/** This runtime through its public door, with thrift structs. */
export const ours: System = {
  async serve() {
    const server = createServer({ name: "server" });
    server.add(Chat, {
      async *serverStream(request) {
        for (let seq = 1n; ; seq += 1n) yield responseTo(request, seq);
      },
      async *bidiStream(requests) {
        let seq = 0n;
        for await (const request of requests) {
          seq += 1n;
          yield responseTo(request, seq);
        }
      },
    });
    return (await server.listen()).address;
  },

  connect(address): Promise<LoadMaker> {
    const chat = createClient(Chat, { target: address, name: "bench" });
    return Promise.resolve({
      start({ shape, streams, payload }, count) {
        const abort = new AbortController();
        const options = { signal: abort.signal };
        const request = requestOf(payload);
        const read = async () => {
          for await (const _ of chat.serverStream(request, options)) count();
        };
        const pingPong = async () => {
          const call = chat.bidiStream(null, options);
          for (;;) {
            await call.send(request);
            if ((await call.next()).done) return;
            count();
          }
        };
        for (let i = 0; i < streams; i += 1) {
          (shape === "serverStreaming" ? read() : pingPong()).catch((error: Error) => {
            if (!abort.signal.aborted) throw error;
          });
        }
        return () => abort.abort();
      },
    });
  },
};
