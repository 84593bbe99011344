import { describe, expect, it } from "vitest";
import { prefilter } from "../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../src/model/index.ts";
import { type ClickHouseOptions, readClickHouse, type StoreReading } from "../../../src/sources/index.ts";
import { type Answer, FakeStore, type Question } from "../../support/stores/fake.ts";
import { describedSpans, type Held, spanRow } from "../../support/stores/kinds.ts";

const HOUR_MS = 3_600_000;
const FROM_MS = Date.parse("2026-11-23T06:00:00Z");
const TEXT = "[ttstream error, code=12007] [server-side stream] [canceled path: gateway] x";
const ERROR = "Code: 241. DB::Exception: Memory limit (for query) exceeded: would use 9 GiB. (MEMORY_LIMIT_EXCEEDED)";

function held(traceId: string, atMs: number): Held {
  return { traceId, service: "chat", atMs, text: TEXT };
}

/** The slice that a query is about; null for other queries. */
function sliceOf({ url, body }: Question): { readonly fromMs: number; readonly toMs: number } | null {
  if (!body.startsWith("SELECT lower(TraceId)")) return null;
  return { fromMs: Number(url.searchParams.get("param_from")), toMs: Number(url.searchParams.get("param_to")) };
}

/** What a store gives that holds something of the first slice of the wanted time only. */
function inFirst(url: URL, text: string): string {
  return url.searchParams.get("param_from") === String(FROM_MS) ? text : "";
}

interface Asked {
  readonly records: readonly SourceRecord[];
  readonly reading: StoreReading;
  readonly asked: readonly Question[];
  readonly pauses: readonly number[];
}

/** Reads three hours out of a ClickHouse that describes the exporter's table and answers to the rest as the function says. */
async function collect(
  answer: (question: Question) => Answer,
  more: Partial<ClickHouseOptions> = {},
  described = describedSpans(),
): Promise<Asked> {
  await using store = await FakeStore.open((question) =>
    question.body.startsWith("DESCRIBE") ? described : answer(question),
  );
  const pauses: number[] = [];
  const reading = readClickHouse({
    prefilter,
    url: store.url,
    fromMs: FROM_MS,
    toMs: FROM_MS + 3 * HOUR_MS,
    spans: { database: null, table: "otel_traces" },
    logs: null,
    deep: false,
    pause: async (ms) => {
      pauses.push(ms);
    },
    ...more,
  });
  const records: SourceRecord[] = [];
  for await (const batch of reading) records.push(...batch);
  return { records, reading, asked: store.asked, pauses };
}

function messages({ reading }: Asked): readonly string[] {
  return reading.diagnostics().map(({ message }) => message);
}

