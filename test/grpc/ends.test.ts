/** Ends of calls that are odd: what handlers throw, what is too long, what lasts for ever, who closes first. */
import { Client, credentials, Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  createGrpcClient,
  createGrpcServer,
  type GrpcHandlers,
  GrpcStatusError,
  scopedClient,
  scopedServer,
} from "../../src/grpc/index.ts";
import { protobufService } from "../../src/grpc/protobuf-es.ts";
import {
  BusinessError,
  createClient,
  createServer,
  memoryTransport,
  type StreamException,
} from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { hostileValues } from "../support/hostile-values.ts";
import { Model } from "../support/model/model_pb.ts";

const ModelService = protobufService(Model);
type Handlers = GrpcHandlers<(typeof ModelService)["methods"]>;

const stack: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of stack.splice(0).reverse()) await end();
});

async function serve(handlers: Handlers) {
  const server = createGrpcServer({ name: "model" }).add(ModelService, handlers);
  const { address: target } = await server.listen({ host: "127.0.0.1", port: 0 });
  stack.push(() => server.close({ graceMs: 0 }));
  return { server, target, client: clientOf(target) };
}

function clientOf(target: string) {
  const client = createGrpcClient(ModelService, { target, name: "gateway" });
  stack.push(() => client.close());
  return client;
}

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    return `answered ${JSON.stringify(await work)}`;
  } catch (error) {
    return error;
  }
}

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}

const waits = () => new Promise<never>(() => {});

/** A call beside that goes on, or does not. */
async function neighbourOf(client: ReturnType<typeof clientOf>) {
  const beside = client.talk(null);
  await beside.send({ text: "before" });
  await beside.next();
  return async () => {
    await beside.send({ text: "after" });
    return (await beside.next()).value?.text;
  };
}

const echo: Handlers["talk"] = async function* (prompts) {
  for await (const { text } of prompts) yield { text };
};

describe("what a handler throws", () => {
  it("is told as far as it can be read, and ends its call alone", async () => {
    let make: () => unknown = () => null;
    const fling = (): never => {
      throw make();
    };
    const { client } = await serve({
      ask: fling,
      // biome-ignore lint/correctness/useYield: it throws before
      async *generate() {
        fling();
      },
      talk: echo,
    });
    const goesOn = await neighbourOf(client);
    await fc.assert(
      fc.asyncProperty(hostileValues, async (value) => {
        make = value;
        expect(await failureOf(client.ask({}))).toBeInstanceOf(Error);
        expect(await failureOf(drain(client.generate({})))).toBeInstanceOf(Error);
      }),
      { numRuns: 100 },
    );
    expect(await goesOn()).toBe("after");
  });

  it.each<[string, unknown, number]>([
    [
      "an error of a client of grpc-js",
      Object.assign(new Error("5 NOT_FOUND: no such user"), {
        code: 5,
        details: "no such user",
        metadata: new Metadata(),
      }),
      5,
    ],
    ["a status", new GrpcStatusError({ code: 5, details: "no such user" }), 5],
    [
      "a status whose number is none",
      new GrpcStatusError({ code: Number.NaN, details: "no such user" }),
      status.UNKNOWN,
    ],
    ["a status that says OK", new GrpcStatusError({ code: 0, details: "no such user" }), status.UNKNOWN],
    ["an error of Node.js", Object.assign(new Error("no such user"), { code: "ENOENT" }), status.INTERNAL],
  ])("is an answer of its own where it is %s", async (_, thrown, code) => {
    const { client } = await serve({
      ask() {
        throw thrown;
      },
    });
    const error = await failureOf(client.ask({}));
    expect(error).toBeInstanceOf(GrpcStatusError);
    expect((error as GrpcStatusError).code).toBe(code);
    expect((error as GrpcStatusError).details).toMatch(/^no such user( \[biz error\])?$/);
  });

  it("is a business status where a client of grpc-js was answered with one", async () => {
    const below = await serve({
      ask() {
        throw new BusinessError(7, "no credit", { left: "0" });
      },
    });
    const plain = new Client(below.target, credentials.createInsecure());
    stack.push(() => plain.close());
    const bytes = (message: Buffer) => message;
    const { client } = await serve({
      ask: () =>
        new Promise((_, reject) => {
          plain.makeUnaryRequest("/streamscope.test.Model/Ask", bytes, bytes, Buffer.of(), reject);
        }),
    });
    const error = await failureOf(client.ask({}));
    expect(BusinessError.is(error) && [error.status, error.text, error.extra]).toEqual([7, "no credit", { left: "0" }]);
  });
});

