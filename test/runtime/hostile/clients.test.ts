/**
 * A server meets clients that are wrong in every way: the process lives, calls of other connections do, those of the same connection too as
 * long as anybody can tell where the next frame begins, nothing is left when the client has gone, and the log has a few plain lines.
 */
import { describe, expect, it } from "vitest";
import { createClient, createServer, type ServerCall } from "../../../src/runtime/index.ts";
import { watch } from "../../support/chain.ts";
import { Chat, Request, Response, request } from "../../support/chat.ts";
import { type RawFrame, rawException, rawFrame } from "../../support/raw-frames.ts";
import { type RawPeer, rawClient } from "../../support/raw-peer.ts";

const message = (text: string): Uint8Array => Request.encode(Request.create({ message: text }));
const SERVICE = { isn: "ChatService" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Scene {
  readonly peer: RawPeer;
  /** Sends a frame of a call that is no innocent one. */
  send(frame: Partial<RawFrame> & Pick<RawFrame, "type">): Promise<void>;
  /** Opens a call whose handler waits for its end. */
  open(id?: number): Promise<void>;
}

interface Wrong {
  /** What comes back for the call: the type of a frame. Left out: nothing need. */
  readonly answer?: "trailer" | "rst" | "data";
  /** The connection ends: nobody can read on. */
  readonly connection?: "ends";
  /** What the log says of it; left out: nothing. */
  readonly log?: RegExp;
  does(scene: Scene): unknown;
}

/** The id of the calls that are wrong. */
const ID = 7;

const clients: Readonly<Record<string, Wrong>> = {
  "sends garbage": {
    connection: "ends",
    log: /not TTHeader protocol/,
    does: ({ peer }) => peer.write(Buffer.from("garbage, garbage, and nothing but garbage")),
  },
  "closes in the middle of a frame": {
    connection: "ends",
    async does({ peer, send }) {
      await send({ type: "header", strings: SERVICE });
      await peer.write(rawFrame({ type: "data", id: ID }).subarray(0, 20));
      peer.socket.end();
    },
  },
  "resets its connection": {
    connection: "ends",
    async does({ peer, open }) {
      await open();
      peer.socket.resetAndDestroy();
    },
  },
  "sends a frame of 4 GiB": {
    connection: "ends",
    log: /exceeds the limit/,
    does: ({ send }) => send({ type: "data", length: 0xffff_ffff }),
  },
  "sends nothing but zeros": {
    connection: "ends",
    log: /not TTHeader protocol/,
    does: ({ peer }) => peer.write(Buffer.alloc(64)),
  },
  "sends a header of no words": {
    connection: "ends",
    log: /invalid header length/,
    does: ({ send }) => send({ type: "header", words: 0 }),
  },
  "sends another magic number": {
    connection: "ends",
    log: /not TTHeader protocol/,
    does: ({ send }) => send({ type: "header", magic: 0x1001 }),
  },
  "sends the flags of a unary call": {
    connection: "ends",
    log: /unexpected header flags/,
    does: ({ send }) => send({ type: "header", flags: 0 }),
  },
  "sends a protocol id that nobody has": {
    connection: "ends",
    log: /unsupported ProtocolID/,
    does: ({ send }) => send({ type: "header", protocol: 0x55 }),
  },
  "sends more transforms than bytes": {
    connection: "ends",
    log: /transformIDs/,
    does: ({ send }) => send({ type: "header", transforms: 255, info: Buffer.from([0, 0]) }),
  },
  "sends an info block of no known kind": {
    connection: "ends",
    log: /invalid infoIDType/,
    does: ({ send }) => send({ type: "header", info: Buffer.from([0x77, 0, 1, 2]) }),
  },
  "sends an info block that is cut": {
    connection: "ends",
    log: /read kv info failed/,
    does: ({ send }) => send({ type: "header", info: Buffer.from([1, 0, 9, 0, 200, 65, 65, 65]) }),
  },
  "sends a frame type with the lines of a log": {
    connection: "ends",
    log: /unexpected frame type/,
    does: ({ send }) => send({ type: "x\nINFO all is well\u001b[2J".repeat(2000) }),
  },
  "sends one byte at a time": {
    answer: "data",
    async does({ peer }) {
      const bytes = Buffer.concat([
        rawFrame({ type: "header", id: ID, method: "Unary", strings: SERVICE }),
        rawFrame({ type: "data", id: ID, method: "Unary", payload: message("x") }),
        rawFrame({ type: "trailer", id: ID, method: "Unary" }),
      ]);
      for (const byte of bytes) {
        await peer.write(Buffer.from([byte]));
        await turn();
      }
    },
  },
  "sends a message of a call that nobody made": { does: ({ send }) => send({ type: "data", payload: message("x") }) },
  "ends and resets calls that nobody made": {
    async does({ send }) {
      await send({ type: "trailer" });
      await send({ type: "rst" });
      await send({ type: "meta", strings: { sswin: "9" } });
    },
  },
  "opens a call twice": {
    answer: "trailer",
    async does({ open }) {
      await open();
      await open();
    },
  },
  "opens calls with ids that are none": {
    async does({ open, peer }) {
      for (const id of [0, -1, -(2 ** 31), 2 ** 31 - 1]) {
        await open(id);
        await peer.write(rawFrame({ type: "rst", id, payload: rawException(id, 12007, "x") }));
      }
    },
  },
  "names a method that nobody has": {
    answer: "trailer",
    log: /unknown method/,
    does: ({ send }) => send({ type: "header", method: "Nobody\n has\u001b[31m", strings: SERVICE }),
  },
  "names a service that nobody has": {
    answer: "trailer",
    log: /unknown service/,
    does: ({ send }) => send({ type: "header", strings: { isn: "__proto__" } }),
  },
  "names a method of 60 kB": {
    answer: "rst",
    does: ({ send }) => send({ type: "header", method: "M".repeat(60_000), strings: SERVICE }),
  },
  "names no method": {
    answer: "trailer",
    log: /unknown method/,
    does: ({ send }) => send({ type: "header", method: "", strings: SERVICE }),
  },
  "sends a header of 3,000 keys": {
    answer: "rst",
    does: ({ send }) =>
      send({ type: "header", strings: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, ""])) }),
  },
  "sends a header beyond the limit": {
    answer: "rst",
    does: ({ send }) => send({ type: "header", strings: { a: "x".repeat(60_000), b: "x".repeat(60_000) } }),
  },
  "sends keys that objects have, and nonsense in those with a meaning": {
    answer: "data",
    async does({ send }) {
      const strings: [string, string][] = [
        ["isn", "ChatService"],
        ["__proto__", "x"],
        ["RPC_PERSIST___proto__", "x"],
        ["RPC_PERSIST_", "x"],
        ["sscap", "-1"],
        ["ssdl", "yesterday A,,B"],
        ["RPC_PERSIST_SSCHAIN", "\u0000\n".repeat(10_000)],
      ];
      await send({ type: "header", method: "Unary", strings });
      await send({ type: "data", method: "Unary", payload: message("x") });
      await send({ type: "trailer", method: "Unary" });
    },
  },
  "half-closes without a request": {
    answer: "trailer",
    async does({ send }) {
      await send({ type: "header", method: "Unary", strings: SERVICE });
      await send({ type: "trailer", method: "Unary" });
    },
  },
  "sends a request that is no thrift": {
    answer: "trailer",
    async does({ send }) {
      await send({ type: "header", method: "Unary", strings: SERVICE });
      await send({ type: "data", method: "Unary", payload: Buffer.from("\xff\xfe no thrift", "latin1") });
    },
  },
  "sends a thrift text of 2 GiB": {
    answer: "trailer",
    async does({ send }) {
      await send({ type: "header", method: "Unary", strings: SERVICE });
      await send({ type: "data", method: "Unary", payload: Buffer.from([11, 0, 1, 0x7f, 0xff, 0xff, 0xff, 65]) });
    },
  },
  "sends structs in structs in structs": {
    answer: "trailer",
    async does({ send }) {
      const payload = Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.from([12, 0, 9])));
      await send({ type: "header", method: "Unary", strings: SERVICE });
      await send({ type: "data", method: "Unary", payload });
    },
  },
  "sends two requests where there is one, and a thousand more": {
    answer: "data",
    async does({ send }) {
      await send({ type: "header", method: "Unary", strings: SERVICE });
      for (let i = 0; i < 1000; i += 1) await send({ type: "data", method: "Unary", payload: message("x") });
    },
  },
  "sends a message beyond the limit": {
    answer: "rst",
    async does({ open, send }) {
      await open();
      await send({ type: "data", payload: Buffer.alloc(1_100_000) });
    },
  },
  "sends messages that nobody reads": {
    answer: "rst",
    async does({ open, send }) {
      await open();
      for (let i = 0; i < 40; i += 1) await send({ type: "data", payload: Buffer.alloc(900_000) });
    },
  },
  "resets its call before anything else, and after": {
    async does({ open, send }) {
      await send({ type: "rst", payload: rawException(ID, 12007, "early") });
      await open();
      for (let i = 0; i < 100; i += 1) await send({ type: "rst", payload: rawException(ID, 12007, "late") });
    },
  },
  "resets its call without a payload, and with one that is none": {
    async does({ open, send }) {
      await open();
      await send({ type: "rst" });
      await open();
      await send({ type: "rst", payload: Buffer.from("no exception") });
    },
  },
  "resets its call with a text, a path and ids that never end": {
    async does({ open, send }) {
      await open();
      const strings = {
        ttscp: "n,".repeat(7000),
        sscid: "i".repeat(20_000),
        ssintent: "i".repeat(20_000),
        sskind: "x\ny",
        ssat: "never",
      };
      await send({ type: "rst", strings, payload: rawException(ID, 12008, "x".repeat(500_000)) });
    },
  },
  "opens and resets ten thousand calls": {
    async does({ peer }) {
      for (let i = 0; i < 100; i += 1) {
        const frames = Array.from({ length: 100 }, (_, k) => 1000 + i * 100 + k).flatMap((id) => [
          rawFrame({ type: "header", id, strings: SERVICE }),
          rawFrame({ type: "rst", id, payload: rawException(id, 12007, "x") }),
        ]);
        await peer.write(...frames);
      }
    },
  },
  "gives windows that are no numbers, and pings without end": {
    async does({ peer, open, send }) {
      await open();
      for (const value of ["-1", "0", "99999999999", "x", ""]) await send({ type: "meta", strings: { sswin: value } });
      await peer.write(
        ...Array.from({ length: 2000 }, () => rawFrame({ type: "meta", id: 0, strings: { ssping: "1" } })),
      );
    },
  },
  "says that the server drains": {
    does: ({ peer }) => peer.write(rawFrame({ type: "meta", id: 0, strings: { ssdrain: "1", sscap: "1" } })),
  },
};

