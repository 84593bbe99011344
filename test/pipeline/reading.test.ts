import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Reading, type Scope } from "../../src/pipeline/index.ts";
import type { Findings } from "../../src/present/index.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-reading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = Date.UTC(2026, 10, 23, 7);
const CANCEL = "[ttstream error, code=12007] [client-side stream] user code invoking stream RPC";

/** A line of a service that cancelled `atMs` after the start. */
function cancelled(service: string, atMs: number, text = CANCEL): string {
  return JSON.stringify({ time: new Date(START + atMs).toISOString(), service, error: text });
}

let files = 0;
function fileOf(...lines: readonly string[]): string {
  files += 1;
  const file = join(folder, `${files}.jsonl`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

async function read(over: Partial<Scope>): Promise<Findings> {
  const nothing = { services: [], timezone: "UTC", since: undefined, until: undefined, where: [], listen: null };
  const reading = new Reading({ inputs: [], jaeger: null, ...nothing, ...over });
  await reading.open();
  await reading.run();
  return reading.findings();
}

const at = (ms: number): bigint => BigInt(START + ms) * 1_000_000n;

describe("a reading", () => {
  it("counts what it read, and keeps twenty of the lines that match no known format", async () => {
    const odd = Array.from({ length: 25 }, (_, index) => cancelled("chat", index, `request ${index} was cancelled`));
    const { input } = await read({ inputs: [fileOf(...odd, cancelled("gateway", 1)), join(folder, "none.log")] });
    expect(input).toMatchObject({ inputs: 1, unread: 1, records: 26, unmatched: 25 });
    expect(input.unmatchedSample.map(({ message }) => message)).toEqual(
      Array.from({ length: 20 }, (_, index) => `request ${index} was cancelled`),
    );
  });

  it("joins evidence up to five minutes around the wanted time, and shows only cascades within it", async () => {
    const inputs = [fileOf(cancelled("gateway", 0), cancelled("chat", 1_000_000))];
    const around = await read({ inputs, since: at(-1), until: at(500_000) });
    expect(around.diagnosis.cascades.map(({ origin }) => origin.service)).toEqual(["gateway"]);
    expect(around.diagnosis.counts.evidence).toBe(1);
    const before = await read({ inputs, since: at(290_000), until: at(400_000) });
    expect(before.diagnosis.cascades).toEqual([]);
    expect(before.diagnosis.counts.evidence).toBe(1);
    const after = await read({ inputs, since: at(310_000), until: at(720_000) });
    expect(after.diagnosis.counts.evidence).toBe(1);
  });

  it("applies the conditions of its scope", async () => {
    const inputs = [fileOf(cancelled("gateway", 0), cancelled("chat", 60_000))];
    const { diagnosis } = await read({ inputs, where: [{ field: "origin", negated: true, value: "chat" }] });
    expect(diagnosis.cascades.map(({ origin }) => origin.service)).toEqual(["gateway"]);
  });

  it("changes its revision with whatever it takes in", async () => {
    const reading = new Reading({
      inputs: [fileOf(cancelled("gateway", 0))],
      ...{ services: [], timezone: "UTC", since: undefined, until: undefined, where: [], listen: null, jaeger: null },
    });
    const before = reading.revision;
    await reading.run();
    expect(reading.revision).toBeGreaterThan(before);
    expect(reading.diagnose().cascades).toHaveLength(1);
  });

  it("ends its listening when it is stopped, and counts the receiver as an input", async () => {
    const listen = { host: "127.0.0.1", httpPort: 0, grpcPort: 0, token: null, cors: null, forward: null };
    const reading = new Reading({
      inputs: [],
      listen: { ...listen, redact: null, forMs: null },
      ...{ services: [], timezone: undefined, since: undefined, until: undefined, where: [], jaeger: null },
    });
    expect(await reading.open()).not.toBeNull();
    const run = reading.run();
    reading.stop();
    await run;
    expect(reading.input).toMatchObject({ inputs: 1, unread: 0, receiver: { requests: 0, malformed: 0 } });
  });

  it("reads nothing more once its signal is aborted", async () => {
    const reading = new Reading({
      inputs: [fileOf(cancelled("gateway", 0))],
      ...{ services: [], timezone: "UTC", since: undefined, until: undefined, where: [], listen: null, jaeger: null },
    });
    await reading.run(AbortSignal.abort());
    expect(reading.diagnose().cascades).toEqual([]);
  });
});
