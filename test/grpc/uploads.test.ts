/** Uploads that are broken off: nobody takes a part of the requests for all of them. */
import { once } from "node:events";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Client, credentials, Metadata, type ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { connectServer, currentCall } from "../../src/grpc/connect.ts";
import {
  createGrpcClient,
  createGrpcServer,
  type GrpcHandlers,
  scopedClient,
  serverInterceptor,
} from "../../src/grpc/index.ts";
import { protobufService } from "../../src/grpc/protobuf-es.ts";
import { StreamException } from "../../src/runtime/index.ts";
import { Model } from "../support/model/model_pb.ts";

const ModelService = protobufService(Model);
const CANCEL = 8;

const stack: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of stack.splice(0).reverse()) await end();
});

/** Handlers that keep what they were sent once it is complete. */
function keeping() {
  const ended = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const keep = async (prompts: AsyncIterable<{ text: string }>) => {
    let text = "";
    try {
      for await (const prompt of prompts) {
        text += prompt.text;
        begun.resolve();
      }
      ended.resolve(`kept ${text}`);
    } catch (error) {
      ended.resolve(`broken off: ${StreamException.in(error)?.kind} of ${StreamException.in(error)?.origin}`);
      throw error;
    }
    return { text };
  };
  const handlers: GrpcHandlers<(typeof ModelService)["methods"]> = {
    upload: keep,
    async *talk(prompts) {
      yield await keep(prompts);
    },
  };
  return { handlers, keep, begun: begun.promise, ended: ended.promise };
}

async function serve(handlers: GrpcHandlers<(typeof ModelService)["methods"]>): Promise<string> {
  const server = createGrpcServer({ name: "model" }).add(ModelService, handlers);
  stack.push(() => server.close({ graceMs: 0 }));
  return (await server.listen({ host: "127.0.0.1", port: 0 })).address;
}

function clientOf(target: string) {
  const client = createGrpcClient(ModelService, { target, name: "gateway" });
  stack.push(() => client.close());
  return client;
}

describe("an upload that its caller cancels", () => {
  it.each(["upload", "talk"] as const)("is not complete for the handler of %s", async (method) => {
    const { handlers, begun, ended } = keeping();
    const call = clientOf(await serve(handlers))[method](null);
    await call.send({ text: "half" });
    await begun;
    call.cancel();
    expect(await ended).toBe("broken off: cancel of gateway");
  });

  it("is not complete before anything was sent", async () => {
    const { handlers, ended } = keeping();
    const call = clientOf(await serve(handlers)).upload(null, { timeoutMs: 150 });
    await expect(call).rejects.toThrow("code=12015");
    expect(await ended).toBe("broken off: deadline of gateway");
  });

  it("is not complete where its source fails", async () => {
    const { handlers, begun, ended } = keeping();
    const client = clientOf(await serve(handlers));
    const upload = client.upload(
      (async function* () {
        yield { text: "half" };
        await begun;
        throw new Error("the disk is gone");
      })(),
    );
    await expect(upload).rejects.toThrow("the disk is gone");
    expect(await ended).toBe("broken off: cancel of gateway");
  });

  it("is not complete where its connection is lost", async () => {
    const { handlers, begun, ended } = keeping();
    const target = await serve(handlers);
    const sockets: Socket[] = [];
    const between = createNetServer((socket) => {
      const further = connect(Number(target.split(":").at(-1)), "127.0.0.1");
      for (const each of [socket, further]) each.on("error", () => {});
      socket.pipe(further).pipe(socket);
      sockets.push(socket, further);
    });
    between.listen(0, "127.0.0.1");
    await once(between, "listening");
    stack.push(() => between.close());
    const call = clientOf(`127.0.0.1:${(between.address() as AddressInfo).port}`).upload(null);
    await call.send({ text: "half" });
    await begun;
    for (const socket of sockets) socket.destroy();
    expect(await ended).toBe("broken off: disconnect of model");
    await expect(call).rejects.toThrow();
  });

  it("is kept where it had been sent whole", async () => {
    const { handlers, ended } = keeping();
    const call = clientOf(await serve(handlers)).upload([{ text: "all " }, { text: "of it" }]);
    expect(await ended).toBe("kept all of it");
    expect((await call).text).toBe("all of it");
    expect((await clientOf(await serve(keeping().handlers)).upload([])).text).toBe("");
  });
});

