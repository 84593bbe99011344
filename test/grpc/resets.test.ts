import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  Client,
  type ClientOptions,
  credentials,
  Server,
  ServerCredentials,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { scopedClient, scopedServer } from "../../src/grpc/index.ts";
import { ResetBudget } from "../../src/grpc/reset-budget.ts";
import { CHANNELS, type LogLine } from "../../src/runtime/index.ts";
import { CHAT, type Word } from "../support/grpc-chain.ts";

/** More than Node.js lets one session have. */
const QUICK = 2000;
const HEALTHY = 10;

/** Ten streams that go on, and thousands beside them that are cancelled with their first answer; how many of the ten are alive then. */
async function flood(server: Server, options: ClientOptions): Promise<number> {
  const writers = new Set<ServerWritableStream<Word, Word>>();
  server.addService(
    { generate: CHAT.generate },
    {
      generate(call: ServerWritableStream<Word, Word>) {
        if (call.request.text === "healthy") writers.add(call);
        call.write({ text: "first" });
      },
    },
  );
  const port = await new Promise<number>((resolve) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
  });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  const { path, requestSerialize, responseDeserialize } = CHAT.generate;
  const open = (text: string) =>
    client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { text }).on("error", () => {});
  try {
    const healthy = Array.from({ length: HEALTHY }, () => open("healthy"));
    await Promise.all(healthy.map((call) => new Promise((resolve) => call.once("data", resolve))));
    let made = 0;
    const quick = async (): Promise<void> => {
      for (; made < QUICK; made += 1) {
        const call = open("quick");
        call.once("data", () => call.cancel());
        await new Promise((resolve) => call.once("error", resolve));
      }
    };
    await Promise.all(Array.from({ length: 50 }, quick));
    const second = healthy.map(
      (call) =>
        new Promise<boolean>((resolve) => {
          call.once("data", () => resolve(true));
          call.once("error", () => resolve(false));
          if (call.destroyed) resolve(false);
        }),
    );
    for (const call of writers) call.write({ text: "second" });
    return (await Promise.all(second)).filter((alive) => alive).length;
  } finally {
    client.close();
    server.forceShutdown();
  }
}

describe("healthy streams beside thousands of quick cancels", () => {
  it("die with plain grpc-js at both ends", async () => {
    expect(await flood(new Server(), {})).toBe(0);
  });

  it("live with a scoped server, whoever its client is", async () => {
    expect(await flood(scopedServer(new Server(), { name: "model" }), {})).toBe(HEALTHY);
  });

  it("live with a scoped client, whoever its server is, and observers are told where the calls go", async () => {
    const told: string[] = [];
    // The channel is the process's: what servers of other tests say is not meant
    const note = (line: unknown) => {
      const { text } = line as LogLine;
      if (text.startsWith("calls of")) told.push(text);
    };
    subscribe(CHANNELS.log, note);
    try {
      expect(await flood(new Server(), scopedClient({ name: "gateway" }))).toBe(HEALTHY);
    } finally {
      unsubscribe(CHANNELS.log, note);
    }
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatch(
      /^calls of 127\.0\.0\.1:\d+ go to another connection: \d+ were cancelled on the one before/,
    );
  });
});

describe("the budget of a session", () => {
  it("is full when the calls that run could be too many resets, together with those that were", () => {
    const budget = new ResetBudget();
    for (let call = 0; call < 899; call += 1) budget.opened();
    expect(budget.isFull(0)).toBe(false);
    budget.opened();
    expect(budget.isFull(0)).toBe(true);
    budget.ended(0, false);
    expect(budget.isFull(0)).toBe(false);
    budget.ended(0, true);
    budget.opened();
    expect(budget.isFull(0)).toBe(true);
  });

  it("forgets thirty resets a second", () => {
    const budget = new ResetBudget();
    for (let call = 0; call < 900; call += 1) {
      budget.opened();
      budget.ended(0, true);
    }
    expect([budget.isFull(0), budget.isFull(999), budget.resets(2000)]).toEqual([true, false, 840]);
    expect(budget.resets(1_000_000)).toBe(0);
  });
});
