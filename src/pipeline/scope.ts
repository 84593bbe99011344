/** What a reading reads: inputs, receiver, stores, and which cascades are wanted. */

import type { Entry } from "../dialects/index.ts";
import type { Instant } from "../model/index.ts";
import type { Filter, Overrule } from "../present/index.ts";
import type { Login, ServiceRule, TableName, ZoneRule } from "../sources/index.ts";

/** What to read, and what of it to show. */
export interface Scope {
  /** Files, folders, globs, `-`. */
  readonly inputs: readonly string[];
  readonly services: readonly ServiceRule[];
  /** The zone of times without one; undefined: this machine's. */
  readonly timezone: string | undefined;
  /** Zones of single services' logs; they come before {@link timezone}. */
  readonly zones: readonly ZoneRule[];
  readonly since: Instant | undefined;
  readonly until: Instant | undefined;
  readonly where: Filter;
  /** What people said about who started which cancels. */
  readonly overrules: readonly Overrule[];
  /** Rules whose warnings are not wanted. */
  readonly allow: ReadonlySet<string>;
  /** A user's own wordings. */
  readonly dialects: readonly Entry[];
  /** Where to receive OTLP; null: nowhere. */
  readonly listen: ListenScope | null;
  /** Which stores to ask. */
  readonly stores: readonly StoreScope[];
  /** How the inputs are followed; null: they are read to their ends. */
  readonly follow: FollowScope | null;
}

/** How to go on with inputs that grow. */
export interface FollowScope {
  /** How long; null: until the person ends it. */
  readonly forMs: number | null;
  /** Whose logs to get by kubectl; null: nobody's. */
  readonly kubectl: KubectlScope | null;
}

/** Which pods' logs to get by kubectl. */
export interface KubectlScope {
  /** Labels as `kubectl -l` takes them. */
  readonly selector: string;
  /** Empty: the one of kubectl's context. */
  readonly namespaces: readonly string[] | "all";
  /** Most containers at a time; null: as many as there are. */
  readonly maxLogRequests: number | null;
}

/** Where to listen, and what to do with what comes. */
export interface ListenScope {
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly token: string | null;
  readonly cors: string | null;
  /** Names in a Host header that mean this machine besides its own, where it listens on a loopback address. */
  readonly hostNames: readonly string[];
  readonly forward: URL | null;
  /** Overwrites secrets in what is passed on, the length kept; null: it goes on unchanged. */
  readonly redact: ((bytes: Buffer) => Buffer) | null;
  /** How long; null: until the person ends it. */
  readonly forMs: number | null;
}

/** What to ask which store for. */
export type StoreScope = JaegerScope | ClickHouseScope | VictoriaLogsScope;

/** Where a store is, and who asks; null: nobody in particular. */
interface StoreAddress {
  readonly url: URL;
  readonly login: Login | null;
}

/** What to ask which Jaeger for. */
export interface JaegerScope extends StoreAddress {
  readonly kind: "jaeger";
  readonly services: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Which tables of a ClickHouse to read. */
export interface ClickHouseScope extends StoreAddress {
  readonly kind: "clickhouse";
  readonly spans: TableName | null;
  readonly logs: TableName | null;
  /** Look for every kind of sign. */
  readonly deep: boolean;
}

/** What to ask which VictoriaLogs for. */
export interface VictoriaLogsScope extends StoreAddress {
  readonly kind: "victorialogs";
  /** A filter in LogsQL that lines have to meet, too; null: none. */
  readonly filter: string | null;
  /** Look for every kind of sign. */
  readonly deep: boolean;
}
