import { describe, expect, it } from "vitest";
import {
  createServer,
  type Handlers,
  memoryTransport,
  type Pipe,
  type ServerOptions,
} from "../../../src/runtime/index.ts";
import { ByteWriter, type FrameContent, writeFrame } from "../../../src/runtime/wire/index.ts";
import { Chat, type ChatMethods, Request, Response } from "../../support/chat.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve())));

/** A server and a pipe to it whose writes never finish: a peer that does not read. `done` lets one through. */
async function up(handlers: Handlers<ChatMethods>, options: Partial<ServerOptions> = {}) {
  const memory = memoryTransport();
  const writes: { readonly bytes: number; readonly done: () => void }[] = [];
  const stuck = (pipe: Pipe): Pipe => ({
    remote: pipe.remote,
    start: (events) => pipe.start(events),
    write: (parts, done) => writes.push({ bytes: parts.reduce((sum, part) => sum + part.length, 0), done }),
    pause: () => pipe.pause(),
    resume: () => pipe.resume(),
    hold: (alive) => pipe.hold(alive),
    end: () => pipe.end(),
    destroy: () => pipe.destroy(),
  });
  const server = createServer({
    name: "B",
    log: null,
    transport: {
      dial: memory.dial,
      listen: (address, accept) => memory.listen(address, (pipe) => accept(stuck(pipe))),
    },
    ...options,
  }).add(Chat, handlers);
  const { address } = await server.listen();
  const pipe = await memory.dial(address, 1000);
  let gone = false;
  pipe.start({
    data() {},
    gone() {
      gone = true;
    },
  });
  return {
    server,
    writes,
    isGone: () => gone,
    async send(...frames: FrameContent[]) {
      const writer = new ByteWriter();
      for (const frame of frames) writeFrame(writer, frame);
      pipe.write([writer.toBytes()], () => {});
      await turn();
    },
    async [Symbol.asyncDispose]() {
      pipe.destroy();
      await server.close({ graceMs: 0 });
    },
  };
}

const strings = new Map([["isn", "ChatService"]]);
function call(streamId: number, method = "Unary", payload = Buffer.alloc(0)): FrameContent[] {
  return [
    { type: "header", streamId, method, strings },
    { type: "data", streamId, method, payload: Buffer.from(Request.encode(Request.create({ payload }))) },
    { type: "trailer", streamId, method },
  ];
}

const MIB = 1024 * 1024;
const big = Response.create({ payload: Buffer.alloc(MIB) });

describe("a peer that does not read", () => {
  it("gets no more work done than fits, and the rest once it reads", async () => {
    let ran = 0;
    await using both = await up({
      async unary() {
        ran += 1;
        return big;
      },
    });
    for (let i = 1; i <= 50; i += 1) await both.send(...call(i));
    expect(ran).toBeLessThanOrEqual(3);
    while (both.writes.length > 0) {
      both.writes.shift()?.done();
      await turn();
      await turn();
    }
    expect([ran, both.server.callCount]).toEqual([50, 0]);
  });

  it("leaves its requests where they are counted, so that they end beyond the limit of what is unread", async () => {
    let ran = 0;
    await using both = await up(
      {
        async unary() {
          ran += 1;
          return big;
        },
      },
      { limits: { connectionBufferBytes: 2 * MIB, maxFrameBytes: 3 * MIB } },
    );
    // The handlers begin while there is room, and wait for their requests.
    for (let i = 2; i <= 40; i += 1) await both.send(call(i)[0] as FrameContent);
    await both.send(...call(1), ...call(41));
    for (let i = 2; i <= 40; i += 1) await both.send(...call(i, "Unary", Buffer.alloc(MIB)).slice(1));
    expect(ran).toBeLessThanOrEqual(3);
    expect(both.server.callCount).toBeLessThanOrEqual(6);
  });

  it("that reads a little wakes some of those who wait, not all", async () => {
    let ran = 0;
    await using both = await up({
      async unary() {
        ran += 1;
        return big;
      },
    });
    for (let i = 1; i <= 500; i += 1) await both.send(...call(i));
    const before = ran;
    both.writes.shift()?.done();
    await turn();
    await turn();
    expect(ran - before).toBeGreaterThan(0);
    expect(ran - before).toBeLessThanOrEqual(32);
  });

  it("that reads again wakes all in the end, also where those who were woken first say nothing", async () => {
    let ran = 0;
    await using both = await up({
      async unary(_request, call) {
        ran += 1;
        if (ran <= 2) return big;
        await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
        return big;
      },
    });
    for (let i = 1; i <= 100; i += 1) await both.send(...call(i));
    expect(ran).toBeLessThan(4);
    while (both.writes.length > 0) {
      both.writes.shift()?.done();
      await turn();
    }
    for (let turns = 0; turns < 20 && ran < 100; turns += 1) await turn();
    expect(ran).toBe(100);
  });

  it("has one message waiting at a time, however many streams there are", async () => {
    let ran = 0;
    const waiting: (() => void)[] = [];
    await using both = await up({
      async *serverStream() {
        ran += 1;
        await new Promise<void>((resolve) => waiting.push(resolve));
        yield big;
      },
    });
    for (let i = 1; i <= 50; i += 1) await both.send(...call(i, "ServerStream"));
    expect(ran).toBe(50);
    for (const go of waiting) go();
    await turn();
    const largest: number[] = [];
    while (both.writes.length > 0) {
      const write = both.writes.shift();
      largest.push(write?.bytes ?? 0);
      write?.done();
      await turn();
      await turn();
    }
    expect(Math.max(...largest)).toBeLessThan(1.3 * MIB);
    expect(largest.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(50 * MIB);
  });

  it("and asks for more loses its connection once refusals beyond the limit wait", async () => {
    const limits = { maxFrameBytes: 100_000, writeBufferBytes: 100 };
    await using both = await up({}, { limits });
    const method = "M".repeat(1000);
    let sent = 0;
    for (; sent < 100 && !both.isGone(); sent += 1) {
      await both.send({ type: "header", streamId: sent + 1, method, strings });
    }
    expect(both.isGone()).toBe(true);
    expect(sent).toBeLessThan(10);
  });

  it("leaves nothing of calls that it resets", async () => {
    await using both = await up({
      async unary() {
        return big;
      },
      async *bidiStream(requests) {
        for await (const _ of requests) yield big;
      },
    });
    await both.send(...call(1), ...call(2));
    for (let id = 10; id < 200; id += 1) {
      const [header, data] = call(id, "BidiStream");
      await both.send(header as FrameContent, data as FrameContent, {
        type: "rst",
        streamId: id,
        method: "BidiStream",
      });
    }
    expect(both.server.callCount).toBeLessThanOrEqual(2);
  });
});

describe("handlers that outlive their streams", () => {
  it("count for the connection they came on, so that others get in", async () => {
    const ends: (() => void)[] = [];
    await using both = await up(
      {
        unary: () => new Promise<Response>((resolve) => ends.push(() => resolve(big))),
      },
      { limits: { streamsPerConnection: 5 } },
    );
    for (let id = 1; id <= 20; id += 1) await both.send(...call(id), { type: "rst", streamId: id, method: "Unary" });
    expect(both.server.callCount).toBeLessThanOrEqual(5);
    for (const end of ends) end();
    await turn();
    expect(both.server.callCount).toBe(0);
  });
});