describe("the reset of an upload", () => {
  /** What the end of the requests looks like at a server of bare HTTP/2: the number of the reset that is known by then. */
  async function seenBelow(end: (client: Client) => Promise<void>): Promise<number> {
    const seen = Promise.withResolvers<number>();
    const server = createHttp2Server();
    server.on("stream", (stream: ServerHttp2Stream) => {
      stream.on("error", () => {});
      stream.on("end", () => seen.resolve(stream.rstCode));
      stream.once("data", () => server.emit("begun"));
      stream.resume();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new Client(target, credentials.createInsecure(), scopedClient({ name: "gateway" }));
    stack.push(() => {
      client.close();
      server.close();
    });
    begun = once(server, "begun");
    await end(client);
    return await seen.promise;
  }
  let begun: Promise<unknown>;
  const bytes = (text: Buffer) => text;

  it("is the first that the server hears of its end, whatever of grpc-js ends it", async () => {
    const cancelled = seenBelow(async (client) => {
      const call = client.makeClientStreamRequest("/a.B/C", bytes, bytes, () => {});
      call.write(Buffer.from("half"));
      await begun;
      call.cancel();
    });
    expect(await cancelled).toBe(CANCEL);
    const late = seenBelow(async (client) => {
      const deadline = Date.now() + 150;
      const call = client.makeBidiStreamRequest("/a.B/C", bytes, bytes, new Metadata(), { deadline });
      call.on("error", () => {});
      call.write(Buffer.from("half"));
      await begun;
    });
    expect(await late).toBe(CANCEL);
  });

  it("does not hide an end that was meant", async () => {
    const whole = seenBelow(async (client) => {
      const call = client.makeClientStreamRequest("/a.B/C", bytes, bytes, () => {});
      call.end(Buffer.from("all"));
      await begun;
    });
    expect(await whole).toBe(0);
  });
});

/** What grpc-js tells an interceptor. */
interface Below {
  onReceiveMetadata(metadata: Metadata): void;
  onReceiveHalfClose(): void;
  onCancel(): void;
}

describe("a caller that ends its half in the turn of its reset", () => {
  /** What a handler hears of a call whose stream is reset, or not, in the turn in which its half ends. */
  async function heard(requestStream: boolean, rstCode: number): Promise<string[]> {
    const heard: string[] = [];
    const stream = { rstCode: 0 };
    let below: Below | null = null;
    const next = {
      stream,
      start: (listener: Below) => {
        below = listener;
      },
      getDeadline: () => Number.POSITIVE_INFINITY,
      getPeer: () => "127.0.0.1:1",
    } as unknown as ServerInterceptingCallInterface;
    const method = { path: "/a.B/C", requestStream, responseStream: false } as Parameters<
      ReturnType<typeof serverInterceptor>
    >[0];
    serverInterceptor({ name: "model" })(method, next).start({
      onReceiveMetadata: () => heard.push("metadata"),
      onReceiveMessage: () => heard.push("message"),
      onReceiveHalfClose: () => heard.push("all"),
      onCancel: () => heard.push("cancelled"),
    } as unknown as Parameters<ServerInterceptingCallInterface["start"]>[0]);
    const grpc = below as unknown as Below;
    grpc.onReceiveMetadata(new Metadata());
    grpc.onReceiveHalfClose();
    stream.rstCode = rstCode;
    if (rstCode !== 0) grpc.onCancel();
    await new Promise(setImmediate);
    return heard;
  }

  it("has not sent all of its requests", async () => {
    expect(await heard(true, CANCEL)).toEqual(["metadata", "cancelled"]);
    expect(await heard(true, 0)).toEqual(["metadata", "all"]);
  });

  it("has sent the one request of a call that has one", async () => {
    expect(await heard(false, CANCEL)).toEqual(["metadata", "all", "cancelled"]);
  });
});

it("an upload to connect-es that its caller cancels is not complete", async () => {
  const { keep, begun, ended } = keeping();
  const names: (string | null | undefined)[] = [];
  const routes = connectNodeAdapter({
    routes: (router) =>
      router.service(Model, {
        upload: (prompts) => {
          names.push(currentCall()?.peer.name);
          return keep(prompts);
        },
      }),
    interceptors: [connectServer({ name: "model" })],
  });
  const server = createHttp2Server(routes);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.push(() => server.close());
  const call = clientOf(`127.0.0.1:${(server.address() as AddressInfo).port}`).upload(null);
  await call.send({ text: "half" });
  await begun;
  call.cancel();
  expect(await ended).toBe("broken off: cancel of gateway");
  expect(names).toEqual(["gateway"]);
});
