import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { createShapeContext, RecordMaker } from "../../../src/sources/formats/record-maker.ts";
import { zipkinSpansIn } from "../../../src/sources/formats/zipkin.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const TRACE = "bbb25cb6ecfee086c6377437aa643317";
const client = {
  timestamp: 1_795_858_710_064_719,
  duration: 801_145,
  traceId: TRACE,
  id: "1b99369d1b4acf3c",
  parentId: "8cdd98745801f60f",
  name: "http get",
  kind: "CLIENT",
  localEndpoint: { serviceName: "agent" },
  annotations: [
    {
      timestamp: 1_795_858_710_865_860,
      value: 'exception: {"exception.message":"context canceled","exception.type":"*errors.errorString"}',
    },
  ],
  tags: { error: ERROR, "http.response.status_code": "200", "otel.status_code": "ERROR" },
};

function records(value: unknown): readonly SourceRecord[] {
  const maker = new RecordMaker(
    "zipkin.json",
    "zipkin.json",
    null,
    createShapeContext(prefilter, { zone: () => 0, nearMs: 0 }),
  );
  return maker.readDocument(JSON.stringify(value))?.records ?? [];
}

describe("a span of Zipkin", () => {
  it("gives its facts, its error and what its annotations say", () => {
    const [record] = records([client]);
    expect(record).toMatchObject({
      at: 1_795_858_710_865_864_000n,
      service: "agent",
      serviceFrom: "resource",
      traceId: TRACE,
      spanId: client.id,
      span: { kind: "client", name: "http get", parentSpanId: client.parentId, status: 2 },
    });
    expect(record?.texts).toEqual([ERROR, "context canceled"]);
  });

  it("is found in a list, in a list of traces, and on a line of its own", () => {
    expect(records([[client], [{ ...client, id: "1b99369d1b4acf3d" }]])).toHaveLength(2);
    const maker = new RecordMaker(
      "spans.jsonl",
      null,
      null,
      createShapeContext(prefilter, { zone: () => 0, nearMs: 0 }),
    );
    expect(maker.read(JSON.stringify(client), 1, 0).records.map(({ spanId }) => spanId)).toEqual([client.id]);
    expect(maker.read(JSON.stringify([client]), 2, 0).records.map(({ spanId }) => spanId)).toEqual([client.id]);
  });

  it("is no error for a tag that only says so of something else, and one for Zipkin's own tag", () => {
    const { "otel.status_code": _, ...own } = client.tags;
    const statuses = [
      { ...own, error: "500" },
      { "http.status_code": "200" },
      { "http.status_code": "200", "otel.status_code": "OK" },
    ].map((tags) => records([{ ...client, tags }])[0]?.span?.status);
    expect(statuses).toEqual([2, 0, 1]);
    expect(records([{ ...client, annotations: [], tags: { ...own, error: "500" } }])[0]?.texts).toEqual([]);
  });

  it("has an id of its own where both ends of a call share one, and children by their service", () => {
    const server = { ...client, kind: "SERVER", shared: true, localEndpoint: { serviceName: "model" } };
    const inside = {
      ...client,
      id: "00000000000000aa",
      parentId: client.id,
      kind: undefined,
      localEndpoint: { serviceName: "model" },
    };
    const all = records([client, server, inside]);
    const id = all.find(({ span }) => span?.kind === "server")?.spanId;
    expect(id).not.toBe(client.id);
    expect(all.map(({ span }) => span?.parentSpanId).sort()).toEqual([client.parentId, client.id, id].sort());
  });
});

describe("what only looks like a span of Zipkin", () => {
  it.each([
    [
      "a record with the ids of a trace",
      { traceId: TRACE, id: "1b99369d1b4acf3c", timestamp: 1_795_858_710_064, message: ERROR },
    ],
    ["a span of another format", { traceId: TRACE, spanId: "1b99369d1b4acf3c", kind: "CLIENT" }],
    ["a list of both", [client, { message: ERROR }]],
    ["an empty list", []],
  ])("is none: %s", (_, value) => expect(zipkinSpansIn(value)).toBeNull());
});
