import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/model/index.ts";
import { readEvents } from "../../../src/sources/formats/event.ts";
import { ownerOf } from "../../../src/sources/formats/names.ts";
import { createShapeContext } from "../../../src/sources/formats/record-maker.ts";
import { parseZone, type Zone } from "../../../src/sources/formats/zone.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const context = createShapeContext(prefilter, { zone: parseZone("UTC") as Zone, nearMs: Date.UTC(2026, 10, 24) });

function read(value: unknown, indent = 0) {
  return readEvents(JSON.stringify(value, null, indent), context).map((draft) => ({
    at: draft.at === null ? null : formatInstant(draft.at).slice(11, 23),
    service: ownerOf(draft.names).service,
    text: draft.texts[0],
  }));
}

const AT = "2026-11-23T06:57:00.783Z";
const MS = Date.parse(AT);
const NS = `${MS}000000`;
const one = { at: "06:57:00.783", service: "chat", text: ERROR };
const POD = "chat-7d9f8b6c5d-x2v4z";

describe("records inside of JSON are found however the objects around are called", () => {
  const envelopes: Readonly<Record<string, unknown>> = {
    "Elasticsearch's hit": {
      _index: "x",
      _score: 1,
      _source: { "@timestamp": AT, message: ERROR, service: { name: "chat" } },
    },
    "the same with fields beside it": {
      _source: { "@timestamp": AT, message: ERROR, service: { name: "chat" } },
      fields: { "@timestamp": [AT], message: [ERROR] },
    },
    "an answer with fields only": {
      hits: { hits: [{ fields: { "@timestamp": [AT], message: [ERROR], "service.name": ["chat"] } }] },
    },
    "OpenSearch's answer": {
      took: 3,
      _shards: { total: 1, failed: 0 },
      hits: {
        total: { value: 1 },
        hits: [{ _id: "1", _source: { time: AT, log: ERROR, kubernetes: { pod_name: POD } } }],
      },
    },
    "Kibana's async search": {
      id: "x",
      rawResponse: { hits: { hits: [{ _source: { "@timestamp": AT, message: ERROR, service: "chat" } }] } },
    },
    "Splunk's result": { preview: false, result: { _raw: ERROR, _time: AT, service: "chat" } },
    "Splunk's results": { results: [{ _raw: ERROR, _time: AT, service: "chat" }], init_offset: 0, messages: [] },
    "a subscription of CloudWatch": {
      messageType: "DATA_MESSAGE",
      logGroup: "/ecs/all",
      logStream: "app/chat/0a1b2c3d4e5f",
      logEvents: [{ id: "1", timestamp: MS, message: ERROR }],
    },
    "CloudWatch's events": {
      events: [{ logStreamName: "prod/chat/0a1b2c3d", timestamp: MS, message: ERROR, ingestionTime: MS + 9 }],
    },
    "Lambda's log stream": {
      logGroup: "/aws/lambda/chat",
      logStream: "2026/11/23/[$LATEST]0a1b2c3d",
      logEvents: [{ timestamp: MS, message: ERROR }],
    },
    "CloudWatch Insights' pairs": {
      results: [
        [
          { field: "@timestamp", value: "2026-11-23 06:57:00.783" },
          { field: "@logStream", value: "chat" },
          { field: "@message", value: ERROR },
        ],
      ],
    },
    "Loki's answer": {
      status: "success",
      data: { resultType: "streams", result: [{ stream: { app: "chat" }, values: [[NS, ERROR]] }] },
    },
    "Loki's push": { streams: [{ stream: { service_name: "chat" }, values: [[NS, ERROR, { trace: "1" }]] }] },
    "what Fluentd forwards": ["prod.chat", [[MS / 1000, { log: ERROR, container_name: "chat" }]]],
    "logcli's line": { labels: { app: "chat", namespace: "prod" }, line: ERROR, timestamp: AT },
    "a download of Grafana": { line: ERROR, timestamp: NS, fields: { app: "chat" }, date: AT },
    "a frame of Grafana": {
      results: {
        A: {
          frames: [
            {
              schema: { fields: [{ name: "Time", type: "time" }, { name: "Line" }, { name: "labels" }] },
              data: { values: [[MS], [ERROR], [{ app: "chat" }]] },
            },
          ],
        },
      },
    },
    "Datadog's answer": {
      data: [{ id: "1", type: "log", attributes: { timestamp: AT, message: ERROR, service: "chat" } }],
      meta: {},
    },
    "Datadog's tags": {
      data: [{ attributes: { timestamp: AT, message: ERROR, tags: ["env:prod", "kube_deployment:chat"] } }],
    },
    "New Relic's answer": { results: [{ events: [{ timestamp: MS, message: ERROR, "entity.name": "chat" }] }] },
    "NerdGraph's answer": {
      data: { actor: { account: { nrql: { results: [{ timestamp: MS, message: ERROR, container_name: "chat" }] } } } },
    },
    "Azure's tables": {
      tables: [
        {
          name: "PrimaryResult",
          columns: [{ name: "TimeGenerated", type: "datetime" }, { name: "ContainerName" }, { name: "LogMessage" }],
          rows: [[AT, "chat", ERROR]],
        },
      ],
    },
    "a table of Splunk's, by columns": {
      preview: false,
      fields: ["_time", "service", "_raw"],
      columns: [[AT], ["chat"], [ERROR]],
    },
    "a table of Elasticsearch's, by columns": {
      columns: [{ name: "@timestamp" }, { name: "service.name" }, { name: "message" }],
      values: [[AT], ["chat"], [ERROR]],
    },
    "a message of SNS": {
      Type: "Notification",
      Message: ERROR,
      Timestamp: AT,
      MessageAttributes: { service: { Type: "String", Value: "chat" } },
    },
    "Loggly's events": { events: [{ timestamp: MS, raw: ERROR, event: { syslog: { appName: "chat", host: "n1" } } }] },
    "Azure's diagnostics": {
      time: AT,
      category: "ContainerAppConsoleLogs",
      level: "Informational",
      properties: { Log: `${AT} ${ERROR}`, ContainerName: "chat" },
    },
    "entries of Google's logging": [
      {
        insertId: "1",
        timestamp: AT,
        severity: "ERROR",
        resource: { type: "k8s_container", labels: { container_name: "chat" } },
        textPayload: ERROR,
      },
    ],
    "the same as its API answers": {
      entries: [
        {
          timestamp: AT,
          severity: "ERROR",
          resource: { labels: { container_name: "chat" } },
          jsonPayload: { message: ERROR },
        },
      ],
      nextPageToken: "x",
    },
    "a shipper that parsed the line": {
      "@timestamp": AT,
      host: { name: "n1" },
      json: { time: AT, msg: ERROR, service: "chat" },
    },
    "Solr's answer": {
      responseHeader: { status: 0 },
      response: { numFound: 1, docs: [{ timestamp: AT, message: ERROR, service: "chat" }] },
    },
    "events of Kubernetes": { kind: "List", items: [{ eventTime: AT, message: ERROR, service: "chat" }] },
    "Graylog's messages": {
      messages: [{ index: "x", message: { timestamp: AT, message: ERROR, container_name: "chat" } }],
    },
    "Fluentd's record": {
      tag: "kube.x",
      time: AT,
      record: { log: ERROR, time: AT, kubernetes: { labels: { app: "chat" } } },
    },
    "a journal's message as bytes": {
      __REALTIME_TIMESTAMP: `${MS}000`,
      SYSLOG_IDENTIFIER: "chat",
      MESSAGE: [...Buffer.from(ERROR)],
    },
  };
  it.each(Object.entries(envelopes))("%s", (_, value) => {
    expect(read(value)).toEqual([one]);
    expect(read(value, 2)).toEqual([one]);
  });

  it("and lines of a log inside say themselves when and who", () => {
    const line = JSON.stringify({ time: "2026-11-23T06:57:01.000Z", service: "agent", msg: ERROR });
    expect(read({ hits: { hits: [{ _source: { "@timestamp": AT, message: line } }] } })).toEqual([
      { at: "06:57:01.000", service: "agent", text: ERROR },
    ]);
  });

  it("also all of them, each with what stands around it", () => {
    const stream = (app: string) => ({
      stream: { app },
      values: [
        [NS, `${ERROR} 1`],
        [NS, `${ERROR} 2`],
      ],
    });
    expect(
      read({ data: { result: [stream("chat"), stream("agent")] } }).map(
        ({ service, text }) => `${service} ${text?.at(-1)}`,
      ),
    ).toEqual(["chat 1", "chat 2", "agent 1", "agent 2"]);
  });

  it("in any depth and under any name", () => {
    const name = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(..."abcdxyz_") });
    const layers = fc.array(
      fc.record({ name, list: fc.boolean(), beside: fc.dictionary(name, fc.integer(), { maxKeys: 2 }) }),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(layers, (around) => {
        let value: unknown = { timestamp: AT, service: "chat", message: ERROR };
        for (const layer of around) value = { ...layer.beside, [`q${layer.name}`]: layer.list ? [value] : value };
        expect(read(value)).toEqual([one]);
      }),
    );
  });
});