/** A server, what it logs, its cancelled calls, and an innocent call from another connection. */
async function up() {
  const stack = new AsyncDisposableStack();
  const log: string[] = [];
  const calls: ServerCall[] = [];
  const limits = { maxFrameBytes: 1_000_000 };
  const server = createServer({ name: "B", limits, log: (_level, text) => log.push(text) });
  stack.defer(() => server.close({ graceMs: 0 }));
  server.add(Chat, {
    unary: ({ message: text }) => Response.create({ message: text }),
    async *serverStream(_request, call) {
      calls.push(call);
      await watch(call, () => {});
      yield Response.create({});
    },
    async clientStream(_requests, call) {
      calls.push(call);
      await watch(call, () => {});
      return Response.create({});
    },
    async *bidiStream(requests) {
      for await (const { message: text } of requests) yield Response.create({ message: text });
    },
  });
  const { port, address } = await server.listen();
  const client = stack.use(createClient(Chat, { target: address, name: "A" }));
  const innocent = client.bidiStream();
  return {
    port,
    log,
    calls,
    server,
    async innocentLives() {
      await innocent.send(request("beside"));
      expect((await innocent.next()).value?.message).toBe("beside");
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describe("a client that", () => {
  it.each(Object.entries(clients))("%s", async (_name, { answer, connection, log, does }) => {
    await using all = await up();
    await all.innocentLives();
    const peer = await rawClient(all.port);
    const innocent = { id: 1, method: "BidiStream" };
    const echoes = () => peer.frames.filter((frame) => frame.type === "data" && frame.streamId === 1).length;
    await peer.write(
      rawFrame({ type: "header", ...innocent, strings: SERVICE }),
      rawFrame({ type: "data", ...innocent, payload: message("x") }),
    );
    await peer.frame((frame) => frame.type === "data" && frame.streamId === 1);
    const send: Scene["send"] = (frame) => peer.write(rawFrame({ id: ID, method: "ClientStream", ...frame }));
    const open: Scene["open"] = (id = ID) => send({ type: "header", id, strings: SERVICE });
    await does({ peer, send, open });
    if (answer !== undefined) await peer.frame((frame) => frame.type === answer && frame.streamId === ID);
    if (connection === "ends") await peer.gone;
    else {
      await peer.write(rawFrame({ type: "data", ...innocent, payload: message("x") }));
      while (echoes() < 2) await peer.frame((frame) => frame.type === "data" && frame.streamId === 1 && echoes() > 1);
    }
    await all.innocentLives();
    peer.socket.destroy();
    // The call from the other connection is all that is left.
    while (all.server.callCount > 1) await turn();
    await all.innocentLives();
    if (log === undefined) expect(all.log).toEqual([]);
    else expect(all.log.join()).toMatch(log);
    expect(all.log.length).toBeLessThan(4);
    for (const line of all.log) expect(line).not.toMatch(/\p{Cc}/u);
    for (const line of all.log) expect(line.length).toBeLessThan(2200);
    for (const { exception } of all.calls) {
      expect(exception?.path.join().length ?? 0).toBeLessThan(17_000);
      const { text, cancelId, intent } = exception ?? {};
      expect(text?.length ?? 0).toBeLessThan(1100);
      expect([cancelId?.length ?? 0, intent?.length ?? 0].every((length) => length <= 200)).toBe(true);
    }
  });
});
