/** Rows of the exporter's tables -> requests of OTLP, which is what they were before: their reader does the rest. */
import { isJsonObject, type JsonObject } from "../formats/json-values.ts";

/** The rows of a query on spans as one request. Attributes are an object or, out of columns of JSON, a text of it. */
export function requestOfSpans(rows: readonly JsonObject[]): JsonObject {
  const same = createSame();
  return {
    resourceSpans: grouped(rows, same, (each) => ({ scopeSpans: [{ spans: each.map((row) => spanOf(row, same)) }] })),
  };
}

/** The rows of a query on logs as one request. */
export function requestOfLogs(rows: readonly JsonObject[]): JsonObject {
  return { resourceLogs: grouped(rows, createSame(), (each) => ({ scopeLogs: [{ logRecords: each.map(logOf) }] })) };
}

/** Gives the same text for texts that are alike: every row brings the ids of its trace and the names of its service anew, and they are kept. */
type Same = (value: unknown) => unknown;

function createSame(): Same {
  const known = new Map<string, string>();
  return (value) => {
    if (typeof value !== "string") return value;
    const before = known.get(value);
    if (before === undefined) known.set(value, value);
    return before ?? value;
  };
}

/** Neighbours of one resource together. */
function grouped(
  rows: readonly JsonObject[],
  same: Same,
  contentOf: (rows: readonly JsonObject[]) => JsonObject,
): JsonObject[] {
  const groups: { key: string; rows: JsonObject[] }[] = [];
  for (const row of rows) {
    const key = `${textOf(row["v"])} ${typeof row["r"] === "string" ? row["r"] : JSON.stringify(row["r"])}`;
    const last = groups.at(-1);
    if (last?.key === key) last.rows.push(row);
    else groups.push({ key, rows: [row] });
  }
  return groups.map((group) => ({ resource: resourceOf(group.rows[0] as JsonObject, same), ...contentOf(group.rows) }));
}

function resourceOf({ v: service, r: attributes }: JsonObject, same: Same): JsonObject {
  const name = { key: "service.name", value: { stringValue: same(textOf(service)) } };
  return { attributes: [...attributesOf(attributes, same), name] };
}

function spanOf({ t, s, p, at, d, n, k, c, m, f, en, e }: JsonObject, same: Same): JsonObject {
  const names = Array.isArray(en) ? en : [];
  const events = Array.isArray(e) ? e : [];
  return {
    traceId: same(t),
    spanId: same(s),
    parentSpanId: same(p),
    name: same(n),
    kind: k,
    startTimeUnixNano: at,
    endTimeUnixNano: endOf(at, d),
    attributes: attributesOf(f, same),
    events: events.map((attributes, index) => ({ name: names[index], attributes: attributesOf(attributes) })),
    status: { code: c, message: m },
  };
}

function endOf(at: unknown, duration: unknown): string {
  const isNumber = (text: unknown): text is string => typeof text === "string" && /^\d{1,20}$/.test(text);
  return isNumber(at) && isNumber(duration) ? String(BigInt(at) + BigInt(duration)) : "";
}

function logOf({ t, s, at, l, b, f }: JsonObject): JsonObject {
  return {
    timeUnixNano: at,
    severityText: l,
    body: { stringValue: textOf(b) },
    attributes: attributesOf(f),
    traceId: t,
    spanId: s,
  };
}

function attributesOf(attributes: unknown, same: Same = (value) => value): JsonObject[] {
  const object = typeof attributes === "string" ? parsed(attributes) : attributes;
  if (!isJsonObject(object)) return [];
  return Object.entries(object).map(([key, value]) => ({
    key,
    value: anyValueOf(isOwnList(key, value) ?? same(value)),
  }));
}

/** The exporter writes lists into a map as JSON; only our own have to be lists again. */
function isOwnList(key: string, value: unknown): readonly unknown[] | null {
  if (!key.startsWith("streamscope.") || typeof value !== "string" || !value.startsWith("[")) return null;
  const list = parsed(value);
  return Array.isArray(list) ? list : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A value of JSON as OTLP writes it. */
function anyValueOf(value: unknown): JsonObject {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } };
  if (!isJsonObject(value)) return { stringValue: textOf(value) };
  const values = Object.entries(value).map(([key, each]) => ({ key, value: anyValueOf(each) }));
  return { kvlistValue: { values } };
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
