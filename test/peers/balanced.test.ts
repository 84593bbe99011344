import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClickHouse } from "../support/fleet/clickhouse.ts";
import { COLLECTOR_BUILD_MS, Collector, canHaveCollector, collectorProgram } from "../support/fleet/collector.ts";
import { LOADS, reportOf, spansIn, timeOf, verdictsOf } from "../support/fleet/reports.ts";
import { startWorker, type Worker } from "../support/fleet/worker.ts";
import { freePort } from "../support/kitex.ts";

describe.skipIf(!canHaveCollector() || !existsSync(LOADS[0] ?? ""))("two receivers behind a real Collector", () => {
  let clickhouse: ClickHouse;
  beforeAll(async () => {
    await collectorProgram();
    clickhouse = await ClickHouse.start();
  }, COLLECTOR_BUILD_MS);
  afterAll(async () => {
    await clickhouse[Symbol.asyncDispose]();
  });

  const balance = (table: string, ports: readonly number[]): Promise<Collector> =>
    Collector.start("balance.yaml", {
      CLICKHOUSE_PORT: String(clickhouse.port),
      TRACES_TABLE: table,
      RECEIVER_A: String(ports[0]),
      RECEIVER_B: String(ports[1]),
    });

  /** Waits until so many spans have come to some workers together. */
  async function got(
    workers: readonly Worker[],
    wanted: (spans: readonly number[]) => boolean,
  ): Promise<readonly number[]> {
    for (;;) {
      const spans = await Promise.all(workers.map((worker) => worker.spans()));
      if (wanted(spans)) return spans;
      await pause(50);
    }
  }

  it("tell every cascade of the loads that one would have told, and no other", async () => {
    let cascades = 0;
    for (const [index, file] of LOADS.entries()) {
      const ports = [await freePort(), await freePort()];
      await using first = await startWorker(ports[0] ?? 0);
      await using second = await startWorker(ports[1] ?? 0);
      await using collector = await balance(`balanced${index}`, ports);
      await collector.send(file);
      const spans = await got([first, second], ([a = 0, b = 0]) => a + b >= spansIn(file));
      expect(Math.min(...spans)).toBeGreaterThan(spansIn(file) / 4);
      const told = [...(await first.end()), ...(await second.end())];
      expect(verdictsOf(told)).toEqual(verdictsOf((await reportOf(file)).cascades));
      cascades += told.length;
    }
    expect(cascades).toBeGreaterThan(400);
  });

  it("lose what one of them knew when it is killed, and ClickHouse gives all of it again", async () => {
    const [file = ""] = LOADS;
    const ports = [await freePort(), await freePort()];
    await using first = await startWorker(ports[0] ?? 0);
    const second = await startWorker(ports[1] ?? 0);
    await using collector = await balance("killed", ports);
    await collector.send(file, 0, 0.5);
    await got([second], ([spans = 0]) => spans > 0);
    await second[Symbol.asyncDispose]();
    await collector.send(file, 0.5, 1);
    await using again = await startWorker(ports[1] ?? 0);
    await clickhouse.holds("killed", spansIn(file));
    const whole = verdictsOf((await reportOf(file)).cascades);
    const left = new Set(verdictsOf([...(await first.end()), ...(await again.end())]));
    expect(whole.filter((verdict) => left.has(verdict)).length).toBeLessThan(whole.length);
    const stored = await reportOf("--clickhouse", clickhouse.url, "--clickhouse-table", "killed", ...timeOf(file));
    expect(verdictsOf(stored.cascades)).toEqual(whole);
  });
});
