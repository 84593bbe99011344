/** Instruments as the table of metrics describes them. */
import type { Counter, Histogram, Meter, ObservableUpDownCounter } from "@opentelemetry/api";
import { METRICS } from "../model/index.ts";

function describe(name: string): { readonly unit: string; readonly description: string } {
  const row = METRICS.find((each) => each.name === name);
  return { unit: row?.unit ?? "", description: row?.meaning ?? "" };
}

/** A counter of the table. */
export function counter(meter: Meter, name: string): Counter {
  return meter.createCounter(name, describe(name));
}

/** A histogram of the table. */
export function histogram(meter: Meter, name: string, boundaries: readonly number[]): Histogram {
  return meter.createHistogram(name, { ...describe(name), advice: { explicitBucketBoundaries: [...boundaries] } });
}

/** An up-down counter of the table that is asked for its values. */
export function observed(meter: Meter, name: string): ObservableUpDownCounter {
  return meter.createObservableUpDownCounter(name, describe(name));
}
