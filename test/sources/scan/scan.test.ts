import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { readSources } from "../../../src/sources/index.ts";
import { prefilter } from "../prefilter.ts";

async function records(text: string): Promise<readonly SourceRecord[]> {
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const found: SourceRecord[] = [];
  for await (const batch of readSources(["-"], { prefilter, timezone: "UTC", stdin: whole() })) found.push(...batch);
  return found;
}

const line = "2026/11/23 06:57:00.000000 chat.go:118: [Error] recv: cancel";

describe("an event", () => {
  it("does not begin in a whole line of JSON above it", async () => {
    const [record, ...others] = await records('{"msg":"fine"}\n\tat main.go:1 cancel\n');
    expect(others).toEqual([]);
    expect(record).toMatchObject({ texts: ["\tat main.go:1 cancel"], place: { line: 2 } });
  });

  it("begins in the line of a stack trace's message, however many lines above", async () => {
    const stack = Array.from({ length: 50 }, (_, i) => `\tat main.go:${i}`).join("\n");
    const [record] = await records(`${line.replace("cancel", "failed")}\n${stack}\n\tcaused by cancel\n`);
    expect(record).toMatchObject({ texts: [expect.stringMatching(/^recv: failed\n[\s\S]*caused by cancel$/)] });
  });

  it("never takes an overlong line in, so that nobody waits for its end", async () => {
    const overlong = `\t${"x".repeat(2 * 1024 * 1024)}`;
    const [record, ...others] = await records(`${line}\n${overlong}\n${line}\n`);
    expect(record?.texts).toEqual(["recv: cancel"]);
    expect(others).toHaveLength(1);
    const [short] = await records(`${line}\n\tat main.go:1\n`);
    expect(short?.texts).toEqual(["recv: cancel\n\tat main.go:1"]);
  });
});
