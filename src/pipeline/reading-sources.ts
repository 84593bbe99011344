/** What a reading reads, one by one. */
import type { Instant } from "../model/index.ts";
import type { Receiver, SourceReading, StoreReading } from "../sources/index.ts";
import type { ClaimCounts } from "./claim-counts.ts";
import type { Scope } from "./scope.ts";

/** One thing that is read or received. */
export interface ReadingSource {
  readonly name: string;
  readonly kind: "read" | "received";
  /** Why nothing of it could be read; null where it could. */
  readonly problem: string | null;
  /** Null where it is not counted by itself. */
  readonly records: number | null;
  /** In bytes, as it lies there, and how many of those have been read; null where nobody knows how much there is. */
  readonly bytes: { readonly all: number; readonly read: number } | null;
  /** Of the time that a store is asked for, how much has been asked for, from 0 to 1; null where it is no store. */
  readonly share: number | null;
  /** How often something in it claims a cancel, and when it did so last; null where it is not counted by itself. */
  readonly claims: number | null;
  readonly lastAt: Instant | null;
}

/** What is known besides the scope. */
export interface SourcesKnown {
  readonly files: Pick<SourceReading["summary"], "leftOut" | "inputs">;
  readonly receiver: Receiver | null;
  readonly stores: readonly StoreReading[];
  readonly claims: ClaimCounts;
}

const UNCOUNTED = { problem: null, records: null, bytes: null, share: null, claims: null, lastAt: null } as const;

/** The files and pipes behind the inputs of a scope, what was left out of them, the ports that are listened to, the stores that are asked. */
export function sourcesOf(
  { inputs }: Scope,
  { files, receiver, stores, claims }: SourcesKnown,
): readonly ReadingSource[] {
  const { leftOut } = files;
  // A file may turn out to be none while it is read
  const out = new Set(leftOut.map(({ source }) => source));
  const found = files.inputs.filter(({ source }) => !out.has(source));
  const left = leftOut.map(
    ({ source, reason }): ReadingSource => ({ ...UNCOUNTED, name: shown(source), kind: "read", problem: reason }),
  );
  const read = found.map(({ source, size, taken, records }): ReadingSource => {
    const counted = claims.in(source, found.length === 1);
    return {
      name: shown(source),
      kind: "read",
      problem: null,
      records,
      bytes: size === null ? null : { all: size, read: Math.min(size, taken) },
      share: null,
      claims: counted?.claims ?? null,
      lastAt: counted?.lastAt ?? null,
    };
  });
  // Before they have been looked at nobody knows which files they mean
  const named = inputs.map((name): ReadingSource => ({ ...UNCOUNTED, name: shown(name), kind: "read" }));
  const { httpUrl = null, grpcAddress = null } = receiver ?? {};
  const counts = receiver?.counts();
  const ports = [
    ...(httpUrl === null ? [] : [`otlp http ${httpUrl}`]),
    ...(grpcAddress === null ? [] : [`otlp grpc ${grpcAddress}`]),
  ];
  const received = claims.by("received");
  return [
    ...left,
    ...(read.length + left.length === 0 ? named : read),
    // Both ports are counted together
    ...ports.map(
      (name, index): ReadingSource => ({
        ...UNCOUNTED,
        name,
        kind: "received",
        ...(index > 0 || counts === undefined ? {} : { records: counts.spans + counts.logs, ...received }),
      }),
    ),
    ...stores.map(
      (store): ReadingSource => ({
        ...UNCOUNTED,
        name: store.name,
        kind: "read",
        records: store.progress().records,
        share: store.progress().share,
        ...claims.by(`store ${store.name}`),
      }),
    ),
  ];
}

/** How much of what lies there has been read, from 0 to 1; null where nobody knows how much there is. */
export function shareOf(sources: readonly ReadingSource[]): number | null {
  const open = sources.filter(({ problem }) => problem === null);
  const shares = open.map(({ share }) => share).filter((share) => share !== null);
  if (shares.length > 0)
    return shares.length < open.length ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  let all = 0;
  let read = 0;
  for (const { kind, bytes } of open) {
    if (kind === "received" || bytes === null) return null;
    all += bytes.all;
    read += bytes.read;
  }
  return all === 0 ? null : read / all;
}

function shown(name: string): string {
  return name === "-" || name === "stdin" ? "standard input" : name;
}