describe("what a record tells of others is not taken for it", () => {
  const other = { time: "2020-01-01T00:00:00Z", message: "theirs", service: "other" };
  const records: Readonly<Record<string, unknown>> = {
    "an error": { time: AT, service: "chat", error: other },
    "an error beside a message": { time: AT, service: "chat", msg: "mine", err: other },
    "an exception": { time: AT, service: "chat", exception: { ...other, frames: [other] } },
    "a cause": { time: AT, service: "chat", msg: "mine", cause: other },
    "a cause and no message": { time: AT, service: "chat", cause: other },
    "a stack": { time: AT, service: "chat", stack: [other] },
    links: { time: AT, service: "chat", links: [other] },
    "a response": { time: AT, service: "chat", response: other },
    "a request": { time: AT, service: "chat", request: other },
    "a request and a response": { time: AT, service: "chat", duration: 3, sent: other, received: other },
    "a message of a queue": { time: AT, service: "chat", msg: "consumed", data: other },
    "commits of a hook": { time: AT, service: "chat", method: "POST", commits: [other] },
    "a head commit": { time: AT, service: "chat", level: "info", body: { head_commit: other } },
    "a user's last post": { time: AT, service: "chat", severity: "INFO", user: { post: other } },
    attempts: { time: AT, service: "chat", attempts: [other, other] },
    "a previous state": { time: AT, service: "chat", previous: other },
    "a list of which one is none": { time: AT, service: "chat", items: [other, { id: 1 }] },
    "events of a span": { time: AT, service: "chat", event: "span ended", events: [other] },
    "before and after": { time: AT, service: "chat", before: other, after: other },
    "what a line of JSON quotes": { time: AT, service: "chat", msg: `answer: ${JSON.stringify(other)}` },
    "a thing without a time": { time: AT, service: "chat", payload: { message: "theirs", service: "other" } },
    "a chat": { time: AT, service: "chat", level: "debug", conversation: [{ text: "hi", ts: 1_700_000_000 }] },
  };
  it.each(Object.entries(records))("%s", (_, value) => {
    expect(read(value)).toHaveLength(1);
    expect(read(value)[0]).toMatchObject({ at: "06:57:00.783", service: "chat" });
  });
});
