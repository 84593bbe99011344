/** Services over gRPC with the runtime's habits, whoever generated their code. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createGrpcClient,
  createGrpcServer,
  type GrpcHandlers,
  type GrpcServerCall,
  GrpcStatusError,
  grpcService,
} from "../../src/grpc/index.ts";
import { protobufService } from "../../src/grpc/protobuf-es.ts";
import {
  BusinessError,
  createClient,
  createServer,
  isCanceled,
  isTimeout,
  memoryTransport,
  type StreamException,
} from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { CHAT } from "../support/grpc-chain.ts";
import { Model } from "../support/model/model_pb.ts";

const ModelService = protobufService(Model);

const plain: GrpcHandlers<(typeof ModelService)["methods"]> = {
  ask: ({ text }) => ({ text: text.toUpperCase(), index: 1n }),
  async *generate({ text, maxTokens }) {
    for (let index = 0; index < maxTokens; index += 1) yield { text, index: BigInt(index) };
  },
  async upload(prompts) {
    let text = "";
    for await (const prompt of prompts) text += prompt.text;
    return { text };
  },
  async *talk(prompts) {
    for await (const { text } of prompts) yield { text: `${text}!` };
  },
};

/** A server and a client of it. */
async function serve(handlers: GrpcHandlers<(typeof ModelService)["methods"]> = plain) {
  const server = createGrpcServer({ name: "model" }).add(ModelService, handlers);
  const { address: target } = await server.listen({ host: "127.0.0.1", port: 0 });
  const client = createGrpcClient(ModelService, { target, name: "gateway" });
  return {
    client,
    target,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ graceMs: 0 });
    },
  };
}

/** A handler that answers once and waits for its cancel. */
function waiting() {
  const cancelled = Promise.withResolvers<StreamException>();
  const handlers: GrpcHandlers<(typeof ModelService)["methods"]> = {
    async *generate(_prompt, call: GrpcServerCall) {
      yield { text: "first" };
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
      if (call.exception !== null) cancelled.resolve(call.exception);
    },
  };
  return { handlers, cancelled: cancelled.promise };
}

describe("a service that protobuf-es has generated", () => {
  it("is served and called in all four ways", async () => {
    await using model = await serve();
    const { client } = model;
    expect(await client.ask({ text: "hi" })).toMatchObject({ text: "HI", index: 1n });
    const tokens: string[] = [];
    for await (const { text, index } of client.generate({ text: "t", maxTokens: 3 })) tokens.push(`${text}${index}`);
    expect(tokens).toEqual(["t0", "t1", "t2"]);
    expect((await client.upload([{ text: "a" }, { text: "b" }])).text).toBe("ab");
    const talk = client.talk();
    await talk.send({ text: "hi" });
    expect((await talk.next()).value?.text).toBe("hi!");
    await talk.closeSend();
    expect((await talk.next()).done).toBe(true);
  });

  it("passes thousands of messages in order, as fast as their reader takes them", async () => {
    await using model = await serve();
    let next = 0n;
    for await (const { index } of model.client.generate({ text: "x".repeat(1000), maxTokens: 5000 })) {
      expect(index).toBe(next);
      next += 1n;
    }
    expect(next).toBe(5000n);
  });

  it("hears of each way to cancel: a signal with its reason, the end of a loop, the call, a timeout", async () => {
    const { handlers, cancelled } = waiting();
    await using model = await serve(handlers);
    const stop = new AbortController();
    const call = model.client.generate({ text: "hi" }, { signal: stop.signal });
    await call.next();
    stop.abort(new Error("the user closed the tab"));
    const error = await call.next().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 12008, text: "the user closed the tab", origin: "gateway" });
    expect(isCanceled(error)).toBe(true);
    expect(await cancelled).toMatchObject({ origin: "gateway", path: ["gateway"] });

    for (const end of ["leave", "cancel", "timeout"] as const) {
      const again = waiting();
      await using other = await serve(again.handlers);
      const stream = other.client.generate({ text: "hi" }, end === "timeout" ? { timeoutMs: 200 } : {});
      if (end === "leave") for await (const _ of stream) break;
      if (end === "cancel") {
        await stream.next();
        stream.cancel({ intent: "user-stop", text: "stop was pressed" });
      }
      if (end === "timeout") {
        await stream.next();
        expect(isTimeout(await stream.next().catch((thrown: unknown) => thrown))).toBe(true);
      }
      expect(await again.cancelled).toMatchObject({
        origin: "gateway",
        kind: end === "timeout" ? "deadline" : "cancel",
      });
    }
  });

  it("answers with what its handler throws, in Kitex's words", async () => {
    await using model = await serve({
      ask({ text }) {
        if (text === "business") throw new BusinessError(42, "zu groß", { limit: "ä" });
        if (text === "status") throw new GrpcStatusError({ code: 5, details: "no such model" });
        throw new Error("connection refused");
      },
    });
    const thrownBy = (text: string) => model.client.ask({ text }).catch((error: unknown) => error);
    const business = await thrownBy("business");
    expect(BusinessError.is(business) && [business.status, business.text, business.extra]).toEqual([
      42,
      "zu groß",
      { limit: "ä" },
    ]);
    expect(await thrownBy("status")).toMatchObject({ code: 5, details: "no such model" });
    expect(await thrownBy("other")).toMatchObject({
      message: "rpc error: code = 13 desc = connection refused [biz error]",
    });
    expect(
      await model.client
        .generate({})
        .next()
        .catch((error: unknown) => error),
    ).toMatchObject({ code: 12 });
  });

  it("refuses options that there are not", async () => {
    await using model = await serve();
    expect(() => model.client.ask({}, { timeout: 1 } as never)).toThrow("timeoutMs is meant");
    expect(() => createGrpcServer({ nam: "x" } as never)).toThrow("name is meant");
  });
});

