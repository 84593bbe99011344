/** What a scope reads besides the files and pipes that it names: the logs of pods, and stores. */
import type { Prefilter, SourceRecord } from "../model/index.ts";
import type { StoreSummary } from "../present/index.ts";
import {
  type FollowOptions,
  KubectlLogs,
  readClickHouse,
  readJaegerTraces,
  readVictoriaLogs,
  type StoreQuestion,
  type StoreReading,
} from "../sources/index.ts";
import { MARGIN_NS } from "./in-scope.ts";
import type { Scope, StoreScope } from "./scope.ts";

/** What the logs of pods are called as a source. */
export const KUBECTL = "kubectl";
/** How far back stores are asked where the scope does not say. */
const WINDOW_MS = 60 * 60 * 1000;

/** The pipes of a following that are no inputs of the user's. */
export function streamsOf(
  { follow, since }: Scope,
  signal: AbortSignal,
  onNote: (text: string) => void,
): FollowedStreams {
  if (follow?.kubectl == null) return [];
  const from = since === undefined ? {} : { since: since - MARGIN_NS };
  const logs = new KubectlLogs({ ...follow.kubectl, ...from, signal, onNote });
  return [{ source: KUBECTL, chunks: logs.chunks() }];
}

type FollowedStreams = NonNullable<FollowOptions["streams"]>;

/** The askings of a scope, each under way once it is iterated. */
export function askStores(
  { stores, since, until }: Scope,
  prefilter: Prefilter,
  signal: AbortSignal,
): readonly StoreReading[] {
  const toMs = until === undefined ? Date.now() : Number(until / 1_000_000n) + 1;
  const fromMs = since === undefined ? toMs - WINDOW_MS : Number(since / 1_000_000n);
  return stores.map((store) => {
    const { url, login } = store;
    return open(store, { url, prefilter, fromMs, toMs, signal, ...(login === null ? {} : { login }) });
  });
}

function open(store: StoreScope, question: StoreQuestion): StoreReading {
  switch (store.kind) {
    case "jaeger":
      return readJaegerTraces({ ...question, services: store.services, tags: store.tags });
    case "clickhouse":
      return readClickHouse({ ...question, spans: store.spans, logs: store.logs, deep: store.deep });
    case "victorialogs":
      return readVictoriaLogs({ ...question, filter: store.filter, deep: store.deep });
  }
}

/** What a reading got of a store so far. */
export function summaryOf(store: StoreReading): StoreSummary {
  const { name, limits } = store;
  const { records, traces, rows } = store.progress();
  return { name, state: store.state(), records, traces, rows, limits };
}

/** Records of a store, some at a time. */
interface StoreBatch {
  readonly store: StoreReading;
  readonly records: readonly SourceRecord[];
}

/** What several stores give, by the times of what each gives next: what is told of one moment comes together. */
export async function* inTurn(stores: readonly StoreReading[]): AsyncGenerator<StoreBatch> {
  const readings = stores.map((store) => ({ store, iterator: store[Symbol.asyncIterator]() }));
  const next = async ({ store, iterator }: (typeof readings)[number]): Promise<StoreBatch | null> => {
    const { done, value } = await iterator.next();
    return done === true ? null : { store, records: value };
  };
  try {
    const batches = await Promise.all(readings.map(next));
    for (;;) {
      const first = batches.reduce((best, batch, index) => (isBefore(batch, batches[best] ?? null) ? index : best), 0);
      const batch = batches[first] ?? null;
      if (batch === null) return;
      yield batch;
      batches[first] = await next(readings[first] as (typeof readings)[number]);
    }
  } finally {
    await Promise.all(readings.map(({ iterator }) => iterator.return?.(undefined)));
  }
}

function isBefore(one: StoreBatch | null, other: StoreBatch | null): boolean {
  if (one === null) return false;
  return other === null || (one.records[0]?.at ?? 0n) < (other.records[0]?.at ?? 0n);
}
