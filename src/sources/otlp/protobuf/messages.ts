/**
 * The fields of OTLP's messages that are read, by their tags on the wire (opentelemetry-proto 1.x). A tag is eight times the field's number,
 * which the comments give, plus the type of its value on the wire: 0 a varint, 1 eight bytes, 2 bytes with their length.
 */
/**
 * `ExportTraceServiceRequest` and `ExportLogsServiceRequest`, which are built alike.
 *
 * 1 `resource_spans` or `resource_logs`
 */
export const REQUEST = { groups: 0x0a } as const;

/**
 * `ResourceSpans` and `ResourceLogs`.
 *
 * 1 `resource`, 2 `scope_spans` or `scope_logs`
 */
export const RESOURCE_GROUP = { resource: 0x0a, scopes: 0x12 } as const;

/**
 * `Resource`.
 *
 * 1 `attributes`
 */
export const RESOURCE = { attributes: 0x0a } as const;

/**
 * `ScopeSpans` and `ScopeLogs`.
 *
 * 2 `spans` or `log_records`
 */
export const SCOPE_GROUP = { items: 0x12 } as const;

/**
 * `Span`.
 *
 * 1 `trace_id` (16 bytes), 2 `span_id` (8), 4 `parent_span_id` (8), 5 `name`, 6 `kind`, 7 `start_time_unix_nano`, 8 `end_time_unix_nano`,
 * 9 `attributes`, 11 `events`, 15 `status`
 */
export const SPAN = {
  traceId: 0x0a,
  spanId: 0x12,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  startAt: 0x39,
  endAt: 0x41,
  attributes: 0x4a,
  events: 0x5a,
  status: 0x7a,
} as const;

/**
 * `Span.Event`.
 *
 * 2 `name`, 3 `attributes`
 */
export const EVENT = { name: 0x12, attributes: 0x1a } as const;

/**
 * `Status`.
 *
 * 2 `message`, 3 `code` (0 unset, 1 ok, 2 error)
 */
export const STATUS = { message: 0x12, code: 0x18 } as const;

/**
 * `LogRecord`.
 *
 * 1 `time_unix_nano`, 2 `severity_number`, 3 `severity_text`, 5 `body`, 6 `attributes`, 9 `trace_id` (16 bytes), 10 `span_id` (8),
 * 11 `observed_time_unix_nano`
 */
export const LOG = {
  at: 0x09,
  severityNumber: 0x10,
  severityText: 0x1a,
  body: 0x2a,
  attributes: 0x32,
  traceId: 0x4a,
  spanId: 0x52,
  observedAt: 0x59,
} as const;

/**
 * `KeyValue`.
 *
 * 1 `key`, 2 `value`
 */
export const KEY_VALUE = { key: 0x0a, value: 0x12 } as const;

/**
 * `AnyValue`, one of its fields.
 *
 * 1 `string_value`, 2 `bool_value`, 3 `int_value`, 4 `double_value`, 5 `array_value`, 6 `kvlist_value`, 7 `bytes_value`
 */
export const ANY_VALUE = {
  string: 0x0a,
  bool: 0x10,
  int: 0x18,
  double: 0x21,
  array: 0x2a,
  pairs: 0x32,
  bytes: 0x3a,
} as const;

/**
 * `ArrayValue` and `KeyValueList`.
 *
 * 1 `values`
 */
export const VALUE_LIST = { values: 0x0a } as const;
