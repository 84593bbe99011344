import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import type { StoreReading } from "../../../src/sources/index.ts";
import { type Answer, FakeStore, type Question } from "../../support/stores/fake.ts";
import { type Held, STORES, type StoreKind, traceIdOf } from "../../support/stores/kinds.ts";

const HOUR_MS = 3_600_000;
const FROM_MS = Date.parse("2026-11-23T06:00:00Z");
const TO_MS = FROM_MS + 3 * HOUR_MS;
const TEXT = "[ttstream error, code=12007] [server-side stream] [canceled path: gateway] x";

function held(traceId: string, atMs: number, service = "chat"): Held {
  return { traceId, service, atMs, text: TEXT };
}

const HELD: readonly Held[] = [
  held("a1", FROM_MS + 2 * HOUR_MS + 5),
  held("a2", FROM_MS + 10, "gateway"),
  held("a3", FROM_MS + HOUR_MS + 7),
  held("a4", FROM_MS + 12),
];

async function collect(reading: StoreReading): Promise<readonly SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const batch of reading) records.push(...batch);
  return records;
}

/** A reading of a store that answers so; the pauses that it would have made. */
function opened(
  kind: StoreKind,
  url: URL,
  more: object = {},
): { readonly reading: StoreReading; readonly pauses: number[] } {
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => {
    pauses.push(ms);
  };
  return { reading: kind.open({ url, fromMs: FROM_MS, toMs: TO_MS, pause, ...more }), pauses };
}

function holding(kind: StoreKind, all: readonly Held[]): (question: Question) => Answer {
  return (question) => kind.answer(question, all);
}

