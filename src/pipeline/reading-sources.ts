/** What a reading reads, one by one. Inputs of one command are read as one, so a single one of several has no counts. */
import type { Receiver, SourceReading } from "../sources/index.ts";
import type { Scope } from "./scope.ts";

/** One thing that is read or received. */
export interface ReadingSource {
  readonly name: string;
  readonly kind: "read" | "received";
  /** Why nothing of it could be read; null where it could. */
  readonly problem: string | null;
  /** Null where it is not counted by itself. */
  readonly records: number | null;
}

/** The inputs of a scope, what was left out of them, the ports that are listened to, the Jaeger that is asked. */
export function sourcesOf(
  { inputs, jaeger }: Scope,
  { leftOut, records }: SourceReading["summary"],
  receiver: Receiver | null,
  asked: number | null,
): readonly ReadingSource[] {
  const read = (name: string, problem: string | null, count: number | null): ReadingSource => ({
    name: name === "-" ? "standard input" : name,
    kind: "read",
    problem,
    records: count,
  });
  const reasons = new Map(leftOut.map(({ source, reason }) => [source, reason]));
  const { httpUrl = null, grpcAddress = null } = receiver ?? {};
  const counts = receiver?.counts();
  const taken = counts === undefined ? null : counts.spans + counts.logs;
  const ports = [
    ...(httpUrl === null ? [] : [`otlp http ${httpUrl}`]),
    ...(grpcAddress === null ? [] : [`otlp grpc ${grpcAddress}`]),
  ];
  return [
    ...inputs.map((name) => read(name, reasons.get(name) ?? null, inputs.length === 1 ? records : null)),
    ...leftOut.filter(({ source }) => !inputs.includes(source)).map(({ source, reason }) => read(source, reason, null)),
    // Both ports are counted together
    ...ports.map(
      (name, index): ReadingSource => ({ name, kind: "received", problem: null, records: index === 0 ? taken : null }),
    ),
    ...(jaeger === null ? [] : [read(`jaeger ${jaeger.url.host}`, null, asked)]),
  ];
}
