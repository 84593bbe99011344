import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readListen } from "../../../src/cli/options/listen.ts";
import { readScope, type ScopeOptions } from "../../../src/cli/options/scope.ts";
import { createReadingFeed } from "../../../src/cli/terminal/reading-feed.ts";
import { Reading } from "../../../src/pipeline/index.ts";
import type { Snapshot } from "../../../src/tui/index.ts";
import { cancelledTrace, encodeRequest, traceRequest } from "../../support/otlp-messages.ts";
import { openFakeTerminal } from "../../tui/fake-terminal.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

describe("the screens, live", () => {
  it("show what is listened to, and refine one cascade while its spans arrive", async () => {
    const reading = new Reading(
      readScope({ inputs: [], nowMs: Date.now(), listen: readListen({ listen: "127.0.0.1:0,0" }, true) }),
    );
    const receiver = await reading.open();
    const address = receiver?.httpUrl as string;
    const feed = createReadingFeed(reading, () => address);
    const terminal = await openFakeTerminal(feed.snapshot(), { columns: 120 });
    feed.subscribe(() => void terminal.feed(feed.snapshot()));
    const ending = new AbortController();
    const run = feed.run(ending.signal);
    const until = async (holds: (now: Snapshot) => boolean): Promise<Snapshot> => {
      while (!holds(feed.snapshot()))
        await new Promise<void>((done) => {
          const off = feed.subscribe(() => {
            off();
            done();
          });
        });
      await terminal.settled();
      return feed.snapshot();
    };
    const send = async (...spans: ReturnType<typeof cancelledTrace>): Promise<void> => {
      const body = new Uint8Array(encodeRequest("traces", traceRequest(...spans)));
      await fetch(`${address}/v1/traces`, {
        method: "POST",
        body,
        headers: { "content-type": "application/x-protobuf" },
      });
    };

    await until(({ progress }) => progress.live !== null);
    expect(terminal.text()).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${address}`);

    const [above, ...spans] = cancelledTrace(TRACE);
    await send(...spans.slice(0, 2));
    const early = await until(({ diagnosis }) => diagnosis.cascades.length === 1);
    await send(...spans.slice(2));
    await send(above as (typeof spans)[number]);
    const late = await until(({ diagnosis }) => diagnosis.counts.evidence === 5);
    expect(late.diagnosis.cascades.map(({ id }) => id)).toEqual(early.diagnosis.cascades.map(({ id }) => id));
    expect(late.diagnosis.cascades[0]?.origin.service).toBe("gateway");
    expect(late.progress.records).toBe(5);
    const [header] = terminal.lines();
    expect(header).toContain(address);
    expect(header).toMatch(/^ LIVE {2}\d+\/s .* read 5 {2}lost 0 {2}u 0 not understood/);
    expect(terminal.text()).toContain("gateway");

    ending.abort();
    await run;
    terminal.screens.close();
  });
});

describe("the conditions of the command line", () => {
  const recordings = join(import.meta.dirname, "../../../examples/recordings");

  it("leave lines out, which are counted: inside the margin of time, outside it, and by what is asked for", async () => {
    const leftOut = async (options: ScopeOptions): Promise<number> => {
      const nowMs = Date.parse("2026-11-23T07:00:00Z");
      const reading = new Reading(readScope({ inputs: [recordings], options, nowMs, listen: null }));
      const feed = createReadingFeed(reading, () => "recordings");
      await feed.run(new AbortController().signal);
      return feed.snapshot().progress.leftOut;
    };
    expect(await leftOut({})).toBe(0);
    expect(await leftOut({ since: "2026-11-23T06:58:00Z" })).toBeGreaterThan(20);
    expect(await leftOut({ since: "2026-11-24T00:00:00Z" })).toBeGreaterThan(20);
    expect(await leftOut({ where: ["kind=deadline"] })).toBeGreaterThan(10);
  });
});

describe("the screens over files", () => {
  it("call none of what was there from the beginning new, its last line neither", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamscope-feed-"));
    const log = join(folder, "all.jsonl");
    copyFileSync(join(import.meta.dirname, "../../../examples/recordings/1-cancel.jsonl"), log);
    const reading = new Reading(
      readScope({ inputs: [log], nowMs: Date.now(), follow: { forMs: null, kubectl: null } }),
    );
    const feed = createReadingFeed(reading, () => "all");
    const ending = new AbortController();
    const seen: Snapshot[] = [];
    feed.subscribe(() => seen.push(feed.snapshot()));
    const run = feed.run(ending.signal);
    await expect.poll(() => feed.snapshot().progress.done, { timeout: 10_000 }).toBe(true);
    expect(feed.snapshot().progress).toMatchObject({ records: 20, following: true });
    expect(seen.flatMap(({ progress }) => [...progress.fresh, ...progress.young])).toEqual([]);
    ending.abort();
    await run;
    rmSync(folder, { recursive: true });
  });

  it("are done when all is read, and live again when something is written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamscope-feed-"));
    const log = join(folder, "all.jsonl");
    writeFileSync(log, "");
    const reading = new Reading(
      readScope({ inputs: [log], nowMs: Date.now(), follow: { forMs: null, kubectl: null } }),
    );
    let ahead = 0;
    const feed = createReadingFeed(reading, () => "all", { now: () => performance.now() + ahead });
    const ending = new AbortController();
    const run = feed.run(ending.signal);
    const until = async (holds: (progress: Snapshot["progress"]) => boolean): Promise<void> => {
      while (!holds(feed.snapshot().progress))
        await new Promise<void>((done) => {
          const off = feed.subscribe(() => {
            off();
            done();
          });
        });
    };
    await until(({ done, following }) => done && following);
    ahead += 60_000;
    copyFileSync(join(import.meta.dirname, "../../../examples/recordings/1-cancel.jsonl"), log);
    await until(({ done, records }) => !done && records === 20);
    expect(feed.snapshot().progress.following).toBe(true);
    ahead += 60_000;
    await until(({ done }) => done);
    expect(feed.snapshot().diagnosis.cascades).toHaveLength(1);
    ending.abort();
    await run;
    rmSync(folder, { recursive: true });
  });
});
