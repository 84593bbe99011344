import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClickHouse } from "../support/fleet/clickhouse.ts";
import { COLLECTOR_BUILD_MS, Collector, canHaveCollector, collectorProgram } from "../support/fleet/collector.ts";
import { FIXTURES, LOADS, reportOf, spansIn, timeOf, verdictsOf } from "../support/fleet/reports.ts";

/** Recordings of services that any tracer watched. */
const foreign = join(FIXTURES, "otel");
const cases = existsSync(foreign) ? readdirSync(foreign) : [];

describe.skipIf(!canHaveCollector() || cases.length === 0)("spans that a real Collector stored in ClickHouse", () => {
  let clickhouse: ClickHouse;
  beforeAll(async () => {
    await collectorProgram();
    clickhouse = await ClickHouse.start();
  }, COLLECTOR_BUILD_MS);
  afterAll(async () => {
    await clickhouse[Symbol.asyncDispose]();
  });

  /** Sends the spans of a file through the exporter into a table of their own. */
  async function store(file: string, table: string, json = false): Promise<void> {
    await using collector = await Collector.start("clickhouse.yaml", {
      CLICKHOUSE_PORT: String(clickhouse.port),
      TRACES_TABLE: table,
      JSON_COLUMNS: String(json),
    });
    await collector.send(file);
    await clickhouse.holds(table, spansIn(file));
  }

  const askFor = (file: string, table: string): readonly string[] => [
    ...["--clickhouse", clickhouse.url, "--clickhouse-table", table],
    ...timeOf(file),
  ];

  it("give every cascade of the loads as their files do, and tell how many rows that took", async () => {
    let cascades = 0;
    for (const [index, file] of LOADS.entries()) {
      const table = `load${index}`;
      await store(file, table);
      const fromFile = await reportOf(file);
      const stored = await reportOf(...askFor(file, table));
      expect(verdictsOf(stored.cascades), basename(file)).toEqual(verdictsOf(fromFile.cascades));
      const [{ rows, records } = { rows: null, records: 0 }] = stored.input.stores ?? [];
      // The traces without a cancel stayed where they are
      expect(records).toBeLessThan(spansIn(file));
      expect(rows).toBeGreaterThanOrEqual(spansIn(file));
      cascades += stored.cascades.length;
    }
    expect(cascades).toBeGreaterThan(400);
  });

  it("give a load where attributes are stored as JSON, too, plainly and deeply", async () => {
    const [file = ""] = LOADS;
    await store(file, "asjson", true);
    const fromFile = verdictsOf((await reportOf(file)).cascades);
    expect(verdictsOf((await reportOf(...askFor(file, "asjson"))).cascades)).toEqual(fromFile);
    expect(verdictsOf((await reportOf(...askFor(file, "asjson"), "--deep")).cascades)).toEqual(fromFile);
  });

  it.each(cases)(
    "give %s as its file does with --deep; without, the report says what was not looked for",
    async (name) => {
      const file = join(foreign, name, "spans.jsonl");
      const table = name.replaceAll("-", "_");
      await store(file, table);
      const deep = await reportOf(...askFor(file, table), "--deep");
      expect(verdictsOf(deep.cascades)).toEqual(verdictsOf((await reportOf(file)).cascades));
      const plain = await reportOf(...askFor(file, table));
      expect(plain.input.stores?.[0]?.limits.join("\n")).toMatch(/were not looked for: --deep does/);
      expect(deep.input.stores?.[0]?.limits.join("\n")).not.toMatch(/--deep/);
    },
  );
});
