import { once } from "node:events";
import { PassThrough } from "node:stream";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { EventCount } from "../../src/fetch/event-count.ts";
import { scopedFetch } from "../../src/fetch/index.ts";
import { type CallScope, createScope, StreamException } from "../../src/runtime/index.ts";
import { startBackend } from "../support/openai-backend.ts";

/** Streams from a backend by one client or another: each text, until it ends or throws. */
type Ask = (baseURL: string) => AsyncGenerator<string, void, undefined>;

const clients: Readonly<Record<string, Ask>> = {
  async *openai(baseURL) {
    const openai = new OpenAI({ baseURL, apiKey: "none", fetch: scopedFetch() });
    const messages = [{ role: "user", content: "hi" }] as const;
    const stream = await openai.chat.completions.create({ model: "stub", messages: [...messages], stream: true });
    for await (const part of stream) yield part.choices[0]?.delta.content ?? "";
  },
  async *ai(baseURL) {
    const provider = createOpenAICompatible({ name: "stub", baseURL, fetch: scopedFetch() });
    const failed: unknown[] = [];
    const { textStream } = streamText({
      model: provider("stub"),
      prompt: "hi",
      onError: ({ error }) => void failed.push(error),
    });
    for await (const text of textStream) yield text;
    if (failed.length > 0) throw failed[0];
  },
  async *fetch(baseURL) {
    const response = await scopedFetch()(`${baseURL}/chat/completions`, { method: "POST", body: "{}" });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) yield decoder.decode(chunk);
  },
};

/** Reads in a scope until `texts` came, cancels it, and says what the reader saw. */
async function cancelledAfter(texts: number, scope: CallScope, ask: () => AsyncGenerator<string>): Promise<unknown> {
  return await scope.run(async () => {
    let seen = 0;
    try {
      for await (const _ of ask()) {
        seen += 1;
        if (seen === texts) scope.cancel({ intent: "user-stop", text: "the user pressed stop" });
      }
      return null;
    } catch (error) {
      return error;
    }
  });
}

describe.each(Object.entries(clients))("a backend called by %s in a scope", (_, ask) => {
  it("is told of the scope's cancel at once, and generates nothing after it", async () => {
    await using backend = await startBackend();
    using scope = createScope({ service: "model" });
    const error = await cancelledAfter(3, scope, () => ask(backend.baseURL));
    await backend.left;
    expect(backend.generated).toBeGreaterThanOrEqual(3);
    expect(backend.wasted).toBe(0);
    expect(StreamException.in(error)).toMatchObject({
      code: 12008,
      text: "the user pressed stop",
      origin: "model",
      intent: "user-stop",
    });
  });

  it("is told by a reader who wants no more, or by the end of the work where a library reads on", async () => {
    await using backend = await startBackend();
    const scope = createScope({ service: "model" });
    await scope.run(async () => {
      for await (const _ of ask(backend.baseURL)) break;
    });
    expect(scope.scope.exception).toBeNull();
    scope[Symbol.dispose]();
    await backend.left;
    expect(backend.wasted).toBe(0);
  });

  it("gets no request of a scope that was cancelled before", async () => {
    await using backend = await startBackend();
    using scope = createScope({ service: "model" });
    scope.cancel();
    await scope.run(async () => {
      await expect(ask(backend.baseURL).next()).rejects.toThrow();
    });
    expect(backend.requests).toHaveLength(0);
  });

  it("is read to its end where nobody cancels", async () => {
    await using backend = await startBackend({ tokenMs: 0, tokens: 20 });
    using scope = createScope({ service: "model" });
    const text = await scope.run(async () => await joined(ask(backend.baseURL)));
    expect(text).toContain("t19");
    expect(scope.scope.hasCalls).toBe(false);
  });
});

async function joined(texts: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const text of texts) whole += text;
  return whole;
}

