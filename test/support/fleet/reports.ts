/** What two reports have to share to be the same: who was cancelled by whom, how, and how sure that is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runProgram } from "../../cli/program.ts";

/** The fixtures lie beside the project. */
export const FIXTURES: string = join(root, "../shared/fixtures");

/** The recordings of a load, as OTLP. */
export const LOADS: readonly string[] = [
  ...["chain", "fanout", "collateral"].map((name) => join(FIXTURES, `kitex/load/${name}.otlp.jsonl`)),
  join(FIXTURES, "kitex-grpc/load/mixed.otlp.jsonl"),
];

/** A cascade in a report. */
export interface ReportedCascade {
  readonly id: string;
  readonly origin: { readonly service: string | null; readonly kind: string; readonly confidence: string };
  readonly reached: readonly { readonly service: string }[];
}

/** A report in JSON, as far as it matters here. */
export interface Report {
  readonly cascades: readonly ReportedCascade[];
  readonly input: {
    readonly records: number;
    readonly stores?: readonly {
      readonly rows: number | null;
      readonly records: number;
      readonly limits: readonly string[];
    }[];
  };
}

/** What a scan with these arguments reports. */
export async function reportOf(...args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await runProgram(["scan", "--json", ...args]);
  if (code !== 0) throw new Error(`scan ${args.join(" ")} ends with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

/** Each cascade in one line, in order of their ids. */
export function verdictsOf(cascades: readonly ReportedCascade[]): readonly string[] {
  return cascades
    .map(({ id, origin, reached }) => {
      const services = [...new Set(reached.map(({ service }) => service))].sort();
      return `${id} ${origin.service} ${origin.kind} ${origin.confidence} ${services.join(",")}`;
    })
    .sort();
}

/** The options that make a scan ask a store for the time of a file of spans. */
export function timeOf(file: string): readonly string[] {
  const times = [...readFileSync(file, "utf8").matchAll(/"(?:start|end)TimeUnixNano":"(\d+)"/g)].map(([, nanos]) =>
    Number(BigInt(nanos ?? 0) / 1_000_000n),
  );
  const at = (ms: number): string => new Date(ms).toISOString();
  const earliest = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return ["--since", at(earliest - 1_000), "--until", at(times.reduce((a, b) => Math.max(a, b), 0) + 1_000)];
}

/** How many spans a file of OTLP holds. */
export function spansIn(file: string): number {
  // Links have ids, too
  return [...readFileSync(file, "utf8").matchAll(/"startTimeUnixNano":/g)].length;
}
