/**
 * Objects that are written as tables: columns and rows, pairs of name and value, columns of values, tuples of time and line.
 */
import { isJsonObject, type JsonObject } from "./json-values.ts";

/** Names that stand in a list of columns: as texts, or as objects with a name. */
function columnsOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const names = value.map((each: unknown) => {
    const name = isJsonObject(each) ? (each["name"] ?? each["columnName"] ?? each["field"] ?? each["text"]) : each;
    return typeof name === "string" ? name : null;
  });
  return names.every((name) => name !== null) ? names : null;
}

function isListOfLists(value: unknown): value is readonly (readonly unknown[])[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Array.isArray(each));
}

function rowObject(columns: readonly string[], row: readonly unknown[]): JsonObject {
  return Object.fromEntries(columns.map((name, i) => [name, row[i]]));
}

/** The rows of an object that is a table, as objects, and the names of the fields that they came from; null where it is none. */
export function rowsOfTable(
  object: JsonObject,
): { readonly rows: readonly JsonObject[]; readonly names: readonly string[] } | null {
  const lists = Object.entries(object).filter(([, value]) => Array.isArray(value));
  for (const [name, value] of lists) {
    const columns = columnsOf(value);
    if (columns === null) continue;
    const rows = lists.find(
      ([other, each]) => other !== name && isListOfLists(each) && each.every((row) => row.length === columns.length),
    );
    if (rows !== undefined) {
      const all = rows[1] as readonly (readonly unknown[])[];
      return { rows: all.map((row) => rowObject(columns, row)), names: [name, rows[0]] };
    }
    const turned = lists.find(
      ([other, each]) => other !== name && isListOfLists(each) && each.length === columns.length,
    );
    if (turned !== undefined)
      return { rows: turn(columns, turned[1] as readonly (readonly unknown[])[]), names: [name, turned[0]] };
  }
  return rowsOfFrame(object);
}

/** The rows of a table that is written column by column. */
function turn(columns: readonly string[], values: readonly (readonly unknown[])[]): JsonObject[] {
  const length = Math.max(...values.map((column) => column.length));
  return Array.from({ length }, (_, i) =>
    rowObject(
      columns,
      values.map((column) => column[i]),
    ),
  );
}

/** A frame holds a list of values for each column: `{schema: {fields: [{name}]}, data: {values: [[…], […]]}}`. */
function rowsOfFrame(object: JsonObject): ReturnType<typeof rowsOfTable> {
  const { schema, data } = object;
  if (!isJsonObject(schema) || !isJsonObject(data)) return null;
  const columns = columnsOf(schema["fields"]);
  const values = data["values"];
  if (columns === null || !isListOfLists(values) || values.length !== columns.length) return null;
  return { rows: turn(columns, values), names: ["schema", "data"] };
}

/** An object that is written as a list of `{field, value}` (or name, or key); null where a value is no such list. */
export function objectOfPairs(value: unknown): JsonObject | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const pairs: [string, unknown][] = [];
  for (const each of value) {
    if (!isJsonObject(each)) return null;
    const name = each["field"] ?? each["name"] ?? each["key"];
    if (typeof name !== "string" || !("value" in each)) return null;
    pairs.push([name, each["value"]]);
  }
  return Object.fromEntries(pairs);
}

/** A time as a log store writes it beside a line: a count since 1970, or a date. A number in text is a value, not a line. */
const MOMENT = /^(?:\d{9,19}(?:\.\d+)?|\d{4}-\d\d-\d\dT.*)$/;

/** Tuples of a time and a line, and maybe labels, or of a time and a record, as objects; null where a list is something else. */
export function rowsOfTuples(list: readonly unknown[]): readonly JsonObject[] | null {
  if (list.length === 0) return null;
  const rows: JsonObject[] = [];
  for (const each of list) {
    if (!Array.isArray(each) || each.length < 2 || each.length > 3) return null;
    const [time, line, labels = {}] = each as unknown[];
    if (!MOMENT.test(String(time)) || !isJsonObject(labels)) return null;
    if (isJsonObject(line) && each.length === 2) {
      rows.push({ timestamp: String(time), ...line });
      continue;
    }
    if (typeof line !== "string") return null;
    if (line !== "" && !Number.isNaN(Number(line))) return null;
    rows.push({ timestamp: String(time), line, labels });
  }
  return rows;
}
