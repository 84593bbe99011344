/**
 * A client meets servers that are wrong in every way: its call ends with a text, the process lives, and so do calls beside it, those on the
 * same connection too as long as anybody can tell where the next frame begins.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, createServer, type Server } from "../../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type RawFrame, rawException, rawFrame } from "../../support/raw-frames.ts";
import { type RawPeer, rawServer } from "../../support/raw-peer.ts";

const answer = (message: string): Uint8Array => Response.encode(Response.create({ message }));

/** A server that is about to do wrong, to the call with this id. */
interface Scene {
  readonly peer: RawPeer;
  readonly id: number;
  /** Sends a frame of the call. */
  send(frame: Partial<RawFrame> & Pick<RawFrame, "type">): Promise<void>;
  /** Sends Header and one message. */
  begin(): Promise<void>;
  /** Ends the call well. */
  end(): Promise<void>;
}

interface Wrong {
  /** What the call ends with; "well" where it must not mind, "its timeout" where nothing tells it. */
  readonly ends: RegExp | "well" | "its timeout";
  /** The whole connection ends: nobody can read on. */
  readonly connection?: "ends";
  does(scene: Scene): unknown;
}

const frames: Readonly<Record<string, Wrong>> = {
  "says nothing": { ends: "its timeout", does() {} },
  "sends a Header and nothing more": { ends: "its timeout", does: ({ send }) => send({ type: "header" }) },
  "sends half a frame and nothing more": {
    ends: "its timeout",
    does: ({ peer, id }) => peer.write(rawFrame({ type: "header", id }).subarray(0, 20)),
  },
  "sends one byte of a frame and nothing more": {
    ends: "its timeout",
    does: ({ peer }) => peer.write(Buffer.alloc(1)),
  },
  "answers one byte at a time": {
    ends: "well",
    async does({ peer, id }) {
      const bytes = Buffer.concat([
        rawFrame({ type: "header", id }),
        rawFrame({ type: "data", id, payload: answer("x") }),
        rawFrame({ type: "trailer", id }),
      ]);
      for (const byte of bytes) {
        await peer.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  "sends garbage": {
    ends: /code=12004/,
    connection: "ends",
    does: ({ peer }) => peer.write(Buffer.from("garbage, garbage, and nothing but garbage")),
  },
  "closes in the middle of a frame": {
    ends: /EOF peer close/,
    connection: "ends",
    async does({ peer, id }) {
      await peer.write(rawFrame({ type: "header", id }).subarray(0, 20));
      peer.socket.end();
    },
  },
  "closes between frames": {
    ends: /EOF peer close/,
    connection: "ends",
    async does({ begin, peer }) {
      await begin();
      peer.socket.end();
    },
  },
  "resets the connection": {
    ends: /code=12004|ECONNRESET/,
    connection: "ends",
    does: ({ peer }) => peer.socket.resetAndDestroy(),
  },
  "sends a frame of 4 GiB": {
    ends: /code=12004/,
    connection: "ends",
    does: ({ send }) => send({ type: "data", length: 0xffff_ffff }),
  },
  "sends a frame that is shorter than its header, as it says": {
    ends: "well",
    async does({ send, end }) {
      await send({ type: "header", length: 12 });
      await end();
    },
  },
  "sends a frame of no bytes": {
    ends: /code=12004/,
    connection: "ends",
    does: ({ peer }) => peer.write(Buffer.alloc(64)),
  },
  "sends a header that is longer than its frame": {
    ends: "its timeout",
    does: ({ send }) => send({ type: "header", words: 4000 }),
  },
  "sends a header of no words": {
    ends: /code=12004/,
    connection: "ends",
    does: ({ send }) => send({ type: "header", words: 0 }),
  },
  "sends another magic number": {
    ends: /code=12004/,
    connection: "ends",
    does: ({ send }) => send({ type: "header", magic: 0x0fff }),
  },
  "sends an info block of no known kind": {
    ends: /code=12004.*invalid infoIDType/,
    connection: "ends",
    does: ({ send }) => send({ type: "header", info: Buffer.from([0x77, 0, 1, 2]) }),
  },
  "sends an info block that is cut": {
    ends: /code=12004.*read kv info failed/,
    connection: "ends",
    does: ({ send }) => send({ type: "header", info: Buffer.from([1, 0, 9, 0, 200, 65, 65, 65]) }),
  },
  "sends a frame of a type that nobody has": {
    ends: /unexpected frame type: 9/,
    connection: "ends",
    does: ({ send }) => send({ type: "9" }),
  },
  "sends a frame whose type is a novel with lines": {
    ends: /unexpected frame type/,
    connection: "ends",
    does: ({ send }) => send({ type: "a\nb".repeat(9000) }),
  },
  "sends a frame without a type": {
    ends: /code=12004/,
    connection: "ends",
    does: ({ send }) => send({ type: "header", info: Buffer.from([0, 0]) }),
  },
  "sends the flags of a unary answer": {
    ends: /./,
    connection: "ends",
    does: ({ send }) => send({ type: "header", flags: 0 }),
  },
  "sends another protocol id": {
    ends: "well",
    async does({ send, end }) {
      await send({ type: "header", protocol: 0x00 });
      await send({ type: "data", payload: answer("x") });
      await end();
    },
  },
  "sends two Headers": {
    ends: /already set header/,
    async does({ send }) {
      await send({ type: "header" });
      await send({ type: "header" });
    },
  },
  "sends a message before its Header": {
    ends: "well",
    async does({ send, begin, end }) {
      await send({ type: "data", payload: answer("early") });
      await begin();
      await end();
    },
  },
  "ends twice": {
    ends: "well",
    async does({ begin, end }) {
      await begin();
      await end();
      await end();
    },
  },
  "ends without a Header": { ends: "well", does: ({ end }) => end() },
  "goes on after its end": {
    ends: "well",
    async does({ begin, end, send }) {
      await begin();
      await end();
      for (let i = 0; i < 100; i += 1) await send({ type: "data", payload: answer("late") });
      await send({ type: "header" });
      await send({ type: "rst", payload: rawException(1, 12009, "late") });
    },
  },
  "resets before its Header": {
    ends: /code=12009.*sorry/,
    does: ({ send, id }) => send({ type: "rst", payload: rawException(id, 12009, "sorry") }),
  },
  "resets without a payload": { ends: /code=\d+/, does: ({ send }) => send({ type: "rst" }) },
  "resets with a payload that is none": {
    ends: /code=\d+/,
    does: ({ send }) => send({ type: "rst", payload: Buffer.from("no exception") }),
  },
  "resets with a text that never ends": {
    ends: /code=12009.*x{500,1100}…$/,
    does: ({ send, id }) => send({ type: "rst", payload: rawException(id, 12009, "x".repeat(500_000)) }),
  },
  "resets with a path of 60 kB": {
    ends: /canceled path: n{100,1100}…/,
    does: ({ send, id }) =>
      send({ type: "rst", strings: { ttscp: "n".repeat(60_000) }, payload: rawException(id, 12009, "x") }),
  },
  "resets the call and strangers ten thousand times": {
    ends: /code=12009/,
    async does({ peer, id }) {
      const rst = (each: number) => rawFrame({ type: "rst", id: each, payload: rawException(each, 12009, "x") });
      await peer.write(...Array.from({ length: 10_000 }, (_, i) => rst(i % 3 === 0 ? id : id + 1000 + i)));
    },
  },
  "answers calls that nobody made": {
    ends: "well",
    async does({ peer, begin, end }) {
      for (const id of [0, -1, -(2 ** 31), 2 ** 31 - 1, 99_999]) {
        await peer.write(
          rawFrame({ type: "header", id }),
          rawFrame({ type: "data", id, payload: answer("x") }),
          rawFrame({ type: "trailer", id }),
        );
      }
      await begin();
      await end();
    },
  },
  "sends metadata of 60 kB": {
    ends: "well",
    async does({ send, end }) {
      await send({ type: "header", strings: { big: "x".repeat(60_000) } });
      await end();
    },
  },
  "sends a key twice, and keys that objects have": {
    ends: "well",
    async does({ send, end }) {
      await send({
        type: "header",
        strings: [
          ["k", "1"],
          ["k", "2"],
          ["__proto__", "x"],
          ["constructor", "x"],
        ],
      });
      await end();
    },
  },
  "sends a header of 3,000 keys": {
    ends: /header of 3000 keys exceeds the limit/,
    does: ({ send }) =>
      send({ type: "header", strings: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, ""])) }),
  },
  "sends a message beyond the limit": {
    ends: /frame of \d+ bytes exceeds the limit of 1000000 bytes/,
    async does({ begin, send }) {
      await begin();
      await send({ type: "data", payload: Buffer.alloc(1_100_000) });
    },
  },
  "sends messages that are no thrift": {
    ends: /unknown data type 255/,
    async does({ begin, send }) {
      await begin();
      await send({ type: "data", payload: Buffer.from("\xff\xfe no thrift", "latin1") });
    },
  },
  "sends an empty message": { ends: /./, does: ({ send }) => send({ type: "data" }) },
  "sends a thrift text of 2 GiB": {
    ends: /./,
    does: ({ send }) => send({ type: "data", payload: Buffer.from([11, 0, 1, 0x7f, 0xff, 0xff, 0xff, 65]) }),
  },
  "sends structs in structs in structs": {
    ends: /./,
    does: ({ send }) =>
      send({ type: "data", payload: Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.from([12, 0, 9]))) }),
  },
  "ends with an exception that is none": {
    ends: /./,
    does: ({ send }) => send({ type: "trailer", payload: Buffer.from("no exception at all") }),
  },
  "ends with a business status that is no number": {
    ends: /./,
    does: ({ send }) =>
      send({ type: "trailer", strings: { "biz-status": "many", "biz-message": "x", "biz-extra": "{no json" } }),
  },
  "ends with extra values that are no object": {
    ends: /code=12003/,
    does: ({ send }) =>
      send({ type: "trailer", strings: { "biz-status": "7", "biz-message": "x", "biz-extra": "[1,null]" } }),
  },
  "answers with the name of another method": {
    ends: "well",
    async does({ send }) {
      await send({ type: "header", method: "Other" });
      await send({ type: "data", method: "Other", payload: answer("x") });
      await send({ type: "trailer", method: "Other" });
    },
  },
  "gives windows that are no numbers, pings and drains without end": {
    ends: "well",
    async does({ peer, id, begin, end }) {
      const meta = (strings: Record<string, string>, to = 0) => rawFrame({ type: "meta", id: to, strings });
      const nonsense = ["-1", "0", "99999999999", "x", "", "1e9"];
      await peer.write(...nonsense.flatMap((value) => [meta({ sswin: value }, id), meta({ sscap: value })]));
      await peer.write(...Array.from({ length: 2000 }, () => meta({ ssping: "1", ssdrain: "1" })));
      await begin();
      await end();
    },
  },
  "sends messages that nobody reads": {
    ends: /has \d+ bytes of unread messages/,
    async does({ begin, send }) {
      await begin();
      for (let i = 0; i < 30; i += 1) await send({ type: "data", payload: Buffer.alloc(900_000) });
    },
  },
};