describe("a ClickHouse", () => {
  it("is asked by SQL in which no value stands: all are typed parameters, the table's name included", async () => {
    const { asked } = await collect(() => "", { spans: { database: "o'tel", table: "t`races" }, deep: true });
    for (const { url, body } of asked) {
      expect(body).not.toMatch(/o'tel|t`races|ttstream|otel_traces/);
      const named = [...body.matchAll(/\{(\w+):(?:Identifier|Int64|String|Array\(String\))\}/g)].map(
        ([, name]) => name,
      );
      expect(new Set(named)).toEqual(
        new Set([...url.searchParams.keys()].filter((name) => name.startsWith("param_")).map((name) => name.slice(6))),
      );
    }
    const parameters = asked[1]?.url.searchParams;
    expect([parameters?.get("param_database"), parameters?.get("param_table")]).toEqual(["o'tel", "t`races"]);
    expect(parameters?.get("param_words")).toContain("'ttstream error, code='");
  });

  it("is asked for words without what would have to be escaped", async () => {
    const own = { ...prefilter, needles: ["it's a \\ long needle", "tab\there"], smells: [] };
    const { asked } = await collect(() => "", { prefilter: own });
    expect(asked[1]?.url.searchParams.get("param_words")).toBe("[' long needle','here']");
  });

  it("is told to fail rather than to cut, and to stop where nobody listens any more", async () => {
    const { asked } = await collect(() => "");
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toMatchObject({
      result_overflow_mode: "throw",
      read_overflow_mode: "throw",
      timeout_overflow_mode: "throw",
      cancel_http_readonly_queries_on_client_close: "1",
    });
  });

  it("is asked without settings where its user may change none", async () => {
    const all = await collect(({ url }) =>
      url.searchParams.has("max_execution_time")
        ? {
            status: 500,
            text: "Code: 164. DB::Exception: Cannot modify 'max_execution_time' setting in readonly mode.",
          }
        : inFirst(url, spanRow(held("a1", FROM_MS))),
    );
    expect(all.records).toHaveLength(1);
    expect(all.reading.state()).toBe("answered");
  });

  it.each([158, 159, 160, 191, 241, 307, 396])(
    "is asked for halves of a time where error %i says it is too much",
    async (code) => {
      const all = Array.from({ length: 12 }, (_, index) => held(`a${index}`, FROM_MS + index * 15 * 60_000));
      const lengths = new Set<number>();
      const { records, reading } = await collect((question) => {
        const slice = sliceOf(question);
        if (slice === null) return "";
        const { fromMs, toMs } = slice;
        lengths.add((toMs - fromMs) / 60_000);
        if (toMs - fromMs > 20 * 60_000)
          return { status: 500, text: `Code: ${code}. DB::Exception: Limit. (TOO_MUCH)` };
        return all
          .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
          .map(spanRow)
          .join("");
      });
      expect(records.map(({ at }) => at)).toEqual(all.map(({ atMs }) => BigInt(atMs) * 1_000_000n));
      expect([...lengths]).toEqual([60, 30, 15]);
      expect(reading.state()).toBe("answered");
      expect(reading.diagnostics()).toEqual([]);
    },
  );

  it("says what it could not give where even a second is too much, and goes on", async () => {
    const bad = FROM_MS + 500;
    const all = await collect((question) => {
      const slice = sliceOf(question);
      if (slice === null) return "";
      if (slice.fromMs <= bad && bad < slice.toMs) return { status: 500, text: ERROR };
      return slice.fromMs <= FROM_MS + HOUR_MS && FROM_MS + HOUR_MS < slice.toMs
        ? spanRow(held("a1", FROM_MS + HOUR_MS))
        : "";
    });
    expect(all.records).toHaveLength(1);
    expect(all.reading.state()).toBe("answered");
    expect(messages(all)).toEqual([
      expect.stringMatching(
        /^from 2026-11-23T06:00:00\.000Z to 2026-11-23T06:00:00\.\d+Z not all was read: error 241: Memory limit/,
      ),
    ]);
  });

  it("is given up where it can give nothing at all", async () => {
    const all = await collect(() => ({ status: 500, text: ERROR }));
    expect(all.reading.state()).toBe("broken");
    expect(messages(all).at(-1)).toMatch(/cannot be asked: even a second at a time it says: error 241: Memory limit/);
    expect(all.asked.length).toBeLessThan(80);
  });

  it("gives each span once, though slices overlap, the exporter wrote it twice, and a half is read again", async () => {
    const [one, two] = [held("a1", FROM_MS + HOUR_MS - 1_000), held("a2", FROM_MS + 2_000)];
    const { records, reading } = await collect((question) => {
      const slice = sliceOf(question);
      if (slice === null) return "";
      const margin = Number(question.url.searchParams.get("param_margin"));
      const near = [one, two, one].filter(({ atMs }) => atMs >= slice.fromMs - margin && atMs < slice.toMs + margin);
      const rows = near.map(spanRow).join("");
      return slice.toMs - slice.fromMs === HOUR_MS ? `${rows}${ERROR}\n` : rows;
    });
    expect(records.map(({ traceId }) => traceId?.slice(-2))).toEqual(["a2", "a1"]);
    expect(reading.progress()).toMatchObject({ records: 2, traces: 2 });
  });

  it.each([
    ["as text", "Code: 999. DB::Exception: Keeper is gone. (KEEPER_EXCEPTION)\n"],
    [
      "between marks",
      "\r\n__exception__\r\nabc\r\nCode: 999. DB::Exception: Keeper is gone. (KEEPER_EXCEPTION)\r\n78 abc\r\n__exception__\r\n",
    ],
    ["as a row", `${JSON.stringify({ exception: "Code: 999. DB::Exception: Keeper is gone. (KEEPER_EXCEPTION)" })}\n`],
  ])("tells an error that comes %s behind rows", async (_, tail) => {
    const all = await collect(() => spanRow(held("a1", FROM_MS)) + tail);
    expect(all.reading.state()).toBe("broken");
    expect(messages(all)).toEqual([expect.stringMatching(/error 999: Keeper is gone/)]);
  });

  it("halves a slice where the error of a limit stands in the middle of a row, whatever the row tells", async () => {
    const other = held("a1", FROM_MS);
    const row = spanRow({ ...other, text: "read failed: Code: 999. DB::Exception: Keeper is gone, context canceled" });
    const all = await collect((question) => {
      const { fromMs = 0, toMs = 0 } = sliceOf(question) ?? {};
      return inFirst(question.url, toMs - fromMs > 1_000_000 ? `${row}${row.slice(0, -9)}${ERROR}\n` : row);
    });
    expect([all.reading.state(), messages(all)]).toEqual(["answered", []]);
    expect(all.records).toHaveLength(1);
  });

  it("tells a last row that is cut, whoever cut it", async () => {
    const row = spanRow(held("a1", FROM_MS));
    const all = await collect(() => row + row.slice(0, 40));
    expect(all.reading.state()).toBe("broken");
    expect(messages(all)).toEqual([expect.stringMatching(/its answer ends in something that is no row: \{"row"/)]);
  });

  it("is asked again where too many others ask at the same time", async () => {
    let left = 2;
    const all = await collect(({ url }) => {
      left -= 1;
      return left >= 0
        ? {
            status: 500,
            text: "Code: 202. DB::Exception: Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)",
          }
        : inFirst(url, spanRow(held("a1", FROM_MS)));
    });
    expect(all.records).toHaveLength(1);
    expect(all.pauses).toEqual([500, 1_000]);
  });

  it("is read as plain rows, too, and says how many rows it looked through", async () => {
    const plain = (each: Held): string => JSON.stringify((JSON.parse(spanRow(each)) as { row: object }).row);
    const all = await collect((question) => {
      const { fromMs = 0 } = sliceOf(question) ?? {};
      const progress = [100, 1_000].map((read) => `{"progress":{"read_rows":"${read}"}}\n`).join("");
      return fromMs === FROM_MS ? `${plain(held("a1", FROM_MS))}\n${progress}` : progress;
    });
    expect(all.records).toHaveLength(1);
    expect(all.reading.progress().rows).toBe(4_000);
  });

  it("is read with streamscope's own lists, the resource, and events", async () => {
    const row = {
      ...(JSON.parse(spanRow(held("a1", FROM_MS))) as { row: object }).row,
      f: { "streamscope.cancel.path": '["a","b"]', "http.route": "[x]" },
      r: { "k8s.deployment.name": "chat-prod", "host.name": "n1" },
      en: ["exception"],
      e: [{ "exception.message": "context canceled", "exception.type": "E" }],
    };
    const { records } = await collect((question) =>
      sliceOf(question)?.fromMs === FROM_MS ? `${JSON.stringify({ row })}\n` : "",
    );
    expect(Object.fromEntries(records[0]?.fields ?? [])).toMatchObject({
      "exception.type": "E",
      "host.name": "n1",
    });
    // As out of a file, where a list is a list
    expect(records[0]?.fields.has("streamscope.cancel.path")).toBe(false);
    expect(records[0]).toMatchObject({ service: "chat", span: { kind: "server", status: 2 } });
    expect(records[0]?.texts).toContain("context canceled");
    expect(records[0]?.otherNames?.map(({ name }) => name)).toContain("chat-prod");
  });

  it("is read where it stores attributes as JSON", async () => {
    const row = {
      ...(JSON.parse(spanRow(held("a1", FROM_MS))) as { row: object }).row,
      f: '{"rpc":{"grpc":{"status_code":1}},"streamscope":{"cancel":{"path":["a","b"]}}}',
      r: '{"host":{"name":"n1"}}',
    };
    const json = "JSON(max_dynamic_paths=8)";
    const { records, asked } = await collect(
      (question) => (sliceOf(question)?.fromMs === FROM_MS ? `${JSON.stringify({ row })}\n` : ""),
      { deep: true },
      describedSpans({ SpanAttributes: json, ResourceAttributes: json }),
    );
    expect(Object.fromEntries(records[0]?.fields ?? [])).toMatchObject({
      "rpc.grpc.status_code": "1",
      "host.name": "n1",
    });
    expect(asked[1]?.body).not.toContain("mapFilter");
  });

  it("is refused where the table is not the exporter's, with what is missing", async () => {
    const all = await collect(() => "", {}, describedSpans({ "Events.Name": null, Duration: null }));
    expect(messages(all)).toEqual([
      "otel_traces is no table of spans as the Collector's exporter makes it: it has no column Duration, Events.Name",
    ]);
    expect(all.reading.state()).toBe("unanswered");
  });

  it("is refused where attributes are stored in another way", async () => {
    const all = await collect(() => "", {}, describedSpans({ SpanAttributes: "Array(String)" }));
    expect(messages(all)).toEqual([
      "otel_traces keeps its attributes as Array(String); only a Map and JSON can be read",
    ]);
  });

  it("names the tables that are there where the wanted one is not", async () => {
    await using store = await FakeStore.open(({ body }) =>
      body.startsWith("DESCRIBE")
        ? { status: 404, text: "Code: 60. DB::Exception: Table default.spans does not exist. (UNKNOWN_TABLE)" }
        : '{"name":"otel_traces"}\n{"name":"otel_logs"}\n',
    );
    const reading = readClickHouse({
      ...{ prefilter, url: store.url, fromMs: 0, toMs: 1, logs: null, deep: false },
      spans: { database: "otel", table: "spans" },
    });
    for await (const _ of reading) expect.unreachable();
    expect(reading.diagnostics()[0]?.message).toBe(
      "there is no table otel.spans; --clickhouse-table names it; there are otel_traces, otel_logs",
    );
  });

  it("says how to give a name where it knows nobody of that one", async () => {
    await using store = await FakeStore.open(() => ({
      status: 403,
      text: "Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)",
    }));
    const reading = readClickHouse({
      ...{ prefilter, url: store.url, fromMs: 0, toMs: 1, logs: null, deep: false },
      spans: { database: null, table: "otel_traces" },
    });
    for await (const _ of reading) expect.unreachable();
    expect(reading.diagnostics()[0]?.message).toMatch(/CLICKHOUSE_USER and CLICKHOUSE_PASSWORD say who asks$/);
  });

  it("looks for every kind of sign only where it is wanted, and says which ones it left out", async () => {
    const shallow = await collect(() => "");
    const deep = await collect(() => "", { deep: true });
    expect(shallow.asked[1]?.body).not.toContain("StatusCode IN");
    expect(deep.asked[1]?.body).toMatch(/StatusCode IN[\s\S]*HAVING arrayExists[\s\S]*\{cut:Array\(String\)\}/);
    expect(shallow.reading.limits.join("\n")).toMatch(/unusual orders of ends were not looked for: --deep does/);
    expect(deep.reading.limits.join("\n")).not.toMatch(/--deep/);
    expect(deep.reading.limits.join("\n")).toMatch(/logs in ClickHouse were not asked for/);
  });

  it("gives logs, too, each with its severity and its trace", async () => {
    const described = `${[
      "Timestamp",
      "TraceId",
      "SpanId",
      "SeverityText",
      "ServiceName",
      "Body",
      "LogAttributes",
      "ResourceAttributes",
    ]
      .map((name) => JSON.stringify({ name, type: name.endsWith("Attributes") ? "Map(String, String)" : "String" }))
      .join("\n")}\n`;
    const line = {
      ...{ t: `${"0".repeat(30)}a1`, s: "", at: `${FROM_MS}000000`, l: "ERROR", v: "chat" },
      ...{ b: "call failed", f: { err: TEXT }, r: {} },
    };
    const { records, asked } = await collect(
      ({ url }) => (url.searchParams.get("param_from") === String(FROM_MS) ? `${JSON.stringify({ row: line })}\n` : ""),
      { spans: null, logs: { database: null, table: "otel_logs" } },
      described,
    );
    expect(records).toMatchObject([{ service: "chat", traceId: line.t, texts: [TEXT, "call failed"] }]);
    expect(records[0]?.fields.get("level")).toBe("ERROR");
    expect(asked[1]?.body).toMatch(/multiSearchAnyCaseInsensitive\(Body[\s\S]*mapValues\(LogAttributes\)/);
  });
});