it("serves a definition of grpc-js with the same habits", async () => {
  // As generators write it: how many messages go each way shows in the types
  const generate = { ...CHAT.generate, requestStream: false, responseStream: true } as const;
  const ask = { ...CHAT.ask, requestStream: false, responseStream: false } as const;
  const Words = grpcService({ generate, ask });
  await using server = createGrpcServer({ name: "model" });
  server.add(Words, {
    async *generate({ text }) {
      yield { text };
      yield { text: `${text}!` };
    },
    ask: ({ text }) => ({ text: text.toUpperCase() }),
  });
  const { address: target } = await server.listen({ host: "127.0.0.1", port: 0 });
  await using client = createGrpcClient(Words, { target, name: "gateway" });
  const words: string[] = [];
  for await (const { text } of client.generate({ text: "hi" })) words.push(text);
  expect(words).toEqual(["hi", "hi!"]);
  expect((await client.ask({ text: "hi" })).text).toBe("HI");
});

describe("a chain that changes its protocol", () => {
  const stack: AsyncDisposableStack[] = [];
  beforeEach(() => void stack.push(new AsyncDisposableStack()));
  afterEach(() => stack.pop()?.disposeAsync());

  it("cascades from ttstream over gRPC to ttstream, with the callers it came by", async () => {
    const [open] = stack as [AsyncDisposableStack];
    const transport = memoryTransport();
    const atLeaf = Promise.withResolvers<StreamException>();
    const atModel = Promise.withResolvers<StreamException>();
    const leaf = open.use(createServer({ name: "store", transport, log: null }));
    leaf.add(Chat, {
      async *serverStream(_request, call) {
        call.signal.addEventListener("abort", () => atLeaf.resolve(call.signal.reason));
        yield Response.create();
        await atLeaf.promise;
      },
    });
    const { address: store } = await leaf.listen({ path: "memory:store" });
    const toStore = open.use(createClient(Chat, { target: store, transport }));
    const model = open.use(createGrpcServer({ name: "model" }));
    model.add(ModelService, {
      async *generate(_prompt, call) {
        call.signal.addEventListener("abort", () => atModel.resolve(call.signal.reason));
        for await (const { message } of toStore.serverStream(request("hi"))) yield { text: `${call.path} ${message}` };
      },
    });
    const { address: target } = await model.listen({ host: "127.0.0.1", port: 0 });
    const toModel = open.use(createGrpcClient(ModelService, { target }));
    const agent = open.use(createServer({ name: "agent", transport, log: null }));
    agent.add(Chat, {
      async *serverStream() {
        for await (const { text } of toModel.generate({ text: "hi" })) yield Response.create({ message: text });
      },
    });
    const { address } = await agent.listen({ path: "memory:agent" });
    const gateway = open.use(createClient(Chat, { target: address, transport, name: "gateway" }));

    const call = gateway.serverStream(request("hi"));
    expect((await call.next()).value?.message).toBe("gateway,agent ");
    call.cancel();
    expect((await atModel.promise).text).toMatch(/CANCEL \[triggered by agent\]$/);
    expect((await atLeaf.promise).message).toBe(
      "[ttstream error, code=12011] [server-side stream] [canceled path: non-ttstream path -> model] rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by agent]",
    );
  });
});
