/** OTLP requests for tests, encoded and decoded by a full protobuf implementation. */
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { type DescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { OTLP_DESCRIPTORS } from "./otlp-descriptors.ts";

const descriptors = fromBinary(FileDescriptorSetSchema, Buffer.from(OTLP_DESCRIPTORS, "base64"));
/** These descriptors came without the names that fields have in JSON. */
function nameFields(of: DescriptorProto): void {
  for (const field of of.field) field.jsonName = field.name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  for (const nested of of.nestedType) nameFields(nested);
}
for (const file of descriptors.file) for (const each of file.messageType) nameFields(each);
const registry = createFileRegistry(descriptors);

function message(name: string): DescMessage {
  const found = registry.getMessage(`opentelemetry.proto.collector.${name}`);
  if (found === undefined) throw new Error(`no message ${name}`);
  return found;
}

const requests = {
  traces: message("trace.v1.ExportTraceServiceRequest"),
  logs: message("logs.v1.ExportLogsServiceRequest"),
};

/** A request in OTLP's JSON (ids in hex). */
export type OtlpJson = { readonly [name: string]: unknown };

/** Ids in hex, as OTLP writes them, to base64, as protobuf's JSON does, or back. */
function mapIds(value: unknown, map: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => mapIds(each, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      /^(?:traceId|spanId|parentSpanId)$/.test(name) && typeof each === "string" ? map(each) : mapIds(each, map),
    ]),
  );
}

/** The bytes of a request. */
export function encodeRequest(signal: "traces" | "logs", json: OtlpJson): Buffer {
  const inner = mapIds(json, (id) => Buffer.from(id, "hex").toString("base64")) as JsonValue;
  return Buffer.from(toBinary(requests[signal], fromJson(requests[signal], inner)));
}

/**
 * A request in OTLP's JSON from its bytes.
 *
 * @throws an error where the bytes are no such request
 */
export function decodeRequest(signal: "traces" | "logs", bytes: Uint8Array): OtlpJson {
  const inner = toJson(requests[signal], fromBinary(requests[signal], bytes));
  return mapIds(inner, (id) => Buffer.from(id, "base64").toString("hex")) as OtlpJson;
}

/** An attribute of OTLP. */
function attribute(key: string, value: string): OtlpJson {
  return { key, value: { stringValue: value } };
}

/** What a span of a test says. */
export interface TestSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly error?: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

const BASE_NS = 1_790_000_000_000_000_000n;

/** The request that exports spans, each with its own resource. */
export function traceRequest(...spans: readonly TestSpan[]): OtlpJson {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: [attribute("service.name", span.service)] },
      scopeSpans: [
        {
          scope: { name: "test" },
          spans: [
            {
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
              name: span.name ?? "Chat",
              kind: span.kind ?? 2,
              startTimeUnixNano: String(BASE_NS + BigInt(Math.round((span.startMs ?? 0) * 1e6))),
              endTimeUnixNano: String(BASE_NS + BigInt(Math.round((span.endMs ?? 10) * 1e6))),
              attributes: Object.entries(span.attributes ?? {}).map(([key, value]) => attribute(key, value)),
              ...(span.error === undefined ? {} : { status: { code: 2, message: span.error } }),
            },
          ],
        },
      ],
    })),
  };
}

/** The request that exports log lines of a service. */
export function logRequest(service: string, ...lines: readonly string[]): OtlpJson {
  return {
    resourceLogs: [
      {
        resource: { attributes: [attribute("service.name", service)] },
        scopeLogs: [
          {
            logRecords: lines.map((line, index) => ({
              timeUnixNano: String(BASE_NS + BigInt(index) * 1_000_000n),
              body: { stringValue: line },
            })),
          },
        ],
      },
    ],
  };
}

const SENTENCE =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

/** The spans of a chain of three whose first service cancelled, plus the span above it that says nothing. */
export function cancelledTrace(traceId: string): readonly TestSpan[] {
  const error = (side: string, path: string): string =>
    `[ttstream error, code=12007] [${side}-side stream] ${path === "" ? "" : `[canceled path: ${path}] `}${SENTENCE}`;
  return [
    { service: "gateway", traceId, spanId: "00000000000000a1", endMs: 20 },
    {
      service: "gateway",
      traceId,
      spanId: "00000000000000a2",
      parentSpanId: "00000000000000a1",
      kind: 3,
      error: error("client", ""),
      attributes: { "rpc.service": "chat" },
    },
    {
      service: "chat",
      traceId,
      spanId: "00000000000000b1",
      parentSpanId: "00000000000000a2",
      error: error("server", "gateway"),
    },
    {
      service: "chat",
      traceId,
      spanId: "00000000000000b2",
      parentSpanId: "00000000000000b1",
      kind: 3,
      error: error("client", "gateway"),
    },
    {
      service: "model",
      traceId,
      spanId: "00000000000000c1",
      parentSpanId: "00000000000000b2",
      error: error("server", "gateway -> chat"),
    },
  ];
}