let healthy: Server;
let beside: Client<ChatMethods>;
let log: unknown[];

beforeAll(async () => {
  log = [];
  process.on("unhandledRejection", (error) => log.push(error));
  healthy = createServer({ name: "healthy", log: null }).add(Chat, {
    unary: ({ message }) => Response.create({ message }),
  });
  beside = createClient(Chat, { target: (await healthy.listen()).address, name: "A" });
});
afterAll(async () => {
  await beside.close();
  await healthy.close({ graceMs: 0 });
});

/** What a call ended with. */
async function outcome(call: AsyncIterable<unknown>): Promise<string> {
  try {
    for await (const _ of call) {
      // Only its end counts.
    }
    return "well";
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return (error as Error).message;
  }
}

describe("a server that", () => {
  it.each(Object.entries(frames))("%s", async (name, { ends, connection, does }) => {
    const done = Promise.withResolvers<void>();
    const more = Promise.withResolvers<RawPeer>();
    let first = 0;
    await using server = await rawServer(async (peer) => {
      const innocent = await peer.frame((frame) => frame.type === "header");
      first = innocent.streamId;
      const write = (frame: Omit<RawFrame, "id">) => peer.write(rawFrame({ id: first, ...frame }));
      await write({ type: "header" });
      await write({ type: "data", payload: answer("before") });
      const { streamId: id } = await peer.frame((frame) => frame.type === "header" && frame.streamId !== first);
      const send: Scene["send"] = (frame) => peer.write(rawFrame({ id, ...frame }));
      await does({
        peer,
        id,
        send,
        begin: async () => {
          await send({ type: "header" });
          await send({ type: "data", payload: answer("x") });
        },
        end: () => send({ type: "trailer" }),
      });
      done.resolve();
      more.resolve(peer);
    });
    const clock = new FakeClock();
    await using client = createClient(Chat, {
      target: server.address,
      name: "A",
      clock,
      limits: { maxFrameBytes: 1_000_000 },
    });
    const innocent = client.serverStream(request("innocent"));
    expect((await innocent.next()).value?.message).toBe("before");
    const call = client.serverStream(request("victim"), { timeoutMs: 5000 });
    const unread = name.includes("nobody reads");
    if (unread) await call.ended();
    const ended = outcome(call);
    if (ends === "its timeout") {
      await done.promise;
      clock.advance(5000);
      expect(await ended).toMatch(/code=12015/);
    } else if (ends === "well") expect(await ended).toBe("well");
    else {
      const text = await ended;
      expect(text).toMatch(ends);
      expect(text.length).toBeLessThan(3000);
    }
    if (connection === "ends") expect(await outcome(innocent)).toMatch(/./);
    else if (ends !== "its timeout") {
      const peer = await more.promise;
      await peer.write(rawFrame({ type: "data", id: first, payload: answer("after") }));
      expect((await innocent.next()).value?.message).toBe("after");
    }
    expect((await beside.unary(request("hi"))).message).toBe("hi");
    expect(log).toEqual([]);
  });
});

