import { createFileRegistry, type DescField, type FileRegistry, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import * as messages from "../../../../src/sources/otlp/protobuf/messages.ts";
import { WIRE_TYPE } from "../../../../src/sources/otlp/protobuf/wire.ts";
import { OTLP_DESCRIPTORS } from "../../../support/otlp-descriptors.ts";

const registry: FileRegistry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(OTLP_DESCRIPTORS, "base64")),
);

/** How the value of a field is encoded. */
function wireTypeOf(field: DescField): number {
  if (field.fieldKind === "enum") return WIRE_TYPE.varint;
  if (field.fieldKind !== "scalar") return WIRE_TYPE.bytes;
  if (field.scalar === ScalarType.FIXED64 || field.scalar === ScalarType.DOUBLE) return WIRE_TYPE.fixed64;
  return field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES ? WIRE_TYPE.bytes : WIRE_TYPE.varint;
}

const tables = new Map<string, object>(Object.entries(messages));
const PACKAGE = "opentelemetry.proto";
/** Our names of messages and fields -> those of opentelemetry-proto. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [`REQUEST ${PACKAGE}.collector.trace.v1.ExportTraceServiceRequest`]: { groups: "resource_spans" },
  [`REQUEST ${PACKAGE}.collector.logs.v1.ExportLogsServiceRequest`]: { groups: "resource_logs" },
  [`RESOURCE_GROUP ${PACKAGE}.trace.v1.ResourceSpans`]: { resource: "resource", scopes: "scope_spans" },
  [`RESOURCE_GROUP ${PACKAGE}.logs.v1.ResourceLogs`]: { resource: "resource", scopes: "scope_logs" },
  [`RESOURCE ${PACKAGE}.resource.v1.Resource`]: { attributes: "attributes" },
  [`SCOPE_GROUP ${PACKAGE}.trace.v1.ScopeSpans`]: { items: "spans" },
  [`SCOPE_GROUP ${PACKAGE}.logs.v1.ScopeLogs`]: { items: "log_records" },
  [`SPAN ${PACKAGE}.trace.v1.Span`]: {
    traceId: "trace_id",
    spanId: "span_id",
    parentSpanId: "parent_span_id",
    name: "name",
    kind: "kind",
    startAt: "start_time_unix_nano",
    endAt: "end_time_unix_nano",
    attributes: "attributes",
    events: "events",
    status: "status",
  },
  [`EVENT ${PACKAGE}.trace.v1.Span.Event`]: { name: "name", attributes: "attributes" },
  [`STATUS ${PACKAGE}.trace.v1.Status`]: { message: "message", code: "code" },
  [`LOG ${PACKAGE}.logs.v1.LogRecord`]: {
    at: "time_unix_nano",
    severityNumber: "severity_number",
    severityText: "severity_text",
    body: "body",
    attributes: "attributes",
    traceId: "trace_id",
    spanId: "span_id",
    observedAt: "observed_time_unix_nano",
  },
  [`KEY_VALUE ${PACKAGE}.common.v1.KeyValue`]: { key: "key", value: "value" },
  [`ANY_VALUE ${PACKAGE}.common.v1.AnyValue`]: {
    string: "string_value",
    bool: "bool_value",
    int: "int_value",
    double: "double_value",
    array: "array_value",
    pairs: "kvlist_value",
    bytes: "bytes_value",
  },
  [`VALUE_LIST ${PACKAGE}.common.v1.ArrayValue`]: { values: "values" },
  [`VALUE_LIST ${PACKAGE}.common.v1.KeyValueList`]: { values: "values" },
};

describe("the tags of OTLP's fields", () => {
  for (const [title, names] of Object.entries(NAMES)) {
    const [ours = "", theirs = ""] = title.split(" ");
    it(`are those of ${theirs}`, () => {
      const fields = registry.getMessage(theirs)?.fields ?? [];
      const tags = Object.entries(names).map(([name, field]) => {
        const found = fields.find((each) => each.name === field) as DescField;
        return [name, found.number * 8 + wireTypeOf(found)];
      });
      expect(tables.get(ours)).toEqual(Object.fromEntries(tags));
    });
  }
});
