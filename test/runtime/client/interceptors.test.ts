import { describe, expect, it } from "vitest";
import {
  type ClientInterceptor,
  createClient,
  createServer,
  memoryTransport,
  type ServerInterceptor,
} from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

async function up(ofClient: readonly ClientInterceptor[], ofServer: readonly ServerInterceptor[] = []) {
  const transport = memoryTransport();
  const stack = new AsyncDisposableStack();
  const seen: string[] = [];
  const server = stack.use(createServer({ name: "B", transport, log: null, interceptors: ofServer }));
  server.add(Chat, {
    unary({ message }, { metadata }) {
      seen.push(`${message} ${metadata.headers.get("token") ?? "without"}`);
      return Response.create({ message });
    },
  });
  const { address } = await server.listen();
  const client = stack.use(createClient(Chat, { target: address, transport, name: "A", interceptors: ofClient }));
  return { client, seen, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const marked = (mark: string) => (message: unknown) => {
  const each = message as { message: string };
  return { ...each, message: each.message + mark };
};

describe("interceptors of a client", () => {
  it("may fetch metadata before the call leaves, the later one counting", async () => {
    const wait = () => new Promise((resolve) => setImmediate(resolve));
    await using both = await up([
      {
        async prepare() {
          await wait();
          return { headers: { token: "old" } };
        },
      },
      { prepare: () => ({ headers: { token: "new" } }) },
    ]);
    await both.client.unary(request("x"));
    expect(both.seen).toEqual(["x new"]);
  });

  it("end their call, and no other, with what they fail with", async () => {
    let fail = true;
    await using both = await up([
      {
        prepare() {
          if (fail) throw new Error("no token");
          return undefined;
        },
      },
    ]);
    await expect(both.client.unary(request("x"))).rejects.toThrow("no token");
    fail = false;
    expect((await both.client.unary(request("y"))).message).toBe("y");
  });

  it("are not waited for by a call that is cancelled", async () => {
    await using both = await up([{ prepare: () => new Promise(() => {}) }]);
    await expect(both.client.unary(request("x"), { timeoutMs: 5 })).rejects.toThrow("code=12015");
  });

  it("and of a server see each message, and may change it, from the outside in", async () => {
    await using both = await up(
      [
        { request: marked(" a"), response: marked(" h") },
        { request: marked(" b"), response: marked(" g") },
      ],
      [
        { request: marked(" c"), response: marked(" f") },
        { request: marked(" d"), response: marked(" e") },
      ],
    );
    expect((await both.client.unary(request("x"))).message).toBe("x a b c d e f g h");
  });

  it("are refused by their place where they are neither function nor object", () => {
    const interceptors = [null as never];
    expect(() => createClient(Chat, { target: "a:1", interceptors })).toThrow(
      "interceptors[0] must be a function or an object",
    );
  });
});

describe("options", () => {
  it("that are misspelt are refused by name, with the one that is meant", async () => {
    await using both = await up([]);
    expect(() => both.client.unary(request("x"), { timeout: 5 } as never)).toThrow(
      "timeout: there is no such option, timeoutMs is meant?",
    );
    expect(() => createClient(Chat, { target: "a:1", Name: "x" } as never)).toThrow("Name: there is no such option");
    expect(() => createServer({ name: "x", loq: null } as never)).toThrow("loq: there is no such option");
    expect(() => createServer({ name: "x", limits: { handler: 5 } as never })).toThrow("limits.handler");
  });

  it("may be undefined, and a timeout Infinity", async () => {
    await using both = await up([]);
    const options = { signal: undefined, timeoutMs: Number.POSITIVE_INFINITY, metadata: undefined };
    expect((await both.client.unary(request("x"), options)).message).toBe("x");
  });
});

describe("a unary call", () => {
  it("is a promise", async () => {
    await using both = await up([]);
    const promise: Promise<Response> = both.client.unary(request("x"));
    expect((await Promise.all([promise, both.client.unary(request("y")).finally(() => {})])).length).toBe(2);
  });
});
