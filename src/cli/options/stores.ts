/** `--jaeger`, `--clickhouse`, `--victorialogs` and their kin: from words of a command line to questions for stores. */
import type { ClickHouseScope, JaegerScope, StoreScope, VictoriaLogsScope } from "../../pipeline/index.ts";
import type { Login, TableName } from "../../sources/index.ts";
import { usageFailure } from "../failure.ts";
import { readPublicAddress } from "./address.ts";

/** The options, as they stand on the command line. */
export interface StoreOptions {
  readonly jaeger?: string;
  readonly jaegerService?: readonly string[];
  readonly jaegerTag?: readonly string[];
  readonly clickhouse?: string;
  readonly clickhouseTable?: string;
  /** True where it was given without a name. */
  readonly clickhouseLogs?: string | true;
  readonly victorialogs?: string;
  readonly victorialogsFilter?: string;
  readonly deep?: boolean;
}

/** As the Collector's exporter calls them where nobody says otherwise. */
const SPANS_TABLE = "otel_traces";
const LOGS_TABLE = "otel_logs";

/**
 * Reads the options; empty where no store is to be asked. `env` says who asks: a command line is seen by others.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readStoreOptions(options: StoreOptions, env: NodeJS.ProcessEnv): readonly StoreScope[] {
  const stores = [readJaeger(options, env), readClickHouse(options, env), readVictoriaLogs(options, env)];
  if (options.deep === true && stores[1] === null && stores[2] === null)
    throw usageFailure("--deep needs --clickhouse or --victorialogs: everything else is read for every kind of sign");
  return stores.filter((store) => store !== null);
}

function readJaeger({ jaeger, jaegerService, jaegerTag }: StoreOptions, env: NodeJS.ProcessEnv): JaegerScope | null {
  if (jaeger === undefined) {
    if (jaegerService === undefined && jaegerTag === undefined) return null;
    throw usageFailure("--jaeger-service and --jaeger-tag need --jaeger URL: they say what it is asked for");
  }
  const tags = Object.fromEntries(
    (jaegerTag ?? []).map((text) => {
      const at = text.indexOf("=");
      if (at < 1) {
        throw usageFailure(`--jaeger-tag "${text}": write NAME=VALUE, such as streamscope.cancel.origin=ServiceA`);
      }
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  const url = readStore("--jaeger", jaeger, "the address of its query API, such as http://127.0.0.1:16686", "JAEGER");
  return { kind: "jaeger", url, login: readLogin("JAEGER", env), services: jaegerService ?? [], tags };
}

function readClickHouse(options: StoreOptions, env: NodeJS.ProcessEnv): ClickHouseScope | null {
  const { clickhouse, clickhouseTable, clickhouseLogs, deep = false } = options;
  if (clickhouse === undefined) {
    if (clickhouseTable === undefined && clickhouseLogs === undefined) return null;
    throw usageFailure("--clickhouse-table and --clickhouse-logs need --clickhouse URL: they say what it is asked for");
  }
  const usual = "the address of its HTTP interface, such as http://127.0.0.1:8123";
  return {
    kind: "clickhouse",
    url: readStore("--clickhouse", clickhouse, usual, "CLICKHOUSE"),
    login: readLogin("CLICKHOUSE", env),
    spans: readTable("--clickhouse-table", clickhouseTable ?? SPANS_TABLE),
    logs:
      clickhouseLogs === undefined
        ? null
        : readTable("--clickhouse-logs", clickhouseLogs === true ? LOGS_TABLE : clickhouseLogs),
    deep,
  };
}

function readVictoriaLogs(options: StoreOptions, env: NodeJS.ProcessEnv): VictoriaLogsScope | null {
  const { victorialogs, victorialogsFilter = null, deep = false } = options;
  if (victorialogs === undefined) {
    if (victorialogsFilter === null) return null;
    throw usageFailure("--victorialogs-filter needs --victorialogs URL: it says what it is asked for");
  }
  const usual = "its address, such as http://127.0.0.1:9428";
  const url = readStore("--victorialogs", victorialogs, usual, "VICTORIALOGS");
  return { kind: "victorialogs", url, login: readLogin("VICTORIALOGS", env), filter: victorialogsFilter, deep };
}

function readStore(option: string, text: string, usual: string, prefix: string): URL {
  return readPublicAddress(text, option, usual, `${prefix}_USER and ${prefix}_PASSWORD`);
}

/** `PREFIX_TOKEN`, or `PREFIX_USER` and `PREFIX_PASSWORD`. */
function readLogin(prefix: string, env: NodeJS.ProcessEnv): Login | null {
  const token = env[`${prefix}_TOKEN`] ?? "";
  if (token !== "") return { token };
  const user = env[`${prefix}_USER`] ?? "";
  const password = env[`${prefix}_PASSWORD`] ?? "";
  if (user !== "") return { user, password };
  return password === "" ? null : { user: "default", password };
}

function readTable(option: string, text: string): TableName {
  const parts = text.split(".");
  const [first = "", second] = parts;
  if (parts.length > 2 || parts.some((part) => !/^[\w-]+$/.test(part)))
    throw usageFailure(`${option} "${text}": write TABLE or DATABASE.TABLE, such as otel.${SPANS_TABLE}`);
  return second === undefined ? { database: null, table: first } : { database: first, table: second };
}