describe.each(STORES)("$name as a store", (kind) => {
  it("gives what it holds of the wanted time, each thing once and in the order of time", async () => {
    await using store = await FakeStore.open(
      holding(kind, [...HELD, held("b1", FROM_MS - 2 * HOUR_MS), held("b2", TO_MS + 1)]),
    );
    const { reading } = opened(kind, store.url);
    const records = await collect(reading);
    expect(records.map(({ traceId, service, texts }) => [traceId, service, texts[0]])).toEqual(
      HELD.toSorted((a, b) => a.atMs - b.atMs).map((each) => [traceIdOf(each), each.service, TEXT]),
    );
    expect(records.map(({ at }) => at)).toEqual(HELD.map(({ atMs }) => BigInt(atMs) * 1_000_000n).toSorted());
    expect(reading.state()).toBe("answered");
    expect(reading.diagnostics()).toEqual([]);
  });

  it("says its name, how far it has come, and what it leaves out", async () => {
    await using store = await FakeStore.open(holding(kind, HELD));
    const { reading } = opened(kind, store.url);
    const shares: number[] = [reading.progress().share];
    for await (const _ of reading) shares.push(reading.progress().share);
    expect(reading.name).toBe(`${kind.name.toLowerCase()} ${store.url.host}`);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(reading.progress()).toMatchObject({ records: HELD.length, share: 1 });
    expect(reading.limits.length).toBeGreaterThan(0);
  });

  it("is asked below its base path, by the name and the token of whoever asks", async () => {
    await using store = await FakeStore.open(holding(kind, HELD));
    const url = new URL("/base/", store.url);
    await collect(opened(kind, url, { login: { user: "nina", password: "s3cret:ü" } }).reading);
    await collect(opened(kind, url, { login: { token: "t0k" } }).reading);
    expect(store.asked.every((question) => question.url.pathname.startsWith("/base/"))).toBe(true);
    const given = new Set(store.asked.map(({ headers }) => headers.authorization));
    expect([...given]).toEqual([`Basic ${Buffer.from("nina:s3cret:ü").toString("base64")}`, "Bearer t0k"]);
  });

  it("is asked again, with growing pauses, where it is busy for a moment", async () => {
    const busy = [429, 503, 502];
    await using store = await FakeStore.open((question) => {
      const status = busy.shift();
      return status === undefined ? kind.answer(question, HELD) : { status, text: "busy" };
    });
    const { reading, pauses } = opened(kind, store.url);
    expect(await collect(reading)).toHaveLength(HELD.length);
    expect(pauses).toEqual([250, 500, 1_000]);
    expect(reading.state()).toBe("answered");
  });

  it("is asked again when it says", async () => {
    let first = true;
    const later = (response: ServerResponse): void => {
      response.writeHead(503, { "retry-after": "7" }).end();
    };
    await using store = await FakeStore.open((question) => {
      if (!first) return kind.answer(question, HELD);
      first = false;
      return later;
    });
    const { pauses } = await (async () => {
      const asking = opened(kind, store.url);
      await collect(asking.reading);
      return asking;
    })();
    expect(pauses).toEqual([7_000]);
  });

  it.each([
    ["stays busy", { status: 503, text: "too busy\nto answer" }, /cannot be asked: it answers 503 too busy to answer$/],
    [
      "refuses",
      { status: 401, text: "no entry" },
      /cannot be asked: it answers 401 no entry; [A-Z]+_USER and [A-Z]+_PASSWORD say who asks$/,
    ],
    ["forbids", { status: 403, text: "not for you" }, /cannot be asked: it answers 403 not for you$/],
    ["is a web page", "<html>\n</html>", / is no .*; (?:its usual|the usual) address/],
  ] as const)("becomes a sentence where it %s", async (_, answer, sentence) => {
    await using store = await FakeStore.open(() => answer);
    const { reading } = opened(kind, store.url);
    expect(await collect(reading)).toEqual([]);
    expect(reading.state()).toBe("unanswered");
    expect(reading.diagnostics().map(({ message }) => message)).toEqual([expect.stringMatching(sentence)]);
  });

  it("becomes a sentence where nobody listens", async () => {
    const store = await FakeStore.open(() => "");
    const { url } = store;
    await store[Symbol.asyncDispose]();
    const { reading, pauses } = opened(kind, url);
    expect(await collect(reading)).toEqual([]);
    expect(pauses).toEqual([250, 500, 1_000]);
    expect(reading.state()).toBe("unanswered");
    expect(reading.diagnostics()[0]?.message).toMatch(/cannot be asked: connect ECONNREFUSED/);
  });

  it("is broken where an answer stops in the middle and does not come whole the next times either", async () => {
    await using store = await FakeStore.open((question) => {
      const whole = kind.answer(question, HELD);
      if (!kind.asksForContent(question)) return whole;
      return (response) => {
        response.write(whole.slice(0, whole.length - 3), () => response.destroy());
      };
    });
    const { reading } = opened(kind, store.url);
    await collect(reading);
    expect(reading.state()).not.toBe("answered");
    expect(reading.diagnostics()).toHaveLength(1);
    expect(reading.diagnostics()[0]?.message).toMatch(/cannot be asked: /);
  });

  it("is read where its answer is packed", async () => {
    await using store = await FakeStore.open((question) => (response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(kind.answer(question, HELD)));
    });
    const { reading } = opened(kind, store.url);
    expect(await collect(reading)).toHaveLength(HELD.length);
    expect([reading.state(), reading.diagnostics()]).toEqual(["answered", []]);
    expect(store.asked[0]?.headers["accept-encoding"]).toBe("gzip");
  });

  // What nothing is left of, and what ends behind a row, look like a whole answer once they are unpacked
  it.each([0, 9, 1])("is broken where a packed answer is cut, wherever that is (level %i)", async (level) => {
    const { length } = gzipSync(kind.answer({ url: new URL("http://store"), body: "", headers: {} }, HELD), { level });
    for (const share of [0.02, 0.3, 0.5, 0.8, 1]) {
      await using store = await FakeStore.open((question) => {
        const whole = kind.answer(question, HELD);
        if (!kind.asksForContent(question)) return whole;
        const packed = gzipSync(whole, { level });
        const end = Math.max(1, Math.min(packed.length - 1, Math.floor(length * share)));
        return (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(packed.subarray(0, end));
      });
      const { reading } = opened(kind, store.url, { toMs: FROM_MS + 2_000 });
      await collect(reading);
      expect([share, reading.state()]).not.toEqual([share, "answered"]);
      expect(reading.diagnostics().length).toBeGreaterThan(0);
    }
  });

  it("becomes a sentence where it packs as nobody asked for", async () => {
    await using store = await FakeStore.open((question) => (response) => {
      response.writeHead(200, { "content-encoding": "br" }).end(brotliCompressSync(kind.answer(question, HELD)));
    });
    const { reading } = opened(kind, store.url);
    expect(await collect(reading)).toEqual([]);
    expect(reading.diagnostics()[0]?.message).toMatch(/packed as br, which was not asked for$/);
  });

  it("is not waited for for ever, whether it says nothing or stops in the middle, nor asked the same again", async () => {
    await using silent = await FakeStore.open(() => () => undefined);
    const never = opened(kind, silent.url, { silenceMs: 20 });
    expect(await collect(never.reading)).toEqual([]);
    expect(never.reading.diagnostics()[0]?.message).toMatch(/cannot be asked: it does not answer within 1 s$/);
    expect([never.pauses, silent.asked.length]).toEqual([[], 1]);
    await using stuck = await FakeStore.open((question) => {
      if (!kind.asksForContent(question)) return kind.answer(question, HELD);
      return (response) => response.write(kind.answer(question, HELD).slice(0, -3));
    });
    const stopped = opened(kind, stuck.url, { silenceMs: 20 });
    await collect(stopped.reading);
    expect(stopped.reading.state()).not.toBe("answered");
    expect(stopped.reading.diagnostics()[0]?.message).toMatch(/cannot be asked: nothing came for 1 s$/);
    expect(stuck.asked.filter((question) => kind.asksForContent(question))).toHaveLength(1);
  });

  it("is asked where it says that its answers lie, which is not told who asks", async () => {
    await using store = await FakeStore.open(holding(kind, HELD));
    await using door = await FakeStore.open(({ url }) => (response) => {
      response.writeHead(307, { location: new URL(`${url.pathname}${url.search}`, store.url).href }).end();
    });
    const { reading } = opened(kind, door.url, { login: { token: "t0k" } });
    expect(await collect(reading)).toHaveLength(HELD.length);
    expect(store.asked.map(({ headers }) => headers.authorization)).not.toContain("Bearer t0k");
    expect(door.asked[0]?.headers.authorization).toBe("Bearer t0k");
  });

  it("becomes a sentence where it sends round in circles", async () => {
    await using store = await FakeStore.open(({ url }) => (response) => {
      response.writeHead(308, { location: url.pathname }).end();
    });
    const { reading } = opened(kind, store.url);
    expect(await collect(reading)).toEqual([]);
    expect(reading.diagnostics()[0]?.message).toMatch(/it answers 308 and points to http:.*: name that address$/);
  });

  it("is let go of in the middle of an answer where nobody wants it any more, and says nothing of it", async () => {
    const stop = new AbortController();
    const gone = Promise.withResolvers<void>();
    await using store = await FakeStore.open((question) => {
      if (!kind.asksForContent(question)) return kind.answer(question, HELD);
      return (response) => {
        void once(response, "close").then(() => gone.resolve());
        response.write(kind.answer(question, HELD).slice(0, 10), () => stop.abort());
      };
    });
    const { reading } = opened(kind, store.url, { signal: stop.signal });
    expect(await collect(reading)).toEqual([]);
    await gone.promise;
    expect(reading.diagnostics()).toEqual([]);
    expect(reading.state()).not.toBe("answered");
  });

  it("is stopped where nobody wants the rest of the time, and answered where all of it had come", async () => {
    await using store = await FakeStore.open(holding(kind, HELD));
    for (const [when, state] of [
      [0, "stopped"],
      [1, "answered"],
    ] as const) {
      const stop = new AbortController();
      const { reading } = opened(kind, store.url, { signal: stop.signal });
      for await (const _ of reading) if (reading.progress().share >= when) stop.abort();
      if (reading.progress().share === 1) stop.abort();
      expect([when, reading.state(), reading.diagnostics()]).toEqual([when, state, []]);
    }
  });

  it("is not asked at all after that", async () => {
    await using store = await FakeStore.open(holding(kind, HELD));
    const { reading } = opened(kind, store.url, { signal: AbortSignal.abort() });
    expect(await collect(reading)).toEqual([]);
    expect(store.asked).toEqual([]);
  });
});

describe("a question by POST", () => {
  it.each(STORES.filter(({ name }) => name !== "Jaeger"))(
    "to $name never becomes one by GET, which asks for something else",
    async (kind) => {
      await using store = await FakeStore.open(() => (response) => {
        response.writeHead(301, { location: "https://db.example/base?secret=1" }).end("moved");
      });
      const { reading } = opened(kind, store.url);
      expect(await collect(reading)).toEqual([]);
      expect(reading.diagnostics()[0]?.message).toMatch(
        /it answers 301 and points to https:\/\/db\.example\/base: name that address$/,
      );
    },
  );
});
