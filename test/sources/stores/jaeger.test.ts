import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { prefilter } from "../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../src/model/index.ts";
import { type JaegerOptions, readJaegerTraces, type StoreReading } from "../../../src/sources/index.ts";

const TEXT = "[ttstream error, code=12007] [server-side stream] [canceled path: gateway] x";
let server: Server | null = null;
const asked: URL[] = [];

/** A Jaeger that answers with what the function says for a question. */
async function jaeger(answer: (question: URL) => unknown): Promise<URL> {
  asked.length = 0;
  server = createServer((request, response) => {
    const question = new URL(request.url as string, "http://jaeger");
    asked.push(question);
    const found = answer(question);
    if (typeof found === "number") response.writeHead(found).end("no");
    else response.end(typeof found === "string" ? found : JSON.stringify(found));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function trace(id: string, startMs: number, tags: object[] = []): object {
  return {
    traceID: id,
    spans: [
      {
        traceID: id,
        spanID: "b1",
        operationName: "Chat",
        references: [],
        startTime: startMs * 1000,
        duration: 1000,
        processID: "p1",
        tags: [
          { key: "span.kind", value: "server" },
          { key: "otel.status_code", value: "ERROR" },
          { key: "otel.status_description", value: TEXT },
          ...tags,
        ],
        logs: [],
      },
    ],
    processes: { p1: { serviceName: "chat", tags: [] } },
  };
}

async function collect(options: Partial<JaegerOptions> & Pick<JaegerOptions, "url">): Promise<{
  readonly records: readonly SourceRecord[];
  readonly reading: StoreReading;
}> {
  const reading = readJaegerTraces({ prefilter, fromMs: 0, toMs: 8_000, ...options });
  const records: SourceRecord[] = [];
  for await (const batch of reading) records.push(...batch);
  return { records, reading };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

describe("traces of a Jaeger", () => {
  it("are asked for of every service, and each is read once", async () => {
    const url = await jaeger(({ pathname }) =>
      pathname === "/api/services" ? { data: ["chat", "gateway"] } : { data: [trace("a1", 10)] },
    );
    const { records, reading } = await collect({ url });
    expect(records.map(({ service, texts, traceId }) => [service, texts, traceId])).toEqual([
      ["chat", [TEXT], "a1".padStart(32, "0")],
    ]);
    expect(reading.progress()).toMatchObject({ records: 1, traces: 1 });
    expect(asked.map((each) => each.searchParams.get("service"))).toEqual([null, "chat", "gateway"]);
  });

  it("are asked for by time, service and tag, below a base path", async () => {
    const url = await jaeger(() => ({ data: null }));
    await collect({
      url: new URL("/jaeger/", url),
      services: ["chat"],
      tags: { "streamscope.cancel.origin": "ServiceA" },
      fromMs: 1_000,
      toMs: 2_000,
    });
    expect(asked.map(({ pathname }) => pathname)).toEqual(["/jaeger/api/traces", "/jaeger/api/services"]);
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
      service: "chat",
      start: "1000000",
      end: "2000000",
      limit: "200",
      tags: '{"streamscope.cancel.origin":"ServiceA"}',
    });
  });

  it("are asked for in halves of the time where an answer is full", async () => {
    const all = [500, 1_500, 2_500, 6_500];
    const url = await jaeger(({ searchParams }) => {
      const from = Number(searchParams.get("start")) / 1000;
      const to = Number(searchParams.get("end")) / 1000;
      const found = all.filter((ms) => ms >= from && ms <= to).reverse();
      return { data: found.slice(0, Number(searchParams.get("limit"))).map((ms) => trace(`${ms}`, ms)) };
    });
    const { records } = await collect({ url, services: ["chat"], limit: 2 });
    expect(records.map(({ span }) => Number((span?.startAt ?? 0n) / 1_000_000n)).sort((a, b) => a - b)).toEqual(all);
  });

  it("are asked for in longer answers where a millisecond holds more than one answer", async () => {
    const all = Array.from({ length: 11 }, (_, index) => trace(`${index}`, 4_000));
    const url = await jaeger(({ searchParams }) => {
      const within = (at: number) =>
        at >= Number(searchParams.get("start")) && at <= Number(searchParams.get("end")) ? all : [];
      return { data: within(4_000_000).slice(0, Number(searchParams.get("limit"))) };
    });
    const { reading } = await collect({ url, services: ["chat"], limit: 2 });
    expect(reading.progress().traces).toBe(11);
    expect(reading.diagnostics()).toEqual([]);
  });

  it("say when a millisecond holds more than can be asked for", async () => {
    const url = await jaeger(({ searchParams }) => {
      const most = Number(searchParams.get("limit"));
      return { data: Array.from({ length: most }, (_, index) => trace(`${index}`, 1)) };
    });
    const { reading } = await collect({ url, services: ["chat"], limit: 2, toMs: 1 });
    expect(reading.progress().traces).toBe(128);
    expect(reading.diagnostics().map(({ message }) => message)).toEqual([
      "chat: more than 128 traces in one millisecond; only 128 were read",
    ]);
  });

  it("become a sentence where it is another API", async () => {
    const url = await jaeger(() => ({ result: [] }));
    const { records, reading } = await collect({ url });
    expect(records).toEqual([]);
    expect(reading.state()).toBe("unanswered");
    expect(reading.diagnostics()[0]?.message).toMatch(/its answer is none of Jaeger's/);
  });

  it.each([
    ["of its own", { data: null, errors: [{ code: 500, msg: "storage gone" }] }, /with an error: storage gone$/],
    [
      "beside traces",
      { data: [trace("a1", 1_000)], errors: [{ code: 500, msg: "shard 2\nis away" }] },
      /shard 2 is away$/,
    ],
    ["in words of another kind", { data: [], errors: ["no"] }, /with an error: "no"$/],
  ])("are no basis for a report where an answer with status 200 tells an error %s", async (_, answer, sentence) => {
    const url = await jaeger(({ pathname }) => (pathname.endsWith("services") ? { data: ["chat"] } : answer));
    const { records, reading } = await collect({ url });
    expect(records).toEqual([]);
    expect(reading.state()).toBe("broken");
    expect(reading.diagnostics().map(({ message }) => message)).toEqual([expect.stringMatching(sentence)]);
  });

  it.each([null, []])("are read where the list of errors is %j", async (errors) => {
    const found = { data: [trace("a1", 1_000)], errors };
    const url = await jaeger(({ pathname }) => (pathname.endsWith("services") ? { data: ["chat"], errors } : found));
    const { records, reading } = await collect({ url });
    expect(records).toHaveLength(1);
    expect(reading.state()).toBe("answered");
  });

  it("names the services Jaeger knows where it knows none of the wanted name", async () => {
    const url = await jaeger(({ pathname }) => ({ data: pathname.endsWith("/services") ? ["gateway", "chat"] : [] }));
    const { reading } = await collect({ url, services: ["nosuch", "chat"] });
    expect(reading.diagnostics().map(({ message }) => message)).toEqual([
      'it knows no service "nosuch"; it knows chat, gateway',
    ]);
  });
});
