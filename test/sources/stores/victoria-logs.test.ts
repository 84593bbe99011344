import { describe, expect, it } from "vitest";
import { prefilter } from "../../../src/dialects/index.ts";
import { readVictoriaLogs, type StoreReading } from "../../../src/sources/index.ts";
import { FakeStore } from "../../support/stores/fake.ts";

const FROM_MS = Date.parse("2026-11-23T06:00:00Z");
const ROW = `{"_time":"2026-11-23T06:00:01Z","_msg":"[ttstream error, code=12007] [client-side stream] x","app":"chat"}\n`;

async function reading(url: URL): Promise<StoreReading> {
  const asking = readVictoriaLogs({
    prefilter,
    url,
    fromMs: FROM_MS,
    toMs: FROM_MS + 9_000,
    filter: null,
    deep: false,
  });
  for await (const _ of asking);
  return asking;
}

describe("an answer of VictoriaLogs", () => {
  it("that ends in an error behind its rows is none, and the error is told", async () => {
    await using store = await FakeStore.open(
      () => `${ROW}2026-11-23T06:00:02Z\terror\tcannot execute query: no \x1b memory\n`,
    );
    const asked = await reading(store.url);
    expect(asked.state()).not.toBe("answered");
    expect(asked.progress().records).toBe(0);
    expect(asked.diagnostics().map(({ message }) => message)).toEqual([
      expect.stringMatching(/cannot be asked: its answer ends in something that is no row: .* cannot execute query/),
    ]);
  });

  it("that never was one is told as another server's", async () => {
    await using store = await FakeStore.open(() => "<html>log in</html>\n");
    expect((await reading(store.url)).diagnostics()[0]?.message).toMatch(/is no VictoriaLogs; its usual address/);
  });

  it.each(["", "\n", ROW, `\n${ROW}\n`])("is whole where it ends: %j", async (text) => {
    await using store = await FakeStore.open(() => text);
    const asked = await reading(store.url);
    expect([asked.state(), asked.diagnostics()]).toEqual(["answered", []]);
    expect(asked.progress().records).toBe(text.includes("_msg") ? 1 : 0);
  });
});
