import { describe, expect, it } from "vitest";
import { createDialects } from "../../src/dialects/index.ts";
import type { SourceRecord, SpanFacts } from "../../src/model/index.ts";
import { Accountant } from "../../src/pipeline/accountant.ts";
import { type Account, accountLines } from "../../src/present/index.ts";

const { readRecord } = createDialects();

function lineOf(service: string | null, text: string, fields: Readonly<Record<string, string>> = {}): SourceRecord {
  return {
    at: 1n,
    service,
    serviceFrom: service === null ? null : "field",
    texts: [text],
    fields: new Map(Object.entries(fields)),
    traceId: null,
    spanId: null,
    place: { source: `${service}.log`, line: 1 },
  };
}

function spanOf(spanId: string, parentSpanId: string | null, kind: SpanFacts["kind"]): SourceRecord {
  const span: SpanFacts = { kind, name: "x", startAt: 1n, endAt: 2n, parentSpanId, status: 0 };
  return { ...lineOf("chat", ""), texts: [], traceId: "t", spanId, span, place: { traceId: "t", spanId } };
}

function accountOf(records: readonly SourceRecord[], sight = { everyLine: true, stores: [] as string[] }): Account {
  const accountant = new Accountant();
  for (const record of records) accountant.take(record, readRecord(record));
  return accountant.account(sight);
}

describe("the account of a reading", () => {
  it("says of whom how much was read, the most first", () => {
    const { services, moreServices } = accountOf([
      lineOf("agent", "ready"),
      lineOf("chat", "ready"),
      lineOf("chat", "done"),
      spanOf("1", null, "server"),
    ]);
    expect(services).toEqual([
      { service: "chat", lines: 2, spans: 1 },
      { service: "agent", lines: 1, spans: 0 },
    ]);
    expect(moreServices).toBe(0);
  });

  it("counts like errors together, wherever their figures differ, and cancels never among them", () => {
    const { errors } = accountOf([
      lineOf("chat", "could not parse answer 17", { level: "error" }),
      lineOf("chat", "could not parse answer 18", { level: "error" }),
      lineOf("chat", "ERROR no disk"),
      lineOf("chat", "all is well", { level: "info" }),
      lineOf("chat", "AbortError: This operation was aborted", { level: "error" }),
    ]);
    expect(errors.map(({ text, count }) => [text, count])).toEqual([
      ["could not parse answer 17", 2],
      ["ERROR no disk", 1],
    ]);
  });

  it("keeps the words of a cancel that no wording explains, each with its place", () => {
    const accountant = new Accountant();
    for (let index = 0; index < 1_200; index += 1) {
      const record = lineOf("chat", `qq cancelation flag ${index} zz`);
      accountant.take(record, readRecord(record));
    }
    expect(accountant.unmatched).toBe(1_200);
    expect(accountant.unmatchedSample).toHaveLength(1_000);
    expect(accountant.account({ everyLine: true, stores: [] as string[] }).unexplained).toMatchObject([
      { count: 1_200 },
    ]);
  });

  it.each([
    ["names of services", [lineOf(null, "ready"), lineOf("chat", "x")], /--service NAME=GLOB/],
    [
      "logs of who is called",
      [lineOf("chat", "calling", { peer: "agent" }), lineOf("web", "x")],
      /the logs of agent: they are called here/,
    ],
    [
      "nginx's error log",
      [
        lineOf("edge", '10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5 "-" "curl"'),
        lineOf("a", "x"),
      ],
      /error_log at level info/,
    ],
    [
      "spans of callers",
      [spanOf("2", "1", "server"), lineOf("web", "x")],
      /the spans of the callers: the parents of 1 spans/,
    ],
    ["logs of the others", [lineOf("chat", "ready")], /the logs of the other services/],
  ])("says that %s would have told more", (_what, records, advice) => {
    expect(accountOf(records).advice.join("\n")).toMatch(advice);
  });

  it("asks for nothing that is there", () => {
    const records = [
      lineOf("chat", "calling", { peer: "agent" }),
      lineOf("agent-7d9f", "ready"),
      lineOf("edge", '10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5 "-" "curl"'),
      lineOf("edge", "2026/11/23 06:57:02 [info] 7#7: *1 client sent invalid request"),
      spanOf("1", null, "server"),
      spanOf("2", "1", "server"),
    ];
    expect(accountOf(records).advice).toEqual([]);
  });

  it("says what a source cannot see", () => {
    const { limits } = accountOf([], { everyLine: false, stores: ["a Jaeger knows only what was sampled"] });
    expect(limits).toHaveLength(2);
    expect(
      accountLines(accountOf([], { everyLine: false, stores: ["a Jaeger knows only what was sampled"] })).join("\n"),
    ).toMatch(/not seen:\n {2}- the inputs are large[\s\S]*a Jaeger knows only/);
  });

  it("stays small, however many services there are", () => {
    const { services, moreServices } = accountOf(
      Array.from({ length: 1_500 }, (_, index) => lineOf(`service-${index}`, "ready")),
    );
    expect(services).toHaveLength(20);
    expect(moreServices).toBeGreaterThanOrEqual(980);
  });
});