describe("what is too long for a header block of HTTP/2", () => {
  it.each<[string, () => unknown, (error: unknown) => void]>([
    [
      "the text of an error is cut",
      () => new Error("漢".repeat(100_000)),
      (error) => expect((error as GrpcStatusError).details.length).toBeGreaterThan(5000),
    ],
    [
      "the words of a business status are cut, and its number arrives",
      () => new BusinessError(7, "漢".repeat(100_000), { long: "漢".repeat(100_000), short: "x" }),
      (error) => expect(BusinessError.is(error) && [error.status, error.extra]).toEqual([7, { short: "x" }]),
    ],
  ])("%s, and ends no other call", async (_, make, check) => {
    const { client } = await serve({
      ask() {
        throw make();
      },
      talk: echo,
    });
    const goesOn = await neighbourOf(client);
    check(await failureOf(client.ask({})));
    expect(await goesOn()).toBe("after");
  });

  it("fails its own call alone, whichever side it is of", async () => {
    const { client } = await serve({ ask: () => ({ text: "hi" }), talk: echo });
    const goesOn = await neighbourOf(client);
    const long = "v".repeat(40_000);
    const error = await failureOf(client.ask({}, { metadata: { headers: { a: long, b: long } } }));
    expect((error as GrpcStatusError).code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await client.ask({}, { metadata: { headers: { a: long } } })).text).toBe("hi");
    expect(await goesOn()).toBe("after");
  });

  it("is not sent by handlers of grpc-js, either", async () => {
    const bytes = (message: Buffer) => message;
    const long = new Metadata();
    for (const key of ["a", "b"]) long.set(key, "v".repeat(40_000));
    const method = (path: string, responseStream: boolean) => ({
      path,
      requestStream: false,
      responseStream,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    });
    const server = scopedServer(new Server(), { name: "model" });
    server.addService(
      {
        trailers: method("/a.B/Trailers", false),
        headers: method("/a.B/Headers", false),
        goes: method("/a.B/Goes", true),
      },
      {
        trailers: (_: unknown, callback: (error: null, response: Buffer, trailers: Metadata) => void) =>
          callback(null, Buffer.of(), long),
        headers: (
          call: { sendMetadata(metadata: Metadata): void },
          callback: (error: null, response: Buffer) => void,
        ) => {
          call.sendMetadata(long);
          callback(null, Buffer.of());
        },
        goes: (call: { write(message: Buffer): void; end(): void }) => {
          call.write(Buffer.of(1));
          ends.push(() => call.end());
        },
      },
    );
    const ends: (() => void)[] = [];
    const port = await new Promise<number>((resolve) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) => resolve(bound)),
    );
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), scopedClient({ name: "gateway" }));
    stack.push(() => {
      client.close();
      server.forceShutdown();
    });
    const beside = client.makeServerStreamRequest("/a.B/Goes", bytes, bytes, Buffer.of());
    const over = new Promise((resolve) => beside.on("error", resolve).on("end", () => resolve("its own end")));
    await new Promise((resolve) => beside.once("data", resolve));
    for (const path of ["/a.B/Trailers", "/a.B/Headers"]) {
      const code = await new Promise((resolve) =>
        client.makeUnaryRequest(path, bytes, bytes, Buffer.of(), (error) => resolve(error?.code)),
      );
      expect(code).toBe(status.RESOURCE_EXHAUSTED);
    }
    for (const end of ends) end();
    expect(await over).toBe("its own end");
  });
});