describe("a request of a scoped fetch", () => {
  it("fails with the reason of its user's own signal, as with every fetch", async () => {
    await using backend = await startBackend();
    using scope = createScope({ service: "model" });
    const own = new AbortController();
    const why = new Error("a better answer came first");
    await scope.run(async () => {
      const response = await scopedFetch()(`${backend.baseURL}/x`, { method: "POST", body: "{}", signal: own.signal });
      const reader = response.body?.getReader();
      await reader?.read();
      own.abort(why);
      await expect(reader?.read()).rejects.toBe(why);
    });
    await backend.left;
    await expect(scopedFetch()(`${backend.baseURL}/x`, { signal: AbortSignal.abort(why) })).rejects.toBe(why);
  });

  it("tells who is calling to services of one's own only", async () => {
    await using backend = await startBackend({ tokenMs: 0, tokens: 1 });
    using scope = createScope({ service: "Modell für alle" });
    await scope.run(async () => {
      for (const internal of [false, true]) {
        await (await scopedFetch({ internal })(`${backend.baseURL}/x`, { method: "POST", body: "{}" })).text();
      }
    });
    const [outside, inside] = backend.requests;
    expect(outside?.["source-service"]).toBeUndefined();
    expect(outside?.["rpc-persist-sschain"]).toBeUndefined();
    expect(inside?.["source-service"]).toBe("Modell%20f%C3%BCr%20alle");
    expect(inside?.["rpc-persist-sschain"]).toMatch(/^[0-9a-f]{16}$/);
  });

  it("keeps what a response says of itself", async () => {
    await using backend = await startBackend({ tokenMs: 0, tokens: 1 });
    const url = `${backend.baseURL}/x?q=1`;
    const response = await scopedFetch()(url, { method: "POST", body: "{}" });
    expect([response.url, response.status, response.redirected, response.type]).toEqual([url, 200, false, "basic"]);
    await response.text();
  });

  it("wants options that are what they should be", () => {
    expect(() => scopedFetch({ fetch: "fetch" as never })).toThrow(new TypeError("fetch must be a function"));
    expect(() => scopedFetch({ service: "a,b" })).toThrow(/^service must not contain a comma/);
  });
});

describe("the count of a stream's events", () => {
  it("counts events, not comments and not the end, however the bytes are cut", () => {
    const text =
      ':\n\nevent: a\ndata: 1\n\ndata: {"x":\ndata: 2}\r\n\r\n: beat\n\nid: 7\n\ndata: 3\r\rdata: [DONE]\n\ndata:4\n\n';
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size += 1) {
      const counter = new EventCount();
      for (let at = 0; at < bytes.length; at += size) counter.add(bytes.subarray(at, at + size));
      expect(counter.count).toBe(4);
    }
  });
});

describe("a fetch that is not of the standard", () => {
  it("is ended all the same when it takes no notice of its signal", async () => {
    using job = createScope({ service: "edge", caller: "queue" });
    const late = Promise.withResolvers<Response>();
    let cancelled = "";
    const deaf = scopedFetch({ fetch: () => late.promise });
    const request = job.run(() => deaf("http://backend/"));
    job.cancel(new Error("no longer wanted"));
    await expect(request).rejects.toMatchObject({ code: 12008, origin: "queue", text: "no longer wanted" });
    const body = new ReadableStream({
      cancel() {
        cancelled = "nobody reads it";
      },
    });
    late.resolve(new Response(body));
    await late.promise;
    await new Promise(setImmediate);
    expect(cancelled).toBe("nobody reads it");
  });

  it("is ended in the middle of a body that is a stream of Node.js, and not after its end", async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const bodies = [new PassThrough(), new PassThrough()] as const;
    const nodeFetch = scopedFetch({
      fetch: (_, init) => {
        const body = bodies[signals.push(init?.signal) - 1];
        return Promise.resolve({ ok: true, status: 200, headers: new Headers(), body } as unknown as Response);
      },
    });
    using job = createScope({ service: "edge", caller: "queue" });
    await job.run(() => nodeFetch("http://backend/"));
    await job.run(() => nodeFetch("http://backend/"));
    bodies[1].destroy();
    await once(bodies[1], "close");
    job.cancel(new Error("no longer wanted"));
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  it("may answer with no more than its caller reads", async () => {
    const answer = { ok: true, status: 200, json: () => Promise.resolve({ choices: [] }) };
    const mocked = scopedFetch({ fetch: () => Promise.resolve(answer as unknown as Response) });
    using job = createScope({ service: "edge", caller: "queue" });
    expect(await (await job.run(() => mocked("http://backend/"))).json()).toEqual({ choices: [] });
  });
});

it("an option that there is not is refused", () => {
  const misspelt: object = { servce: "edge" };
  expect(() => scopedFetch(misspelt)).toThrow(new TypeError("servce: there is no such option"));
  expect(() => scopedFetch({ internal: true })).not.toThrow();
});
