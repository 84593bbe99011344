/** Figures as Prometheus scrapes them: the text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). */

import { printable } from "../../../model/index.ts";

/** One figure, or one for each set of labels. */
export interface Metric {
  /** Without the `streamscope_` in front; that of a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly MetricSample[];
}

/** A value and what tells it from the others of its metric. */
export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A count that only grows. */
export function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", samples: [{ value }] };
}

/** A figure that goes up and down. */
export function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: "gauge", samples: [{ value }] };
}

/** The media type of {@link metricsText}. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Writes metrics. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.flatMap(linesOf).join("");
}

function linesOf({ name, help, type, samples }: Metric): string[] {
  const full = `streamscope_${name}`;
  const head = `# HELP ${full} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${full} ${type}\n`;
  return [head, ...samples.map(({ labels = {}, value }) => `${full}${labelsText(labels)} ${value}\n`)];
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Names come from senders: a NUL would end the text for some parsers, and people look at it on terminals, too. */
function escaped(value: string): string {
  return printable(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
