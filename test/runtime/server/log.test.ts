import { afterEach, describe, expect, it, vi } from "vitest";
import { createClient, createServer, type Handlers, memoryTransport } from "../../../src/runtime/index.ts";
import { LogThrottle, logLine, toStderr } from "../../../src/runtime/server/log.ts";
import { ByteWriter, writeFrame } from "../../../src/runtime/wire/index.ts";
import { Chat, type ChatMethods, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What reaches stderr. */
function listen(): string[] {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return written;
}

async function callOnce(handlers: Handlers<ChatMethods>): Promise<Error | null> {
  const transport = memoryTransport();
  await using server = createServer({ name: "chat", transport });
  server.add(Chat, handlers);
  const { address } = await server.listen();
  await using client = createClient(Chat, { target: address, transport, name: "gateway" });
  const call = client.unary(request("x"));
  await call.response().catch(() => {});
  return call.error;
}

describe("the log of a server", () => {
  it("tells once of a bug in a handler, with its stack, which the caller does not get", async () => {
    const written = listen();
    const error = await callOnce({
      unary: () => {
        throw new TypeError("no\nsuch \u001b[31mthing");
      },
    });
    expect(written).toHaveLength(1);
    const [first, second, ...rest] = (written[0] ?? "").split("\n");
    expect(first).toBe("streamscope: chat: the handler of ChatService.Unary threw TypeError: no\\nsuch \\x1b[31mthing");
    expect(second).toMatch(/^ {4}at .*log\.test\.ts:\d+:\d+\)?$/);
    expect(rest.at(-1)).toBe("");
    expect(error?.message).toBe(
      "[ttstream error, code=12001] [client-side stream] panic: [happened in biz handler, method=ChatService.Unary, please check the panic at the server side] no\nsuch \u001b[31mthing",
    );
  });

  it("tells of a thrown value that is no error", async () => {
    const written = listen();
    await callOnce({ unary: () => Promise.reject("just words") });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(
      /^streamscope: chat: the handler of ChatService\.Unary threw Error: just words\n {4}at /,
    );
  });

  it("is silent about answers that are errors on purpose", async () => {
    const written = listen();
    await callOnce({ unary: () => Promise.reject(new Error("not today")) });
    expect(written).toEqual([]);
  });

  it("prints one line for everything but errors with a stack, and no info", () => {
    const written = listen();
    toStderr("info", "hello", null);
    toStderr("warn", "a peer said \u202etxt\r\n", new Error("with a stack"));
    toStderr("error", "no error at hand", "a text");
    toStderr("error", "no stack", Object.assign(new Error("x"), { stack: undefined }));
    expect(written).toEqual([
      "streamscope: a peer said \\u202etxt\\r\\n\n",
      "streamscope: no error at hand\n",
      "streamscope: no stack\n",
    ]);
  });

  it("prints the calls of a stack only, whatever its message imitates", () => {
    const written = listen();
    const error = new Error("x\n    at forged (evil.ts:1:1)");
    error.stack = `Error: x\n    at forged (evil.ts:1:1)\n    at real (own.ts:2:2)\ncaused by: words\n    at deeper\u001b (own.ts:3:3)`;
    toStderr("error", "failed", error);
    error.stack = "other words\n    at real (own.ts:2:2)";
    toStderr("error", "failed", error);
    expect(written).toEqual([
      "streamscope: failed\n    at real (own.ts:2:2)\n    at deeper\\x1b (own.ts:3:3)\n",
      "streamscope: failed\n    at real (own.ts:2:2)\n",
    ]);
  });
});

describe("lines of one kind", () => {
  it("are told at once, and then once a second with their number", () => {
    const clock = new FakeClock();
    const throttle = new LogThrottle(clock);
    const lines: string[] = [];
    const say = (kind: string, text: string) => throttle.tell(kind, (more) => lines.push(text + more));
    for (let i = 0; i < 1000; i += 1) say("refused", `stream ${i}`);
    say("ended", "a connection");
    expect(lines).toEqual(["stream 0", "a connection"]);
    clock.advance(1000);
    expect(lines.slice(2)).toEqual(["stream 999 (999 of this kind in a second)"]);
    say("refused", "again");
    say("refused", "and once more");
    clock.advance(1000);
    expect(lines.slice(3)).toEqual(["again", "and once more"]);
    clock.advance(1000);
    expect([clock.pending, lines.length]).toEqual([0, 5]);
  });

  it("are one line each of at most 2 KiB, whatever a peer sent", () => {
    expect(logLine("a\nb\u001b[31m")).toBe("a\\nb\\x1b[31m");
    const long = logLine("\u0000".repeat(70_000));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(2048);
    expect(long.endsWith("…")).toBe(true);
  });

  it("reach a logger of one's own escaped, too", async () => {
    const lines: string[] = [];
    const transport = memoryTransport();
    await using server = createServer({ name: "chat", transport, log: (_level, text) => lines.push(text) });
    server.add(Chat, {
      unary: () => {
        throw new TypeError("x\n2026-01-01 ERROR forged");
      },
    });
    const { address } = await server.listen();
    await using client = createClient(Chat, { target: address, transport });
    await client.unary(request("x")).catch(() => {});
    expect(lines).toEqual(["chat: the handler of ChatService.Unary threw TypeError: x\\n2026-01-01 ERROR forged"]);
  });
});

describe("a peer that connects and says nothing, or not enough", () => {
  it("is let go after ten seconds; one that has spoken is not", async () => {
    const clock = new FakeClock();
    const transport = memoryTransport();
    await using server = createServer({ name: "chat", transport, clock, log: null });
    server.add(Chat, {});
    const { address } = await server.listen();
    const gone: string[] = [];
    const connect = async (name: string, first: Buffer | null) => {
      const pipe = await transport.dial(address, 1000);
      pipe.start({ data() {}, gone: () => gone.push(name) });
      if (first !== null) pipe.write([first], () => {});
    };
    const turn = () =>
      new Promise<void>((resolve) => setImmediate(() => setImmediate(() => setImmediate(() => resolve()))));
    await connect("silent", null);
    await connect("short", Buffer.from([0, 0, 0, 50]));
    const writer = new ByteWriter();
    writeFrame(writer, { type: "meta", streamId: 1, method: "M" });
    await connect("speaking", writer.toBytes());
    await turn();
    clock.advance(9999);
    await turn();
    expect(gone).toEqual([]);
    clock.advance(1);
    await turn();
    expect(gone).toEqual(["silent", "short"]);
  });
});
