/** What a reading reads, one by one. */
import type { Instant } from "../model/index.ts";
import type { Receiver, SourceReading } from "../sources/index.ts";
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
  /** How often something in it claims a cancel, and when it did so last; null where it is not counted by itself. */
  readonly claims: number | null;
  readonly lastAt: Instant | null;
}

/** What is known besides the scope. */
export interface SourcesKnown {
  readonly files: Pick<SourceReading["summary"], "leftOut" | "inputs">;
  readonly receiver: Receiver | null;
  /** Spans that a Jaeger has given; null where none is asked. */
  readonly asked: number | null;
  readonly claims: ClaimCounts;
}

const UNCOUNTED = { problem: null, records: null, bytes: null, claims: null, lastAt: null } as const;

/** The files and pipes behind the inputs of a scope, what was left out of them, the ports that are listened to, the Jaeger that is asked. */
export function sourcesOf(
  { inputs, jaeger }: Scope,
  { files, receiver, asked, claims }: SourcesKnown,
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
  const answered = claims.by("jaeger");
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
    ...(jaeger === null
      ? []
      : [{ ...UNCOUNTED, name: `jaeger ${jaeger.url.host}`, kind: "read", records: asked, ...answered } as const]),
  ];
}

/** How much of what lies there has been read, from 0 to 1; null where nobody knows how much there is. */
export function shareOf(sources: readonly ReadingSource[]): number | null {
  let all = 0;
  let read = 0;
  for (const { kind, problem, bytes } of sources) {
    if (problem !== null) continue;
    if (kind === "received" || bytes === null) return null;
    all += bytes.all;
    read += bytes.read;
  }
  return all === 0 ? null : read / all;
}

function shown(name: string): string {
  return name === "-" || name === "stdin" ? "standard input" : name;
}