describe("a stranger that is dialled", () => {
  const strangers: Readonly<Record<string, readonly [does: (peer: RawPeer) => unknown, says: RegExp]>> = {
    "answers over HTTP": [
      (peer) => peer.write(Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),
      /answers over HTTP,/,
    ],
    "sends a TLS alert and closes": [
      async (peer) => {
        await peer.write(Buffer.from("15030300020228", "hex"));
        peer.socket.end();
      },
      /answers over TLS/,
    ],
    "answers over HTTP/2": [
      (peer) => peer.write(Buffer.from("000012040000000000000300000080000400010000000500ffffff", "hex")),
      /answers over HTTP\/2/,
    ],
    "answers a unary thrift call": [
      (peer) => peer.write(Buffer.from("0000004f8001000200000005556e617279000000010c0000", "hex")),
      /code=12004/,
    ],
    "closes at once": [(peer) => peer.socket.end(), /EOF peer close/],
    "resets at once": [(peer) => peer.socket.resetAndDestroy(), /code=12004|ECONNRESET/],
    "sends a banner of a shell": [(peer) => peer.write(Buffer.from("SSH-2.0-OpenSSH_9.2p1 Debian\r\n")), /code=12004/],
    "closes after a byte": [
      async (peer) => {
        await peer.write(Buffer.from([0x15]));
        peer.socket.end();
      },
      /EOF peer close/,
    ],
  };
  it.each(Object.entries(strangers))("%s", async (_name, [does, says]) => {
    await using server = await rawServer(async (peer) => {
      await peer.frame((frame) => frame.type === "header");
      await does(peer);
    });
    await using client = createClient(Chat, { target: server.address, name: "A", clock: new FakeClock() });
    expect(await outcome(client.serverStream(request("x")))).toMatch(says);
    // And again: the first one has poisoned nothing.
    expect(await outcome(client.serverStream(request("x")))).toMatch(says);
    expect((await beside.unary(request("hi"))).message).toBe("hi");
  });
});

