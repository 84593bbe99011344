import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/cli/failure.ts";
import { readStoreOptions, type StoreOptions } from "../../../src/cli/options/stores.ts";

function failureOf(options: StoreOptions): string {
  try {
    readStoreOptions(options, {});
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 2) return error.message;
    throw error;
  }
  return "none";
}

describe("the options of stores", () => {
  it("are none where no store is named", () => {
    expect(readStoreOptions({}, { CLICKHOUSE_USER: "nina" })).toEqual([]);
  });

  it("name the exporter's own tables where nobody says otherwise", () => {
    const clickhouse = "https://db.example/ch";
    const plain = { kind: "clickhouse", url: new URL(clickhouse), login: null, deep: false };
    const spans = { database: null, table: "otel_traces" };
    expect(readStoreOptions({ clickhouse }, {})).toEqual([{ ...plain, spans, logs: null }]);
    expect(readStoreOptions({ clickhouse, clickhouseLogs: true }, {})).toEqual([
      { ...plain, spans, logs: { database: null, table: "otel_logs" } },
    ]);
    expect(
      readStoreOptions({ clickhouse, clickhouseTable: "otel.spans-1", clickhouseLogs: "otel.logs", deep: true }, {}),
    ).toEqual([
      {
        ...plain,
        spans: { database: "otel", table: "spans-1" },
        logs: { database: "otel", table: "logs" },
        deep: true,
      },
    ]);
  });

  it("are of several stores at a time", () => {
    const stores = readStoreOptions(
      { jaeger: "http://j:1", clickhouse: "http://c:2", victorialogs: "http://v:3", victorialogsFilter: '{app="x"}' },
      {},
    );
    expect(stores.map(({ kind, url }) => [kind, url.host])).toEqual([
      ["jaeger", "j:1"],
      ["clickhouse", "c:2"],
      ["victorialogs", "v:3"],
    ]);
    expect(stores[2]).toMatchObject({ filter: '{app="x"}' });
  });

  it.each([
    [
      { CLICKHOUSE_USER: "nina", CLICKHOUSE_PASSWORD: "x" },
      { user: "nina", password: "x" },
    ],
    [{ CLICKHOUSE_PASSWORD: "x" }, { user: "default", password: "x" }],
    [{ CLICKHOUSE_USER: "nina", CLICKHOUSE_TOKEN: "t" }, { token: "t" }],
    [{ VICTORIALOGS_USER: "other", CLICKHOUSE_USER: "" }, null],
  ])("take who asks from the environment: %j", (env, login) => {
    expect(readStoreOptions({ clickhouse: "http://c" }, env)[0]?.login).toEqual(login);
  });

  it.each<[StoreOptions, RegExp]>([
    [{ clickhouse: "db:8123" }, /--clickhouse "db:8123": write the address of its HTTP interface/],
    [{ victorialogs: "nonsense" }, /--victorialogs "nonsense": write its address/],
    [{ jaeger: "ftp://x" }, /--jaeger "ftp:\/\/x": write the address/],
    [{ clickhouse: "http://u:p@db" }, /seen by everyone on this machine; set CLICKHOUSE_USER and CLICKHOUSE_PASSWORD/],
    [{ clickhouseTable: "x" }, /need --clickhouse URL/],
    [{ clickhouseLogs: true }, /need --clickhouse URL/],
    [{ victorialogsFilter: "x" }, /needs --victorialogs URL/],
    [{ jaegerService: ["x"] }, /need --jaeger URL/],
    [{ deep: true }, /--deep needs --clickhouse or --victorialogs/],
    [{ clickhouse: "http://c", clickhouseTable: "a.b.c" }, /write TABLE or DATABASE\.TABLE/],
    [{ clickhouse: "http://c", clickhouseTable: "a; DROP TABLE b" }, /write TABLE or DATABASE\.TABLE/],
    [{ clickhouse: "http://c", clickhouseTable: "" }, /write TABLE or DATABASE\.TABLE/],
  ])("say what is wrong with %j", (options, sentence) => {
    expect(failureOf(options)).toMatch(sentence);
  });
});