describe("a timeout that is longer than any timer", () => {
  it.each([Number.POSITIVE_INFINITY, 1e15, 1e12, 2 ** 31])("of %d ms is none", async (timeoutMs) => {
    const { client } = await serve({
      ask: (_, call) => ({ text: String(call.deadline) }),
    });
    expect((await client.ask({}, { timeoutMs })).text).toBe("null");
  });

  it("is none where grpc-js is given it, too", async () => {
    const { target } = await serve({ ask: (_, call) => ({ text: String(call.deadline) }) });
    const client = new Client(target, credentials.createInsecure(), scopedClient({ name: "gateway" }));
    stack.push(() => client.close());
    const bytes = (message: Buffer) => message;
    const answer = await new Promise<unknown>((resolve) => {
      const deadline = new Date(8.64e15);
      client.makeUnaryRequest(
        "/streamscope.test.Model/Ask",
        bytes,
        bytes,
        Buffer.of(),
        { deadline },
        (error, response) => resolve(error ?? response?.toString()),
      );
    });
    expect(String(answer)).toContain("null");
  });

  it("is none where it is inherited, either", async () => {
    const { client } = await serve({ ask: (_, call) => ({ text: String(call.deadline) }) });
    const transport = memoryTransport();
    await using above = createServer({ name: "chat", transport, log: null });
    above.add(Chat, {
      unary: async (_, call) => {
        expect(call.deadline?.getTime()).toBeGreaterThan(Date.now() + 2 ** 31);
        return Response.create({ message: (await client.ask({})).text });
      },
    });
    const { address: target } = await above.listen();
    await using chat = createClient(Chat, { target, transport, name: "gateway" });
    expect((await chat.unary(request("hi"), { timeoutMs: 5_000_000_000 })).message).toBe("null");
  });

  it("is one as long as a timer can be", async () => {
    const { client } = await serve({
      ask: (_, call) => ({ text: String((call.deadline?.getTime() ?? 0) > Date.now()) }),
    });
    expect((await client.ask({}, { timeoutMs: 2_000_000_000 })).text).toBe("true");
  });
});

describe("a client that closes", () => {
  it("ends what runs, and is the origin", async () => {
    const seen = Promise.withResolvers<StreamException>();
    const { client } = await serve({
      async *generate(_, call) {
        call.signal.addEventListener("abort", () => seen.resolve(call.signal.reason));
        yield { text: "first" };
        await waits();
      },
      ask: waits,
    });
    const stream = client.generate({});
    await stream.next();
    const ask = failureOf(client.ask({}));
    await client.close();
    for (const error of [await ask, await failureOf(stream.next())])
      expect(error).toMatchObject({ code: 12010, origin: "gateway", kind: "shutdown" });
    expect((await seen.promise).origin).toBe("gateway");
  });
});

describe("a server that closes", () => {
  it("tells its callers that it did, and why", async () => {
    const { server, client } = await serve({
      ask: waits,
      async *generate() {
        yield { text: "first" };
        await waits();
      },
      upload: waits,
    });
    const stream = client.generate({});
    await stream.next();
    const calls = [failureOf(client.ask({})), failureOf(client.upload(null))];
    // Both have arrived: another one after them was answered
    await failureOf(client.talk([]).next());
    await server.close({ graceMs: 0 });
    for (const error of [...(await Promise.all(calls)), await failureOf(stream.next())])
      expect((error as GrpcStatusError).details).toContain("model is shutting down");
  });
});

describe("requests of an iterable", () => {
  it("are closed when the server has answered without reading on", async () => {
    const { client } = await serve({ upload: () => ({ text: "enough" }) });
    const closed = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    const requests = {
      count: 0,
      async next() {
        this.count += 1;
        if (this.count > 1) {
          asked.resolve();
          await waits();
        }
        return { done: false as const, value: { text: "x" } };
      },
      async return() {
        closed.resolve("closed");
        return { done: true as const, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    expect((await client.upload(requests)).text).toBe("enough");
    await asked.promise;
    expect(await closed.promise).toBe("closed");
  });
});