describe("a server that refuses every call, as one that closes does", () => {
  it("is asked again a few times, and then what it says is the end", async () => {
    let asked = 0;
    await using server = await rawServer(async (peer) => {
      for (;;) {
        const { streamId: id } = await peer.frame((frame) => frame.type === "header");
        peer.frames.length = 0;
        asked += 1;
        const payload = rawException(id, 6, "stream refused: going away");
        await peer.write(rawFrame({ type: "trailer", id, strings: { ssrefused: "draining" }, payload }));
      }
    });
    await using client = createClient(Chat, { target: server.address, name: "A" });
    expect(await outcome(client.serverStream(request("x")))).toMatch(/stream refused: going away/);
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(20);
  });
});

describe("a server that reads nothing", () => {
  it("holds its sender up until the call's time is over, and the client closes", async () => {
    const here = Promise.withResolvers<RawPeer>();
    await using server = await rawServer((peer) => {
      peer.socket.pause();
      here.resolve(peer);
    });
    const clock = new FakeClock();
    const client = createClient(Chat, { target: server.address, name: "A", clock });
    const call = client.clientStream(null, { timeoutMs: 5000 });
    let held = false;
    void (async () => {
      for (let i = 0; i < 100 && !held; i += 1) {
        const room = call.send(request("x", { payload: new Uint8Array(1_000_000) }));
        await Promise.race([room, new Promise((resolve) => setImmediate(resolve))]);
      }
    })().catch(() => {});
    await here.promise;
    clock.advance(5000);
    await expect(call.response()).rejects.toThrow("code=12015");
    held = true;
    await client.close();
    clock.advance(2000);
    await (await here.promise).gone;
  });
});
